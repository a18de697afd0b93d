"""The calendar shows each event of a week on its day and hour in the newsroom's time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Section
from newsroom import planning
from newsroom.admin.overview import calendar
from newsroom.models import Story
from newsroom.planning import Subject
from newsroom.scheduling.wall_time import WallTime, wall_time

pytestmark = pytest.mark.django_db
CALENDAR = "/redaction/calendrier/"
WEEK = f"{CALENDAR}?semaine=2027-W10"


def at(day: int, hour: int, month: int = 3) -> WallTime:
    """An hour of March 2027 on the newsroom's wall; the tenth week begins on Monday the 8th."""
    return wall_time(datetime(2027, month, day, hour))


def events(client: Client, address: str = WEEK) -> list[tuple[int, str, str, Story]]:
    """The events of the page, each with its day, its hour, its kind and its story."""
    days: list[calendar.Day] = client.get(address).context["days"]
    return [
        (day.date.day, f"{timezone.localtime(event.at):%H:%M}", event.kind, event.story)
        for day in days
        for event in day.events
    ]


def test_a_week_shows_deadlines_departures_and_embargoes_by_day_and_hour(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story, other, after, before = (make_story(by=journalist) for _number in range(4))
    planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: at(9, 18).moment, Subject.EMBARGO: at(10, 6)})
    planning.change_plan(other, by=editor, wanted={Subject.DEADLINE: at(9, 9).moment})
    planning.change_plan(after, by=editor, wanted={Subject.DEADLINE: at(15, 0).moment})
    planning.change_plan(before, by=editor, wanted={Subject.DEADLINE: at(7, 23).moment})
    Story.objects.filter(pk=story.pk).update(stage="scheduled", publish_at=at(14, 23).moment)
    client.force_login(journalist)

    assert events(client) == [
        (9, "09:00", "deadline", other),
        (9, "18:00", "deadline", story),
        (10, "06:00", "embargo", story),
        (14, "23:00", "departure", story),
    ]


def test_an_event_near_midnight_stands_on_its_day_in_the_newsrooms_time_zone(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    early = at(9, 0)
    planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: early.moment})
    client.force_login(journalist)

    assert [(day, hour) for day, hour, _kind, _story in events(client)] == [(9, "00:00")]
    assert early.moment.astimezone(UTC).day in (8, 9)


def test_the_deadline_of_a_published_story_is_not_shown(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: at(9, 18).moment})
    client.force_login(journalist)
    assert events(client)

    Story.objects.filter(pk=story.pk).update(stage="published")
    assert events(client) == []


def test_the_links_to_other_weeks_keep_the_filter(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    other = Section.objects.create(name="Sports", slug="sports")
    here, there = make_story(by=journalist), make_story(by=journalist, section=other)
    for story in (here, there):
        planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: at(9, 18).moment})
    client.force_login(editor)

    page = client.get(f"{WEEK}&rubrique=sports").content.decode()

    assert [story for *_when, story in events(client, f"{WEEK}&rubrique=sports")] == [there]
    for week in ("2027-W09", "2027-W11"):
        assert f"?rubrique=sports&amp;semaine={week}" in page
    assert "?rubrique=sports&amp;miens=1&amp;semaine=2027-W10" in page


@pytest.mark.parametrize(
    ("written", "monday"),
    [("2026-W53", date(2026, 12, 28)), ("2027-W01", date(2027, 1, 4)), ("2020-W53", date(2020, 12, 28))],
)
def test_a_week_is_numbered_as_iso_8601_does(written: str, monday: date) -> None:
    week = calendar.week_of(written)

    assert week.monday == monday
    assert str(week) == written


@pytest.mark.parametrize("written", ["", "2027-W54", "2027-W00", "9999-W10", "x" * 9000, "2027-W1", "٢٠٢٧-W10", "%00"])
def test_an_invalid_week_shows_the_current_one(client: Client, editor: User, written: str) -> None:
    client.force_login(editor)

    today = timezone.localdate()
    assert client.get(f"{CALENDAR}?semaine={written}").context["week"].days[today.weekday()] == today


def test_a_story_ordered_from_a_day_of_the_calendar_is_due_that_day(
    client: Client, editor: User, journalist: User
) -> None:
    client.force_login(editor)

    page = client.get(WEEK).content.decode()
    assert 'href="/redaction/commande/?echeance=2027-03-09T18%3A00"' in page
    assert 'value="2027-03-09T18:00"' in client.get("/redaction/commande/?echeance=2027-03-09T18%3A00").content.decode()

    client.force_login(journalist)
    assert "/redaction/commande/" not in client.get(WEEK).content.decode()
