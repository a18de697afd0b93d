"""What stands around every page: the sections, the pages of the foot, the most read, and the lists a page asks for.

One round trip brings all of it, however many lists a page asks for: each list is the head of one index range, and
UNION ALL puts them end to end. Nothing is kept from one request to the next, so a withdrawn article is gone at once.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from .models import Article, Correction, Listing, ListingKind, Page, Section, Topic, TopRead
from .wording import by_letter

MOST_READ = 6
FOLLOW_UPS = 3
COLUMNS = ("c_part", "c_number", "c_parent", "c_place", "c_name", "c_slug", "c_detail")


@dataclass
class Link:
    """A section, page or topic as the frame prints it."""

    number: int
    name: str
    slug: str
    url: str
    in_navigation: bool = True
    children: list["Link"] = field(default_factory=list)


@dataclass(frozen=True)
class CorrectionNote:
    """What readers learn of a change. `reply` is the number of the article that gives a right of reply, or 0."""

    kind: str
    text: str
    at: datetime
    reply: int = 0


@dataclass
class Frame:
    """`lists` has the numbers of articles under the name that the page gave each list, and under "most_read"."""

    sections: list[Link]
    pages: list[Link]
    topics: list[Link]
    corrections: list[CorrectionNote]
    lists: dict[str, list[int]]

    @property
    def most_read(self) -> list[int]:
        return self.lists.get("most_read", [])[:MOST_READ]

    @property
    def follow_ups(self) -> list[int]:
        return self.lists.get("follow_ups", [])

    @property
    def navigation(self) -> list[Link]:
        return [section for section in self.sections if section.in_navigation]

    def children_of(self, number: int) -> list[Link]:
        return next((section.children for section in self.sections if section.number == number), [])


def load_frame(lists: Mapping[str, QuerySet[Listing]] | None = None, *, article: Article | None = None) -> Frame:
    """Load the frame, the lists asked for, and the topics, corrections and follow-ups of `article`. One query."""
    rows = _run(
        [
            _part(
                "section",
                live_sections(),
                number="pk",
                parent="parent_id",
                place="order",
                name="name",
                slug="slug",
                detail=Cast("in_navigation", TextField()),
            ),
            _part("page", Page.objects.order_by(), number="pk", place="order", name="title", slug="slug"),
            _part("list:most_read", TopRead.objects.order_by(), number="article_id", place="rank"),
            *(_part(f"list:{name}", listing, number="article_id") for name, listing in (lists or {}).items()),
            *(_parts_of(article) if article else ()),
        ]
    )
    return Frame(
        sections=_nest(rows["section"]),
        pages=[_link(row, reverse("articles:top", args=[row["c_slug"]])) for row in _sorted(rows["page"])],
        topics=[_link(row, reverse("articles:topic", args=[row["c_slug"]])) for row in _sorted(rows["topic"])],
        corrections=sorted(map(_correction, rows["correction"]), key=lambda note: note.at, reverse=True),
        lists={
            name.removeprefix("list:"): [row["c_number"] for row in sorted(part, key=lambda row: row["c_place"])]
            for name, part in rows.items()
            if name.startswith("list:")
        },
    )


def live_sections() -> QuerySet[Section]:
    """Sections that have a live article, their own or a subsection's. No page names any other section."""
    return Section.objects.filter(_has_listing(ListingKind.SECTION)).order_by()


def _has_listing(kind: ListingKind) -> Exists:
    return Exists(Listing.objects.filter(kind=kind, ref=OuterRef("pk")))


def _parts_of(article: Article) -> list[QuerySet[Any]]:
    parts: list[QuerySet[Any]] = [
        _part("topic", Topic.objects.filter(is_topic_of(article)).order_by(), number="pk", name="name", slug="slug")
    ]
    if article.has_corrections:
        corrections = Correction.objects.filter(article=article).order_by()
        parts.append(
            _part(
                "correction",
                corrections,
                number="pk",
                parent="reply_id",
                name="text",
                slug="kind",
                detail=Cast("at", TextField()),
            )
        )
    # newest first, because the numbers of stories grow
    follow_ups = Article.objects.filter(follows=article.pk).order_by("-pk")[:FOLLOW_UPS]
    parts.append(_part("list:follow_ups", follow_ups, number="pk"))
    return parts


def is_topic_of(article: Article) -> Exists:
    """The condition on a query of topics that keeps those of `article`."""
    return Exists(Article.topics.through.objects.filter(article_id=article.pk, topic_id=OuterRef("pk")))


def _part(part: str, queryset: QuerySet[Any], *, number: str, **columns: str | Cast) -> QuerySet[Any]:
    """One list in the common columns. A column that the list has no field for is 0 or empty."""

    def column(name: str, *, default: int | str) -> Any:
        source = columns.get(name)
        if source is None:
            return Value(default) if isinstance(default, int) else Value(default, output_field=TextField())
        expression = F(source) if isinstance(source, str) else source
        if isinstance(default, int):
            return Coalesce(expression, Value(0))
        return Cast(expression, TextField())

    rows: QuerySet[Any] = queryset.annotate(
        c_part=Value(part, output_field=CharField()),
        c_number=F(number),
        c_parent=column("parent", default=0),
        c_place=column("place", default=0),
        c_name=column("name", default=""),
        c_slug=column("slug", default=""),
        c_detail=column("detail", default=""),
    ).values_list(*COLUMNS)
    return rows


def _run(parts: list[QuerySet[Any]]) -> dict[str, list[dict[str, Any]]]:
    """Run the parts as one query and sort the rows by part.

    Each part stands in a subquery, because SQLite refuses LIMIT in a part of a UNION otherwise.
    """
    statements: list[str] = []
    parameters: list[Any] = []
    for place, part in enumerate(parts):
        sql, part_parameters = part.query.sql_with_params()
        statements.append(f"SELECT * FROM ({sql}) AS part_{place}")  # noqa: S608  (the ORM's own SQL, with its parameters)
        parameters.extend(part_parameters)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), parameters)
        for row in cursor.fetchall():
            by_column = dict(zip(COLUMNS, row, strict=True))
            rows[by_column["c_part"]].append(by_column)
    return rows


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["c_place"], by_letter(row["c_name"])))


def _link(row: dict[str, Any], url: str) -> Link:
    return Link(row["c_number"], row["c_name"], row["c_slug"], url, row["c_detail"] not in ("0", "false"))


def _nest(rows: list[dict[str, Any]]) -> list[Link]:
    roots = {
        row["c_number"]: _link(row, reverse("articles:section", args=[row["c_slug"]]))
        for row in _sorted(rows)
        if not row["c_parent"]
    }
    for row in _sorted(rows):
        if root := roots.get(row["c_parent"]):
            root.children.append(_link(row, reverse("articles:subsection", args=[root.slug, row["c_slug"]])))
    return list(roots.values())


def _correction(row: dict[str, Any]) -> CorrectionNote:
    at = parse_datetime(row["c_detail"])
    if at is None:
        raise ValueError(f"not a date of the database: {row['c_detail']!r}")
    return CorrectionNote(row["c_slug"], row["c_name"], at if at.tzinfo else at.replace(tzinfo=UTC), row["c_parent"])
