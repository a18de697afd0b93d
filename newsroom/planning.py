"""The plan of a story: its assignee, deadline, length and embargo, and whether the case is a sensitive one.

The plan is no part of the text: a change of it makes no version and leaves an approval valid. Each change is recorded
and mailed to the assignee.
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
from articles.wording import thousands

from . import access, notifications, publishing
from .models import PlanChange, StaffProfile, Story, name_of
from .refusals import NotAllowed, Refused
from .scheduling.wall_time import WallTime
from .scheduling.wording import spoken
from .stories import saving
from .workflow import Stage

Subject = PlanChange.Subject

# The subjects of a plan, and the field of Story that holds each.
FIELDS: dict[Subject, str] = {
    Subject.ASSIGNEE: "assignee",
    Subject.DEADLINE: "deadline",
    Subject.CHARACTERS: "characters_ordered",
    Subject.EMBARGO: "embargo_until",
    Subject.SENSITIVE: "is_sensitive",
}
NOT_YOURS: dict[Subject, str | Promise] = {
    Subject.ASSIGNEE: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.DEADLINE: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.CHARACTERS: gettext_lazy("Not done: who writes it, by when and how long is for the desk to say."),
    Subject.EMBARGO: gettext_lazy("Not done: an editor alone shortens or lifts an embargo."),
    Subject.SENSITIVE: gettext_lazy("Not done: an editor alone says that a case is sensitive no more."),
}


@transaction.atomic
def change_plan(story: Story, *, by: User, wanted: dict[Subject, Any]) -> list[PlanChange]:
    """Give the plan of `story` the `wanted` values: a User, a datetime for the deadline, a number of characters, a
    WallTime for the embargo, a bool for a sensitive case. None takes a value away.

    Returns the changes that were made, which are recorded and mailed to the assignee. Raises NotAllowed when `by` may
    not change one of them, Refused when the assignee may not write articles. Then nothing changes.
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
    _announce(story, by, changes, before[Subject.ASSIGNEE])
    return changes


@transaction.atomic
def commission(
    *, by: User, headline: str, section: Section, wanted: dict[Subject, Any], key: UUID | None = None
) -> Story:
    """Order a text that nobody has begun: a story with a working headline, a section and a plan.

    Who orders a text is not one of its writers, unless they assign it to themselves. So they may still be its second
    pair of eyes. `key` is the key of the form. Raises NotAllowed when `by` may not order a text under this section,
    AlreadyStarted when the same form was sent before.
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
    """Whether the story is scheduled before its embargo ends. The clock will not publish it before."""
    if story.stage != Stage.SCHEDULED or story.publish_at is None or story.embargo_until is None:
        return False
    return story.publish_at < story.embargo_until


def sentence_of(change: PlanChange) -> str:
    """A change of plan as a sentence: « Échéance : jeudi 26 novembre, 18 h 00 → vendredi 27 novembre, 12 h 00 »."""
    subject = str(Subject(change.subject).label)
    after = _worded(change.subject, change.after)
    if not change.before:
        return _("%(subject)s: %(after)s") % {"subject": subject[:1].upper() + subject[1:], "after": after}
    return _("%(subject)s: %(before)s → %(after)s") % {
        "subject": subject[:1].upper() + subject[1:],
        "before": _worded(change.subject, change.before),
        "after": after,
    }


def length(characters: int) -> str:
    """« 4 500 signes »: French newsrooms count characters, spaces included, as « signes »."""
    return ngettext("%(signs)s sign", "%(signs)s signs", characters) % {"signs": thousands(characters)}


# --- Making, recording and announcing a change ------------------------------------------------------------------


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
    """Make the new assignee one of the writers. The former one stays a writer if they wrote anything, saved or not."""
    if assignee is not None:
        if not access.may_be_assigned(assignee):
            raise Refused(_("Not done: this login may not write articles."))
        story.writers.add(assignee)
    if former is None:
        return
    # a former assignee with an autosave has the only copy of that text, and must still reach it
    has_written = story.revisions.filter(by=former).exists() or story.autosaves.filter(user=former).exists()
    if not has_written:
        story.writers.remove(former)


def _record(story: Story, by: User, changes: list[tuple[Subject, Any, Any]]) -> list[PlanChange]:
    now = timezone.now()
    rows = [
        PlanChange(story=story, subject=subject, before=_stored(before), after=_stored(after), by=by, at=now)
        for subject, before, after in changes
    ]
    return PlanChange.objects.bulk_create(rows)


def _stored(value: Any) -> str:
    """`value` as a PlanChange stores it."""
    match value:
        case None | False:
            return ""
        case True:
            return "1"
        case datetime():
            return value.isoformat()
        case User():
            return name_of(value)[:200]
    return str(value)


def _worded(subject: str, stored: str) -> str:
    if not stored:
        return _("no") if subject == Subject.SENSITIVE else "—"
    match subject:
        case Subject.DEADLINE | Subject.EMBARGO:
            moment = parse_datetime(stored)
            return spoken(moment) if moment else stored
        case Subject.CHARACTERS:
            return length(int(stored))
        case Subject.SENSITIVE:
            return _("yes")
    return stored


def _announce(story: Story, by: User, changes: list[PlanChange], former: User | None) -> None:
    if not changes:
        return
    who, key = name_of(by), f"plan-{changes[0].pk}"
    assignee = story.assignee
    lines = [sentence_of(change) for change in changes if change.subject != Subject.ASSIGNEE]
    if any(change.subject == Subject.ASSIGNEE for change in changes):
        if former is not None:
            handed_over = [_("%(who)s gave this text to somebody else, or to nobody yet.") % {"who": who}]
            if access.may_view_story(former, story):
                subject = _("No longer for you to write: %(headline)s") % {"headline": story.headline}
                notifications.queue(f"{key}-former", [former], subject, handed_over, story, by=by)
            else:  # they may not see the story now, so the mail must not show its present headline
                notifications.queue(
                    f"{key}-former", [former], _("A text is no longer for you to write"), handed_over, by=by
                )
        if assignee is not None:
            subject = _("For you to write: %(headline)s") % {"headline": story.headline}
            first = _("%(who)s gives you this text to write.") % {"who": who}
            notifications.queue(key, [assignee], subject, [first, *_order(story)], story, by=by)
    elif assignee is not None:
        subject = _("Planned otherwise: %(headline)s") % {"headline": story.headline}
        first = _("%(who)s changed what was asked of you for this text.") % {"who": who}
        notifications.queue(key, [assignee], subject, [first, *lines], story, by=by)


def _order(story: Story) -> list[str]:
    """What the plan asks of the assignee, one line for each subject."""
    lines = []
    if story.deadline:
        lines.append(_("Deadline: %(when)s.") % {"when": spoken(story.deadline)})
    if story.characters_ordered:
        lines.append(_("Length: %(length)s.") % {"length": length(story.characters_ordered)})
    if story.embargo_until:
        lines.append(_("Under embargo until %(when)s.") % {"when": spoken(story.embargo_until)})
    return lines
