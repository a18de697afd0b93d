"""The editorial workflow as data: the stages of a story, the deeds that move it, and what each asks for.

Imports no model. Buttons, checks, deeds and tests all read TRANSITIONS; who somebody is stands in `access`.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    READY = "ready", _("Ready")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    SPIKED = "spiked", _("Spiked")


# What the desk has on its hands: neither published as it stands nor put aside.
IN_WORK = (Stage.DRAFT, Stage.REVIEW, Stage.READY, Stage.SCHEDULED)


class Deed(TextChoices):
    SUBMIT = "submit", _("Submit for review")
    SEND_BACK = "send-back", _("Send back with a note")
    APPROVE = "approve", _("Approve: fit to publish")
    REOPEN = "reopen", _("Reopen")
    SCHEDULE = "schedule", _("Schedule")
    UNSCHEDULE = "unschedule", _("Unschedule")
    PUBLISH = "publish", _("Publish now")
    FLASH = "flash", _("Publish as a flash")
    LOOK = "look", _("Second look done")
    REVISE = "revise", _("Prepare a new version")
    ABANDON = "abandon", _("Abandon the new version")
    CORRECT = "correct", _("Correct at once")
    WITHDRAW = "withdraw", _("Withdraw from the site")
    SPIKE = "spike", _("Spike")
    REVIVE = "revive", _("Revive")


class ChangeKind(TextChoices):
    """What a new version of a live article is to its readers."""

    TYPO = "typo", _("A typo: the date does not move")
    UPDATE = "update", _("An update: the date moves")
    CORRECTION = "correction", _("A correction: a dated note says what was wrong")
    CLARIFICATION = "clarification", _("A clarification: a dated note says what was unclear")
    REPLY = "reply", _("A right of reply: its own text, linked both ways")


class Who(StrEnum):
    """Who may do a deed; `access.is_one_of` knows what each means."""

    WRITERS_AND_EDITORS = auto()
    SUB_EDITORS_UP = auto()
    EDITORS_UP = auto()
    CHIEFS = auto()


class Checklist(StrEnum):
    """What must be true of the text before a deed; the rules stand in `checklist`."""

    NONE = auto()
    REVIEW = auto()
    SCHEDULE = auto()
    PUBLICATION = auto()


# What a text has to pass next, by the stage it stands at; nothing, once it is published or spiked.
MEETS_NEXT: dict[str, Checklist] = {
    Stage.DRAFT: Checklist.REVIEW,
    Stage.REVIEW: Checklist.REVIEW,
    Stage.READY: Checklist.PUBLICATION,
    Stage.SCHEDULED: Checklist.PUBLICATION,
}


class Live(StrEnum):
    """Whether a deed is for stories that readers can see."""

    ANY = auto()
    ONLY = auto()
    NEVER = auto()


class OwnPage(StrEnum):
    """Whether a deed asks more than a note, on a page of its own. `publishing.companions` decides the last case."""

    NEVER = auto()
    ALWAYS = auto()
    IF_LIVE_OR_WAITING = auto()  # readers are told of a change, or may wait for texts that could appear with this one


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table: from where to where, by whom, on what conditions, and the words for it."""

    sources: frozenset[Stage]
    target: Stage | None  # None: it stays where it is
    who: Who
    said: str | Promise
    asks: str | Promise = ""  # the question a note must answer; no note without it
    missing: str | Promise = ""  # what is said when the note is empty
    checklist: Checklist = Checklist.NONE
    live: Live = Live.ANY
    four_eyes: bool = False
    may_be_alone: bool = False  # a chief may do without the other pair of eyes, with a reason, on record
    own_page: OwnPage = OwnPage.NEVER
    by_article_alone: bool = False  # asked for from the article, never from among others
    until_looked: bool = False  # of a flash that waits for its second look, and of no other
    waits_for_embargo: bool = False
    shows_readers: bool = False  # something new; of a live article it must say what kind of change it is


