"""A writer takes a submitted text back, as long as nobody of the desk has opened it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import DatabaseError
from django.test import Client

from articles.models import Article
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock.outbox import send_letters
from newsroom.models import Dispatch, Story
from newsroom.refusals import NotAllowed, Refused
from newsroom.stories import saving
from newsroom.stories.content import content_of

from .desk import at_the_desk
from .racing import at_once
from .stages import submitted
from .story_post import address, typed

pytestmark = pytest.mark.django_db
TAKES_BACK = 'value="take-back"'


@pytest.fixture
def waiting(make_story: Callable[..., Story], journalist: User) -> Story:
    """A text that its writer submitted, and nobody has opened."""
    return submitted(make_story(by=journalist))


def take_back(story: Story, by: User) -> Any:
    return deeds.take_back(story, revision=story.version, by=by)


def page_of(client: Client, story: Story) -> str:
    return client.get(address(story)).content.decode()


def test_a_writer_takes_a_text_back_and_writes_on(waiting: Story, journalist: User) -> None:
    writer = at_the_desk(journalist)
    assert "take-back" in page_of(writer, waiting)

    response = writer.post(f"/redaction/newsroom/story/{waiting.pk}/take-back/", {"revision": waiting.version})

    waiting.refresh_from_db()
    assert response["Location"] == address(waiting)
    assert (waiting.stage, waiting.moves.first().deed) == ("draft", "take-back")  # type: ignore[union-attr]
    assert writer.post(address(waiting), typed(waiting, headline="Un mot plus juste")).status_code == 302


DOORS = {
    "its page": "change/",
    "its preview": "preview/",
    "the preview of the version": "version/1/preview/",
    "the page of the version": "version/1/",
    "the comparison": "compare/",
}


@pytest.mark.parametrize("door", DOORS)
def test_whatever_shows_the_text_to_the_desk_opens_it(
    door: str, waiting: Story, journalist: User, sub_editor: User
) -> None:
    at_the_desk(sub_editor).get(f"/redaction/newsroom/story/{waiting.pk}/{DOORS[door]}")

    waiting.refresh_from_db()
    assert waiting.opened_by == sub_editor
    with pytest.raises(Refused) as refusal:
        take_back(waiting, journalist)
    assert f"{sub_editor.get_full_name() or sub_editor.username} l’a ouvert" in str(refusal.value.message)
    page = page_of(at_the_desk(journalist), waiting)
    assert "take-back" not in page
    assert "Ouvert par" in page


def test_lists_searches_and_the_writers_own_looks_do_not_open_it(
    waiting: Story, journalist: User, sub_editor: User, photo_editor: User, colleague: User
) -> None:
    desk = at_the_desk(sub_editor)
    for list_of_stories in ("", "tableau/", "newsroom/story/", f"recherche/articles/?q={waiting.headline[:6]}"):
        assert desk.get(f"/redaction/{list_of_stories}").status_code == 200
    for user in (journalist, colleague, photo_editor):
        assert at_the_desk(user).get(address(waiting)).status_code == 200

    waiting.refresh_from_db()
    assert waiting.opened_at is None


def test_an_editor_who_wrote_or_submitted_it_is_not_the_desk_that_opens_it(
    waiting: Story, journalist: User, editor: User
) -> None:
    deeds.take_back(waiting, revision=waiting.version, by=journalist)
    deeds.submit(waiting, revision=waiting.version, by=editor)

    at_the_desk(editor).get(address(waiting))

    waiting.refresh_from_db()
    assert waiting.opened_at is None


def test_the_first_opening_stays_on_record_and_later_ones_write_nothing(
    waiting: Story, sub_editor: User, editor: User, django_assert_max_num_queries: Any
) -> None:
    at_the_desk(sub_editor).get(address(waiting))
    waiting.refresh_from_db()
    first = (waiting.opened_by, waiting.opened_at)

    at_the_desk(editor).get(address(waiting))

    waiting.refresh_from_db()
    assert (waiting.opened_by, waiting.opened_at) == first


def test_a_text_that_is_submitted_again_has_not_been_opened(waiting: Story, journalist: User, sub_editor: User) -> None:
    at_the_desk(sub_editor).get(address(waiting))
    deeds.send_back(waiting, revision=waiting.version, by=sub_editor, note="Vérifier le chiffre.")

    deeds.submit(waiting, revision=waiting.version, by=journalist)

    waiting.refresh_from_db()
    assert waiting.opened_at is None
    take_back(waiting, journalist)
    waiting.refresh_from_db()
    assert waiting.stage == "draft"


def test_what_was_approved_unread_and_reopened_is_in_the_desks_hands(
    waiting: Story, journalist: User, sub_editor: User
) -> None:
    deeds.approve(waiting, revision=waiting.version, by=sub_editor)
    deeds.reopen(waiting, revision=waiting.version, by=sub_editor)

    with pytest.raises(Refused):
        take_back(waiting, journalist)


def test_nobody_but_its_writers_takes_it_back(waiting: Story, colleague: User, sub_editor: User, chief: User) -> None:
    for user in (colleague, sub_editor, chief):
        with pytest.raises(NotAllowed):
            take_back(waiting, user)
    waiting.refresh_from_db()
    assert waiting.stage == "review"


def test_a_writer_who_is_of_the_desk_may_take_back_their_own(
    make_story: Callable[..., Story], editor: User, sub_editor: User
) -> None:
    story = submitted(make_story(by=editor))
    at_the_desk(editor).get(address(story))

    take_back(story, editor)

    story.refresh_from_db()
    assert story.stage == "draft"


def test_a_writer_who_lost_the_role_takes_nothing_back(waiting: Story, journalist: User) -> None:
    set_standing(journalist, roles=[Role.PHOTO_EDITOR], sections=[])

    with pytest.raises(NotAllowed):
        take_back(waiting, User.objects.get(pk=journalist.pk))


def test_the_next_version_of_a_live_article_is_taken_back_and_readers_see_no_change(
    live: Story, journalist: User
) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    saving.put_text(live, {**content_of(live), "headline": "Demain"}, by=journalist)
    deeds.submit(live, revision=live.version, by=journalist)

    take_back(live, journalist)

    live.refresh_from_db()
    assert (live.stage, live.is_live) == ("draft", True)
    assert Article.objects.get(pk=live.pk).headline != "Demain"


# --- Mail -----------------------------------------------------------------------------------------------------------


def letters_to(user: User) -> list[str]:
    return [letter.subject for letter in mail.outbox if user.email in letter.to]


def test_a_letter_that_has_not_left_does_not_leave(sub_editor: User, waiting: Story, journalist: User) -> None:
    assert Dispatch.objects.filter(payload__to=sub_editor.email).exists()

    take_back(waiting, journalist)

    send_letters()
    assert letters_to(sub_editor) == []


def test_who_got_the_letter_is_told_that_there_is_nothing_to_read(
    sub_editor: User, waiting: Story, journalist: User
) -> None:
    send_letters()

    take_back(waiting, journalist)

    send_letters()
    asked, told = letters_to(sub_editor)
    assert asked.startswith("À relire")
    assert told.startswith("Repris")


# --- At the same moment ---------------------------------------------------------------------------------------------


def test_a_database_that_cannot_write_keeps_nobody_from_reading(
    waiting: Story, sub_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_more: Any) -> bool:
        raise DatabaseError("cannot execute UPDATE in a read-only transaction")

    monkeypatch.setattr(deeds, "record_opened", fail)

    for door in DOORS.values():
        assert at_the_desk(sub_editor).get(f"/redaction/newsroom/story/{waiting.pk}/{door}").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["change/", "preview/"])
def test_of_an_opening_and_a_taking_back_at_once_exactly_one_comes_first(
    door: str, make_story: Callable[..., Story], journalist: User, sub_editor: User
) -> None:
    """Who opens it has the submitted text before them, or the page of a draft: never a text that looks submitted."""
    for _round in range(6):
        story = submitted(make_story(by=journalist))
        desk = at_the_desk(sub_editor)

        page, taken = at_once(
            lambda c=desk, s=story: c.get(f"/redaction/newsroom/story/{s.pk}/{door}").content.decode(),
            lambda s=story: take_back(s, journalist),
        )

        story.refresh_from_db()
        assert isinstance(page, str), page
        if story.stage == "review":
            assert isinstance(taken, Refused)
            assert story.opened_by == sub_editor
        else:
            assert story.opened_by is None
            assert "à relire" not in page.lower() or door == "change/"


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_taking_back_at_once_one_is_refused(
    make_story: Callable[..., Story], journalist: User, sub_editor: User
) -> None:
    for _round in range(6):
        story = submitted(make_story(by=journalist))

        done = at_once(
            lambda s=story: deeds.approve(s, revision=s.version, by=sub_editor),
            lambda s=story: take_back(s, journalist),
        )

        story.refresh_from_db()
        assert sum(isinstance(each, Refused) for each in done) == 1
        assert story.stage in ("ready", "draft")
