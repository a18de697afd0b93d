"""The writing page of a story: what a save keeps and refuses, and a refused text always comes back."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from articles.models import Author, Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.panels import presence
from newsroom.models import Note, Story

from .story_post import ADD, address, new, typed

pytestmark = pytest.mark.django_db


def test_whoever_starts_a_story_is_one_of_its_writers(writing: Client, journalist: User, section: Section) -> None:
    writing.post(ADD, new(section))

    story = Story.objects.get(headline="La digue tient")
    assert list(story.writers.all()) == [journalist]
    assert (story.version, story.stage, story.slug) == (1, "draft", "la-digue-tient")


def test_a_new_story_is_signed_by_whoever_starts_it(writing: Client, author: Author) -> None:
    page = writing.get(ADD).content.decode()

    assert f'<option value="{author.pk}" selected>' in page


def test_a_save_makes_a_new_version(writing: Client, story: Story) -> None:
    writing.post(address(story), typed(story, headline="Un autre titre"))

    story.refresh_from_db()
    assert (story.headline, story.version) == ("Un autre titre", 2)
    assert story.revisions.first().content["headline"] == "Un autre titre"


def test_a_save_that_changes_nothing_makes_no_version(writing: Client, story: Story) -> None:
    writing.post(address(story), typed(story, kicker="Digues"))
    story.refresh_from_db()

    response = writing.post(address(story), typed(story))

    story.refresh_from_db()
    assert response.status_code == 302
    assert story.version == story.revisions.count() == 2


def test_bylines_follow_their_order_numbers_and_can_be_swapped(writing: Client, story: Story) -> None:
    first = story.bylines.get().author
    second = Author.objects.create(name="Samuel Oyono", slug="samuel-oyono")
    rows = {"bylines-1-author": second.pk, "bylines-1-order": 1, "bylines-1-story": story.pk}
    writing.post(address(story), typed(story, **rows))
    story.refresh_from_db()
    assert [byline.author for byline in story.bylines.all()] == [first, second]

    swapped = {"bylines-0-author": second.pk, "bylines-1-author": first.pk}
    writing.post(address(story), typed(story, **swapped))

    story.refresh_from_db()
    assert [byline.author for byline in story.bylines.all()] == [second, first]
    assert story.version == 3


def test_the_same_author_twice_is_refused(writing: Client, story: Story) -> None:
    twice = {"bylines-1-author": story.bylines.get().author_id, "bylines-1-order": 1, "bylines-1-story": story.pk}

    response = writing.post(address(story), typed(story, headline="Gardé", **twice))

    assert response.status_code == 200
    assert "Gardé" in response.content.decode()
    assert story.bylines.count() == 1


def test_a_byline_may_be_removed(writing: Client, story: Story) -> None:
    writing.post(address(story), typed(story, **{"bylines-0-DELETE": "on"}))

    assert not story.bylines.exists()


def test_an_empty_headline_is_refused_and_the_text_comes_back(writing: Client, story: Story) -> None:
    response = writing.post(address(story), typed(story, headline="", body="<p>Trois heures de travail.</p>"))

    assert response.status_code == 200
    assert "Trois heures de travail." in response.content.decode()
    story.refresh_from_db()
    assert story.version == 1


def test_a_typed_body_is_cleaned(writing: Client, story: Story) -> None:
    dirty = '<p>Bien<script>alert(1)</script></p><p><a href="javascript:alert(1)">non</a></p>'

    writing.post(address(story), typed(story, body=dirty))

    story.refresh_from_db()
    assert "script" not in story.body
    assert "Bien" in story.body


def test_a_note_on_a_story_submitted_meanwhile_comes_back_with_its_passage(
    writing: Client, story: Story, journalist: User
) -> None:
    note = {"new_note": "À vérifier auprès du greffe", "note_passage": "trois cents dossiers"}
    mine = typed(story, headline="Trop tard", **note)
    deeds.submit(story, revision=story.version, by=journalist)

    page = writing.post(address(story), mine).content.decode()

    assert "À vérifier auprès du greffe" in page
    assert ">trois cents dossiers</textarea>" in page


def test_a_save_of_a_story_submitted_meanwhile_is_refused_and_the_text_comes_back(
    writing: Client, story: Story, journalist: User
) -> None:
    mine = typed(story, headline="Trop tard", body="<p>Un texte <strong>fort</strong>.</p>")
    deeds.submit(story, revision=story.version, by=journalist)

    response = writing.post(address(story), mine)

    story.refresh_from_db()
    assert response.status_code == 409
    page = response.content.decode()
    assert "Trop" in page
    assert "tard" in page
    assert "fort" in page
    assert "&lt;strong&gt;" not in page
    assert story.headline != "Trop tard"


def test_a_colleague_may_read_a_draft_of_their_section_but_not_edit_it(client: Client, story: Story) -> None:
    colleague = User.objects.create_user("collegue")
    set_standing(colleague, roles=[Role.JOURNALIST], sections=[])
    client.force_login(colleague)

    page = client.get(address(story)).content.decode()
    response = client.post(address(story), typed(story, headline="Pas à moi"))

    assert story.headline in page
    assert 'name="headline"' not in page
    assert response.status_code == 409
    story.refresh_from_db()
    assert story.headline != "Pas à moi"


def test_a_story_of_another_section_answers_404(client: Client, story: Story) -> None:
    elsewhere = User.objects.create_user("ailleurs")
    section = Section.objects.create(name="Ailleurs", slug="ailleurs")
    set_standing(elsewhere, roles=[Role.JOURNALIST], sections=[section])
    client.force_login(elsewhere)

    there, nowhere = client.get(address(story)), client.get("/redaction/newsroom/story/999999/change/")

    assert there.status_code == nowhere.status_code == 404


def test_saving_a_story_in_another_section_is_refused(client: Client, section: Section) -> None:
    other = Section.objects.create(name="Ailleurs", slug="ailleurs")
    tied = User.objects.create_user("tenu")
    set_standing(tied, roles=[Role.JOURNALIST], sections=[section])
    client.force_login(tied)

    response = client.post(ADD, new(other))

    assert response.status_code == 200
    assert not Story.objects.exists()


def test_a_posted_stage_or_version_is_ignored(writing: Client, story: Story) -> None:
    writing.post(address(story), typed(story, stage="published", version="40", headline="Un autre titre"))

    story.refresh_from_db()
    assert (story.stage, story.version) == ("draft", 2)


def test_a_note_written_beside_the_text_is_kept_with_it(writing: Client, story: Story, journalist: User) -> None:
    writing.post(address(story), typed(story, headline="Avec une note", new_note="Le maire rappelle à 15 h."))

    story.refresh_from_db()
    assert story.headline == "Avec une note"
    assert [(note.by, note.text) for note in Note.objects.all()] == [(journalist, "Le maire rappelle à 15 h.")]


def test_the_note_of_a_deed_comes_back_when_the_save_is_refused(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    client.force_login(sub_editor)

    note = {"_deed": "send-back", "note_send-back": "Une longue note, bien tournée."}
    response = client.post(address(story), typed(story, headline="", **note))

    assert response.status_code == 200
    assert "Une longue note, bien tournée." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_refused_save_releases_the_lock_before_its_page_is_rendered(
    writing: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    around = presence.context
    monkeypatch.setattr(presence, "context", lambda *words: held.append(connection.in_atomic_block) or around(*words))

    answer = writing.post(address(story), typed(story, headline=""))
    writing.post(address(story), typed(story, headline="Un autre"))

    assert answer.status_code == 200
    assert held == [False], "asked once, for the refused save alone"
