"""Articles as they stand in lists: rows that carry what a card prints, and not the text."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from .dates import day_heading, month_heading
from .models import Article, Byline

BYLINES = Prefetch("bylines", Byline.objects.select_related("author").order_by("order"))
CARD_FIELDS = (
    "kicker",
    "headline",
    "standfirst",
    "label",
    "slug",
    "is_sensitive",
    "first_published_at",
    "updated_at",
    "section__name",
    "section__slug",
    "section__prints_label",
    "section__parent__name",
    "section__parent__slug",
    "lead_image__alt",
    "lead_image__is_decorative",
    "lead_image__colour",
    "lead_image__renditions",
    "lead_image__credit__kind",
)


def load_cards(numbers: Iterable[int], *, signed: bool = True) -> dict[int, Article]:
    """Load the live articles among `numbers`, by number. One query, and a second one for the bylines if `signed`."""
    rows = Article.objects.filter(pk__in=set(numbers))
    rows = rows.select_related("section__parent", "lead_image__credit").only(*CARD_FIELDS)
    cards = {card.pk: card for card in rows}
    if signed:
        load_bylines(cards.values())
    return cards


def load_bylines(articles: Iterable[Article]) -> None:
    """Load the bylines of all the articles in one query."""
    prefetch_related_objects(list(articles), BYLINES)


def pick(cards: dict[int, Article], numbers: Iterable[int]) -> list[Article]:
    """The cards of `numbers` in that order. A number without a card is left out."""
    return [cards[number] for number in numbers if number in cards]


def by_day(articles: list[Article]) -> list[dict[str, object]]:
    """The river of a section: the articles of each day under a heading that names it."""
    return [
        {"heading": day_heading(day), "date": day.isoformat(), "articles": list(of_day)}
        for day, of_day in groupby(articles, key=lambda card: timezone.localdate(card.first_published_at))
    ]


def by_month(articles: list[Article]) -> list[dict[str, object]]:
    """The river of an author: the articles of each month under a heading that names it."""
    return [
        {"heading": month_heading(first), "date": f"{first:%Y-%m}", "articles": list(of_month)}
        for first, of_month in groupby(
            articles, key=lambda card: timezone.localdate(card.first_published_at).replace(day=1)
        )
    ]
