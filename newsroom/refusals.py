"""Why a deed is refused, in words for who tried it. Imports nothing of ours, so that every module may refuse."""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.utils.functional import Promise


class Severity(StrEnum):
    BLOCKS = auto()
    WARNS = auto()
    REMINDS = auto()  # nothing is wrong, but the journalist must not forget it


@dataclass(frozen=True)
class Problem:
    """Something to mend in a text: `field` is where, by its name in the form, `message` a sentence for the journalist.

    `is_todo` marks a field where nothing is written yet. In a draft that is work ahead, not a fault.
    """

    field: str
    message: str | Promise
    severity: Severity = Severity.BLOCKS
    is_todo: bool = False


class Refused(Exception):  # noqa: N818 (what happened, not an error of ours)
    """Raised when a deed may not be done. `message` is for who tried it; `problems` come from the checklist."""

    def __init__(self, message: str | Promise, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems or []


class NotAllowed(Refused):
    """Raised when this person may not do the deed, whatever the state of the text."""
