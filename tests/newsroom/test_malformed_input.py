"""Invisible characters, numbers too large for a database and forged queries, in forms and addresses of the desk."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Author, Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Note, Story

from .story_post import ADD, address, new, typed

pytestmark = pytest.mark.django_db
NINES = "9" * 5000


def test_invisible_control_characters_are_removed_from_a_text_and_its_notes(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    client.post(address(story), typed(story, standfirst="avant\x0baprès\x00", new_note="vu\x00 hier"))
    client.post(f"/redaction/newsroom/story/{story.pk}/note/", {"new_note": "\x00encore"})

    story.refresh_from_db()
    assert story.standfirst == "avant après"
    assert list(Note.objects.values_list("text", flat=True)) == ["vu hier", "encore"]


def test_characters_that_xml_forbids_do_not_break_a_feed(
    client: Client, journalist: User, author: Author, make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist))
    Article.objects.filter(pk=live.pk).update(headline="avant\x0baprès\x0c.", standfirst="\x01")
    Author.objects.update(name="Nadia\x0bBerrahal")

    response = client.get("/flux/")

    assert response.status_code == 200
    assert ET.fromstring(response.content).findtext("channel/item/title") == "avant après ."  # noqa: S314 (ours)


@pytest.mark.parametrize(
    "asked",
    [
        "newsroom/story/?headline__regex=(",
        "newsroom/story/?saved_at__year=99999",
        "newsroom/story/?body__contains=a",
        "newsroom/photo/?original_name__startswith=a",
        "articles/author/?biography__contains=a",
    ],
)
def test_a_lookup_that_is_not_a_filter_of_the_list_is_refused(client: Client, editor: User, asked: str) -> None:
    client.force_login(editor)

    assert client.get(f"/redaction/{asked}").status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "auth/user/?ouvert=oui",
        "newsroom/story/?etape=draft",
        "newsroom/story/?en-ligne=oui",
        "newsroom/photo/?etat=en-ligne",
        "newsroom/story/?rubrique=politique",
        "newsroom/story/?label__exact=news",
        "newsroom/story/?label__exact=%00",
        "newsroom/photo/?credit__kind__exact=agency",
        "newsroom/story/?q=" + "a+" * 1100,
        "newsroom/photo/?q=" + "a+" * 1100,
        "newsroom/story/?q=" + "a" * 60000,
        "recherche/articles/?q=%00",
        "recherche/photos/?q=" + "a+" * 1100,
        f"newsroom/story/add/?lead_photo={NINES}",
    ],
)
def test_a_malformed_value_of_a_filter_gets_an_answer(client: Client, chief: User, asked: str) -> None:
    client.force_login(chief)

    response = client.get(f"/redaction/{asked}", follow=True)

    assert response.status_code == 200
    assert not [step for step in response.redirect_chain if "e=1" in step[0]] or "%00" in asked


def test_numbers_too_large_for_the_database_are_refused_and_the_text_comes_back(
    client: Client, journalist: User, section: Section
) -> None:
    client.force_login(journalist)

    for wrong in ({"lead_photo": NINES}, {"topics": ["9" * 30]}, {"section": "9" * 30}):
        response = client.post(ADD, {**new(section), "headline": "Un titre typé", **wrong})
        assert response.status_code == 200
        assert "Un titre typé" in response.content.decode()
    assert not Story.objects.exists()


def test_an_overlong_body_is_refused_before_it_is_cleaned(client: Client, journalist: User, section: Section) -> None:
    client.force_login(journalist)

    response = client.post(ADD, {**new(section), "body": "&" * 300_001})

    assert response.status_code == 200
    assert not Story.objects.exists()


def test_a_forged_save_as_new_button_does_not_copy_a_story(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    client.post(address(story), {**typed(story, headline="Un titre de plus"), "_saveasnew": "1"})

    assert Story.objects.count() == 1


def test_a_note_typed_for_a_deed_comes_back_when_only_the_text_is_saved(
    client: Client, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=chief)
    client.force_login(chief)

    response = client.post(
        address(story), {**typed(story, headline="Autre"), "note_spike": "Pas ce soir."}, follow=True
    )

    assert "Pas ce soir." in response.content.decode()


def test_an_editor_tied_to_a_section_may_not_move_another_under_it(client: Client, section: Section) -> None:
    secret = Section.objects.create(name="Secret", slug="secret")
    tied = User.objects.create_user("lie")
    set_standing(tied, roles=[Role.EDITOR], sections=[section])
    client.force_login(tied)
    form = {"name": "Secret", "slug": "secret", "parent": section.pk, "accent": "#5d6268", "order": 1}

    response = client.post(f"/redaction/articles/section/{secret.pk}/change/", form)

    secret.refresh_from_db()
    assert (response.status_code, secret.parent) == (200, None)


def test_a_reader_who_sends_a_broken_session_cookie_gets_no_cookie_back(client: Client) -> None:
    client.cookies["redaction"] = "n’importe quoi".encode("ascii", "ignore").decode()

    assert not client.get("/").cookies
