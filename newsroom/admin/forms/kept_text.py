"""A text that was typed and not saved, read from its autosave."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise

from newsroom.models import Autosave
from newsroom.stories.content import ContentDict
from newsroom.workflow import Deed

from .post import PLAN_FIELDS, touched_plan, typed_content

NOTES = ("new_note", "note_passage", "notice", *(f"note_{deed}" for deed in Deed))
# The page of a new article fills these in by itself, so they alone are no text worth keeping.
FILLED_IN_FOR_A_NEW_ARTICLE = ("section", "authors")


@dataclass(frozen=True)
class KeptText:
    """The fields that one page sent and nobody saved: the text that they make, and the notes that were not sent."""

    row: Autosave
    posted: QueryDict
    stored: ContentDict
    text: ContentDict

    @property
    def notes(self) -> list[str]:
        return [text for name in NOTES if (text := self.posted.get(name, "").strip())]

    @property
    def plan(self) -> list[str | Promise]:
        """The subjects of the plan that were changed and not saved, by their labels."""
        touched = touched_plan(self.posted)
        return [subject.label for name, subject in PLAN_FIELDS.items() if name in touched]

    @property
    def differs(self) -> bool:
        """Whether it has anything that is not stored."""
        ignored = () if self.row.story_id else FILLED_IN_FOR_A_NEW_ARTICLE
        return bool(self.notes or self.plan) or any(
            (value or None) != (self.stored.get(name) or None)
            for name, value in self.text.items()
            if name not in ignored
        )

    @property
    def bylines(self) -> list[dict[str, int]]:
        """The lines that sign it, in order."""
        return [{"author": author, "order": order} for order, author in enumerate(self.text["authors"])]

    @property
    def title(self) -> str:
        return str(self.text["headline"] or "")


def kept_text_in(row: Autosave, stored: ContentDict) -> KeptText:
    """What `row` keeps, beside the stored text."""
    posted = QueryDict(mutable=True)
    for name, values in row.fields.items():
        posted.setlist(name, values)
    return KeptText(row, posted, stored, {**stored, **typed_content(posted, stored)})
