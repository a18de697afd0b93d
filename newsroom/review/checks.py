"""Looks that are asked for beside the stages, one function a deed: lock, decide, save, tell.

They are no stages: the text moves on meanwhile, and is read, mended and approved; `checklist` keeps it from readers
until each is given, or waived with a reason. Each refuses by raising `Refused`, and then changes nothing.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import access, notifications
from newsroom.models import Check, Revision, Story
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import Stage

LONGEST_QUESTION = 2000  # signs

WORDLESS = gettext_lazy("Write the reason: it stays on record.")


def open_for(user: access.Login, stories: QuerySet[Story]) -> QuerySet[Check]:
    """The checks of these stories that wait for `user`, the oldest first."""
    # asked of each check that is open: all of the stories are many to gather for these few
    found = access.checks_to_give(user).filter(Exists(stories.filter(pk=OuterRef("story"))))
    return found.exclude(story__stage=Stage.SPIKED).select_related("asked_by").order_by("asked_at", "pk")


@transaction.atomic
def ask(story: Story, kind: str, *, by: User, question: str = "") -> Check:
    """Ask for a look at `story`. It cannot be scheduled nor published before an answer."""
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
    said = _("%(who)s asks for a check of this text: %(kind)s. It will not appear before your answer.")
    _tell(check, access.givers_of_check(kind, held), by=by, subject=subject, said=said, words=question)
    return check


@transaction.atomic
def give(check: Check, *, revision: int, by: User, note: str = "") -> Check:
    """Say that it is good, having read version `revision`. What is written after that is said not to be covered."""
    held = _held(check.story_id)
    if not access.rights_on(by, held).may_give_check(check.kind):
        raise NotAllowed(gettext_lazy("This check is not yours to give."))
    seen = Revision.objects.filter(story=held, number=revision).first()
    if seen is None:
        raise Refused(gettext_lazy("Not given: open the article again, to give it on the version that you read."))
    settled = _settle(check, Check.Outcome.GIVEN, by=by, reason=note, revision=seen)
    subject = _("Check given, %(kind)s: %(headline)s")
    said = _("%(who)s gave the check that you asked for: %(kind)s.")
    _tell(settled, [settled.asked_by], by=by, subject=subject, said=said, words=note)
    return settled


@transaction.atomic
def waive(check: Check, *, by: User, reason: str) -> Check:
    """Do without a check that was asked for, for a reason that stays on record."""
    held = _held(check.story_id)
    if not access.rights_on(by, held).may_waive_check(check.kind):
        raise NotAllowed(gettext_lazy("This check is not yours to do without."))
    if not reason.strip():
        raise Refused(WORDLESS)
    seen = Revision.objects.filter(story=held, number=held.version).first()
    settled = _settle(check, Check.Outcome.WAIVED, by=by, reason=reason, revision=seen)
    subject = _("Check waived, %(kind)s: %(headline)s")
    said = _("%(who)s does without the check that you asked for: %(kind)s. The reason:")
    _tell(settled, [settled.asked_by], by=by, subject=subject, said=said, words=reason)
    return settled


def _held(number: int) -> Story:
    """The story under lock: nobody publishes it between what is decided here and the end of the transaction."""
    return Story.objects.select_for_update(no_key=True).get(pk=number)


def _settle(check: Check, outcome: Check.Outcome, *, by: User, reason: str, revision: Revision | None) -> Check:
    held = Check.objects.select_for_update(of=("self",)).select_related("story", "asked_by").get(pk=check.pk)
    if held.outcome:
        raise Refused(gettext_lazy("Nothing done: somebody has answered this check already."))
    held.outcome, held.reason = outcome, reason.strip()
    held.settled_by, held.settled_at, held.revision = by, timezone.now(), revision
    held.save(update_fields=["outcome", "reason", "settled_by", "settled_at", "revision"])
    return held


def _tell(check: Check, people: Iterable[User], *, by: User, subject: str, said: str, words: str) -> None:
    values = {
        "kind": check.get_kind_display(),
        "headline": check.story.headline,
        "who": by.get_full_name() or by.get_username(),
    }
    key = f"check-{check.pk}-{check.outcome or 'asked'}"
    notifications.queue(key, people, subject % values, [said % values, words], check.story, by=by)
