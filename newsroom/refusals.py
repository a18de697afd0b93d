"""What a refused deed says. Imports nothing of ours, so that every module may refuse."""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.utils.functional import Promise


class Severity(StrEnum):
    BLOCKS = auto()
    WARNS = auto()
    REMINDS = auto()  # nothing is wrong: something must not be forgotten


@dataclass(frozen=True)
class Problem:
    """Something to mend: the field it stands in (an admin form's name for it) and a sentence for the journalist.

    `is_todo`: nothing is written there yet, which in a draft is work ahead and not a fault.
    """

    field: str
    message: str | Promise
    severity: Severity = Severity.BLOCKS
    is_todo: bool = False


class Refused(Exception):  # noqa: N818 (what happened, not an error of ours)
    """A deed that may not be done. `message` is for who tried; `problems` are what the checklist found."""

    def __init__(self, message: str | Promise, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems or []


class NotAllowed(Refused):
    """Refused because of who asks, whatever the text is like."""
