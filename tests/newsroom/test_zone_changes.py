"""A decree changes the clocks after stories were scheduled: their wall time stays, and the change is on record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from newsroom import deeds, planning
from newsroom.models import PlanChange, Story
from newsroom.scheduling import wall_time, zone_changes
from newsroom.workflow import Stage

pytestmark = pytest.mark.django_db
RAMADAN = datetime(2027, 2, 20, 8, 0)  # an hour later than in winter, by the rules of today
BEFORE, AFTER = datetime(2027, 2, 20, 8, 0, tzinfo=UTC), datetime(2027, 2, 20, 7, 0, tzinfo=UTC)


@pytest.fixture
def decree(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes Casablanca keep its winter time all year, with the rules of a zone that does."""

    def promulgate() -> None:
        monkeypatch.setattr(wall_time, "ZoneInfo", lambda _name: ZoneInfo("Africa/Lagos"))

    return promulgate


@pytest.fixture
def scheduled(approve_story: Callable[..., Story], editor: User) -> Story:
    story = approve_story()
    deeds.schedule(story, revision=1, by=editor, when=wall_time.wall_time(RAMADAN))
    story.refresh_from_db()
    return story


def test_a_scheduled_story_keeps_its_wall_time_when_the_clocks_change(
    scheduled: Story, decree: Callable[[], None]
) -> None:
    assert scheduled.publish_at == BEFORE
    decree()

    assert zone_changes.keep_wall_times() == 1

    scheduled.refresh_from_db()
    assert (scheduled.stage, scheduled.publish_at, scheduled.due_at) == (Stage.SCHEDULED, AFTER, AFTER)


def test_the_moved_hour_is_on_record_under_the_name_of_the_scheduler(
    scheduled: Story, decree: Callable[[], None], editor: User
) -> None:
    decree()
    zone_changes.keep_wall_times()

    move = scheduled.moves.all()[0]
    assert (move.deed, move.by, move.by_clock) == ("schedule", editor, True)
    assert move.note.startswith("Les règles de l’heure ont changé.")


def test_no_hour_moves_while_the_rules_are_the_same(scheduled: Story) -> None:
    assert zone_changes.keep_wall_times() == 0
    assert scheduled.moves.filter(deed="schedule").count() == 1


def test_a_failed_story_keeps_the_hour_of_its_next_try(scheduled: Story, decree: Callable[[], None]) -> None:
    again = BEFORE + timedelta(minutes=4)
    Story.objects.filter(pk=scheduled.pk).update(attempts=3, failure="Pas de chapô.", due_at=again)
    decree()

    zone_changes.keep_wall_times()

    scheduled.refresh_from_db()
    assert (scheduled.publish_at, scheduled.due_at) == (AFTER, again)


def test_an_embargo_keeps_its_wall_time_and_its_change_is_on_record(
    make_story: Callable[..., Story], journalist: User, editor: User, decree: Callable[[], None]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=editor, wanted={PlanChange.Subject.EMBARGO: wall_time.wall_time(RAMADAN)})
    decree()

    zone_changes.keep_wall_times()

    story.refresh_from_db()
    assert story.embargo_until == AFTER
    last = story.plan_changes.all()[0]
    assert (last.by, last.before, last.after) == (editor, BEFORE.isoformat(), AFTER.isoformat())


def test_an_hour_in_an_unknown_time_zone_does_not_stop_the_clock(
    scheduled: Story, make_story: Callable[..., Story], journalist: User, editor: User, decree: Callable[[], None]
) -> None:
    Story.objects.filter(pk=scheduled.pk).update(publish_wall="2027-02-20 08:00 Africa/Anfa")
    other = make_story(by=journalist)
    planning.change_plan(other, by=editor, wanted={PlanChange.Subject.EMBARGO: wall_time.wall_time(RAMADAN)})

    zone_changes.keep_wall_times()

    scheduled.refresh_from_db()
    assert scheduled.publish_at == BEFORE
