"""What was approved is what appears: every word and picture of a page, at each stage, against each way to change it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse

from articles.models import Article, Author, CreditKind, Image, ImageCredit, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.photos.library import FOCAL, WORDS
from newsroom.clock import Clock
from newsroom.models import Photo, Story
from newsroom.publishing.pictures import IMAGE_FIELDS
from newsroom.stories.content import BLANK, content_of

from .desk import at_the_desk
from .scheduling import let_hour_come
from .stages import CHIEF, WRITER, bring_to
from .story_post import typed

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]

# The stages of a text that somebody else reads, has approved, or that is out.
STATES = ["review", "ready", "scheduled", "published+live", "flashed+live"]
APPROVED = ["ready", "scheduled"]

# What a page shows of a photo, and how each is changed. Another file is another photo.
IN_THE_FORM = {
    "caption": "Une autre légende.",
    "alt": "Une autre description.",
    "is_decorative": "on",
    "credit": None,  # another credit
    "photographer": "Quelqu’un d’autre",
    "search_note": "Cherché ailleurs.",
    "focal_x": "0.1",
    "focal_y": "0.9",
}
MADE_OF_THE_OTHERS = {"credit_id", "credit_line", "renditions"}
OF_THE_FILE = {"colour"}


def test_it_is_decided_of_everything_that_a_page_shows_of_a_photo() -> None:
    assert {*WORDS, *FOCAL} == set(IN_THE_FORM)
    assert set(IMAGE_FIELDS) - set(IN_THE_FORM) == MADE_OF_THE_OTHERS | OF_THE_FILE


@pytest.fixture
def shown(make_story: Make, make_photo: Make, journalist: User, topic: Topic) -> Callable[..., tuple[Story, Photo]]:
    """A story of the journalist at a given state, with a photo that they added, at its head or in its text."""

    def make(state: str, chief: User, *, at_the_head: bool = True) -> tuple[Story, Photo]:
        photo: Photo = make_photo()
        Photo.objects.filter(pk=photo.pk).update(added_by=journalist)
        lead = photo if at_the_head else make_photo()
        body = (
            "<p>Texte.</p>" if at_the_head else f'<figure class="image" data-image="{photo.pk}"></figure><p>Texte.</p>'
        )
        story = make_story(by=journalist, lead_photo=lead, body=body, topics=[topic])
        return bring_to(state, story, {WRITER: journalist, CHIEF: chief}), photo

    return make


def page_words(photo: Photo) -> dict[str, Any]:
    fields = {name: getattr(photo, name) for name in (*WORDS, *FOCAL) if name != "credit"}
    shown = {name: value for name, value in fields.items() if value is not False}
    return {**shown, "credit": photo.credit_id or ""}


def change_photo(by: User, photo: Photo, name: str) -> bool:
    """Try to change one thing of a photo by its form, and return whether anything of the photo changed."""
    photo.refresh_from_db()
    other, _made = ImageCredit.objects.get_or_create(name="Agence du Nord", kind=CreditKind.AGENCY)
    value = other.pk if name == "credit" else IN_THE_FORM[name]
    before = Photo.objects.filter(pk=photo.pk).values(*WORDS, *FOCAL).get()
    address = reverse("admin:newsroom_photo_change", args=[photo.pk])
    at_the_desk(by).post(address, {**page_words(photo), name: value})
    return bool(Photo.objects.filter(pk=photo.pk).values(*WORDS, *FOCAL).get() != before)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", IN_THE_FORM)
@pytest.mark.parametrize("at_the_head", [True, False], ids=["lead", "body"])
def test_who_added_a_photo_changes_nothing_of_it_once_its_text_is_put_forward(
    state: str, name: str, at_the_head: bool, shown: Make, journalist: User, chief: User
) -> None:
    _story, photo = shown(state, chief, at_the_head=at_the_head)

    assert not change_photo(journalist, photo, name)


@pytest.mark.parametrize("state", APPROVED)
def test_the_picture_desk_changes_a_photo_of_an_approved_text_only_as_who_could_approve_it(
    state: str, shown: Make, chief: User, sub_editor: User, photo_editor: User, editor: User
) -> None:
    story, photo = shown(state, chief)
    elsewhere = User.objects.create_user("ailleurs")
    other = Section.objects.create(name="Ailleurs", slug="ailleurs")
    set_standing(elsewhere, roles=[Role.SUB_EDITOR], sections=[other])
    writer_too = User.objects.create_user("aussi")
    set_standing(writer_too, roles=[Role.SUB_EDITOR], sections=[])
    story.writers.add(writer_too)

    assert not change_photo(photo_editor, photo, "caption")
    assert not change_photo(elsewhere, photo, "caption")
    assert not change_photo(writer_too, photo, "caption")
    assert change_photo(sub_editor, photo, "caption")
    assert change_photo(editor, photo, "alt")


def test_the_picture_desk_changes_a_photo_of_a_text_that_is_not_approved_yet_or_is_out(
    shown: Make, chief: User, photo_editor: User
) -> None:
    for state in ("draft", "review", "published+live"):
        _story, photo = shown(state, chief)
        assert change_photo(photo_editor, photo, "caption"), state


def test_the_page_of_a_photo_says_why_it_is_kept_as_it_is(shown: Make, chief: User, journalist: User) -> None:
    story, photo = shown("scheduled", chief)

    page = at_the_desk(journalist).get(reverse("admin:newsroom_photo_change", args=[photo.pk])).content.decode()

    assert "ce qui a été approuvé est ce qui paraît" in page
    assert story.headline in page


@pytest.mark.parametrize("state", STATES)
def test_a_journalist_deletes_no_photo_that_a_text_shows(
    state: str, shown: Make, journalist: User, chief: User
) -> None:
    _story, photo = shown(state, chief)

    at_the_desk(journalist).post(reverse("admin:newsroom_photo_delete", args=[photo.pk]), {"post": "yes"})

    assert Photo.objects.filter(pk=photo.pk).exists()


# The rows that a page names, and what it shows of each: only the desk writes them, public as soon as they are saved.
REFERENCE: dict[type[models.Model], dict[str, str]] = {
    Author: {"name": "Un autre nom", "role": "Une autre fonction"},
    Topic: {"name": "Un autre sujet", "description": "Autre chose"},
    Section: {"name": "Une autre rubrique", "description": "Autre chose"},
    ImageCredit: {"name": "Une autre agence", "url": "https://ailleurs.example/"},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("model", REFERENCE)
def test_a_writer_changes_none_of_the_rows_that_the_page_names(
    state: str, model: type[models.Model], shown: Make, journalist: User, chief: User
) -> None:
    shown(state, chief)
    row = model._default_manager.first()
    assert row is not None
    before = model._default_manager.filter(pk=row.pk).values().get()

    address = reverse(f"admin:articles_{model._meta.model_name}_change", args=[row.pk])
    posted = {name: value for name, value in before.items() if value is not None}
    at_the_desk(journalist).post(address, {**posted, **REFERENCE[model]})

    assert model._default_manager.filter(pk=row.pk).values().get() == before


# Each field of a text with another value.
OTHER_TEXT: dict[str, Any] = {
    "kicker": "Autre", "headline": "Un autre titre", "standfirst": "Un autre chapô.", "body": "<p>Autre texte.</p>",
    "label": "analysis", "slug": "autre", "lead_caption": "Une autre légende.", "search_title": "Autre",
    "social_title": "Autre", "section": "", "lead_photo": "", "topics": [], "follows": "", "replies_to": "",
    "authors": "",
}  # fmt: skip


def test_it_is_decided_of_every_field_of_a_text() -> None:
    assert set(BLANK) == set(OTHER_TEXT)


@pytest.mark.parametrize("state", [state for state in STATES if state != "review"])
def test_nothing_of_an_approved_text_is_changed_by_its_page(
    state: str, shown: Make, journalist: User, sub_editor: User, editor: User, chief: User
) -> None:
    story, _photo = shown(state, chief)
    before = content_of(story)
    fields = {name: value for name, value in OTHER_TEXT.items() if value not in ("", [])}

    for user in (journalist, sub_editor, editor, chief):
        at_the_desk(user).post(f"/redaction/newsroom/story/{story.pk}/change/", typed(story, **fields))

    story = Story.objects.get(pk=story.pk)
    assert content_of(story) == before


def test_the_page_that_the_clock_publishes_has_the_words_that_were_approved(
    shown: Make, journalist: User, chief: User
) -> None:
    story, photo = shown("scheduled", chief)
    approved = {name: getattr(photo, name) for name in ("caption", "alt", "photographer", "credit_line")}
    for name in IN_THE_FORM:
        change_photo(journalist, photo, name)

    let_hour_come(story)
    Clock().beat()

    assert Article.objects.filter(pk=story.pk).exists()
    image = Image.objects.get(pk=photo.pk)
    assert {name: getattr(image, name) for name in approved} == approved
