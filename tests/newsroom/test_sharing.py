"""Review links at the desk: who may make them, read their addresses and close them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import ShareLink, Story
from newsroom.refusals import Refused
from newsroom.review import share_links
from newsroom.workflow import Stage

from .racing import at_once
from .review_links import guest_page, links_page
from .rewriting import rewrite

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
ASKED = {"reader": "Me Salma Benali, avocate", "revision": "1", "amount": "2", "unit": "days"}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.JOURNALIST, 403), (Role.PHOTO_EDITOR, 403), (Role.SUB_EDITOR, 302), (Role.EDITOR, 302),
        (Role.CHIEF, 302), (None, 403),
    ],
)  # fmt: skip
def test_only_the_desk_may_make_review_links(client: Client, story: Story, role: Role | None, status: int) -> None:
    who = User.objects.create_user("quelquun")
    if role:
        set_standing(who, roles=[role], sections=[])
    client.force_login(who)

    assert client.post(links_page(story), ASKED).status_code == status

    assert ShareLink.objects.exists() is (status == 302)


def test_the_desk_of_another_section_gets_404_for_the_links_of_a_story(
    client: Client, story: Story, link: ShareLink
) -> None:
    who = User.objects.create_user("ailleurs")
    set_standing(who, roles=[Role.CHIEF], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    client.force_login(who)
    assert client.get(links_page(story)).status_code == 404
    assert client.post(links_page(story), ASKED).status_code == 404
    assert client.post(links_page(story, link)).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_a_link_has_a_reader_a_version_and_an_end(
    client: Client, story: Story, sub_editor: User, journalist: User
) -> None:
    rewrite(story, journalist, headline="Second titre")
    client.force_login(sub_editor)

    client.post(links_page(story), ASKED)

    made = ShareLink.objects.get()
    assert (made.reader, made.revision.number, made.made_by) == ("Me Salma Benali, avocate", 1, sub_editor)
    assert made.expires_at - made.made_at == timedelta(days=2)
    page = client.get(links_page(story)).content.decode()
    assert share_links.address_of(made) in page
    assert "Ouvert, fin" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"reader": "  "}, {"reader": "x" * 121}, {"revision": "7"}, {"revision": ""}, {"revision": "9" * 30},
        {"amount": "0"}, {"amount": "31"}, {"amount": "721", "unit": "hours"}, {"amount": "9" * 18}, {"amount": "-3"},
        {"amount": "9" * 40}, {"unit": "years"}, {"unit": ""},
    ],
)  # fmt: skip
def test_an_invalid_request_for_a_link_is_refused_and_comes_back(
    client: Client, story: Story, sub_editor: User, wrong: dict[str, str]
) -> None:
    client.force_login(sub_editor)

    response = client.post(links_page(story), {**ASKED, **wrong})
    page = response.content.decode()

    assert response.status_code == 400
    assert 'role="alert"' in page
    if "reader" not in wrong:
        assert 'value="Me Salma Benali, avocate"' in page
    assert not ShareLink.objects.exists()


def test_a_link_for_more_than_thirty_days_is_refused(client: Client, story: Story, sub_editor: User) -> None:
    client.force_login(sub_editor)
    assert client.post(links_page(story), {**ASKED, "amount": "30"}).status_code == 302
    assert client.post(links_page(story), {**ASKED, "amount": "720", "unit": "hours"}).status_code == 302


def test_a_journalist_sees_the_answers_but_not_the_address_of_a_link(
    client: Client, story: Story, link: ShareLink, journalist: User
) -> None:
    share_links.answer(link, verdict="comment", name="Me Benali", text="La date est fausse.")
    client.force_login(journalist)

    for page in (client.get(f"/redaction/newsroom/story/{story.pk}/change/"), client.get(links_page(story))):
        assert "La date est fausse." in page.content.decode()
        assert share_links.token_of(link) not in page.content.decode()
    assert client.post(links_page(story, link)).status_code == 403
    link.refresh_from_db()
    assert link.revoked_at is None


def test_a_revoked_link_opens_nothing_and_the_desk_sees_who_closed_it(
    client: Client, guest: Client, story: Story, link: ShareLink, editor: User
) -> None:
    assert guest.get(guest_page(link)).status_code == 200
    client.force_login(editor)
    assert client.get(links_page(story, link)).status_code == 405

    client.post(links_page(story, link))

    link.refresh_from_db()
    assert link.revoked_by == editor
    assert guest.get(guest_page(link)).status_code == 404
    assert "Fermé par editeur" in client.get(links_page(story)).content.decode()


def test_a_link_cannot_be_revoked_through_another_story(
    client: Client, story: Story, link: ShareLink, sub_editor: User, make_story: MakeStory
) -> None:
    client.force_login(sub_editor)
    assert client.post(links_page(make_story(by=sub_editor), link)).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_no_link_is_made_on_a_spiked_story_and_what_was_typed_comes_back(
    client: Client, story: Story, sub_editor: User, editor: User
) -> None:
    deeds.spike(story, revision=1, by=editor)
    client.force_login(sub_editor)

    answer = client.post(links_page(story), ASKED)

    assert answer.status_code == 400
    assert "Cet article est écarté" in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_a_link_that_was_left_open_on_a_spiked_story_opens_nothing(
    guest: Client, story: Story, link: ShareLink
) -> None:
    Story.objects.filter(pk=story.pk).update(stage=Stage.SPIKED)

    assert guest.get(guest_page(link)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_story_that_is_spiked_while_a_link_is_made_is_open_to_nobody(
    make_story: MakeStory, journalist: User, sub_editor: User, editor: User
) -> None:
    for _round in range(5):
        story = make_story(by=journalist)

        done = at_once(
            lambda story=story: share_links.make_link(
                story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor
            ),
            lambda story=story: deeds.spike(story, revision=1, by=editor),
        )

        assert not isinstance(done[1], Exception)
        assert isinstance(done[0], ShareLink | Refused)
        assert not ShareLink.objects.filter(story=story, revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_links_made_at_the_same_moment_are_no_more_than_may_be_open(
    make_story: MakeStory, journalist: User, sub_editor: User
) -> None:
    story = make_story(by=journalist)

    def make(reader: str) -> ShareLink:
        return share_links.make_link(story, revision=1, reader=reader, lasts=timedelta(days=1), by=sub_editor)

    for number in range(share_links.MOST_OPEN - 1):
        make(f"Lecteur {number}")
    at_once(*(lambda number=number: make(f"Autre {number}") for number in range(4)))

    assert ShareLink.objects.filter(story=story, revoked_at=None).count() == share_links.MOST_OPEN
