"""The plan of a story: who writes it, by when, how long, not before when, and whether the case is a sensitive one.

None of it is part of the text: the version does not move, and an approval stands. What changes is on record, and told
to whom the story is assigned.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Section

from . import access, notifications, publishing
from .models import PlanChange, StaffProfile, Story
from .refusals import NotAllowed, Refused
from .scheduling.wall_time import WallTime, spoken
from .stories import saving
from .workflow import Stage

Subject = PlanChange.Subject

# What may be changed, by the name it has in `change_plan`, and the field it stands in.
FIELDS: dict[Subject, str] = {
    Subject.ASSIGNEE: "assignee",
    Subject.DEADLINE: "deadline",
    Subject.SIGNS: "signs_ordered",
    Subject.EMBARGO: "embargo_until",
    Subject.SENSITIVE: "is_sensitive",
}
NOT_YOURS: dict[Subject, str | Promise] = {
    Subject.ASSIGNEE: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.DEADLINE: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.SIGNS: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.EMBARGO: gettext_lazy("Not done: an editor alone shortens or lifts an embargo."),
    Subject.SENSITIVE: gettext_lazy("Not done: an editor alone says that a case is sensitive no more."),
}


@transaction.atomic
def change_plan(story: Story, *, by: User, wanted: dict[Subject, Any]) -> list[PlanChange]:
    """Change what is `wanted` of the plan of `story`: a User, a datetime, a number of signs, a WallTime, a bool; None
    takes it away. Returns what did change, which is on record and told to whom the story is assigned.

    Raises NotAllowed when one of these is not theirs to change, Refused when it cannot be so; then nothing changes.
    """
    story = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
    if not access.may_view_story(by, story):
        raise NotAllowed(_("This article is not yours to plan."))
    before = {subject: getattr(story, FIELDS[subject]) for subject in Subject}
    after = {subject: _moment(value) for subject, value in wanted.items()}
    changed = [subject for subject in Subject if subject in after and after[subject] != before[subject]]
    for subject in changed:
        if not _may_change(by, story, subject, before[subject], after[subject]):
            raise NotAllowed(NOT_YOURS[subject])
        setattr(story, FIELDS[subject], after[subject])
    if Subject.EMBARGO in changed:
        embargo = wanted[Subject.EMBARGO]
        story.embargo_wall = embargo.meant if embargo else ""
    if Subject.ASSIGNEE in changed:
        _hand_over(story, before[Subject.ASSIGNEE], after[Subject.ASSIGNEE])
    story.save(update_fields=[*FIELDS.values(), "embargo_wall"])
    if Subject.SENSITIVE in changed:
        publishing.refresh_sensitivity(story)
    changes = _record(story, by, [(subject, before[subject], after[subject]) for subject in changed])
    _tell(story, by, changes, before[Subject.ASSIGNEE])
    return changes


@transaction.atomic
def commission(
    *, by: User, headline: str, section: Section, wanted: dict[Subject, Any], key: UUID | None = None
) -> Story:
    """A text that nobody has begun: a working headline under a section, and its plan.

    Who orders a text does not write it, unless they give it to themselves: they may still be its second pair of eyes.
    `key` is that of the form. Raises NotAllowed when it is not theirs to order, AlreadyStarted when the form was sent
    before.
    """
    if not access.may_commission(by) or not access.choosable_sections(by).filter(pk=section.pk).exists():
        raise NotAllowed(_("Not done: ordering a text under this section is for its desk."))
    signs_as = StaffProfile.objects.filter(user=wanted.get(Subject.ASSIGNEE)).values_list("author", flat=True).first()
    authors = [signs_as] if signs_as else []
    story = saving.start_story(by=by, authors=authors, topics=[], headline=headline, section=section, key=key)
    story.writers.remove(by)
    change_plan(story, by=by, wanted=wanted)
    story.refresh_from_db()
    return story


def appears_too_early(story: Story) -> bool:
    """Whether it is scheduled before its embargo ends: the clock will not publish it then."""
    if story.stage != Stage.SCHEDULED or story.publish_at is None or story.embargo_until is None:
        return False
    return story.publish_at < story.embargo_until


def said(change: PlanChange) -> str:
    """A change of plan in words: « Échéance : jeudi 26 novembre, 18 h 00 → vendredi 27 novembre, 12 h 00 »."""
    subject = str(Subject(change.subject).label)
    after = _worded(change.subject, change.after)
    if not change.before:
        return _("%(subject)s: %(after)s") % {"subject": subject[:1].upper() + subject[1:], "after": after}
    return _("%(subject)s: %(before)s → %(after)s") % {
        "subject": subject[:1].upper() + subject[1:],
        "before": _worded(change.subject, change.before),
        "after": after,
    }


def length(signs: int) -> str:
    return ngettext("%(signs)s sign", "%(signs)s signs", signs) % {"signs": f"{signs:,}".replace(",", "\u202f")}


# --- What each change does, and how it is told ------------------------------------------------------------------


def _moment(value: Any) -> Any:
    return value.moment if isinstance(value, WallTime) else value


def _may_change(by: User, story: Story, subject: Subject, before: Any, after: Any) -> bool:
    rights = access.rights_on(by, story)
    match subject:
        case Subject.EMBARGO:
            is_caution = before is None or (after is not None and after > before)
        case Subject.SENSITIVE:
            is_caution = bool(after)
        case _plan:
            return rights.may_plan
    return rights.may_add_caution if is_caution else rights.may_lift_caution


def _hand_over(story: Story, former: User | None, assignee: User | None) -> None:
    """Who it is given to becomes one of its writers; who wrote nothing of it yet, saved or not, is one no more."""
    if assignee is not None:
        if not access.may_be_assigned(assignee):
            raise Refused(_("Not done: this login may not write articles."))
        story.writers.add(assignee)
    if former is None:
        return
    # who typed and did not save has the only copy, and must still reach it
    has_written = story.revisions.filter(by=former).exists() or story.autosaves.filter(user=former).exists()
    if not has_written:
        story.writers.remove(former)


def _record(story: Story, by: User, changes: list[tuple[Subject, Any, Any]]) -> list[PlanChange]:
    now = timezone.now()
    rows = [
        PlanChange(story=story, subject=subject, before=_kept(before), after=_kept(after), by=by, at=now)
        for subject, before, after in changes
    ]
    return PlanChange.objects.bulk_create(rows)


def _kept(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "1"
        case datetime():
            return value.isoformat()
        case User():
            return (value.get_full_name() or value.get_username())[:200]
    return str(value)


def _worded(subject: str, kept: str) -> str:
    if not kept:
        return _("no") if subject == Subject.SENSITIVE else "—"
    match subject:
        case Subject.DEADLINE | Subject.EMBARGO:
            moment = parse_datetime(kept)
            return spoken(moment) if moment else kept
        case Subject.SIGNS:
            return length(int(kept))
        case Subject.SENSITIVE:
            return _("yes")
    return kept


def _tell(story: Story, by: User, changes: list[PlanChange], former: User | None) -> None:
    if not changes:
        return
    who, key = by.get_full_name() or by.get_username(), f"plan-{changes[0].pk}"
    assignee = story.assignee
    lines = [said(change) for change in changes if change.subject != Subject.ASSIGNEE]
    if any(change.subject == Subject.ASSIGNEE for change in changes):
        if former is not None:
            gone = [_("%(who)s gave this text to somebody else, or to nobody yet.") % {"who": who}]
            if access.may_view_story(former, story):
                subject = _("No longer for you to write: %(headline)s") % {"headline": story.headline}
                notifications.queue(f"{key}-former", [former], subject, gone, story, by=by)
            else:  # not even its headline, which may be another one by now
                notifications.queue(f"{key}-former", [former], _("A text is no longer for you to write"), gone, by=by)
        if assignee is not None:
            subject = _("For you to write: %(headline)s") % {"headline": story.headline}
            first = _("%(who)s gives you this text to write.") % {"who": who}
            notifications.queue(key, [assignee], subject, [first, *_order(story)], story, by=by)
    elif assignee is not None:
        subject = _("Planned otherwise: %(headline)s") % {"headline": story.headline}
        first = _("%(who)s changed what was asked of you for this text.") % {"who": who}
        notifications.queue(key, [assignee], subject, [first, *lines], story, by=by)


def _order(story: Story) -> list[str]:
    """What is asked of who writes it, a line each."""
    lines = []
    if story.deadline:
        lines.append(_("Deadline: %(when)s.") % {"when": spoken(story.deadline)})
    if story.signs_ordered:
        lines.append(_("Length: %(length)s.") % {"length": length(story.signs_ordered)})
    if story.embargo_until:
        lines.append(_("Under embargo until %(when)s.") % {"when": spoken(story.embargo_until)})
    return lines
