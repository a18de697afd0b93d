"""The desk's home: what waits for whoever looks, and nothing that is not theirs to see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom import access
from newsroom.models import Move, Story
from newsroom.workflow import Deed, Stage

ROWS = 10


@dataclass(frozen=True)
class Queue:
    """Some stories that wait for the same thing; never more than ROWS of them."""

    code: str
    name: str | Promise
    stories: list[Story]


def with_last_move(stories: QuerySet[Story]) -> QuerySet[Any]:
    """Each story with the deed that brought it where it is: `last_deed`, `last_at`, `last_note`."""
    last = Move.objects.filter(story=OuterRef("pk")).order_by("-at", "-pk")
    return stories.annotate(
        last_deed=Subquery(last.values("deed")[:1]),
        last_at=Subquery(last.values("at")[:1]),
        last_note=Subquery(last.values("note")[:1]),
    )


def queues_of(user: access.Login) -> list[Queue]:
    """What needs `user`, in the order in which it does. A queue that is not theirs to clear is not there."""
    standing = access.standing_of(user)
    seen: QuerySet[Any] = with_last_move(access.visible_stories(user).select_related("section__parent"))
    seen = seen.prefetch_related("bylines__author")
    queues = []
    if standing.is_any(access.WRITERS):
        own = seen.filter(stage=Stage.DRAFT, writers=standing.user_id)
        queues += [
            Queue("returned", _("Sent back to you"), list(own.filter(last_deed=Deed.SEND_BACK)[:ROWS])),
            Queue("drafts", _("Your drafts"), list(own.exclude(last_deed=Deed.SEND_BACK)[:ROWS])),
        ]
    if standing.is_any(access.SUB_EDITORS_UP):
        waiting = seen.filter(stage=Stage.REVIEW).order_by("last_at")
        queues.append(Queue("review", _("To review"), list(waiting[:ROWS])))
    if standing.is_any(access.EDITORS_UP):
        queues.append(Queue("ready", _("Ready to publish"), list(seen.filter(stage=Stage.READY)[:ROWS])))
    queues.append(Queue("published", _("Published lately"), list(seen.filter(stage=Stage.PUBLISHED)[:ROWS])))
    return queues
