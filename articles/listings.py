"""Lists and their pages, by keyset: every page costs the same, and an article published meanwhile shifts no page."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from .models import Article, Listing, ListingKind

PAGE_SIZE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class BadCursorError(ValueError):
    """The address names no place in a list."""


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the date and then the number of the row that stands there."""

    at: datetime
    number: int

    def encode(self) -> str:
        text = f"{(self.at - EPOCH) // MICROSECOND}.{self.number}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Raises BadCursorError."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            micros, number = raw.split(".")
            if len(number) > 18:
                raise BadCursorError(text)
            return cls(EPOCH + int(micros) * MICROSECOND, int(number))
        except (ValueError, OverflowError, binascii.Error) as error:
            raise BadCursorError(text) from error

    @classmethod
    def of(cls, article: Article) -> "Cursor":
        return cls(article.first_published_at, article.pk)


def newest(kind: ListingKind, ref: int = 0, *, limit: int) -> QuerySet[Listing]:
    """The first lines of a list, newest first."""
    return Listing.objects.filter(kind=kind, ref=ref).order_by("-published_at", "-article_id")[:limit]


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list a reader asks for: the first, or the one older or newer than a cursor."""

    older_than: Cursor | None = None
    newer_than: Cursor | None = None

    @classmethod
    def read(cls, query: "dict[str, str]") -> "PageRequest":
        """From `?avant=` (older) or `?apres=` (newer). Raises BadCursorError."""
        if "avant" in query:
            return cls(older_than=Cursor.decode(query["avant"]))
        if "apres" in query:
            return cls(newer_than=Cursor.decode(query["apres"]))
        return cls()

    def lines(self, kind: ListingKind, ref: int) -> QuerySet[Listing]:
        """The lines of this page, and one more line if the list goes on."""
        lines = Listing.objects.filter(kind=kind, ref=ref)
        if here := self.older_than:
            # the first condition excludes nothing more, but gives the index its range
            lines = lines.filter(published_at__lte=here.at).filter(
                Q(published_at__lt=here.at) | Q(article_id__lt=here.number)
            )
        if here := self.newer_than:
            lines = lines.filter(published_at__gte=here.at).filter(
                Q(published_at__gt=here.at) | Q(article_id__gt=here.number)
            )
            return lines.order_by("published_at", "article_id")[: PAGE_SIZE + 1]
        return lines.order_by("-published_at", "-article_id")[: PAGE_SIZE + 1]

    def page(self, articles: Sequence[Article]) -> "ListPage":
        """The page made from the articles of `lines`."""
        goes_on = len(articles) > PAGE_SIZE
        if self.newer_than:
            kept = sorted(articles, key=by_date)[:PAGE_SIZE][::-1]
            return _page(kept, older=True, newer=goes_on)
        return _page(newest_first(articles)[:PAGE_SIZE], older=goes_on, newer=self.older_than is not None)


@dataclass(frozen=True)
class ListPage:
    articles: list[Article]
    older: str  # cursors, empty where the list ends
    newer: str


def by_date(article: Article) -> tuple[datetime, int]:
    return (article.first_published_at, article.pk)


def newest_first(articles: Sequence[Article]) -> list[Article]:
    return sorted(articles, key=by_date, reverse=True)


def _page(articles: list[Article], *, older: bool, newer: bool) -> ListPage:
    return ListPage(
        articles,
        older=Cursor.of(articles[-1]).encode() if older and articles else "",
        newer=Cursor.of(articles[0]).encode() if newer and articles else "",
    )
