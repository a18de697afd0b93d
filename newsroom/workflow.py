"""The editorial workflow as data: the stages of a story, the deeds that move it, and the conditions of each deed.

Imports no model. Buttons, checks, deeds and tests all read TRANSITIONS. `access` knows who somebody is.
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


# The stages of a text in work: it is neither published nor spiked.
IN_WORK = (Stage.DRAFT, Stage.REVIEW, Stage.READY, Stage.SCHEDULED)


class Deed(TextChoices):
    SUBMIT = "submit", _("Submit for review")
    TAKE_BACK = "take-back", _("Take my text back")
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
    """How a new version of a live article is announced to its readers."""

    TYPO = "typo", _("A typo: the date does not move")
    UPDATE = "update", _("An update: the date moves")
    CORRECTION = "correction", _("A correction: a dated note says what was wrong")
    CLARIFICATION = "clarification", _("A clarification: a dated note says what was unclear")
    REPLY = "reply", _("A right of reply: its own text, linked both ways")


class Who(StrEnum):
    """Who may do a deed. `access.is_one_of` decides whether somebody is one of them."""

    WRITERS = auto()
    WRITERS_AND_EDITORS = auto()
    SUB_EDITORS_UP = auto()
    EDITORS_UP = auto()
    CHIEFS = auto()


class Checklist(StrEnum):
    """The checklist that a text must pass before a deed. Its rules stand in `newsroom.checklist`."""

    NONE = auto()
    REVIEW = auto()
    SCHEDULE = auto()
    PUBLICATION = auto()


# The checklist that a text at this stage must pass next. A published or a spiked text has none to pass.
NEXT_CHECKLIST: dict[str, Checklist] = {
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
    """Whether a deed needs a page of its own, as a note is not enough. `publishing.companions` decides the last one."""

    NEVER = auto()
    ALWAYS = auto()
    IF_LIVE_OR_WAITING = auto()  # to announce a change, or to choose the texts that appear with this one


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A deed in the table: the stages it leads from and to, who may do it, on what conditions, and its messages."""

    sources: frozenset[Stage]
    target: Stage | None  # None: the story stays at its stage
    who: Who
    confirmation: str | Promise  # the message to who did it
    question: str | Promise = ""  # the question that its note must answer
    note_missing: str | Promise = ""  # the refusal when the note is empty
    checklist: Checklist = Checklist.NONE
    live: Live = Live.ANY
    four_eyes: bool = False
    chief_may_override: bool = False  # without a second pair of eyes, with a reason, on record
    own_page: OwnPage = OwnPage.NEVER
    only_from_its_article: bool = False  # has no button in a list of articles
    only_unopened: bool = False  # only until somebody of the desk has opened the submitted text
    only_awaiting_second_look: bool = False  # only on a flash that awaits its second look
    waits_for_embargo: bool = False
    shows_readers: bool = False  # a new text: on a live article it needs a change notice


