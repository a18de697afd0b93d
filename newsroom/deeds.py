"""What staff do to a story, one function a deed: lock, decide, save, record.

Every deed, those of `publishing` included, is called in the same way: `deed(story, revision=…, by=…, note=…)`, where
`revision` is the number of the version that was on the screen of who decides. Each refuses by raising `Refused`, and
then changes nothing.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import access, notices, writing
from .checklist import Problem, problems
from .models import Milestone, Move, Photo, Revision, Story
from .workflow import TRANSITIONS, Checklist, Deed, Transition


class Refused(Exception):  # noqa: N818 (what happened, not an error of ours)
    """A deed that may not be done. `message` is for who tried; `problems` are what the checklist found."""

    def __init__(self, message: str | Promise, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems or []


class NotAllowed(Refused):
    """Refused because of who asks, whatever the text is like."""


@dataclass(frozen=True)
class Decision:
    """A story under lock, and a deed found to be right on it."""

    story: Story
    deed: Deed
    row: Transition
    from_stage: str
    revision: Revision
    by: User
    note: str
    alone: bool  # a chief approving without second eyes

    def carry_out(self, **fields: Any) -> Move:
        """Move the story where the table says, with `fields` set beside, write that down, and tell whom it concerns."""
        for name, value in {"stage": self.row.target, **fields}.items():
            setattr(self.story, name, value)
        self.story.save(update_fields=["stage", *fields])
        move = Move.objects.create(
            story=self.story,
            deed=self.deed,
            from_stage=self.from_stage,
            to_stage=self.story.stage,
            revision=self.revision,
            by=self.by,
            at=timezone.now(),
            note=self.note,
            overrides_four_eyes=self.alone,
        )
        notices.announce(move)
        return move


def decide(story: Story, deed: Deed, *, revision: int, by: User, note: str = "") -> Decision:
    """Lock the story and say whether `by` may do `deed` to it now. To be called in a transaction.

    Raises NotAllowed when it is not theirs to do, Refused when the stage, the version, the note or the checklist is
    against it.
    """
    row = TRANSITIONS[deed]
    locked = Story.objects.select_for_update().get(pk=story.pk)
    note = note.strip()
    if not access.may_view_story(by, locked) or not access.may_do(by, deed, locked):
        raise NotAllowed(_("“%(deed)s” is not yours to do on this article.") % {"deed": deed.label})
    if locked.stage not in row.sources or not access.fits_live(row.live, locked):
        raise Refused(
            _("Not done: the article is now “%(stage)s”. Somebody was quicker; nothing is lost.")
            % {"stage": locked.get_stage_display()}
        )
    if revision != locked.version:
        raise Refused(
            _("Not done: the text changed meanwhile (it is now version %(version)s). Read it again, then decide.")
            % {"version": locked.version}
        )
    alone = access.lacks_second_eyes(by, deed, locked)
    if alone and not access.may_override_four_eyes(by):
        raise NotAllowed(_("You wrote or submitted it: somebody else must approve it."))
    if alone and not note:
        raise Refused(_("You wrote or submitted it. To approve it alone, write the reason: it stays on record."))
    if row.missing and not note:
        raise Refused(row.missing)
    if row.checklist is not Checklist.NONE:
        hold_pictures(locked)
    if found := problems(locked, row.checklist):
        raise Refused(_("Not done: something must be mended first. Your text is kept."), found)
    seen = Revision.objects.get(story=locked, number=revision)
    return Decision(locked, deed, row, locked.stage, seen, by, note, alone)


def hold_pictures(story: Story) -> None:
    """Let nobody change the words of its pictures between what is checked now and the end of the transaction."""
    shown = Photo.objects.filter(Q(pk=story.lead_photo_id) | Q(pk__in=story.body_photos.values("pk")))
    list(shown.select_for_update().order_by("pk").values_list("pk"))


@transaction.atomic
def submit(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    decision = decide(story, Deed.SUBMIT, revision=revision, by=by, note=note)
    mark(decision.revision, Milestone.SUBMITTED)
    return decision.carry_out()


@transaction.atomic
def send_back(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.SEND_BACK, revision=revision, by=by, note=note).carry_out(approved_revision=None)


@transaction.atomic
def approve(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Approve one revision, the one that was read. No other will be published."""
    decision = decide(story, Deed.APPROVE, revision=revision, by=by, note=note)
    mark(decision.revision, Milestone.APPROVED)
    return decision.carry_out(approved_revision=decision.revision)


@transaction.atomic
def reopen(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.REOPEN, revision=revision, by=by, note=note).carry_out(approved_revision=None)


@transaction.atomic
def revise(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Open the next version of a live article, which stays as it is."""
    return decide(story, Deed.REVISE, revision=revision, by=by, note=note).carry_out()


@transaction.atomic
def abandon(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Give up the next version: the text becomes again the one readers see. The other stays in the history."""
    decision = decide(story, Deed.ABANDON, revision=revision, by=by, note=note)
    writing.restore_text(decision.story, cast(Revision, decision.story.live_revision), by=by)
    return decision.carry_out(approved_revision=None)


@transaction.atomic
def spike(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.SPIKE, revision=revision, by=by, note=note).carry_out(approved_revision=None)


@transaction.atomic
def revive(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.REVIVE, revision=revision, by=by, note=note).carry_out()


def mark(revision: Revision, milestone: Milestone) -> None:
    """Let a revision stand out in the history. Nothing else of it ever changes."""
    revision.milestone = milestone
    revision.save(update_fields=["milestone"])
