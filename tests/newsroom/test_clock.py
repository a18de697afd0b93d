"""What is due goes out once, by the clock, and nothing else does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from articles.models import Article, Correction, Section
from newsroom import clock, deeds, publishing, wall_time
from newsroom.clock import Clock
from newsroom.deeds import Told
from newsroom.models import Beat, Dispatch, Photo, Story
from newsroom.staff import set_standing
from newsroom.wall_time import WallTime
from newsroom.workflow import ChangeKind, Stage

pytestmark = pytest.mark.django_db
Schedule = Callable[..., Story]


def hour_of(moment: datetime) -> WallTime:
    local = timezone.localtime(moment)
    return WallTime(moment, f"{local:%Y-%m-%d %H:%M} {timezone.get_default_timezone()}")


def let_hour_come(*stories: Story, ago: timedelta = timedelta(seconds=1)) -> None:
    """The clock goes by the database's hour, which no test moves: their own hour is moved instead."""
    past = timezone.now() - ago
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(publish_at=past, due_at=past)


@pytest.fixture
def schedule(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User, chief: User
) -> Schedule:
    """A story scheduled by the editor for an hour that is past (or, with `come=False`, that is still to come)."""

    def go_through(
        story: Story | None = None, *, come: bool = True, change: Told | None = None, **fields: Any
    ) -> Story:
        story = story or make_story(by=journalist, **fields)
        deeds.submit(story, revision=story.version, by=journalist)
        deeds.approve(story, revision=story.version, by=sub_editor)
        when = hour_of(timezone.now() + timedelta(hours=1))
        deeds.schedule(story, revision=story.version, by=editor, when=when, change=change)
        if come:
            let_hour_come(story)
        story.refresh_from_db()
        return story

    return go_through


def test_a_story_goes_out_when_its_hour_has_come_by_the_clock_on_behalf_of_who_scheduled_it(
    schedule: Schedule, editor: User
) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    move = story.moves.get(deed="publish")
    assert story.stage == Stage.PUBLISHED
    assert Article.objects.filter(pk=story.pk).exists()
    assert (move.by, move.by_clock) == (editor, True)


def test_what_was_scheduled_is_forgotten_once_it_is_out(schedule: Schedule) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    assert {name: getattr(story, name) for name in deeds.NOT_SCHEDULED} == deeds.NOT_SCHEDULED


def test_a_story_does_not_go_out_before_its_hour(schedule: Schedule) -> None:
    story = schedule(come=False)

    Clock().beat()

    story.refresh_from_db()
    assert story.stage == Stage.SCHEDULED
    assert not Article.objects.exists()


def test_its_writers_are_told_once(schedule: Schedule, journalist: User) -> None:
    schedule()

    Clock().beat()
    Clock().beat()

    assert [letter.to for letter in mail.outbox if "budget" in letter.subject].count([journalist.email]) >= 1
    assert len({letter.subject for letter in mail.outbox if letter.to == [journalist.email]}) == len(
        [letter for letter in mail.outbox if letter.to == [journalist.email]]
    )
