"""What staff do to a story, one function a deed: lock, decide, save, record.

Every deed, those of `publishing` included, is called in the same way: `deed(story, revision=…, by=…, note=…)`, where
`revision` is the number of the version that was on the screen of who decides. Each refuses by raising `Refused`, and
then changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from . import access, notifications
from .checklist import problems
from .models import Change, Milestone, Move, Photo, Revision, Story
from .refusals import NotAllowed, Refused
from .scheduling.wall_time import WallTime, spoken
from .stories import saving
from .workflow import TRANSITIONS, ChangeKind, Checklist, Deed, Stage, Transition

# What a story that is scheduled no more has not.
NOT_SCHEDULED: dict[str, Any] = {
    "publish_at": None,
    "publish_wall": "",
    "due_at": None,
    "attempts": 0,
    "failure": "",
}
# What readers are told of the next version, said with an hour: kept from one hour to another, until it is out or goes
# back to be worked on.
UNTOLD: dict[str, Any] = {"change_kind": "", "change_text": "", "change_reply": None}
APPROVED = frozenset({Stage.READY, Stage.SCHEDULED})
NOTED = (ChangeKind.CORRECTION, ChangeKind.CLARIFICATION)  # which are shown to readers with a note


@dataclass(frozen=True)
class Told:
    """What a new version of a live article is to its readers: `text` is the note they are shown, `reply` the story of
    a right of reply.
    """

    kind: ChangeKind
    text: str = ""
    reply: Story | None = None


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
    by_clock: bool

    def carry_out(self, **fields: Any) -> Move:
        """Move the story where the table says, with `fields` set beside, write that down, and tell whom it concerns."""
        stage = self.row.target or self.from_stage
        if stage != Stage.SCHEDULED and self.from_stage == Stage.SCHEDULED:
            fields = {**NOT_SCHEDULED, **fields}
        if self.from_stage in APPROVED and stage not in APPROVED:
            fields = {**UNTOLD, **fields}
        for name, value in {"stage": stage, **fields}.items():
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
            by_clock=self.by_clock,
            overrides_four_eyes=self.alone,
        )
        notifications.announce(move)
        return move


def decide(
    story: Story,
    deed: Deed,
    *,
    revision: int,
    by: User,
    note: str = "",
    by_clock: bool = False,
    at: datetime | None = None,
) -> Decision:
    """Lock the story and say whether `by` may do `deed` to it now. To be called in a transaction.

    `at` is when readers will see it, when that is not now. The clock does what `by` decided when it was theirs to
    decide: `by_clock` asks no more whether it still is. Raises NotAllowed when it is not theirs to do, Refused when the
    stage, the version, the embargo, the note or the checklist is against it.
    """
    row = TRANSITIONS[deed]
    # who only names the story is not kept waiting: two who name one another's would wait for ever
    locked = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
    note = note.strip()
    rights = access.rights_on(by, locked)
    if not by_clock and not (rights.may_view and rights.may_do(deed)):
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
    alone = rights.lacks_second_eyes(deed)
    if alone and not rights.may_override_four_eyes(deed):
        raise NotAllowed(_("You wrote it or sent it on: the second pair of eyes must be somebody else’s."))
    if alone and not note:
        raise Refused(_("You wrote or submitted it. To approve it alone, write the reason: it stays on record."))
    if row.missing and not note:
        raise Refused(row.missing)
    if row.waits_for_embargo or at is not None:
        # of the clock's hour the database has said already that it has come: another machine's may be a little behind
        due = locked.due_at if by_clock and locked.due_at else timezone.now()
        refuse_before_embargo(locked, at or max(due, timezone.now()))
    if row.checklist not in (Checklist.NONE, Checklist.PUBLICATION):  # `publishing.hold` did, with those shown before
        hold_pictures(locked)
    if problems(locked, row.checklist, appears_at=at):
        # said without what is not theirs to know of
        shown = problems(locked, row.checklist, seen_by=by, appears_at=at)
        raise Refused(_("Not done: something must be mended first. Your text is kept."), shown)
    seen = Revision.objects.get(story=locked, number=revision)
    return Decision(locked, deed, row, locked.stage, seen, by, note, alone, by_clock)


def refuse_before_embargo(story: Story, at: datetime) -> None:
    if story.embargo_until is not None and at < story.embargo_until:
        raise Refused(
            _("Not done: this text is under embargo until %(when)s. It cannot appear before.")
            % {"when": spoken(story.embargo_until)}
        )


def told_of(story: Story, change: Told | None) -> Told | None:
    """What readers are told of a new version; None for a text they have not seen yet. Raises Refused when a live
    article changes and nobody says how, or says it without the words that it asks for.
    """
    if not story.is_live:
        return None
    if change is None:
        raise Refused(_("Not done: say what this change is: a typo, an update, a correction or a right of reply."))
    if change.kind in NOTED and not change.text.strip():
        raise Refused(_("Not done: write the note that readers will see. It says what was wrong, and what is right."))
    last = story.changes.filter(kind__in=NOTED).first() if change.kind in NOTED else None
    if last is not None and last.text == change.text.strip():
        raise Refused(_("Not done: readers have this note already, word for word. Say what is new, or leave it."))
    if change.kind == ChangeKind.REPLY and (change.reply is None or change.reply.replies_to_id != story.pk):
        raise Refused(_("Not done: choose the article that is the right of reply to this one."))
    return change


def refuse_reply_elsewhere(story: Story, *, by: User) -> None:
    """Raise Refused when readers would see `story` on the page of an article that it answers and that is not `by`'s to
    correct, unless those of that article have said it there before.
    """
    answered = story.replies_to
    if answered is None or not answered.is_live or access.may_do(by, Deed.CORRECT, answered):
        return
    if Change.objects.filter(story=answered, reply=story).exists():
        return
    said = _(
        "Not done: readers would see this reply on the page of “%(headline)s”, which the editors of the section "
        "“%(section)s” answer for. Ask one of them to publish it, or to say it there first as a right of reply."
    )
    # the headline that readers see: that of the next version is not everybody's to know
    shown = Article.objects.values_list("headline", flat=True).get(pk=answered.pk)
    raise Refused(said % {"headline": shown, "section": answered.section.name})


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
def schedule(
    story: Story, *, revision: int, by: User, when: WallTime, change: Told | None = None, note: str = ""
) -> Move:
    """Have the clock publish the approved revision at `when`. `change` is what a new version of a live article is."""
    decision = decide(story, Deed.SCHEDULE, revision=revision, by=by, note=note, at=when.moment)
    story = decision.story
    if story.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if when.moment <= timezone.now():
        raise Refused(_("Not done: this hour is past. Choose a later one, or publish now."))
    told = told_of(story, change)
    refuse_reply_elsewhere(story, by=by)
    return decision.carry_out(
        publish_at=when.moment,
        publish_wall=when.meant,
        due_at=when.moment,
        attempts=0,
        failure="",
        change_kind=told.kind if told else "",
        change_text=told.text if told else "",
        change_reply=told.reply if told else None,
    )


@transaction.atomic
def unschedule(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.UNSCHEDULE, revision=revision, by=by, note=note).carry_out()


@transaction.atomic
def retry(story: Story, *, by: User) -> None:
    """Have the clock try at once a publication that failed. Raises NotAllowed, or Refused when there is none."""
    held = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
    rights = access.rights_on(by, held)
    if not (rights.may_view and rights.may_do(Deed.PUBLISH)):
        raise NotAllowed(_("It is not yours to have this article tried again."))
    if not rights.may_retry:
        raise Refused(_("Not done: the article does not wait for another try any more."))
    Story.objects.filter(pk=held.pk).update(due_at=Now())


@transaction.atomic
def look(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """The second pair of eyes on a flash, after it went out."""
    decision = decide(story, Deed.LOOK, revision=revision, by=by, note=note)
    if not access.is_awaited(Deed.LOOK, decision.story):
        raise Refused(_("Not done: the second look was given already."))
    return decision.carry_out(awaits_second_look=False)


@transaction.atomic
def revise(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Open the next version of a live article, which stays as it is."""
    return decide(story, Deed.REVISE, revision=revision, by=by, note=note).carry_out()


@transaction.atomic
def abandon(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Give up the next version: the text becomes again the one readers see. The other stays in the history."""
    decision = decide(story, Deed.ABANDON, revision=revision, by=by, note=note)
    saving.restore_text(decision.story, cast(Revision, decision.story.live_revision), by=by)
    return decision.carry_out(approved_revision=None)


@transaction.atomic
def spike(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Put a text aside, and out of reach of those it was shown to."""
    decision = decide(story, Deed.SPIKE, revision=revision, by=by, note=note)
    decision.story.share_links.revoke(by=by)
    return decision.carry_out(approved_revision=None)


@transaction.atomic
def revive(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.REVIVE, revision=revision, by=by, note=note).carry_out()


def mark(revision: Revision, milestone: Milestone) -> None:
    """Let a revision stand out in the history. Nothing else of it ever changes."""
    revision.milestone = milestone
    revision.save(update_fields=["milestone"])
