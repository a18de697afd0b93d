"""The deeds of staff on a story, one function for each: lock, decide, save, record.

Every deed, those of `publishing` included, is called in the same way: `deed(story, revision=…, by=…, note=…)`.
`revision` is the number of the version that `by` had on screen. A deed that may not be done raises `Refused` and
changes nothing.
"""

from collections.abc import Sequence
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
from .models import Change, Check, Milestone, Move, Photo, Revision, Story, name_of
from .refusals import NotAllowed, Refused
from .scheduling.wall_time import WallTime
from .scheduling.wording import spoken
from .stories import saving
from .workflow import TRANSITIONS, ChangeKind, Checklist, Deed, Stage, Transition

# The schedule of a story, emptied when it leaves the schedule.
CLEARED_SCHEDULE: dict[str, Any] = {
    "publish_at": None,
    "publish_wall": "",
    "due_at": None,
    "attempts": 0,
    "failure": "",
}
# The change notice of a scheduled version, emptied once that version is published or goes back to be worked on. A
# version that is only scheduled for another hour keeps its notice.
CLEARED_NOTICE: dict[str, Any] = {"change_kind": "", "change_text": "", "change_reply": None}
# The correction that an open version lacks, forgotten once it has it or is given up.
NOTHING_MISSED: dict[str, Any] = {"missed_since": None, "missed_correction": None}
APPROVED = frozenset({Stage.READY, Stage.SCHEDULED})
KINDS_WITH_A_NOTE = (ChangeKind.CORRECTION, ChangeKind.CLARIFICATION)  # readers see a dated note with these


@dataclass(frozen=True)
class ChangeNotice:
    """How a new version of a live article is announced to its readers. `text` is the note under the article, `reply`
    the story of a right of reply.
    """

    kind: ChangeKind
    text: str = ""
    reply: Story | None = None


@dataclass(frozen=True)
class Decision:
    """A story under lock, and a deed that the workflow, the policy and the checklist allow on it."""

    story: Story
    deed: Deed
    transition: Transition
    from_stage: str
    revision: Revision
    by: User
    note: str
    overrides_four_eyes: bool  # a chief acts without a second pair of eyes
    by_clock: bool

    def carry_out(self, **fields: Any) -> Move:
        """Move the story to the stage that the table names and set `fields`. Record the move and queue its mail."""
        stage = self.transition.target or self.from_stage
        if stage != Stage.SCHEDULED and self.from_stage == Stage.SCHEDULED:
            fields = {**CLEARED_SCHEDULE, **fields}
        if self.from_stage in APPROVED and stage not in APPROVED:
            fields = {**CLEARED_NOTICE, **fields}
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
            overrides_four_eyes=self.overrides_four_eyes,
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
    checks: Sequence[Check] | None = None,
) -> Decision:
    """Lock the story and decide whether `by` may do `deed` to it now. To be called in a transaction.

    `at` is the moment when readers will see it; None means now. The clock carries out what `by` was allowed to decide
    earlier: with `by_clock` the policy is not asked again. `checks` are those that it must have passed; None means all
    that were asked of the story. Raises NotAllowed when the deed is not theirs to do, Refused
    when the stage, the version, the embargo, the note or the checklist is against it.
    """
    transition = TRANSITIONS[deed]
    # NO KEY: a transaction that only refers to this story need not wait. Two that refer to each other's would deadlock.
    locked = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
    note = note.strip()
    rights = access.rights_on(by, locked)
    if not by_clock and not (rights.may_view and rights.may_do(deed)):
        raise NotAllowed(_("“%(deed)s” is not yours to do on this article.") % {"deed": deed.label})
    if locked.stage not in transition.sources or not access.fits_live(transition.live, locked):
        raise Refused(
            _("Not done: the article is now “%(stage)s”. Somebody was quicker; nothing is lost.")
            % {"stage": locked.get_stage_display()}
        )
    if revision != locked.version:
        raise Refused(
            _("Not done: the text changed meanwhile (it is now version %(version)s). Read it again, then decide.")
            % {"version": locked.version}
        )
    lacks_second_eyes = rights.lacks_second_eyes(deed)
    if lacks_second_eyes and not rights.may_override_four_eyes(deed):
        raise NotAllowed(_("You wrote it or sent it on: the second pair of eyes must be somebody else’s."))
    if lacks_second_eyes and not note:
        raise Refused(_("You wrote or submitted it. To approve it alone, write the reason: it stays on record."))
    if transition.note_missing and not note:
        raise Refused(transition.note_missing)
    if transition.waits_for_embargo or at is not None:
        # The database found the clock's story due. The time of this machine may lag a little behind the database's.
        due = locked.due_at if by_clock and locked.due_at else timezone.now()
        refuse_before_embargo(locked, at or max(due, timezone.now()))
    # before a publication, `publishing.hold` has held the pictures already
    if transition.checklist not in (Checklist.NONE, Checklist.PUBLICATION):
        hold_pictures(locked)
    if problems(locked, transition.checklist, appears_at=at, checks=checks):
        # the refusal must not reveal articles that `by` may not see
        visible = problems(locked, transition.checklist, seen_by=by, appears_at=at, checks=checks)
        raise Refused(_("Not done: something must be mended first. Your text is kept."), visible)
    decided_on = Revision.objects.get(story=locked, number=revision)
    return Decision(locked, deed, transition, locked.stage, decided_on, by, note, lacks_second_eyes, by_clock)


