"""The day at the desk: what went out and what is to go, on a line from midnight to midnight, and how it is read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Listing, ListingKind, Section, ViewCount
from newsroom.models import Story

MOST_PUBLISHED = 120  # of one day
MOST_READ = 8
LENGTH = 960  # units of the line


@dataclass(frozen=True)
class Mark:
    x: int
    code: str


@dataclass(frozen=True)
class Day:
    """The line of the day: the place of now, the hours written under it, what went out and what is to go out."""

    now: datetime
    now_x: int
    hours: list[tuple[int, datetime]]
    marks: list[Mark]
    departures: list[Any]
    published: int

    @property
    def is_full(self) -> bool:
        return self.published == MOST_PUBLISHED


@dataclass(frozen=True)
class Reading:
    """How a story published today is read: its views in each hour since."""

    story: Story
    views: list[int]

    @property
    def total(self) -> int:
        return sum(self.views)


def midnight() -> datetime:
    """When the newsroom's day began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def published(seen: QuerySet[Story], section: Section | None = None) -> list[Any]:
    """Of the stories of `seen`, those first published today, the latest first. They are selected by the site's own
    list, in which one day is one stretch of an index.
    """
    kind, ref = (ListingKind.SECTION, section.pk) if section else (ListingKind.ALL, 0)
    lines = Listing.objects.filter(kind=kind, ref=ref, published_at__gte=midnight())
    numbers = list(lines.order_by("-published_at", "-article_id").values_list("article_id", flat=True)[:MOST_PUBLISHED])
    if not numbers:
        return []
    stories = seen.filter(pk__in=numbers).select_related("section__parent").defer("body", "standfirst")
    return sorted(stories, key=lambda story: numbers.index(story.pk))


def most_read(stories: list[Any]) -> list[Reading]:
    """The readings of these stories since midnight, the most read first."""
    began = midnight()
    hours = int((timezone.now() - began) / timedelta(hours=1)) + 1
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * hours)
    counted = ViewCount.objects.filter(article_id__in=[story.pk for story in stories], hour__gte=began)
    for number, hour, views in counted.values_list("article_id", "hour", "views") if stories else ():
        counts[number][min(int((hour - began) / timedelta(hours=1)), hours - 1)] += views
    readings = [Reading(story, counts[story.pk][_first_hour(story, began) :]) for story in stories]
    return sorted(readings, key=lambda reading: -reading.total)


def _first_hour(story: Story, began: datetime) -> int:
    first = story.first_published_at or began
    return max(0, int((first - began) / timedelta(hours=1)))


def line(published: list[Any], scheduled: Iterable[Any]) -> Day:
    """The day with what was published and, of what is scheduled, what goes out before midnight."""
    began, now = midnight(), timezone.localtime()
    ends = began + timedelta(days=1)
    departures = [story for story in scheduled if story.publish_at and began <= story.publish_at < ends]
    departures.sort(key=lambda story: story.publish_at)
    marks = [Mark(_x(story.first_published_at, began), "published") for story in published]
    marks += [Mark(_x(story.publish_at, began), "scheduled") for story in departures]
    hours = [(_x(began + timedelta(hours=hour), began), began + timedelta(hours=hour)) for hour in range(0, 24, 3)]
    return Day(now, _x(now, began), hours, marks, departures, len(published))


def _x(moment: datetime | None, began: datetime) -> int:
    return round((moment - began) / timedelta(days=1) * LENGTH) if moment else 0
