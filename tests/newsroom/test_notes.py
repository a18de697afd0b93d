"""Notes on a story and its passages: written once, resolved on record, and hidden from other sections."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Section
from newsroom.models import Dispatch, Note, NoteTurn, Story
from newsroom.review import share_links

from .desk import at_the_desk, deed_address, post_note
from .story_post import address, typed

pytestmark = pytest.mark.django_db


# --- Writing them -------------------------------------------------------------------------------------------------


def test_a_note_on_a_passage_shows_that_passage(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(sub_editor), story, "Qui l’a dit ?", note_passage="portes\n ouvertes,")

    assert "Qui l’a dit ?" in page
    assert 'data-passage title="' in page
    assert Note.objects.get().passage == "portes ouvertes,"


def test_a_note_sent_twice_is_written_once(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, client, key = make_story(by=journalist), at_the_desk(sub_editor), str(uuid4())
    post_note(client, story, f"@{journalist.username} Le chiffre ?", note_key=key)
    post_note(client, story, f"@{journalist.username} Le chiffre ?", note_key=key)

    assert Note.objects.count() == 1
    assert Dispatch.objects.filter(key__startswith="note-").count() == 1


def test_the_control_two_forms_write_two_notes(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, client = make_story(by=journalist), at_the_desk(sub_editor)
    post_note(client, story, "Le chiffre ?", note_key=str(uuid4()))
    post_note(client, story, "Le chiffre ?", note_key=str(uuid4()))

    assert Note.objects.count() == 2


@pytest.mark.parametrize("key", ["", "pas-une-clef", "9" * 400])
def test_a_forged_form_key_does_not_break_a_note(key: str, journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, "Voilà.", note_key=key)

    assert Note.objects.get().key is None


def test_a_note_sent_with_the_key_of_somebody_elses_form_is_still_written(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, key = make_story(by=journalist), str(uuid4())
    post_note(at_the_desk(sub_editor), story, "La première.", note_key=key)
    page = post_note(at_the_desk(journalist), story, "La seconde.", note_key=key)

    assert "La seconde." in page
    assert Note.objects.count() == 2


def test_each_page_has_a_key_of_its_own(journalist: User, make_story: Callable[..., Story]) -> None:
    story, client = make_story(by=journalist), at_the_desk(journalist)
    keys = {client.get(address(story)).context["note_key"] for _page in range(2)}

    assert len(keys) == 2


def test_a_note_written_beside_the_text_is_kept_with_it(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    form = typed(story, _continue="1", headline="Un autre titre", new_note="Mieux ?", note_passage="Un autre titre")
    response = at_the_desk(journalist).post(address(story), form)

    story.refresh_from_db()
    assert response.url.endswith("#notes")
    assert story.headline == "Un autre titre"
    assert (Note.objects.get().text, Note.objects.get().passage) == ("Mieux ?", "Un autre titre")


def test_an_overlong_note_is_refused_and_comes_back_whole(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(journalist), story, "é" * 4001, note_passage="débat")

    assert "é" * 4001 in page
    assert 'value="débat"' in page
    assert not Note.objects.exists()


def test_a_passage_without_a_note_is_refused(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(journalist), story, " ", note_passage="débat")

    assert 'value="débat"' in page
    assert not Note.objects.exists()


def test_an_empty_note_is_not_written(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, "   ")

    assert not Note.objects.exists()


# --- Settling them ------------------------------------------------------------------------------------------------


def test_whoever_may_read_the_story_may_resolve_a_note_on_record(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=sub_editor, text="Le chiffre ?")
    page = at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story), follow=True).content.decode()

    note.refresh_from_db()
    assert (note.resolved_by, note.resolved_at is not None) == (journalist, True)
    assert [(turn.settles, turn.by) for turn in NoteTurn.objects.all()] == [(True, journalist)]
    assert '<details class="notes-settled">' in page


def test_a_resolved_note_can_be_reopened_and_both_are_on_record(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=sub_editor, text="Le chiffre ?")
    at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story))
    at_the_desk(sub_editor).post(deed_address(f"note/{note.pk}/reopen", story))

    note.refresh_from_db()
    assert (note.resolved_by, note.resolved_at) == (None, None)
    assert [(turn.settles, turn.by) for turn in note.turns.all()] == [(True, journalist), (False, sub_editor)]


def test_resolving_a_note_twice_is_recorded_once(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    for _click in range(2):
        at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story))

    assert NoteTurn.objects.count() == 1


def test_resolving_a_note_on_the_writing_page_saves_the_text(
    journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    form = typed(story, _continue="1", headline="Un autre titre", _resolve=note.pk)
    at_the_desk(journalist).post(address(story), form)

    story.refresh_from_db()
    note.refresh_from_db()
    assert (story.headline, note.resolved_by) == ("Un autre titre", journalist)


def test_a_script_that_resolves_a_note_gets_the_new_list(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    client = at_the_desk(journalist)
    answer = client.post(deed_address(f"note/{note.pk}/resolve", story), headers={"X-Requested-With": "fetch"}).json()

    assert f'id="note-{note.pk}"' in answer["html"]
    assert "notes-settled" in answer["html"]


# --- Whose they are -----------------------------------------------------------------------------------------------


def test_the_notes_of_a_story_of_another_section_are_shown_nowhere(
    journalist: User, editor_elsewhere: User, outsider: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Entre nous.")

    for user, refusal in ((editor_elsewhere, 404), (outsider, 403)):
        client = at_the_desk(user)
        answers = [
            client.post(deed_address("note", story), {"new_note": "Coucou"}),
            client.post(deed_address(f"note/{note.pk}/resolve", story)),
            client.post(deed_address(f"note/{note.pk}/reopen", story)),
        ]
        reads = [client.get(deed_address(name, story)) for name in ("colleagues", "desk-changes")]
        assert {answer.status_code for answer in answers} <= {refusal, 302}
        assert all(answer.status_code == 404 or "/login/" in answer.url for answer in reads)
    note.refresh_from_db()
    assert Note.objects.count() == 1
    assert note.resolved_at is None


def test_a_guest_with_a_review_link_sees_no_note(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(sub_editor), story, "Entre nous seulement.", note_passage="portes ouvertes")
    link = share_links.make_link(story, revision=story.version, reader="Maître A.", lasts=timedelta(1), by=sub_editor)
    page = Client().get(reverse("admin:shared", args=[share_links.token_of(link)])).content.decode()

    assert "portes ouvertes" in page  # the text is there
    assert "Entre nous seulement." not in page


def test_a_note_of_another_story_cannot_be_resolved_from_this_one(
    journalist: User, editor_elsewhere: User, section: Section, make_story: Callable[..., Story]
) -> None:
    note = Note.objects.create(story=make_story(by=journalist), by=journalist, text="Entre nous.")
    theirs = make_story(by=editor_elsewhere, section=Section.objects.get(slug="sport"))
    client = at_the_desk(editor_elsewhere)

    assert client.post(deed_address(f"note/{note.pk}/resolve", theirs)).status_code == 404
    client.post(address(theirs), typed(theirs, _continue="1", _resolve=note.pk))
    note.refresh_from_db()
    assert note.resolved_at is None


@pytest.mark.parametrize("number", ["9" * 30, "0", "999999"])
def test_an_unknown_story_or_note_answers_404(number: str, journalist: User, make_story: Callable[..., Story]) -> None:
    story, client = make_story(by=journalist), at_the_desk(journalist)

    assert client.post(f"/redaction/newsroom/story/{number}/note/", {"new_note": "x"}).status_code == 404
    assert client.post(deed_address(f"note/{number}/resolve", story)).status_code == 404
    assert client.get(f"/redaction/newsroom/story/{number}/colleagues/").status_code == 404
    assert client.get(f"/redaction/newsroom/story/{number}/desk-changes/").status_code == 404


def test_a_page_with_forty_notes_takes_no_more_queries_than_one_with_two(
    journalist: User, make_story: Callable[..., Story], django_assert_max_num_queries: Callable[..., object]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story, client = make_story(by=journalist), at_the_desk(journalist)
    counts = []
    for number in (2, 38):
        for place in range(number):
            Note.objects.create(story=story, by=journalist, text=f"Note {place}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address(story))
        counts.append(len(queries))

    assert counts[0] == counts[1]
