"""Brings a story to a state by the real deeds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from newsroom import deeds, publishing
from newsroom.models import Move, Story
from newsroom.scheduling.wall_time import WallTime

WRITER, COLLEAGUE, SUB, EDITOR, CHIEF = "writer", "colleague", "sub-editor", "editor", "chief"


def bring_to(state: str, story: Story, people: dict[str, User | None]) -> Story:
    """Move a new draft to `state`. The writer submits it, and a chief does the other deeds."""
    by = {"writer": people[WRITER], "chief": people[CHIEF]}

    def do(deed: Callable[..., Move], who: str, **options: Any) -> None:
        story.refresh_from_db()
        deed(story, revision=story.version, by=by[who], **options)

    stage, _plus, live = state.partition("+")
    if stage == "flashed":
        do(publishing.flash, "chief", note="La digue cède.")
    elif live:
        do(deeds.submit, "writer")
        do(deeds.approve, "chief")
        do(publishing.publish, "chief")
        if stage != "published":
            do(deeds.revise, "writer")
    if stage in ("review", "ready", "scheduled"):
        do(deeds.submit, "writer")
    if stage in ("ready", "scheduled"):
        do(deeds.approve, "chief")
    if stage == "scheduled":
        when = WallTime(timezone.now() + timedelta(hours=3), "dans trois heures")
        do(deeds.schedule, "chief", when=when, change=deeds.ChangeNotice(deeds.ChangeKind.UPDATE))
    if stage == "spiked":
        do(deeds.spike, "chief")
    story.refresh_from_db()
    assert (story.stage, story.is_live) == (stage.replace("flashed", "published"), bool(live))
    return story


def submitted(story: Story) -> Story:
    """The story, which its only writer submitted."""
    deeds.submit(story, revision=story.version, by=story.writers.get())
    story.refresh_from_db()
    return story
