"""A text that comes back to its writer: why it was sent back, and what the desk changed."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from newsroom import deeds, publishing
from newsroom.models import Story
from newsroom.review.notes import last_return

from .desk import at_the_desk, deed_address, post_note, read_page
from .rewriting import rewrite
from .story_post import address

pytestmark = pytest.mark.django_db


# --- Why a text came back -----------------------------------------------------------------------------------------


def test_the_reason_for_sending_back_stands_at_the_top_until_the_next_submission(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez le deuxième chiffre.")
    story.refresh_from_db()
    # another deed while it is in draft hides nothing
    publishing.withdraw(story, revision=story.version, by=editor, note="À la demande de la commune.")
    page = read_page(journalist, story)

    assert "Sourcez le deuxième chiffre." in page.split('id="rail"')[0]

    deeds.submit(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    assert last_return(story, story.moves.all()) is None


def test_open_notes_on_passages_stand_beside_the_reason_for_sending_back(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    post_note(at_the_desk(sub_editor), story, "Combien ?", note_passage="une cinquantaine d’habitants")
    post_note(at_the_desk(sub_editor), story, "Sans passage.")
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Deux précisions.")
    top = at_the_desk(journalist).get(address(story)).content.decode().split('id="rail"')[0]

    assert "Combien ?" in top
    assert "une cinquantaine d’habitants</a>" in top
    assert "Sans passage." not in top


# --- What the desk changed ----------------------------------------------------------------------------------------


def test_the_changes_by_the_desk_are_linked_for_the_writer_and_shown_word_by_word(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    deeds.approve(story, revision=story.version, by=sub_editor)
    client = at_the_desk(journalist)

    assert deed_address("desk-changes", story) in client.get(address(story)).content.decode()
    page = client.get(deed_address("desk-changes", story)).content.decode()
    assert "<ins>" in page
    assert "communal" in page
    assert deed_address("desk-changes", story) not in read_page(sub_editor, story)


def test_the_recent_changes_by_the_desk_stand_only_on_the_writers_home(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    untouched, story = make_story(by=journalist), make_story(by=journalist)
    for one in (untouched, story):
        deeds.submit(one, revision=one.version, by=journalist)
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    before = at_the_desk(journalist).get("/redaction/").content.decode()
    for one in (untouched, story):
        one.refresh_from_db()
        deeds.approve(one, revision=one.version, by=sub_editor)

    page = at_the_desk(journalist).get("/redaction/").content.decode()
    assert deed_address("desk-changes", story) not in before  # they are shown with the deed
    assert deed_address("desk-changes", story) in page
    assert deed_address("desk-changes", untouched) not in page
    assert "desk-changes" not in at_the_desk(sub_editor).get("/redaction/").content.decode()


def test_changes_by_the_writers_do_not_count_as_changes_by_the_desk(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    rewrite(story, by=journalist, headline="Le budget communal tient en trois lignes")
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert deed_address("desk-changes", story) not in read_page(journalist, story)
    assert at_the_desk(journalist).get(deed_address("desk-changes", story)).status_code == 200
