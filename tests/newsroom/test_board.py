"""The board by stage: what a card shows, which deeds it offers, and how the board is filtered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Section
from newsroom import deeds, planning
from newsroom.admin.overview import board
from newsroom.models import Check, Presence, Story
from newsroom.planning import Subject
from newsroom.review import checks
from newsroom.scheduling.wall_time import WallTime

from .archive import fill

pytestmark = pytest.mark.django_db
BOARD = "/redaction/tableau/"
LIST = "/redaction/newsroom/story/"


def columns(client: Client, query: str = "") -> dict[str, list[Story]]:
    return {column.stage: [card.story for card in column.cards] for column in _columns(client, query)}


def moves(client: Client) -> dict[int, set[str]]:
    """The deeds that each card offers, by the number of its story."""
    return {
        card.story.pk: {move.deed.value for move in card.moves} for column in _columns(client) for card in column.cards
    }


def _columns(client: Client, query: str = "") -> list[board.Column]:
    found: list[board.Column] = client.get(f"{BOARD}{query}").context["columns"]
    return found


def test_each_story_stands_under_its_stage_and_published_ones_only_if_of_today(
    client: Client,
    journalist: User,
    sub_editor: User,
    editor: User,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:
    draft, review, ready, scheduled = (make_story(by=journalist, headline=name) for name in "abcd")
    for story in (review, ready, scheduled):
        deeds.submit(story, revision=1, by=journalist)
    for story in (ready, scheduled):
        deeds.approve(story, revision=1, by=sub_editor)
    when = WallTime(timezone.now() + timedelta(days=3), "then")
    deeds.schedule(scheduled, revision=1, by=editor, when=when)
    published = publish_story(make_story(by=journalist))
    spiked = make_story(by=journalist)
    deeds.spike(spiked, revision=1, by=editor)
    client.force_login(journalist)

    assert columns(client) == {
        "draft": [draft], "review": [review], "ready": [ready], "scheduled": [scheduled], "published": [published],
    }  # fmt: skip


def test_a_card_gives_the_assignee_deadline_length_open_checks_and_who_has_it_open(
    client: Client, journalist: User, editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    User.objects.filter(pk=chief.pk).update(first_name="Inès", last_name="Tahiri")
    wanted = {
        Subject.DEADLINE: timezone.now() - timedelta(hours=2),
        Subject.CHARACTERS: 4500,
        Subject.SENSITIVE: True,
        Subject.ASSIGNEE: editor,
    }
    planning.change_plan(story, by=editor, wanted=wanted)
    checks.ask(story, Check.Kind.SOURCE, by=journalist)
    Presence.objects.create(story=story, user=chief, page="a", seen_at=timezone.now())
    client.force_login(editor)

    page = client.get(BOARD).content.decode()

    for fact in ("Nadia Berrahal", 'class="card-when late"', "4\u202f500", "editeur", 'aria-hidden="true">IT<'):
        assert fact in page
    assert str(Check.Kind.SOURCE.label) in page

    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert 'aria-hidden="true">IT<' not in client.get(BOARD).content.decode()


def test_a_card_links_to_the_deeds_that_its_viewer_may_do(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    draft, review, own = make_story(by=journalist), make_story(by=journalist), make_story(by=sub_editor)
    for story in (review, own):
        deeds.submit(story, revision=1, by=story.writers.get())

    client.force_login(journalist)
    assert moves(client) == {draft.pk: {"submit"}, review.pk: {"take-back"}, own.pk: set()}

    client.force_login(sub_editor)
    assert moves(client) == {draft.pk: set(), review.pk: {"send-back", "approve"}, own.pk: {"send-back", "take-back"}}
    page = client.get(BOARD).content.decode()
    assert f'href="/redaction/newsroom/story/{review.pk}/approve/"' in page
    assert client.get(f"/redaction/newsroom/story/{review.pk}/approve/").status_code == 200


def test_the_query_filters_the_board_and_its_links_keep_the_filter(
    client: Client, journalist: User, editor: User, section: Section, make_story: Callable[..., Story]
) -> None:
    other = Section.objects.create(name="Sports", slug="sports")
    mine, theirs, elsewhere = (
        make_story(by=editor),
        make_story(by=journalist),
        make_story(by=journalist, section=other),
    )
    client.force_login(editor)

    assert set(columns(client)["draft"]) == {mine, theirs, elsewhere}
    assert columns(client, "?miens=1")["draft"] == [mine]
    assert columns(client, "?rubrique=sports")["draft"] == [elsewhere]
    assert set(columns(client, f"?personne={journalist.pk}")["draft"]) == {theirs, elsewhere}
    assert columns(client, f"?personne={journalist.pk}&rubrique=politique")["draft"] == [theirs]
    assert list(columns(client, "?etape=review")) == ["review"]
    page = client.get(f"{BOARD}?rubrique=sports").content.decode()
    assert f"?rubrique=sports&amp;personne={journalist.pk}" in page
    assert "?rubrique=sports&amp;miens=1" in page


def test_the_list_takes_the_same_filters_as_the_board(
    client: Client, journalist: User, editor: User, section: Section, make_story: Callable[..., Story]
) -> None:
    within = Section.objects.create(name="Parlement", slug="parlement", parent=section)
    other = Section.objects.create(name="Sports", slug="sports")
    mine = make_story(by=editor, headline="Le mien")
    below = make_story(by=journalist, headline="Au Parlement", section=within)
    elsewhere = make_story(by=journalist, headline="Au stade", section=other)
    planning.change_plan(elsewhere, by=editor, wanted={Subject.SENSITIVE: True})
    planning.change_plan(below, by=editor, wanted={Subject.DEADLINE: timezone.now() - timedelta(hours=1)})
    client.force_login(editor)

    def found(query: str) -> set[Story]:
        return set(client.get(f"{LIST}?{query}").context["cl"].result_list)

    assert found("") == {mine, below, elsewhere}
    assert found("rubrique=politique") == {mine, below}
    assert found(f"personne={journalist.pk}") == {below, elsewhere}
    assert found("miens=1") == {mine}
    assert found("etat=sensible") == {elsewhere}
    assert found("etat=retard") == {below}
    assert found(f"personne={'9' * 30}&rubrique=%00&miens=x&etat=x&etape=x") == {mine, below, elsewhere}


@pytest.mark.parametrize("query", [f"?personne={'9' * 30}", "?rubrique=%00", "?etape=x&miens=2", "?etape=spiked"])
def test_an_unknown_filter_in_the_query_is_ignored(client: Client, editor: User, query: str) -> None:
    client.force_login(editor)

    for address in ("/redaction/", BOARD, "/redaction/calendrier/"):
        assert client.get(f"{address}{query}").status_code == 200


def test_a_long_column_is_cut_and_links_to_the_whole_list(
    client: Client, journalist: User, editor: User, section: Section
) -> None:
    fill(journalist, section, in_work=4 * (board.CARDS + 5))
    client.force_login(editor)

    drafts = _columns(client)[0]
    assert (len(drafts.cards), drafts.number, drafts.has_more) == (board.CARDS, board.CARDS + 5, True)
    assert 'href="?etape=draft"' in client.get(BOARD).content.decode()

    whole = _columns(client, "?etape=draft")[0]
    assert (len(whole.cards), whole.has_more) == (board.CARDS + 5, False)


@pytest.mark.parametrize("address", ["/redaction/", BOARD, "/redaction/calendrier/"])
def test_a_login_without_a_role_sees_no_screen(client: Client, outsider: User, superuser: User, address: str) -> None:
    for login in (None, outsider, superuser):
        client.logout()
        if login:
            client.force_login(login)
        assert client.get(address).status_code == 302
