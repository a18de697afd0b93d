"""The flash: one short form and one transaction, under every rule but the second pair of eyes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Author, Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo, SectionDesk, Story

from .desk import at_the_desk

pytestmark = pytest.mark.django_db

FLASH = "/redaction/flash/"


@pytest.fixture
def photo(make_photo: Callable[..., Photo]) -> Photo:
    return make_photo()


def test_a_flash_is_live_at_once_and_waits_for_its_second_look(chief: User, flash: dict[str, Any]) -> None:
    response = at_the_desk(chief).post(FLASH, flash)

    story = Story.objects.get()
    assert response["Location"].endswith(f"/{story.pk}/change/")
    article = Article.objects.get(pk=story.pk)
    assert (article.headline, article.standfirst) == (flash["headline"], flash["paragraph"])
    assert article.body
    assert article.lead_image_id == flash["lead_photo"]
    assert story.awaits_second_look
    assert story.moves.get().note == "L’eau monte."


def test_the_second_paragraph_of_a_flash_becomes_its_body(chief: User, flash: dict[str, Any]) -> None:
    at_the_desk(chief).post(FLASH, {**flash, "paragraph": "L’eau est montée.\r\n\r\nLa rue <b>est</b> fermée.\n\n \n"})

    article = Article.objects.get()
    assert article.standfirst == "L’eau est montée."
    assert article.body == "<p>La rue &lt;b&gt;est&lt;/b&gt; fermée.</p>"


def test_a_flash_without_a_picture_takes_that_of_its_section(
    chief: User, flash: dict[str, Any], section: Section, photo: Photo
) -> None:
    SectionDesk.objects.create(section=section, photo=photo)

    at_the_desk(chief).post(FLASH, {**flash, "lead_photo": ""})

    assert Article.objects.get().lead_image_id == photo.pk


def test_a_flash_in_a_subsection_takes_the_picture_of_the_parent_section(
    chief: User, flash: dict[str, Any], section: Section, photo: Photo
) -> None:
    SectionDesk.objects.create(section=section, photo=photo)
    port = Section.objects.create(name="Port", slug="port", parent=section)

    at_the_desk(chief).post(FLASH, {**flash, "section": port.pk, "lead_photo": ""})

    assert Article.objects.get().lead_image_id == photo.pk


def test_a_flash_without_any_picture_is_refused_and_the_form_comes_back(chief: User, flash: dict[str, Any]) -> None:
    response = at_the_desk(chief).post(FLASH, {**flash, "lead_photo": ""})

    page = response.content.decode()
    assert response.status_code == 409
    assert "errorlist" in page[page.index('id="row-lead_photo"') :]
    assert "La digue du port a cédé</textarea>" in page
    assert not Story.objects.exists()


def test_a_flash_with_an_uncredited_picture_is_refused_and_leaves_no_row(
    chief: User, flash: dict[str, Any], make_photo: Callable[..., Photo], settings: Any
) -> None:
    owed = make_photo(credit=None)

    response = at_the_desk(chief).post(FLASH, {**flash, "lead_photo": owed.pk})

    page = response.content.decode()
    assert response.status_code == 409
    assert "La photo n’a pas de crédit." in page
    assert "L’eau monte.</textarea>" in page
    assert not Story.objects.exists()
    assert not Article.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


@pytest.mark.parametrize("missing", ["headline", "paragraph", "section", "author", "note"])
def test_a_flash_with_a_missing_field_is_refused_and_the_other_fields_come_back(
    missing: str, chief: User, flash: dict[str, Any]
) -> None:
    response = at_the_desk(chief).post(FLASH, {**flash, missing: " "})

    page = response.content.decode()
    assert response.status_code == 409
    assert "errorlist" in page
    assert ("L’eau monte.</textarea>" in page) is (missing != "note")
    assert not Story.objects.exists()


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("section", "9" * 30),
        ("section", "0"),
        ("author", "9" * 30),
        ("author", "'; --"),
        ("lead_photo", "9" * 30),
        ("lead_photo", "999999"),
        ("headline", "x" * 5000),
        ("paragraph", "x" * 700),
        ("paragraph", "x" * 50_000),
        ("note", "x" * 5000),
        ("headline", "\x00"),
    ],
)
def test_a_flash_with_forged_or_overlong_fields_is_refused(
    name: str, forged: str, chief: User, flash: dict[str, Any]
) -> None:
    response = at_the_desk(chief).post(FLASH, {**flash, name: forged})

    assert response.status_code == 409
    assert not Story.objects.exists()


def test_a_flash_is_signed_by_the_chief_or_else_by_the_collective(chief: User, author: Author) -> None:
    newsroom = Author.objects.create(name="Rédaction", slug="redaction", is_collective=True)
    client = at_the_desk(chief)

    assert f'<option value="{newsroom.pk}" selected>' in client.get(FLASH).content.decode()
    set_standing(chief, roles=[Role.CHIEF], sections=[], author_id=author.pk)
    assert f'<option value="{author.pk}" selected>' in client.get(FLASH).content.decode()


def test_only_chiefs_may_open_the_flash_and_see_its_link(
    journalist: User, sub_editor: User, editor: User, photo_editor: User, chief: User, flash: dict[str, Any]
) -> None:
    for user in (journalist, sub_editor, editor, photo_editor):
        client = at_the_desk(user)
        assert client.get(FLASH).status_code == 403
        assert client.post(FLASH, flash).status_code == 403
        assert FLASH not in client.get("/redaction/").content.decode()
    assert not Story.objects.exists()
    assert FLASH in at_the_desk(chief).get("/redaction/").content.decode()
    assert at_the_desk(chief).get(FLASH).status_code == 200


def test_a_login_without_a_role_may_not_open_or_post_a_flash(
    outsider: User, superuser: User, flash: dict[str, Any]
) -> None:
    for client in (Client(), at_the_desk(outsider), at_the_desk(superuser)):
        assert client.get(FLASH).status_code == 302
        assert client.post(FLASH, flash).status_code == 403
    assert not Story.objects.exists()


def test_a_chief_of_one_section_may_not_publish_a_flash_in_another(flash: dict[str, Any], section: Section) -> None:
    chief = User.objects.create_user("chef-ailleurs")
    elsewhere = Section.objects.create(name="Ailleurs", slug="ailleurs")
    set_standing(chief, roles=[Role.CHIEF], sections=[elsewhere])

    response = at_the_desk(chief).post(FLASH, flash)

    assert response.status_code == 409
    assert not Story.objects.exists()


def test_a_draft_is_published_as_a_flash_with_a_reason(
    chief: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client = at_the_desk(chief)
    address = f"/redaction/newsroom/story/{story.pk}/flash/"

    client.post(address, {"revision": 1, "note": ""})
    assert not Article.objects.exists()
    client.post(address, {"revision": 1, "note": "La digue cède."})

    story.refresh_from_db()
    assert (story.stage, story.awaits_second_look) == ("published", True)
