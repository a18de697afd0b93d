"""What must be true of a text before review and before publication. Rules that block; each names its field."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.body import text_of
from articles.models import CreditKind

from .models import Photo, Story
from .workflow import Checklist


@dataclass(frozen=True)
class Problem:
    """Something to mend: the field it stands in (an admin form's name for it) and a sentence for the journalist."""

    field: str
    message: str | Promise


def problems(story: Story, checklist: Checklist) -> list[Problem]:
    """What keeps `story`, as its rows stand, from passing `checklist`; empty when it passes."""
    match checklist:
        case Checklist.NONE:
            return []
        case Checklist.REVIEW:
            return [*_words(story), *_pictures(story)]
        case Checklist.SCHEDULE | Checklist.PUBLICATION:
            return [*_words(story), *_pictures(story), *_files(story)]


def _words(story: Story) -> Iterator[Problem]:
    if not story.headline.strip():
        yield Problem("headline", _("Write a headline."))
    if not story.standfirst.strip():
        yield Problem("standfirst", _("Write a standfirst: it stands under the headline and in every list."))
    if not text_of(story.body):
        yield Problem("body", _("The text is empty."))
    if not story.bylines.exists():
        yield Problem("bylines", _("Choose at least one byline."))


def _pictures(story: Story) -> Iterator[Problem]:
    if story.lead_photo is not None:
        for message in photo_problems(story.lead_photo, caption=story.lead_caption):
            yield Problem("lead_photo", message)
    for photo in story.body_photos.select_related("credit"):
        for message in photo_problems(photo):
            yield Problem("body", _("Picture “%(photo)s”: %(problem)s") % {"photo": photo, "problem": message})


def _files(story: Story) -> Iterator[Problem]:
    lead = [story.lead_photo] if story.lead_photo else []
    for photo in [*lead, *story.body_photos.all()]:
        if photo.failure:
            yield Problem("lead_photo", _("The sizes of “%(photo)s” could not be made: %(problem)s") % {
                "photo": photo, "problem": photo.failure,
            })  # fmt: skip


def photo_problems(photo: Photo, *, caption: str = "") -> Iterator[str | Promise]:
    """What a picture lacks to be published. Missing credit and missing description can never be overridden.

    `caption` is the one written for this use, if any. The photographer's name is owed by law:
    CPI L121-1, law 2-00 art. 9.
    """
    if not photo.alt.strip() and not photo.is_decorative:
        yield _("The picture has no description for those who do not see it.")
    if not (caption or photo.caption).strip():
        yield _("The picture has no caption.")
    if photo.credit is None:
        yield _("The picture has no credit.")
    elif photo.credit.kind == CreditKind.UNKNOWN and not photo.search_note.strip():
        yield _("“DR” asks for a note of where the author was looked for.")
