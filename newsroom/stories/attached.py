"""Rows attached to a story: checks, notes, review links… The query that reads a story also finds out which exist.

The page of the story then makes no query for a panel that would be empty.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from newsroom import access
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Check, Note, PlanChange, Presence, ShareLink, Story, Takeover

ATTACHED_ROWS: dict[str, Callable[[access.Login], QuerySet[Any]]] = {
    "checks": lambda user: Check.objects.all(),
    "notes": lambda user: Note.objects.all(),
    "questions": lambda user: Note.objects.filter(resolved_at=None, mentions__isnull=False),
    "links": lambda user: ShareLink.objects.all(),
    "plan_changes": lambda user: PlanChange.objects.all(),
    "takeovers": lambda user: Takeover.objects.all(),
    "kept_texts": lambda user: Autosave.objects.filter(user=user.pk, saved_at__gte=timezone.now() - autosave.KEPT_FOR),
    "company": lambda user: Presence.objects.filter(seen_at__gte=timezone.now() - presence.GONE_AFTER).exclude(
        user=user.pk
    ),
    "named_follows": lambda user: Story.objects.all(),
    "named_replies_to": lambda user: Story.objects.all(),
}
# The field by which a row refers to the story, where it is not `story`.
STORY_FIELDS = {"named_follows": "follows", "named_replies_to": "replies_to"}


def with_attached(stories: QuerySet[Story], user: access.Login) -> QuerySet[Any]:
    """The stories, each with a flag for every name of ATTACHED_ROWS, and with what its second eyes depend on."""
    flagged: QuerySet[Any] = access.with_put_forward_by(stories).annotate(
        **{
            f"has_{name}": Exists(rows(user).filter(**{STORY_FIELDS.get(name, "story"): OuterRef("pk")}))
            for name, rows in ATTACHED_ROWS.items()
        }
    )
    return flagged


def may_have_attached(story: Model, name: str) -> bool:
    """Whether `story` may have rows of this `name`, one of ATTACHED_ROWS, so that a query for them is worth making.

    False only when `story` was read through `with_attached` and has none.
    """
    return bool(story.__dict__.get(f"has_{name}", True))
