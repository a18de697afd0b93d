"""A save that may not go in: both texts, side by side, and a way on. Nothing typed is thrown away."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Label, Section, Topic
from newsroom import body
from newsroom.models import Photo, Story

from .typed import row_number

PREFIX = "bylines"


@dataclass(frozen=True)
class Difference:
    """One field that is not the same in both texts. `is_text`: typed again in a textarea of that name."""

    name: str
    label: str | Promise
    typed: str
    stored: str
    is_text: bool = True

    @property
    def rows(self) -> int:
        return min(24, 2 + max(len(self.typed), len(self.stored)) // 70)


def differences(story: Story, posted: QueryDict) -> list[Difference]:
    """Where what was typed differs from what is stored, in the order of the page."""
    found = [_text(story, name, posted) for name in ("kicker", "headline", "standfirst")]
    found += [_chosen(story, "lead_photo", posted, Photo, story.lead_photo)]
    found += [_text(story, name, posted) for name in ("lead_caption", "body")]
    found += [_chosen(story, "section", posted, Section, story.section), _label(story, posted), _topics(story, posted)]
    found += [_bylines(story, posted)]
    found += [_text(story, name, posted) for name in ("slug", "search_title", "social_title")]
    return [one for one in found if one.typed != one.stored]


def again(story: Story, posted: QueryDict, differing: list[Difference]) -> list[tuple[str, str]]:
    """The hidden fields that save what was typed over the stored version, beside the textareas of `differing`."""
    shown = {one.name for one in differing if one.is_text}
    dropped = {"csrfmiddlewaretoken", "based_on", "revision", "_deed", "_continue", "_save", *shown}
    fields = [
        (name, value)
        for name, values in posted.lists()
        if name not in dropped and not name.startswith(f"{PREFIX}-")
        for value in values
    ]
    return [*fields, ("based_on", str(story.version)), *_bylines_again(story, posted)]


def _bylines_again(story: Story, posted: QueryDict) -> list[tuple[str, str]]:
    """The stored bylines removed and the typed ones added: their rows may be others by now."""
    stored, typed = list(story.bylines.all()), typed_authors(posted)
    fields = [
        (f"{PREFIX}-TOTAL_FORMS", str(len(stored) + len(typed))),
        (f"{PREFIX}-INITIAL_FORMS", str(len(stored))),
        (f"{PREFIX}-MIN_NUM_FORMS", "0"),
        (f"{PREFIX}-MAX_NUM_FORMS", "1000"),
    ]
    for row, byline in enumerate(stored):
        line = {"id": byline.pk, "story": story.pk, "author": byline.author_id, "order": byline.order, "DELETE": "on"}
        fields += [(f"{PREFIX}-{row}-{name}", str(value)) for name, value in line.items()]
    for row, author in enumerate(typed, start=len(stored)):
        line = {"story": story.pk, "author": author, "order": row}
        fields += [(f"{PREFIX}-{row}-{name}", str(value)) for name, value in line.items()]
    return fields


def typed_authors(posted: QueryDict) -> list[int]:
    """The numbers of the authors as posted, in order, those removed left out."""
    rows = []
    for row in range(min(row_number(posted.get(f"{PREFIX}-TOTAL_FORMS")) or 0, 100)):
        author = row_number(posted.get(f"{PREFIX}-{row}-author"))
        if author and not posted.get(f"{PREFIX}-{row}-DELETE"):
            rows.append((row_number(posted.get(f"{PREFIX}-{row}-order")) or 0, row, author))
    return [author for _order, _row, author in sorted(rows)]


def _text(story: Story, name: str, posted: QueryDict) -> Difference:
    typed = "\n".join(posted.get(name, "").strip().splitlines())
    if name == "body":
        typed = body.clean(typed)
    if name in ("slug", "search_title", "social_title") and name not in posted:
        typed = getattr(story, name)
    return Difference(name, story._meta.get_field(name).verbose_name, typed, getattr(story, name))  # type: ignore[union-attr]


def _chosen(story: Story, name: str, posted: QueryDict, model: Any, stored: Any) -> Difference:
    typed = model.objects.filter(pk=row_number(posted.get(name))).first()
    label = story._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Difference(name, label, str(typed or ""), str(stored or ""), is_text=False)


def _label(story: Story, posted: QueryDict) -> Difference:
    typed = dict(Label.choices).get(posted.get("label", ""), "")
    return Difference("label", _("label"), str(typed), story.get_label_display(), is_text=False)


def _topics(story: Story, posted: QueryDict) -> Difference:
    numbers = [row_number(value) for value in posted.getlist("topics")]
    typed = Topic.objects.filter(pk__in=[number for number in numbers if number])
    return Difference("topics", _("topics"), _names(typed), _names(story.topics.all()), is_text=False)


def _bylines(story: Story, posted: QueryDict) -> Difference:
    known = Author.objects.in_bulk(typed_authors(posted))
    typed = [known[number] for number in typed_authors(posted) if number in known]
    stored = [byline.author for byline in story.bylines.select_related("author")]
    return Difference(PREFIX, _("bylines"), _names(typed), _names(stored), is_text=False)


def _names(rows: Any) -> str:
    return ", ".join(str(row) for row in rows)
