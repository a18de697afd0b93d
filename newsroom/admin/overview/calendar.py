"""The week at the desk: deadlines, departures and embargoes that end, by day and hour in the newsroom's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import access
from newsroom.models import Story
from newsroom.templatetags.planning import is_late
from newsroom.workflow import Stage

from . import home, selection

WEEK = "semaine"
MOST = 400  # stories of one week
WRITTEN = re.compile(r"(?P<year>(?:19|20|21)\d\d)-W(?P<week>\d\d)", re.ASCII)
ORDER_AT = time(18, 0)  # the deadline that an order from a day of the calendar starts with
LATE = "late"
# The icon and the words of each kind of event.
KINDS: dict[str, tuple[str, str | Promise]] = {
    "departure": ("clock", gettext_lazy("goes out")),
    "embargo": ("lock", gettext_lazy("embargo ends")),
    "deadline": ("todo", gettext_lazy("deadline")),
    LATE: ("warn", gettext_lazy("late")),
}


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday, written as ISO 8601 has it: « 2026-W48 »."""

    monday: date

    def __str__(self) -> str:
        year, number, _day = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    @property
    def sunday(self) -> date:
        return self.days[-1]

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def began(self) -> datetime:
        return _midnight(self.monday)

    @property
    def ends(self) -> datetime:
        return _midnight(self.monday + timedelta(days=7))

    def other(self, weeks: int) -> "Week":
        return Week(self.monday + timedelta(weeks=weeks))


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    story: Any

    @property
    def is_late(self) -> bool:
        return self.kind == "deadline" and is_late(self.story)

    @property
    def icon(self) -> str:
        return KINDS[LATE if self.is_late else self.kind][0]

    @property
    def words(self) -> str | Promise:
        return KINDS[LATE if self.is_late else self.kind][1]


@dataclass(frozen=True)
class Day:
    date: date
    events: list[Event]
    is_today: bool

    @property
    def order_at(self) -> str:
        """The deadline of what is ordered for this day, as a form takes it."""
        return datetime.combine(self.date, ORDER_AT).strftime("%Y-%m-%dT%H:%M")


def urls(desk: AdminSite) -> list[URLPattern]:
    return [path("calendrier/", desk.admin_view(calendar), name="calendar")]


def calendar(request: HttpRequest) -> HttpResponse:
    """One week of deadlines and departures; this one when the address names none."""
    week = week_of(request.GET.get(WEEK, ""))
    narrowing = selection.read(request, keep=(WEEK,))
    seen = narrowing.apply(access.visible_stories(request.user))
    stories = list(_planned(seen, week))
    home.read_bylines(stories)
    context = {
        **admin.site.each_context(request),
        "title": _("The calendar"),
        "narrowing": narrowing,
        "week": week,
        "this_week": narrowing.query,
        "before": narrowing.query_with(**{WEEK: str(week.other(-1))}),
        "after": narrowing.query_with(**{WEEK: str(week.other(1))}),
        "days": days_of(week, stories),
        "is_cut": len(stories) == MOST,
        "may_commission": access.may_commission(request.user),
    }
    return render(request, "newsroom/overview/calendar.html", context)


def week_of(written: str) -> Week:
    """The week as an address has it; this one for anything else."""
    today = timezone.localdate()
    if parts := WRITTEN.fullmatch(written):
        try:
            return Week(date.fromisocalendar(int(parts["year"]), int(parts["week"]), 1))
        except ValueError:  # there is no such week in that year
            pass
    return Week(today - timedelta(days=today.weekday()))


def days_of(week: Week, stories: list[Any]) -> list[Day]:
    """The seven days with what falls on each, in the order of the hours."""
    events = sorted(
        (event for story in stories for event in _events(story) if week.began <= event.at < week.ends),
        key=lambda event: (event.at, event.story.pk),
    )
    today = timezone.localdate()
    return [
        Day(day, [event for event in events if timezone.localdate(event.at) == day], day == today) for day in week.days
    ]


def _planned(seen: QuerySet[Story], week: Week) -> QuerySet[Any]:
    """The stories in work with a deadline, a departure or the end of an embargo in the week."""
    moments = ("deadline", "publish_at", "embargo_until")
    falls = Q()
    for name in moments:
        falls |= Q(**{f"{name}__gte": week.began, f"{name}__lt": week.ends})
    stories = home.in_work(seen).filter(falls).select_related("section__parent", "assignee")
    return stories.defer(*home.NOT_LISTED).order_by("deadline", "pk")[:MOST]


def _events(story: Any) -> list[Event]:
    moments = {"deadline": story.deadline, "embargo": story.embargo_until}
    if story.stage == Stage.SCHEDULED:
        moments["departure"] = story.publish_at
    return [Event(moment, kind, story) for kind, moment in moments.items() if moment is not None]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
