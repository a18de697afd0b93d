"""Publication and withdrawal: the deeds that readers see, and the transaction that each of them is."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Withdrawal
from newsroom.deeds import Decision, Told, decide, mark, refuse_reply_elsewhere, told_of
from newsroom.models import Milestone, Move, Story
from newsroom.photos.reading import Unfit
from newsroom.refusals import Refused
from newsroom.stories.content import surviving
from newsroom.workflow import ChangeKind, Deed, Stage

from .article import erase_article, write_article
from .companions import in_order_of_appearance
from .corrections import answered_by, record_change, refresh_corrections, tell_whom_it_answers
from .locks import hold
from .pictures import copy_files_last

GONE = _(
    "Not done: a section, a topic, an author or a picture of this version is not there any more. Reopen the article, "
    "choose another, and have it approved again."
)


@transaction.atomic
def publish(
    story: Story,
    *,
    revision: int,
    by: User,
    note: str = "",
    change: Told | None = None,
    companions: Mapping[int, int] | None = None,
    by_clock: bool = False,
) -> Move:
    """Put the approved revision, and no other, before readers: the first time or again.

    `change` is what a new version of a live article is; of a scheduled one that was said with the hour. `companions`
    are stories that appear with it, by their numbers, each with its revision: all or none, each after what it follows
    or answers. All rows are written in one transaction. Raises Refused or NotAllowed, as every deed, and then changes
    nothing.
    """
    together = {**(companions or {}), story.pk: revision}
    hold(*together, others=_reply_of(change))
    stories = Story.objects.filter(pk__in=together).order_by("pk")
    moves = {
        each.pk: _publish_rows(each, revision=revision, by=by, note=note, change=change, by_clock=by_clock)
        if each.pk == story.pk
        else _publish_companion(each, revision=together[each.pk], by=by)
        for each in in_order_of_appearance(stories, last=story.pk)
    }
    _finish(set(together))
    return moves[story.pk]


def _reply_of(change: Told | None) -> list[int]:
    return [change.reply.pk] if change is not None and change.reply is not None else []


def _publish_companion(companion: Story, *, revision: int, by: User) -> Move:
    try:
        return _publish_rows(companion, revision=revision, by=by)
    except Refused as refusal:
        why = " ".join(map(str, [refusal.message, *(problem.message for problem in refusal.problems)]))
        said = _("Nothing is published: “%(headline)s” cannot appear with it. %(why)s")
        raise Refused(said % {"headline": companion.headline, "why": why}) from refusal


def _publish_rows(
    story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None, by_clock: bool = False
) -> Move:
    decision = decide(story, Deed.PUBLISH, revision=revision, by=by, note=note, by_clock=by_clock)
    locked = decision.story
    if locked.approved_revision is None or locked.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if change is None and locked.change_kind and decision.from_stage == Stage.SCHEDULED:
        change = Told(ChangeKind(locked.change_kind), locked.change_text, locked.change_reply)
    return _write_for_readers(decision, change)


@transaction.atomic
def flash(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Put an urgent text before readers without a second pair of eyes, which it waits for afterwards, on the desk.

    `note` is the reason, on record. The checklist of publication, pictures and credits included, is not passed over.
    """
    hold(story.pk)
    decision = decide(story, Deed.FLASH, revision=revision, by=by, note=note)
    move = _write_for_readers(decision, None, awaits_second_look=True)
    _finish({story.pk})
    return move


@transaction.atomic
def correct(story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None) -> Move:
    """Put the text of a live article as it now stands before readers, in one step: for a typo or a wrong figure.

    The new text is recorded by the caller, in the same transaction, which begins with `hold`: refused, neither is kept.
    """
    hold(story.pk, others=_reply_of(change))
    move = _write_for_readers(decide(story, Deed.CORRECT, revision=revision, by=by, note=note), change)
    _finish({story.pk})
    return move


def _write_for_readers(decision: Decision, change: Told | None, **fields: Any) -> Move:
    """All that publication writes but the files of pictures, which come last: they know of no transaction."""
    story, revision, now = decision.story, decision.revision, timezone.now()
    told = told_of(story, change)
    if not decision.by_clock:  # it was asked with the hour
        refuse_reply_elsewhere(story, by=decision.by)
    _content, gone = surviving(revision.content, story)
    if gone:
        raise Refused(GONE)
    answered_before = answered_by(story.pk)
    first = story.first_published_at or now
    if told is not None:
        record_change(story, told, revision=revision, by=decision.by, at=now)
    try:
        write_article(story, revision, first_published_at=first, at=now, told=told)
    except Unfit as unfit:
        raise Refused(_("Not done: a picture cannot be made ready. %(problem)s") % {"problem": unfit.message}) from None
    mark(revision, Milestone.PUBLISHED)
    move = decision.carry_out(approved_revision=None, live_revision=revision, first_published_at=first, **fields)
    tell_whom_it_answers(move, before=answered_before)
    return move


def _finish(numbers: set[int]) -> None:
    """The end of a publication: what the database would refuse at the end it refuses before files are copied, of which
    it can take none back.
    """
    if connection.vendor == "postgresql":  # SQLite would read its tables from end to end for it
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise Refused(GONE) from error
    copy_files_last(numbers)


@transaction.atomic
def withdraw(story: Story, *, revision: int, by: User, note: str = "", notice: str = "") -> Move:
    """Take the live article away: its address answers 410, with `notice` if the desk has something to tell readers, and
    its review links open nothing any more.

    `note` is the reason, on record in the newsroom only.
    """
    hold(story.pk)
    decision = decide(story, Deed.WITHDRAW, revision=revision, by=by, note=note)
    story, answered = decision.story, answered_by(story.pk)
    erase_article(story.pk)
    story.share_links.revoke(by=by)
    Withdrawal.objects.create(pk=story.pk, at=timezone.now(), notice=notice.strip())
    move = decision.carry_out(approved_revision=None, live_revision=None, awaits_second_look=False)
    if answered is not None:
        refresh_corrections(answered)
    return move
