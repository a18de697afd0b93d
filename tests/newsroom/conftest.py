"""Fixtures that several tests of the private room share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Author, Section
from newsroom import deeds
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, Story

from .scheduling import hour_of, let_hour_come


@pytest.fixture
def flash(section: Section, author: Author, make_photo: Callable[..., Photo]) -> dict[str, Any]:
    """The fields of a flash that passes every rule."""
    return {
        "headline": "La digue du port a cédé",
        "paragraph": "L’eau est montée à 4 heures, rue des Cordiers. Il n’y a pas de blessé.",
        "section": section.pk,
        "author": author.pk,
        "lead_photo": make_photo().pk,
        "note": "L’eau monte.",
    }


@pytest.fixture
def schedule(approve_story: Callable[..., Story], editor: User) -> Callable[..., Story]:
    """Schedules a story, a new draft unless one is given, by the editor: for an hour that is past, or (`come=False`)
    still to come.
    """

    def go_through(
        story: Story | None = None, *, come: bool = True, change: ChangeNotice | None = None, **fields: Any
    ) -> Story:
        story = approve_story(story, **fields)
        when = hour_of(timezone.now() + timedelta(hours=1))
        deeds.schedule(story, revision=story.version, by=editor, when=when, change=change)
        if come:
            let_hour_come(story)
        story.refresh_from_db()
        return story

    return go_through