TRANSITIONS: dict[Deed, Transition] = {
    Deed.SUBMIT: Transition(
        sources=frozenset({Stage.DRAFT}),
        target=Stage.REVIEW,
        who=Who.WRITERS_AND_EDITORS,
        checklist=Checklist.REVIEW,
        said=_("Submitted for review. The desk is told; you can still read, no longer write."),
    ),
    Deed.SEND_BACK: Transition(
        sources=frozenset({Stage.REVIEW, Stage.READY}),
        target=Stage.DRAFT,
        who=Who.SUB_EDITORS_UP,
        asks=_("What should be mended?"),
        missing=_("Write the note: it says what to mend."),
        said=_("Sent back with your note."),
    ),
    Deed.APPROVE: Transition(
        sources=frozenset({Stage.REVIEW}),
        target=Stage.READY,
        who=Who.SUB_EDITORS_UP,
        checklist=Checklist.REVIEW,
        four_eyes=True,
        may_be_alone=True,
        said=_("Approved: the article is ready to publish."),
    ),
    Deed.REOPEN: Transition(
        sources=frozenset({Stage.READY, Stage.SCHEDULED}),
        target=Stage.REVIEW,
        who=Who.SUB_EDITORS_UP,
        said=_("Reopened: the text can be changed, and must be approved again."),
    ),
    Deed.SCHEDULE: Transition(
        sources=frozenset({Stage.READY}),
        target=Stage.SCHEDULED,
        who=Who.EDITORS_UP,
        checklist=Checklist.SCHEDULE,
        shows_readers=True,
        own_page=OwnPage.ALWAYS,
        said=_("Scheduled. The clock sees to it."),
    ),
    Deed.UNSCHEDULE: Transition(
        sources=frozenset({Stage.SCHEDULED}),
        target=Stage.READY,
        who=Who.EDITORS_UP,
        said=_("Unscheduled: the article is ready again."),
    ),
    Deed.PUBLISH: Transition(
        sources=frozenset({Stage.READY, Stage.SCHEDULED}),
        target=Stage.PUBLISHED,
        who=Who.EDITORS_UP,
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        shows_readers=True,
        own_page=OwnPage.IF_LIVE_OR_WAITING,
        said=_("On the air."),
    ),
    Deed.FLASH: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW}),
        target=Stage.PUBLISHED,
        who=Who.CHIEFS,
        live=Live.NEVER,
        asks=_("Why can it not wait for a second pair of eyes?"),
        missing=_("Write the reason: it stays on record."),
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        said=_("On the air, as a flash. It waits for its second pair of eyes on the desk."),
    ),
    Deed.LOOK: Transition(
        sources=frozenset(Stage) - {Stage.SPIKED},
        target=None,
        who=Who.SUB_EDITORS_UP,
        live=Live.ONLY,
        four_eyes=True,
        until_looked=True,
        said=_("The second look is on record."),
    ),
    Deed.REVISE: Transition(
        sources=frozenset({Stage.PUBLISHED}),
        target=Stage.DRAFT,
        who=Who.WRITERS_AND_EDITORS,
        live=Live.ONLY,
        said=_("New version open. Readers still see the published one."),
    ),
    Deed.ABANDON: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW, Stage.READY}),
        target=Stage.PUBLISHED,
        who=Who.WRITERS_AND_EDITORS,
        live=Live.ONLY,
        said=_(
            "New version abandoned: the text is again the one readers see. What you had written stays in the history."
        ),
    ),
    Deed.CORRECT: Transition(
        sources=frozenset({Stage.PUBLISHED}),
        target=None,
        who=Who.EDITORS_UP,
        live=Live.ONLY,
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        shows_readers=True,
        own_page=OwnPage.ALWAYS,
        said=_("Corrected: readers see the new text."),
    ),
    Deed.WITHDRAW: Transition(
        sources=frozenset(Stage) - {Stage.SPIKED},
        target=Stage.DRAFT,
        who=Who.EDITORS_UP,
        live=Live.ONLY,
        asks=_("Why withdraw it?"),
        missing=_("Write the reason: it stays on record."),
        own_page=OwnPage.ALWAYS,
        by_article_alone=True,
        said=_("Withdrawn from the site. The address now answers with a notice of withdrawal."),
    ),
    Deed.SPIKE: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW, Stage.READY}),
        target=Stage.SPIKED,
        who=Who.EDITORS_UP,
        live=Live.NEVER,
        said=_("Spiked. It can be found in the list, under “Spiked”."),
    ),
    Deed.REVIVE: Transition(
        sources=frozenset({Stage.SPIKED}),
        target=Stage.DRAFT,
        who=Who.EDITORS_UP,
        said=_("Revived: the article is a draft again."),
    ),
}
