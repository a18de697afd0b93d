"""What may hang on a story, asked in the query that reads it: its page then asks nothing for what is not there.

Each name of HANGING is a word of `may_have`. A story read in another way may have anything.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from newsroom import access
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Check, Note, PlanChange, Presence, ShareLink, Story, Takeover

HANGING: dict[str, Callable[[access.Login], QuerySet[Any]]] = {
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
# by what a row names the story, where that is not « story »
TIES = {"named_follows": "follows", "named_replies_to": "replies_to"}


def with_what_hangs(stories: QuerySet[Story], user: access.Login) -> QuerySet[Any]:
    """The stories, each with whether it has these things; and with whose second eyes it waits for."""
    told: QuerySet[Any] = access.with_second_eyes(stories).annotate(
        **{
            f"has_{name}": Exists(rows(user).filter(**{TIES.get(name, "story"): OuterRef("pk")}))
            for name, rows in HANGING.items()
        }
    )
    return told


def may_have(story: Model, name: str) -> bool:
    """Whether it is worth asking: false only when the story's own query said that there is nothing."""
    return bool(story.__dict__.get(f"has_{name}", True))