def refuse_before_embargo(story: Story, at: datetime) -> None:
    if story.embargo_until is not None and at < story.embargo_until:
        raise Refused(
            _("Not done: this text is under embargo until %(when)s. It cannot appear before.")
            % {"when": spoken(story.embargo_until)}
        )


def require_change_notice(story: Story, change: ChangeNotice | None) -> ChangeNotice | None:
    """The notice that readers get with a new version. None for a story that is not live: it has no readers yet.

    Raises Refused when a live article changes without a notice, or when its notice lacks the note or the reply that its
    kind demands, or repeats the last note word for word.
    """
    if not story.is_live:
        return None
    if change is None:
        raise Refused(_("Not done: say what this change is: a typo, an update, a correction or a right of reply."))
    if change.kind in KINDS_WITH_A_NOTE and not change.text.strip():
        raise Refused(_("Not done: write the note that readers will see. It says what was wrong, and what is right."))
    last = story.changes.filter(kind__in=KINDS_WITH_A_NOTE).first() if change.kind in KINDS_WITH_A_NOTE else None
    if last is not None and last.text == change.text.strip():
        raise Refused(_("Not done: readers have this note already, word for word. Say what is new, or leave it."))
    if change.kind == ChangeKind.REPLY and (change.reply is None or change.reply.replies_to_id != story.pk):
        raise Refused(_("Not done: choose the article that is the right of reply to this one."))
    return change


def refuse_reply_elsewhere(story: Story, *, by: User) -> None:
    """Raise Refused when `story` is a right of reply to a live article that `by` may not correct.

    Publishing it would change the page of that article. It is allowed once an editor of that article's section has
    announced the reply there.
    """
    answered = story.replies_to
    if answered is None or not answered.is_live or access.may_do(by, Deed.CORRECT, answered):
        return
    if Change.objects.filter(story=answered, reply=story).exists():
        return
    message = _(
        "Not done: readers would see this reply on the page of “%(headline)s”, which the editors of the section "
        "“%(section)s” answer for. Ask one of them to publish it, or to say it there first as a right of reply."
    )
    # the published headline: `by` may not be allowed to know the one of the next version
    headline = Article.objects.values_list("headline", flat=True).get(pk=answered.pk)
    raise Refused(message % {"headline": headline, "section": answered.section.name})


def hold_pictures(story: Story) -> None:
    """Hold the pictures of `story`: nobody may change a caption or credit between this checklist and the commit."""
    pictures = Photo.objects.filter(Q(pk=story.lead_photo_id) | Q(pk__in=story.body_photos.values("pk")))
    list(pictures.select_for_update().order_by("pk").values_list("pk"))


