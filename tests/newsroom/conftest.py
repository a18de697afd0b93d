"""Fixtures that several tests of the private room share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from newsroom import deeds
from newsroom.deeds import ChangeNotice
from newsroom.models import Story

from .scheduling import hour_of, let_hour_come


@pytest.fixture
def schedule(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User, chief: User
) -> Callable[..., Story]:
    """Schedules a story, a new draft unless one is given, by the editor: for an hour that is past, or (`come=False`)
    still to come.
    """

    def go_through(
        story: Story | None = None, *, come: bool = True, change: ChangeNotice | None = None, **fields: Any
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
