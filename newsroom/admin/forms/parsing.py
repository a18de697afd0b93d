"""Cleans the fields of a form, or the query of an address of the desk, before anything reads them.

Word's vertical tab breaks a feed, and PostgreSQL refuses NUL. Characters that nobody sees are taken out here, once, for
every field of every form, for notes, searches and filters alike.
"""

import re

from django.http import HttpRequest, QueryDict

from articles.wording import legible, undeceiving
from newsroom.body.inline import DROPPED_CHARACTERS

# `_saveasnew` asks Django's admin for a copy of a row, whatever `save_as` is.
IGNORED_FIELDS = ("_saveasnew",)
SPACES = re.compile("[\t\u2028\u2029]")
# A body is cleaned by itself, and may quote a passage in Arabic between its isolates. A password is what was typed.
KEPT_AS_TYPED = re.compile(r"body|piece|(mine|theirs|hand)-body(-\d+)?|shown|.*password.*")


def make_legible(request: HttpRequest) -> None:
    """Take the characters that nobody sees out of the query and of the posted fields."""
    request.GET = _legible(request.GET)  # type: ignore[assignment]
    if request.method == "POST":
        request.POST = _legible(request.POST)  # type: ignore[assignment]


def _legible(typed: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True, encoding=typed.encoding)
    for name, values in typed.lists():
        if name not in IGNORED_FIELDS:
            kept.setlist(DROPPED_CHARACTERS.sub("", name), [without_deceit(name, value) for value in values])
    kept._mutable = False
    return kept


def without_deceit(name: str, typed: str) -> str:
    """What was typed in the field `name`, without characters that nobody sees and those that make it read otherwise."""
    text = DROPPED_CHARACTERS.sub("", legible(typed))
    return text if KEPT_AS_TYPED.fullmatch(name) else SPACES.sub(" ", undeceiving(text))


def row_number(typed: str | None) -> int | None:
    """The number of a row as typed or posted; None for what no database could hold."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def version_number(text: str | None) -> int:
    """A version or a turn as posted; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
