"""Unsaved text is kept as one types, until a save of its page or the end of the session."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from articles.models import Author, Section
from newsroom.editing import autosave
from newsroom.models import Autosave, SavedPage, Story

from .autosaves import NEW, THE_TEXT, keeping, reading
from .desk import at_the_desk
from .story_post import ADD, address, new, typed

pytestmark = pytest.mark.django_db


# --- Keeping ------------------------------------------------------------------------------------------------------


def test_an_autosave_is_kept_beside_the_story_and_makes_no_version(left: str, story: Story) -> None:
    row = Autosave.objects.get(page=left)
    assert (row.story, row.based_on, row.fields["body"]) == (story, 1, [THE_TEXT])
    story.refresh_from_db()
    assert (story.version, story.revisions.count()) == (1, 1)
    assert THE_TEXT not in story.body


def test_an_autosave_keeps_neither_the_csrf_token_nor_a_deed(writing: Client, story: Story) -> None:
    extra = {"page": str(uuid4()), "csrfmiddlewaretoken": "secret", "_deed": "submit"}
    writing.post(keeping(story), typed(story, body=THE_TEXT, **extra))

    assert not {"csrfmiddlewaretoken", "_deed", "page"} & set(Autosave.objects.get().fields)


def test_each_page_has_one_row_of_its_own(writing: Client, story: Story) -> None:
    pages = [str(uuid4()), str(uuid4())]
    for page, headline in [(pages[0], "Un"), (pages[0], "Deux"), (pages[1], "Trois")]:
        writing.post(keeping(story), typed(story, headline=headline, page=page))

    kept = {row.page: row.fields["headline"] for row in Autosave.objects.all()}
    assert kept == {pages[0]: ["Deux"], pages[1]: ["Trois"]}


def test_a_text_typed_back_to_the_stored_one_drops_its_autosave(writing: Client, story: Story, left: str) -> None:
    answer = writing.post(keeping(story), typed(story, page=left))

    assert answer.json()["kept"] is False
    assert not Autosave.objects.exists()


def test_an_unsent_note_is_kept_even_when_the_text_is_the_stored_one(writing: Client, story: Story) -> None:
    writing.post(keeping(story), typed(story, new_note="Rappeler la mairie", page=str(uuid4())))

    assert Autosave.objects.get().fields["new_note"] == ["Rappeler la mairie"]


def test_the_text_of_a_new_story_is_kept_before_its_first_save(
    writing: Client, section: Section, author: Author
) -> None:
    byline = {"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk}
    blank = new(section, headline="", body="", page=str(uuid4()), **byline)
    assert writing.post(NEW, blank).json()["kept"] is False

    writing.post(NEW, new(section, page=str(uuid4()), **byline))

    row = Autosave.objects.get()
    assert (row.story, row.fields["headline"]) == (None, ["La digue tient"])
    assert not Story.objects.exists()


def test_an_autosave_over_the_limit_is_refused_with_a_sentence(writing: Client, story: Story) -> None:
    page = str(uuid4())

    answer = writing.post(keeping(story), typed(story, body="<p>" + "a" * 300_000 + "</p>", page=page))

    assert answer.status_code == 413
    assert answer.json()["message"]
    assert not Autosave.objects.exists()
    many = {f"other_{number}": "a" * 5_000 for number in range(100)}
    assert writing.post(keeping(story), typed(story, page=page, headline="x", **many)).status_code == 413
    assert writing.post(keeping(story), typed(story, page=page, headline="x")).status_code == 200


@pytest.mark.parametrize("page", ["", "court", "x" * 37, "../../etc/passwd", "<script>alert(1)</script>"])
def test_an_autosave_with_a_forged_page_key_is_refused(writing: Client, story: Story, page: str) -> None:
    answer = writing.post(keeping(story), typed(story, headline="Autre", page=page))

    assert answer.status_code == 400
    assert not Autosave.objects.exists()


def test_forged_numbers_and_control_characters_do_not_break_an_autosave(writing: Client, story: Story) -> None:
    forged = {"section": "9" * 30, "lead_photo": "abc", "topics": ["1" * 30, "-1"], "based_on": "9" * 30}
    page = str(uuid4())
    answer = writing.post(keeping(story), typed(story, headline="Nul\x00\x0b", page=page, **forged))

    assert answer.status_code == 200
    assert writing.get(reading(page)).status_code == 200
    assert writing.get(address(story), {"texte": page}).status_code == 200


def test_a_text_left_behind_in_the_browser_does_not_replace_a_later_autosave(writing: Client, story: Story) -> None:
    page = str(uuid4())
    first = writing.post(keeping(story), typed(story, headline="Un", page=page)).json()["saved_at"]
    writing.post(keeping(story), typed(story, headline="Deux", page=page))

    writing.post(keeping(story), typed(story, headline="Un, resté là", page=page, left_behind=first))

    assert sorted(row.fields["headline"][0] for row in Autosave.objects.all()) == ["Deux", "Un, resté là"]


def test_a_text_left_behind_in_the_browser_replaces_the_autosave_that_it_follows(writing: Client, story: Story) -> None:
    page = str(uuid4())
    first = writing.post(keeping(story), typed(story, headline="Un", page=page)).json()["saved_at"]

    writing.post(keeping(story), typed(story, headline="Deux", page=page, left_behind=first))

    assert Autosave.objects.get().fields["headline"] == ["Deux"]


def test_old_autosaves_and_those_beyond_the_limit_of_one_person_are_deleted(
    writing: Client, story: Story, journalist: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "MOST_PAGES", 3)
    other = at_the_desk(editor)
    other.post(keeping(story), typed(story, headline="D’une autre", page=str(uuid4())))
    for number in range(5):
        writing.post(keeping(story), typed(story, headline=f"Titre {number}", page=str(uuid4())))
    own = Autosave.objects.filter(user=journalist)
    assert [row.fields["headline"][0] for row in own.order_by("saved_at")] == ["Titre 2", "Titre 3", "Titre 4"]

    own.update(saved_at=F("saved_at") - autosave.KEPT_FOR - timedelta(minutes=1))
    writing.post(keeping(story), typed(story, headline="Le dernier", page=str(uuid4())))

    assert own.get().fields["headline"] == ["Le dernier"]
    assert Autosave.objects.filter(user=editor).exists()


# --- Saving -------------------------------------------------------------------------------------------------------


def test_saving_a_page_deletes_its_autosave_and_no_other(writing: Client, story: Story, left: str) -> None:
    other = str(uuid4())
    writing.post(keeping(story), typed(story, headline="Dans un autre onglet", page=other))

    writing.post(address(story), typed(story, body=THE_TEXT, page=left))

    assert [row.page for row in Autosave.objects.all()] == [other]


def test_a_refused_save_keeps_the_autosave_and_the_key_of_the_page(writing: Client, story: Story, left: str) -> None:
    page = writing.post(address(story), typed(story, headline="", body=THE_TEXT, page=left)).content.decode()

    assert f'name="page" value="{left}"' in page
    assert Autosave.objects.filter(page=left).exists()


def test_the_page_after_a_save_tells_the_browser_to_drop_its_copy(writing: Client, story: Story, left: str) -> None:
    saved = writing.post(address(story), typed(story, body=THE_TEXT, page=left), follow=True).content.decode()

    assert f'"savedPage": "{left}"' in saved
    assert '"savedPage": ""' in writing.get(address(story)).content.decode()


def test_the_first_save_of_a_new_story_deletes_its_autosave(writing: Client, section: Section) -> None:
    page = str(uuid4())
    writing.post(NEW, new(section, page=page))

    writing.post(ADD, new(section, page=page))

    assert Story.objects.get().headline == "La digue tient"
    assert not Autosave.objects.exists()


def test_an_autosave_that_arrives_after_the_save_of_its_page_is_not_kept(
    writing: Client, story: Story, left: str, editor: User
) -> None:
    writing.post(address(story), typed(story, body=THE_TEXT, page=left))
    other = at_the_desk(editor)
    story.refresh_from_db()
    other.post(address(story), typed(story, body="<p>Une autre main est passée.</p>"))

    late = writing.post(keeping(story), typed(story, body=THE_TEXT, based_on=1, page=left, left_behind=""))

    assert late.json() == {"kept": False, "saved_at": ""}
    assert not Autosave.objects.exists()


def test_an_autosave_that_arrives_after_a_new_story_was_saved_is_not_kept(writing: Client, section: Section) -> None:
    page = str(uuid4())
    writing.post(ADD, new(section, page=page))

    assert writing.post(NEW, new(section, page=page)).json()["kept"] is False
    assert "kept-line" not in writing.get(ADD).content.decode().split('id="kept-here"')[0]
    assert writing.post(NEW, new(section, page=str(uuid4()))).json()["kept"] is True


def test_text_typed_after_a_stopped_save_is_kept(writing: Client, section: Section) -> None:
    """The browser stopped the save, so the page is still open, but the desk had received it."""
    page = str(uuid4())
    writing.post(ADD, new(section, page=page, turn=7))

    assert writing.post(NEW, new(section, page=page, turn=6)).json()["kept"] is False
    assert writing.post(NEW, new(section, page=page, turn=8, headline="Suite")).json()["kept"] is True


def test_a_refused_save_does_not_use_up_the_key_of_its_page(writing: Client, story: Story, left: str) -> None:
    writing.post(address(story), typed(story, headline="", body=THE_TEXT, page=left))

    assert writing.post(keeping(story), typed(story, headline="Un autre", page=left)).json()["kept"] is True


def test_the_record_that_a_page_was_saved_is_deleted_when_its_autosave_would_be(
    writing: Client, story: Story, left: str
) -> None:
    writing.post(address(story), typed(story, body=THE_TEXT, page=left))
    SavedPage.objects.update(at=F("at") - autosave.KEPT_FOR - timedelta(minutes=1))

    again = str(uuid4())
    writing.post(address(story), typed(story, headline="Encore", page=again, based_on=2))

    assert [row.page for row in SavedPage.objects.all()] == [again]


def test_a_page_sent_twice_that_conflicts_the_second_time_is_still_kept_aside(
    writing: Client, story: Story, left: str, editor: User
) -> None:
    writing.post(address(story), typed(story, headline="Le mien", page=left))
    other = at_the_desk(editor)
    story.refresh_from_db()
    other.post(address(story), typed(story, headline="Le sien"))

    answer = writing.post(address(story), typed(story, headline="Le mien, repris", page=left, based_on=1))

    assert answer.status_code == 409
    assert Autosave.objects.get().fields["headline"] == ["Le mien, repris"]


# --- The session ended --------------------------------------------------------------------------------------------


def test_a_page_gets_the_login_that_is_signed_in_and_its_csrf_token(writing: Client, journalist: User) -> None:
    session = writing.get("/redaction/sauvegarde/session/").json()

    assert session["user"] == journalist.pk
    assert len(session["token"]) > 30
    assert Client().get("/redaction/sauvegarde/session/").status_code == 302


def test_an_autosave_without_a_session_is_refused(story: Story) -> None:
    answer = Client().post(keeping(story), typed(story, headline="x", page=str(uuid4())))

    assert answer.status_code == 403
    assert not Autosave.objects.exists()
