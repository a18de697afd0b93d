"""Publication and withdrawal: the deeds that readers see, each in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Withdrawal
from newsroom.deeds import ChangeNotice, Decision, decide, mark, refuse_reply_elsewhere, require_change_notice
from newsroom.models import Milestone, Move, Story
from newsroom.refusals import Refused
from newsroom.stories.content import surviving
from newsroom.workflow import ChangeKind, Deed, Stage

from .article import erase_article, write_article
from .companions import in_order_of_appearance
from .corrections import answered_article, record_change, refresh_corrections, update_answered_article
from .files import with_pictures
from .locks import hold, images_of
from .open_version import JoinedBody, OpenVersion, lay_aside, take_up
from .pictures import copy_files_last

GONE = _(
    "Not done: a section, a topic, an author or a picture of this version is not there any more. Reopen the article, "
    "choose another, and have it approved again."
)


def publish(
    story: Story,
    *,
    revision: int,
    by: User,
    note: str = "",
    change: ChangeNotice | None = None,
    companions: Mapping[int, int] | None = None,
    by_clock: bool = False,
) -> Move:
    """Publish the approved revision, and no other, whether readers see the article for the first time or again.

    A new version of a live article needs its `change`; a scheduled one was given it when it was scheduled. `companions`
    are the stories that appear with it: their numbers, each with its revision. All are published or none, each after
    those that it follows or answers. All rows are written in one transaction, once the sizes of the pictures are made.
    Raises Refused or NotAllowed, as every deed does, and then changes nothing.
    """
    together = {**(companions or {}), story.pk: revision}
    with with_pictures(*together), transaction.atomic():
        return _publish_together(story, together, by=by, note=note, change=change, by_clock=by_clock)


def _publish_together(
    story: Story, together: Mapping[int, int], *, by: User, note: str, change: ChangeNotice | None, by_clock: bool
) -> Move:
    hold(*together, others=_reply_of(change))
    stories = Story.objects.filter(pk__in=together).order_by("pk")
    moves = {
        each.pk: _publish_rows(each, revision=together[each.pk], by=by, note=note, change=change, by_clock=by_clock)
        if each.pk == story.pk
        else _publish_companion(each, revision=together[each.pk], by=by)
        for each in in_order_of_appearance(stories, last=story.pk)
    }
    _finish(set(together))
    return moves[story.pk]


def _reply_of(change: ChangeNotice | None) -> list[int]:
    return [change.reply.pk] if change is not None and change.reply is not None else []


def _publish_companion(companion: Story, *, revision: int, by: User) -> Move:
    try:
        return _publish_rows(companion, revision=revision, by=by)
    except Refused as refusal:
        why = " ".join(map(str, [refusal.message, *(problem.message for problem in refusal.problems)]))
        message = _("Nothing is published: “%(headline)s” cannot appear with it. %(why)s")
        raise Refused(message % {"headline": companion.headline, "why": why}) from refusal


def _publish_rows(
    story: Story, *, revision: int, by: User, note: str = "", change: ChangeNotice | None = None, by_clock: bool = False
) -> Move:
    decision = decide(story, Deed.PUBLISH, revision=revision, by=by, note=note, by_clock=by_clock)
    locked = decision.story
    if locked.approved_revision is None or locked.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if change is None and locked.change_kind and decision.from_stage == Stage.SCHEDULED:
        change = ChangeNotice(ChangeKind(locked.change_kind), locked.change_text, locked.change_reply)
    return _write_for_readers(decision, change)


def flash(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Publish an urgent text without a second pair of eyes. It awaits its second look afterwards, on the desk.

    `note` is the reason, which is recorded. The checklist of publication, with pictures and credits, applies in full.
    """
    with with_pictures(story.pk), transaction.atomic():
        hold(story.pk)
        decision = decide(story, Deed.FLASH, revision=revision, by=by, note=note)
        move = _write_for_readers(decision, None, awaits_second_look=True)
        _finish({story.pk})
        return move


def correct(
    story: Story,
    *,
    revision: int,
    by: User,
    note: str = "",
    change: ChangeNotice | None = None,
    open_version: OpenVersion | None = None,
    bodies: JoinedBody | None = None,
) -> Move:
    """Publish the present text of a live article in one step: for a typo or a wrong figure.

    The caller records the new text in the same transaction, which begins with `hold` and stands in `with_pictures`. A
    refusal then undoes both. Where a next version is open, the caller calls `lay_aside` before the text is recorded and
    hands over what it returned, with the bodies that were joined beforehand, if they were: that version is taken up
    again, with the correction joined into it. `revision` is the live version then.
    """
    live = Article.objects.filter(pk=story.pk).first()
    with with_pictures(story.pk, photos=images_of(live) if live else ()), transaction.atomic():
        hold(story.pk, others=_reply_of(change))
        open_version = open_version or lay_aside(story.pk)
        checks = open_version.checks() if open_version else None
        decision = decide(story, Deed.CORRECT, revision=revision, by=by, note=note, checks=checks)
        if open_version is not None:
            decision = replace(decision, from_stage=open_version.stage)
        move = _write_for_readers(decision, change)
        if open_version is not None:
            take_up(open_version, by=by, bodies=bodies)
        _finish({story.pk})
        return move


def _write_for_readers(decision: Decision, change: ChangeNotice | None, **fields: Any) -> Move:
    """Write all rows of a publication. The files of pictures come last, in `_finish`: a rollback takes no file back."""
    story, revision, now = decision.story, decision.revision, timezone.now()
    notice = require_change_notice(story, change)
    if not decision.by_clock:  # `deeds.schedule` refused it already
        refuse_reply_elsewhere(story, by=decision.by)
    _content, gone = surviving(revision.content, story)
    if gone:
        raise Refused(GONE)
    answered_before = answered_article(story.pk)
    first = story.first_published_at or now
    if notice is not None:
        record_change(story, notice, revision=revision, by=decision.by, at=now)
    write_article(story, revision, first_published_at=first, at=now, notice=notice)
    mark(revision, Milestone.PUBLISHED)
    move = decision.carry_out(approved_revision=None, live_revision=revision, first_published_at=first, **fields)
    update_answered_article(move, answered_before=answered_before)
    return move


def _finish(numbers: set[int]) -> None:
    """End a publication: check the database's constraints, then copy the files.

    A constraint that failed only at the commit would leave files behind: a rollback takes no file back.
    """
    if connection.vendor == "postgresql":  # SQLite would read whole tables to check them
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise Refused(GONE) from error
    copy_files_last(numbers)


@transaction.atomic
def withdraw(story: Story, *, revision: int, by: User, note: str = "", notice: str = "") -> Move:
    """Take the live article off the site. Its address answers 410 with the `notice` to readers, if there is one.

    Its review links are closed. `note` is the reason, recorded for the newsroom alone.
    """
    hold(story.pk)
    decision = decide(story, Deed.WITHDRAW, revision=revision, by=by, note=note)
    story, answered = decision.story, answered_article(story.pk)
    erase_article(story.pk)
    story.share_links.revoke(by=by)
    Withdrawal.objects.create(pk=story.pk, at=timezone.now(), notice=notice.strip())
    move = decision.carry_out(approved_revision=None, live_revision=None, awaits_second_look=False)
    if answered is not None:
        refresh_corrections(answered)
    return move
