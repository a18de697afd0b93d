"""The answers of guests to a review link: stored once, mailed to its maker, and refused once it is closed."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from newsroom.models import Dispatch, GuestAnswer, ShareLink, Story
from newsroom.review import share_links

from .review_links import APPROVAL, guest_page, links_page
from .rewriting import rewrite
from .story_post import address

pytestmark = pytest.mark.django_db


def test_a_guest_approves_without_a_session(
    client: Client, guest: Client, story: Story, link: ShareLink, sub_editor: User
) -> None:
    response = guest.post(guest_page(link), APPROVAL)

    assert response.status_code == 302
    answer = GuestAnswer.objects.get()
    assert (answer.verdict, answer.name, answer.link) == ("approved", "Me Salma Benali", link)
    assert "approuve cette version" in guest.get(guest_page(link)).content.decode()
    client.force_login(sub_editor)
    for page in (f"/redaction/newsroom/story/{story.pk}/change/", links_page(story)):
        assert "approuve la version 1" in client.get(page).content.decode()


def test_an_answer_is_mailed_to_the_maker_of_the_link_with_a_word_if_the_text_changed(
    guest: Client, story: Story, link: ShareLink, journalist: User, sub_editor: User
) -> None:
    rewrite(story, journalist, headline="Second titre")
    guest.post(guest_page(link), {"verdict": "comment", "name": "Me Benali", "text": "Deux points.\n\nLe second."})

    mail = Dispatch.objects.get(kind=Dispatch.Kind.MAIL).payload

    assert mail["to"] == sub_editor.email
    assert mail["subject"] == "Une réponse sur\xa0: Second titre"
    assert "commente la version 1" in mail["text"]
    assert "Deux points." in mail["text"]
    assert "il en est à la version 2" in mail["text"]


def test_the_desk_sees_when_the_text_changed_after_an_answer(
    client: Client, story: Story, link: ShareLink, journalist: User, sub_editor: User
) -> None:
    share_links.answer(link, **APPROVAL)
    client.force_login(sub_editor)
    changed = "Le texte a changé depuis"
    assert changed not in client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()
    rewrite(story, journalist, headline="Second titre")
    assert changed in client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": ""}, {"verdict": "rejected"}, {"verdict": "comment", "text": "  "}, {"name": " "},
        {"name": "x" * 121}, {"verdict": "comment", "text": "y" * 4001},
    ],
)  # fmt: skip
def test_an_incomplete_answer_comes_back_as_typed(guest: Client, link: ShareLink, wrong: dict[str, str]) -> None:
    typed = {"verdict": "comment", "name": "Me Benali", "text": "Ma remarque\x00 <b>", **wrong}

    response = guest.post(guest_page(link), typed)
    page = response.content.decode()

    assert response.status_code == 400
    assert 'role="alert"' in page
    assert "Rien n’est parti" in page
    if "text" not in wrong:
        assert "Ma remarque &lt;b&gt;</textarea>" in page
    if "name" not in wrong:
        assert 'value="Me Benali"' in page
    assert not GuestAnswer.objects.exists()


def test_an_answer_to_a_link_closed_meanwhile_comes_back(guest: Client, link: ShareLink) -> None:
    ShareLink.objects.update(revoked_at=timezone.now())
    response = guest.post(guest_page(link), {"verdict": "comment", "name": "Me Benali", "text": "Longue remarque"})
    assert response.status_code == 404
    assert "Longue remarque</textarea>" in response.content.decode()
    assert not GuestAnswer.objects.exists()


def test_a_twenty_first_answer_to_a_link_is_refused(guest: Client, link: ShareLink) -> None:
    for number in range(20):
        assert guest.post(guest_page(link), {**APPROVAL, "text": str(number)}).status_code == 302
    refused = guest.post(guest_page(link), {**APPROVAL, "text": "encore"})
    assert refused.status_code == 400
    assert "encore</textarea>" in refused.content.decode()
    assert link.answers.count() == 20


def test_the_same_answer_sent_twice_is_stored_once(guest: Client, link: ShareLink) -> None:
    guest.post(guest_page(link), APPROVAL)
    guest.post(guest_page(link), APPROVAL)
    assert link.answers.count() == 1
    assert Dispatch.objects.filter(kind=Dispatch.Kind.MAIL).count() == 1


def test_markup_in_the_answer_of_a_guest_is_escaped(
    client: Client, guest: Client, story: Story, link: ShareLink, sub_editor: User
) -> None:
    guest.post(guest_page(link), {"verdict": "comment", "name": "<b>Nom</b>", "text": "<script>alert(1)</script>"})
    client.force_login(sub_editor)
    for page in (
        guest.get(guest_page(link)),
        client.get(links_page(story)),
        client.get(address(story)),
    ):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;b&gt;Nom" in page.content.decode()