@transaction.atomic
def submit(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    decision = decide(story, Deed.SUBMIT, revision=revision, by=by, note=note)
    mark(decision.revision, Milestone.SUBMITTED)
    return decision.carry_out(opened_by=None, opened_at=None)


@transaction.atomic
def take_back(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Make a submitted text a draft again, as long as nobody of the desk has opened it.

    The desk's letters about it that have not left do not leave; who got one is told.
    """
    decision = decide(story, Deed.TAKE_BACK, revision=revision, by=by, note=note)
    held = decision.story
    if held.opened_at is not None:
        message = _("Not done: %(who)s opened it, %(when)s. Ask them to send it back to you.")
        raise Refused(message % {"who": name_of(cast(User, held.opened_by)), "when": spoken(held.opened_at)})
    submitted = held.moves.filter(deed=Deed.SUBMIT).first()
    move = decision.carry_out()
    if submitted is not None:
        notifications.announce_taken_back(move, submitted)
    return move


def record_opened(story: Story, *, by: access.Login) -> bool:
    """Record that somebody of the desk has a submitted text before them. To be called by whatever shows it, before it
    does. Returns False when it was taken back at this very moment: the story must be read again.

    It writes once for each submission, whoever looks how often.
    """
    if story.stage != Stage.REVIEW or story.opened_at is not None or not access.rights_on(by, story).opens_for_the_desk:
        return True
    now = timezone.now()
    unopened = Story.objects.filter(pk=story.pk, stage=Stage.REVIEW, opened_at=None)
    if not unopened.update(opened_by=by.pk, opened_at=now):
        return False
    story.opened_by_id, story.opened_at = by.pk, now
    return True


@transaction.atomic
def send_back(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.SEND_BACK, revision=revision, by=by, note=note).carry_out(approved_revision=None)


@transaction.atomic
def approve(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Approve one revision, the one that `by` read. No other will be published."""
    decision = decide(story, Deed.APPROVE, revision=revision, by=by, note=note)
    mark(decision.revision, Milestone.APPROVED)
    opened = decision.story.opened_at
    seen = {} if opened else {"opened_by": decision.by, "opened_at": timezone.now()}
    return decision.carry_out(approved_revision=decision.revision, **seen)


@transaction.atomic
def reopen(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.REOPEN, revision=revision, by=by, note=note).carry_out(approved_revision=None)


@transaction.atomic
def schedule(
    story: Story, *, revision: int, by: User, when: WallTime, change: ChangeNotice | None = None, note: str = ""
) -> Move:
    """Have the clock publish the approved revision at `when`. A new version of a live article needs its `change`."""
    decision = decide(story, Deed.SCHEDULE, revision=revision, by=by, note=note, at=when.moment)
    story = decision.story
    if story.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if when.moment <= timezone.now():
        raise Refused(_("Not done: this hour is past. Choose a later one, or publish now."))
    notice = require_change_notice(story, change)
    refuse_reply_elsewhere(story, by=by)
    return decision.carry_out(
        publish_at=when.moment,
        publish_wall=when.meant,
        due_at=when.moment,
        attempts=0,
        failure="",
        change_kind=notice.kind if notice else "",
        change_text=notice.text if notice else "",
        change_reply=notice.reply if notice else None,
    )


@transaction.atomic
def unschedule(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.UNSCHEDULE, revision=revision, by=by, note=note).carry_out()


@transaction.atomic
def retry(story: Story, *, by: User) -> None:
    """Have the clock try a failed publication again at once. Raises NotAllowed, or Refused when none has failed."""
    held = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
    rights = access.rights_on(by, held)
    if not (rights.may_view and rights.may_do(Deed.PUBLISH)):
        raise NotAllowed(_("It is not yours to have this article tried again."))
    if not rights.may_retry:
        raise Refused(_("Not done: the article does not wait for another try any more."))
    Story.objects.filter(pk=held.pk).update(due_at=Now())


@transaction.atomic
def look(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Record that a second pair of eyes read a flash after it was published."""
    decision = decide(story, Deed.LOOK, revision=revision, by=by, note=note)
    if not access.is_in_time(Deed.LOOK, decision.story):
        raise Refused(_("Not done: the second look was given already."))
    return decision.carry_out(awaits_second_look=False)


@transaction.atomic
def revise(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Open the next version of a live article. Readers go on seeing the published one."""
    return decide(story, Deed.REVISE, revision=revision, by=by, note=note).carry_out()


@transaction.atomic
def abandon(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Give up the next version. The text becomes the published one again; what was written stays in the history."""
    decision = decide(story, Deed.ABANDON, revision=revision, by=by, note=note)
    saving.restore_text(decision.story, cast(Revision, decision.story.live_revision), by=by)
    return decision.carry_out(approved_revision=None, **NOTHING_MISSED)


@transaction.atomic
def spike(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Put a text aside, and close its review links: nobody outside may go on reading it."""
    decision = decide(story, Deed.SPIKE, revision=revision, by=by, note=note)
    decision.story.share_links.revoke(by=by)
    return decision.carry_out(approved_revision=None)


@transaction.atomic
def revive(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    return decide(story, Deed.REVIVE, revision=revision, by=by, note=note).carry_out()


def mark(revision: Revision, milestone: Milestone) -> None:
    """Mark a revision in the history as submitted, approved or published. A revision never changes otherwise."""
    revision.milestone = milestone
    revision.save(update_fields=["milestone"])
