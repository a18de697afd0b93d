"""Checks of a text by colleagues: legal, pictures, a second source. One function for each: lock, decide, save, mail.

A check is no stage. The text moves on meanwhile: it is read, mended and approved. But the checklist blocks publication
until each check is given, or waived with a reason. Each function raises `Refused` when it may not act, and then changes
nothing.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import access, notifications
from newsroom.models import Check, Revision, Story, name_of
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import Stage

LONGEST_QUESTION = 2000  # characters

REASON_MISSING = gettext_lazy("Write the reason: it stays on record.")


def open_for(user: access.Login, stories: QuerySet[Story]) -> QuerySet[Check]:
    """The open checks of these stories that `user` may give, the oldest first."""
    # one EXISTS for each open check: there are few of them, and many stories
    waiting = access.checks_to_give(user).filter(Exists(stories.filter(pk=OuterRef("story"))))
    return waiting.exclude(story__stage=Stage.SPIKED).select_related("asked_by").order_by("asked_at", "pk")


@transaction.atomic
def ask(story: Story, kind: str, *, by: User, question: str = "") -> Check:
    """Ask for a check of `story`, which can then be neither scheduled nor published before the answer."""
    held = _held(story.pk)
    if not access.rights_on(by, held).may_ask_check:
        raise NotAllowed(gettext_lazy("This article is not yours to have checked."))
    if kind not in Check.Kind.values:
        raise Refused(gettext_lazy("Not asked: say which check it is."))
    if held.stage == Stage.SPIKED:
        raise Refused(gettext_lazy("Not asked: this article is spiked. Revive it first."))
    if len(question) > LONGEST_QUESTION:
        raise Refused(gettext_lazy("Not asked: the question is too long. Say it in a few lines."))
    if Check.objects.filter(story=held, kind=kind, outcome="").exists():
        raise Refused(gettext_lazy("Not asked again: this check is waiting for its answer already."))
    check = Check.objects.create(story=held, kind=kind, question=question, asked_by=by, asked_at=timezone.now())
    subject = _("Check asked for, %(kind)s: %(headline)s")
    message = _("%(who)s asks for a check of this text: %(kind)s. It will not appear before your answer.")
    _queue_mail(check, access.givers_of_check(kind, held), by=by, subject=subject, message=message, words=question)
    return check


@transaction.atomic
def give(check: Check, *, revision: int, by: User, note: str = "") -> Check:
    """Give the check for version `revision`, which `by` read. The checklist warns when the text changes after that."""
    held = _held(check.story_id)
    if not access.rights_on(by, held).may_give_check(check.kind):
        raise NotAllowed(gettext_lazy("This check is not yours to give."))
    checked = Revision.objects.filter(story=held, number=revision).first()
    if checked is None:
        raise Refused(gettext_lazy("Not given: open the article again, to give it on the version that you read."))
    settled = _settle(check, Check.Outcome.GIVEN, by=by, reason=note, revision=checked)
    subject = _("Check given, %(kind)s: %(headline)s")
    message = _("%(who)s gave the check that you asked for: %(kind)s.")
    _queue_mail(settled, [settled.asked_by], by=by, subject=subject, message=message, words=note)
    return settled


@transaction.atomic
def waive(check: Check, *, by: User, reason: str) -> Check:
    """Waive a check that was asked for. The reason is recorded."""
    held = _held(check.story_id)
    if not access.rights_on(by, held).may_waive_check(check.kind):
        raise NotAllowed(gettext_lazy("This check is not yours to do without."))
    if not reason.strip():
        raise Refused(REASON_MISSING)
    present = Revision.objects.filter(story=held, number=held.version).first()
    settled = _settle(check, Check.Outcome.WAIVED, by=by, reason=reason, revision=present)
    subject = _("Check waived, %(kind)s: %(headline)s")
    message = _("%(who)s does without the check that you asked for: %(kind)s. The reason:")
    _queue_mail(settled, [settled.asked_by], by=by, subject=subject, message=message, words=reason)
    return settled


def _held(number: int) -> Story:
    """The story under lock, so that nobody publishes it between the decision and the end of the transaction."""
    return Story.objects.select_for_update(no_key=True).get(pk=number)


def _settle(check: Check, outcome: Check.Outcome, *, by: User, reason: str, revision: Revision | None) -> Check:
    held = Check.objects.select_for_update(of=("self",)).select_related("story", "asked_by").get(pk=check.pk)
    if held.outcome:
        raise Refused(gettext_lazy("Nothing done: somebody has answered this check already."))
    held.outcome, held.reason = outcome, reason.strip()
    held.settled_by, held.settled_at, held.revision = by, timezone.now(), revision
    held.save(update_fields=["outcome", "reason", "settled_by", "settled_at", "revision"])
    return held


def _queue_mail(check: Check, people: Iterable[User], *, by: User, subject: str, message: str, words: str) -> None:
    values = {
        "kind": check.get_kind_display(),
        "headline": check.story.headline,
        "who": name_of(by),
    }
    key = f"check-{check.pk}-{check.outcome or 'asked'}"
    notifications.queue(key, people, subject % values, [message % values, words], check.story, by=by)
