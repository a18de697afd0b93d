"""What the checklist finds in a text."""

from typing import Any

from newsroom.checklist import points
from newsroom.refusals import Problem
from newsroom.stories.content import ContentDict
from newsroom.stories.text import read_text
from newsroom.workflow import Checklist

LONG = "<p>" + "Le conseil a voté la ligne du port à main levée. " * 40 + "</p>"


def found(content: ContentDict, checklist: Checklist = Checklist.PUBLICATION, **context: Any) -> list[Problem]:
    """The problems of a text; `context` is that of `read_text`."""
    return [problem for point in points(read_text(content, **context), checklist) for problem in point.problems]