TRANSITIONS: dict[Deed, Transition] = {
    Deed.SUBMIT: Transition(
        sources=frozenset({Stage.DRAFT}),
        target=Stage.REVIEW,
        who=Who.WRITERS_AND_EDITORS,
        checklist=Checklist.REVIEW,
        confirmation=_("Submitted for review. The desk is told; you can still read, no longer write."),
    ),
    Deed.TAKE_BACK: Transition(
        sources=frozenset({Stage.REVIEW}),
        target=Stage.DRAFT,
        who=Who.WRITERS,
        only_unopened=True,
        confirmation=_("Taken back: your article is a draft again. Nobody of the desk had opened it."),
    ),
    Deed.SEND_BACK: Transition(
        sources=frozenset({Stage.REVIEW, Stage.READY}),
        target=Stage.DRAFT,
        who=Who.SUB_EDITORS_UP,
        question=_("What should be mended?"),
        note_missing=_("Write the note: it says what to mend."),
        confirmation=_("Sent back with your note."),
    ),
    Deed.APPROVE: Transition(
        sources=frozenset({Stage.REVIEW}),
        target=Stage.READY,
        who=Who.SUB_EDITORS_UP,
        checklist=Checklist.REVIEW,
        four_eyes=True,
        chief_may_override=True,
        confirmation=_("Approved: the article is ready to publish."),
    ),
    Deed.REOPEN: Transition(
        sources=frozenset({Stage.READY, Stage.SCHEDULED}),
        target=Stage.REVIEW,
        who=Who.SUB_EDITORS_UP,
        confirmation=_("Reopened: the text can be changed, and must be approved again."),
    ),
    Deed.SCHEDULE: Transition(
        sources=frozenset({Stage.READY}),
        target=Stage.SCHEDULED,
        who=Who.EDITORS_UP,
        checklist=Checklist.SCHEDULE,
        shows_readers=True,
        own_page=OwnPage.ALWAYS,
        confirmation=_("Scheduled. The clock sees to it."),
    ),
    Deed.UNSCHEDULE: Transition(
        sources=frozenset({Stage.SCHEDULED}),
        target=Stage.READY,
        who=Who.EDITORS_UP,
        confirmation=_("Unscheduled: the article is ready again."),
    ),
    Deed.PUBLISH: Transition(
        sources=frozenset({Stage.READY, Stage.SCHEDULED}),
        target=Stage.PUBLISHED,
        who=Who.EDITORS_UP,
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        shows_readers=True,
        own_page=OwnPage.IF_LIVE_OR_WAITING,
        confirmation=_("On the air."),
    ),
    Deed.FLASH: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW}),
        target=Stage.PUBLISHED,
        who=Who.CHIEFS,
        live=Live.NEVER,
        question=_("Why can it not wait for a second pair of eyes?"),
        note_missing=_("Write the reason: it stays on record."),
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        confirmation=_("On the air, as a flash. It waits for its second pair of eyes on the desk."),
    ),
    Deed.LOOK: Transition(
        sources=frozenset(Stage) - {Stage.SPIKED},
        target=None,
        who=Who.SUB_EDITORS_UP,
        live=Live.ONLY,
        four_eyes=True,
        only_awaiting_second_look=True,
        confirmation=_("The second look is on record."),
    ),
    Deed.REVISE: Transition(
        sources=frozenset({Stage.PUBLISHED}),
        target=Stage.DRAFT,
        who=Who.WRITERS_AND_EDITORS,
        live=Live.ONLY,
        confirmation=_("New version open. Readers still see the published one."),
    ),
    Deed.ABANDON: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW, Stage.READY}),
        target=Stage.PUBLISHED,
        who=Who.WRITERS_AND_EDITORS,
        live=Live.ONLY,
        confirmation=_(
            "New version abandoned: the text is again the one readers see. What you had written stays in the history."
        ),
    ),
    Deed.CORRECT: Transition(
        sources=frozenset({Stage.PUBLISHED, *IN_WORK}),  # what readers see, whatever becomes of the next version
        target=None,
        who=Who.EDITORS_UP,
        live=Live.ONLY,
        checklist=Checklist.PUBLICATION,
        waits_for_embargo=True,
        shows_readers=True,
        own_page=OwnPage.ALWAYS,
        confirmation=_("Corrected: readers see the new text."),
    ),
    Deed.WITHDRAW: Transition(
        sources=frozenset(Stage) - {Stage.SPIKED},
        target=Stage.DRAFT,
        who=Who.EDITORS_UP,
        live=Live.ONLY,
        question=_("Why withdraw it?"),
        note_missing=_("Write the reason: it stays on record."),
        own_page=OwnPage.ALWAYS,
        only_from_its_article=True,
        confirmation=_("Withdrawn from the site. The address now answers with a notice of withdrawal."),
    ),
    Deed.SPIKE: Transition(
        sources=frozenset({Stage.DRAFT, Stage.REVIEW, Stage.READY}),
        target=Stage.SPIKED,
        who=Who.EDITORS_UP,
        live=Live.NEVER,
        confirmation=_("Spiked. It can be found in the list, under “Spiked”."),
    ),
    Deed.REVIVE: Transition(
        sources=frozenset({Stage.SPIKED}),
        target=Stage.DRAFT,
        who=Who.EDITORS_UP,
        confirmation=_("Revived: the article is a draft again."),
    ),
}
