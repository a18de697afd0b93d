"""Marks by which Word, LibreOffice, Google Docs and web pages say that words of a page are not part of its text."""

import re
from collections.abc import Mapping
from enum import Enum


class Mark(Enum):
    """Why words are not part of the text."""

    DELETED = "deleted"  # struck out, or deleted by a tracked change
    COMMENT = "comment"
    HIDDEN = "hidden"


DELETED_TAGS = frozenset({"del", "s", "strike"})
COMMENT_TAGS = frozenset({"annotation", "comment", "sdfield-comment"})
DELETED_CLASSES = frozenset({"ice-del", "msodel", "msomovefrom"})
# Word: `msocomtxt`, `msocomanchor`, `msocomoff`, `MsoCommentReference`, `MsoCommentText`, `MsoCommentSubject`
COMMENT_CLASS = re.compile(r"msocom", re.IGNORECASE)
STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]*line-through")
COMMENT_STYLE = re.compile(r"mso-element:comment|mso-special-character:comment")
HIDDEN_STYLE = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:(?!none)|opacity:0?\.?0*%?(?:;|!|$)"
    r"|font-size:0?\.?0*(?:[a-z]+|%)?(?:;|!|$))"
)
STYLE_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
SPACES = re.compile(r"\s+")


def mark_of(tag: str, attributes: Mapping[str, str]) -> Mark | None:
    """Why the contents of an element are not part of the text, None when they are."""
    classes = attributes.get("class", "").lower().split() if "class" in attributes else ()
    style = SPACES.sub("", STYLE_COMMENT.sub("", attributes["style"])).lower() if "style" in attributes else ""
    if tag in COMMENT_TAGS or any(COMMENT_CLASS.match(name) for name in classes) or COMMENT_STYLE.search(style):
        return Mark.COMMENT
    if tag in DELETED_TAGS or not DELETED_CLASSES.isdisjoint(classes) or STRUCK.search(style):
        return Mark.DELETED
    if "hidden" in attributes or HIDDEN_STYLE.search(style):
        return Mark.HIDDEN
    return None
