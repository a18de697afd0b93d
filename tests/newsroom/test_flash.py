"""The flash: one short form, one transaction, and nothing passed over but the second pair of eyes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Author, Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo, SectionDesk, Story

pytestmark = pytest.mark.django_db

FLASH = "/redaction/flash/"


@pytest.fixture
def photo(make_photo: Callable[..., Photo]) -> Photo:
    return make_photo()


@pytest.fixture
def typed(section: Section, author: Author, photo: Photo) -> dict[str, Any]:
    """What a chief types when the dyke gives way."""
    return {
        "headline": "La digue du port a cédé",
        "paragraph": "L’eau est montée à 4 heures, rue des Cordiers. Il n’y a pas de blessé.",
        "section": section.pk,
        "author": author.pk,
        "lead_photo": photo.pk,
        "note": "L’eau monte.",
    }


def at_the_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_flash_is_on_the_air_at_once_and_waits_for_its_second_look(chief: User, typed: dict[str, Any]) -> None:
    response = at_the_desk(chief).post(FLASH, typed)

    story = Story.objects.get()
    assert response["Location"].endswith(f"/{story.pk}/change/")
    article = Article.objects.get(pk=story.pk)
    assert (article.headline, article.standfirst) == (typed["headline"], typed["paragraph"])
    assert article.body
    assert article.lead_image_id == typed["lead_photo"]
    assert story.awaits_second_look
    assert story.moves.get().note == "L’eau monte."


def test_a_second_paragraph_is_its_text(chief: User, typed: dict[str, Any]) -> None:
    at_the_desk(chief).post(FLASH, {**typed, "paragraph": "L’eau est montée.\r\n\r\nLa rue <b>est</b> fermée.\n\n \n"})

    article = Article.objects.get()
    assert article.standfirst == "L’eau est montée."
    assert article.body == "<p>La rue &lt;b&gt;est&lt;/b&gt; fermée.</p>"


def test_without_a_picture_the_section_lends_its_own(
    chief: User, typed: dict[str, Any], section: Section, photo: Photo
) -> None:
    SectionDesk.objects.create(section=section, photo=photo)

    at_the_desk(chief).post(FLASH, {**typed, "lead_photo": ""})

    assert Article.objects.get().lead_image_id == photo.pk


def test_a_subsection_borrows_the_picture_of_its_section(
    chief: User, typed: dict[str, Any], section: Section, photo: Photo
) -> None:
    SectionDesk.objects.create(section=section, photo=photo)
    port = Section.objects.create(name="Port", slug="port", parent=section)

    at_the_desk(chief).post(FLASH, {**typed, "section": port.pk, "lead_photo": ""})

    assert Article.objects.get().lead_image_id == photo.pk


def test_without_any_picture_it_is_refused_with_a_sentence_and_what_was_typed(
    chief: User, typed: dict[str, Any]
) -> None:
    response = at_the_desk(chief).post(FLASH, {**typed, "lead_photo": ""})

    page = response.content.decode()
    assert response.status_code == 409
    assert "errorlist" in page[page.index('id="row-lead_photo"') :]
    assert "La digue du port a cédé</textarea>" in page
    assert not Story.objects.exists()


def test_a_picture_without_a_credit_is_refused_and_nothing_is_kept_in_the_database(
    chief: User, typed: dict[str, Any], make_photo: Callable[..., Photo], settings: Any
) -> None:
    owed = make_photo(credit=None)

    response = at_the_desk(chief).post(FLASH, {**typed, "lead_photo": owed.pk})

    page = response.content.decode()
    assert response.status_code == 409
    assert "La photo n’a pas de crédit." in page
    assert "L’eau monte.</textarea>" in page
    assert not Story.objects.exists()
    assert not Article.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


@pytest.mark.parametrize("missing", ["headline", "paragraph", "section", "author", "note"])
def test_what_is_missing_is_asked_for_and_the_rest_comes_back(missing: str, chief: User, typed: dict[str, Any]) -> None:
    response = at_the_desk(chief).post(FLASH, {**typed, missing: " "})

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
def test_forged_and_boundless_input_is_refused(name: str, forged: str, chief: User, typed: dict[str, Any]) -> None:
    response = at_the_desk(chief).post(FLASH, {**typed, name: forged})

    assert response.status_code == 409
    assert not Story.objects.exists()


def test_it_is_signed_by_the_chief_or_else_by_the_newsroom(chief: User, author: Author) -> None:
    newsroom = Author.objects.create(name="Rédaction", slug="redaction", is_collective=True)
    client = at_the_desk(chief)

    assert f'<option value="{newsroom.pk}" selected>' in client.get(FLASH).content.decode()
    set_standing(chief, roles=[Role.CHIEF], sections=[], author_id=author.pk)
    assert f'<option value="{author.pk}" selected>' in client.get(FLASH).content.decode()


def test_it_is_for_chiefs_alone_and_they_alone_are_led_to_it(
    journalist: User, sub_editor: User, editor: User, photo_editor: User, chief: User, typed: dict[str, Any]
) -> None:
    for user in (journalist, sub_editor, editor, photo_editor):
        client = at_the_desk(user)
        assert client.get(FLASH).status_code == 403
        assert client.post(FLASH, typed).status_code == 403
        assert FLASH not in client.get("/redaction/").content.decode()
    assert not Story.objects.exists()
    assert FLASH in at_the_desk(chief).get("/redaction/").content.decode()
    assert at_the_desk(chief).get(FLASH).status_code == 200


def test_who_has_no_role_is_shown_the_door(outsider: User, superuser: User, typed: dict[str, Any]) -> None:
    for client in (Client(), at_the_desk(outsider), at_the_desk(superuser)):
        assert client.get(FLASH).status_code == 302
        assert client.post(FLASH, typed).status_code == 403
    assert not Story.objects.exists()


def test_a_chief_of_one_section_puts_out_no_flash_in_another(typed: dict[str, Any], section: Section) -> None:
    chief = User.objects.create_user("chef-ailleurs")
    elsewhere = Section.objects.create(name="Ailleurs", slug="ailleurs")
    set_standing(chief, roles=[Role.CHIEF], sections=[elsewhere])

    response = at_the_desk(chief).post(FLASH, typed)

    assert response.status_code == 409
    assert not Story.objects.exists()


def test_a_draft_goes_out_as_a_flash_with_a_reason(
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
