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
    PUBLISHED = "published", _("Published")
    SPIKED = "spiked", _("Spiked")


class Deed(TextChoices):
    SUBMIT = "submit", _("Submit for review")
    SEND_BACK = "send-back", _("Send back with a note")
    APPROVE = "approve", _("Approve: fit to publish")
    REOPEN = "reopen", _("Reopen")
    PUBLISH = "publish", _("Publish now")
    REVISE = "revise", _("Prepare a new version")
    ABANDON = "abandon", _("Abandon the new version")
    WITHDRAW = "withdraw", _("Withdraw from the site")
    SPIKE = "spike", _("Spike")
    REVIVE = "revive", _("Revive")


class Who(StrEnum):
    """Who may do a deed; `access.is_one_of` knows what each means."""

    WRITERS_AND_EDITORS = auto()
    SUB_EDITORS_UP = auto()
    EDITORS_UP = auto()


class Checklist(StrEnum):
    """What must be true of the text before a deed; the rules stand in `checklist`."""

    NONE = auto()
    REVIEW = auto()
    PUBLICATION = auto()


class Live(StrEnum):
    """Whether a deed is for stories that readers can see."""

    ANY = auto()
    ONLY = auto()
    NEVER = auto()


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table: from where to where, by whom, on what conditions, and the words for it."""

    sources: frozenset[Stage]
    target: Stage
    who: Who
    said: str | Promise
    asks: str | Promise = ""  # the question a note must answer; no note without it
    missing: str | Promise = ""  # what is said when the note is empty
    checklist: Checklist = Checklist.NONE
    live: Live = Live.ANY
    four_eyes: bool = False


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
        said=_("Approved: the article is ready to publish."),
    ),
    Deed.REOPEN: Transition(
        sources=frozenset({Stage.READY}),
        target=Stage.REVIEW,
        who=Who.SUB_EDITORS_UP,
        said=_("Reopened: the text can be changed, and must be approved again."),
    ),
    Deed.PUBLISH: Transition(
        sources=frozenset({Stage.READY}),
        target=Stage.PUBLISHED,
        who=Who.EDITORS_UP,
        checklist=Checklist.PUBLICATION,
        said=_("On the air."),
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
    Deed.WITHDRAW: Transition(
        sources=frozenset(Stage) - {Stage.SPIKED},
        target=Stage.DRAFT,
        who=Who.EDITORS_UP,
        live=Live.ONLY,
        asks=_("Why withdraw it?"),
        missing=_("Write the reason: it stays on record."),
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
