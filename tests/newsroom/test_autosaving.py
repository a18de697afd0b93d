"""Unsaved text is kept, offered to its owner only, restored or discarded, and given back in an outage."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Author, Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.editing import autosave
from newsroom.models import Autosave, SavedPage, Story
from tests.outage import database_away

from .autosaves import NEW, THE_TEXT, discarding, keeping, reading
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


# --- Offered ------------------------------------------------------------------------------------------------------


def test_the_page_of_the_story_offers_the_unsaved_text(writing: Client, story: Story, left: str) -> None:
    assert reading(left) in writing.get(address(story)).content.decode()


def test_an_autosave_that_equals_the_stored_text_is_not_offered(writing: Client, story: Story, left: str) -> None:
    elsewhere = str(uuid4())
    writing.post(address(story), typed(story, body=THE_TEXT, page=elsewhere))

    assert Autosave.objects.filter(page=left).exists()
    assert reading(left) not in writing.get(address(story)).content.decode()


def test_an_autosave_of_a_month_ago_is_not_offered(writing: Client, story: Story, left: str) -> None:
    Autosave.objects.update(saved_at=F("saved_at") - autosave.KEPT_FOR)

    assert reading(left) not in writing.get(address(story)).content.decode()
    assert writing.get(reading(left)).status_code == 404


def test_the_page_of_a_new_story_offers_only_texts_of_new_stories(
    writing: Client, section: Section, story: Story, left: str
) -> None:
    page = str(uuid4())
    writing.post(NEW, new(section, page=page))

    shown = writing.get(ADD).content.decode()

    assert reading(page) in shown
    assert reading(left) not in shown
    assert reading(page) not in writing.get(address(story)).content.decode()


def test_the_page_of_a_kept_text_shows_its_differences_from_the_stored_text(writing: Client, left: str) -> None:
    page = writing.get(reading(left)).content.decode()

    assert "Trois heures de travail" in page
    assert "<ins>" in page
    assert "<del>" in page


@pytest.mark.parametrize("way", [reading, discarding])
def test_a_kept_text_is_open_to_its_owner_only(
    way: Callable[[str], str], left: str, editor: User, chief: User, sub_editor: User, outsider: User
) -> None:
    for user in (editor, chief, sub_editor, outsider):
        other = at_the_desk(user)
        answer = other.post(way(left), {"x": "y"}) if way is discarding else other.get(way(left))
        assert answer.status_code in (403, 404, 302), user
        assert "Trois heures" not in answer.content.decode()
    assert Autosave.objects.filter(page=left).exists()


def test_somebody_who_may_no_longer_read_the_story_is_not_offered_its_text(
    writing: Client, story: Story, left: str, journalist: User
) -> None:
    elsewhere = Section.objects.create(name="Sport", slug="sport")
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[elsewhere])
    story.writers.clear()

    assert writing.get(reading(left)).status_code == 404
    assert writing.post(discarding(left)).status_code == 404
    assert writing.post(keeping(story), typed(story, headline="x", page=str(uuid4()))).status_code == 404


def test_a_photo_editor_who_writes_no_text_keeps_no_autosave(photo_editor: User, story: Story) -> None:
    other = at_the_desk(photo_editor)
    answer = other.post(keeping(story), typed(story, headline="x", page=str(uuid4())))
    assert answer.status_code == 403
    assert not Autosave.objects.exists()


def test_a_discarded_text_is_deleted(writing: Client, story: Story, left: str) -> None:
    assert writing.get(discarding(left)).status_code == 405

    answer = writing.post(discarding(left))

    assert answer.url == address(story)
    assert not Autosave.objects.exists()


# --- Restored -----------------------------------------------------------------------------------------------------


def test_restoring_a_kept_text_fills_the_form_and_saves_nothing(writing: Client, story: Story, left: str) -> None:
    page = writing.get(address(story), {"texte": left}).content.decode()

    assert "Trois heures de travail" in page
    assert 'name="based_on" value="1"' in page
    story.refresh_from_db()
    assert story.version == 1
    assert Autosave.objects.filter(page=left).exists()


def test_restoring_a_kept_text_restores_its_bylines_topics_and_note_too(
    writing: Client, story: Story, topic: Any, author: Author
) -> None:
    page, second = str(uuid4()), Author.objects.create(name="Samuel Oyono", slug="samuel-oyono")
    rows = {"bylines-0-author": second.pk, "bylines-1-author": author.pk, "bylines-1-order": 1, "new_note": "À relire"}
    writing.post(keeping(story), typed(story, topics=[topic.pk], page=page, **rows))

    shown = writing.get(address(story), {"texte": page})

    form, bylines = shown.context["adminform"].form, shown.context["inline_admin_formsets"][0].formset
    assert form["topics"].value() == [topic.pk]
    signing = [
        line["author"].value() for line in bylines.forms if not line["DELETE"].value() and line["author"].value()
    ]
    assert [int(number) for number in signing] == [second.pk, author.pk]
    assert "À relire" in shown.content.decode()


def test_restoring_a_kept_text_fills_in_the_plan_which_the_save_then_changes(story: Story, editor: User) -> None:
    page, plan = str(uuid4()), {"plan-characters-was": "", "plan-characters": "4500"}
    desk = at_the_desk(editor)
    assert desk.post(keeping(story), typed(story, page=page, **plan)).json()["kept"] is True
    assert "longueur commandée" in desk.get(reading(page)).content.decode()

    shown = desk.get(address(story), {"texte": page})

    assert shown.context["plan"]["characters"].value() == "4500"
    assert ("plan-characters-was", "") in shown.context["plan"].original_values()
    assert 'id="plan" open' in shown.content.decode()
    desk.post(address(story), typed(story, page=shown.context["page"], **plan))
    story.refresh_from_db()
    assert story.characters_ordered == 4500


def test_an_untouched_plan_does_not_count_as_unsaved(story: Story, editor: User) -> None:
    plan = {"plan-characters-was": "900", "plan-characters": "900", "plan-assignee-was": "", "plan-assignee": ""}
    desk = at_the_desk(editor)
    assert desk.post(keeping(story), typed(story, page=str(uuid4()), **plan)).json()["kept"] is False


def test_a_restored_text_is_merged_with_what_was_saved_since(
    writing: Client, story: Story, left: str, editor: User
) -> None:
    other = at_the_desk(editor)
    other.post(address(story), typed(story, standfirst="Un chapô d’une autre main."))
    story.refresh_from_db()
    taken = writing.get(address(story), {"texte": left})
    assert taken.context["based_on"] == 1

    posted = typed(story, body=THE_TEXT, standfirst=story.revisions.get(number=1).content["standfirst"], based_on=1)
    writing.post(address(story), {**posted, "page": taken.context["page"], "taken_up": taken.context["taken_up"]})

    story.refresh_from_db()
    assert (story.body, story.standfirst, story.version) == (THE_TEXT, "Un chapô d’une autre main.", 3)
    assert not Autosave.objects.exists()


def test_a_restored_text_belongs_to_the_page_that_restored_it(writing: Client, story: Story, left: str) -> None:
    taken = writing.get(address(story), {"texte": left}).context
    posted = typed(story, body=THE_TEXT + "<p>Suite.</p>", page=taken["page"], taken_up=taken["taken_up"])

    writing.post(keeping(story), posted)

    assert [row.page for row in Autosave.objects.all()] == [taken["page"]]


def test_text_that_the_first_tab_types_after_the_restoration_is_kept(writing: Client, story: Story, left: str) -> None:
    taken = writing.get(address(story), {"texte": left}).context
    writing.post(keeping(story), typed(story, body="<p>Encore plus tard.</p>", page=left))

    writing.post(address(story), typed(story, body=THE_TEXT, page=taken["page"], taken_up=taken["taken_up"]))

    assert Autosave.objects.get().fields["body"] == ["<p>Encore plus tard.</p>"]


def test_the_text_of_a_new_story_is_restored_too(writing: Client, section: Section, author: Author) -> None:
    page = str(uuid4())
    byline = {"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk}
    writing.post(NEW, new(section, page=page, body=THE_TEXT, **byline))

    shown = writing.get(ADD, {"texte": page})

    assert "Trois heures de travail" in shown.content.decode()
    assert shown.context["adminform"].form["headline"].value() == "La digue tient"


def test_restoring_the_text_of_somebody_else_is_refused(left: str, story: Story, editor: User) -> None:
    other = at_the_desk(editor)
    assert "Trois heures" not in other.get(address(story), {"texte": left}).content.decode()


def test_a_kept_text_of_a_story_one_may_no_longer_edit_is_shown_to_copy(
    writing: Client, story: Story, left: str, journalist: User
) -> None:
    deeds.submit(story, revision=1, by=journalist)

    page = writing.get(reading(left)).content.decode()

    assert "?texte=" not in page
    assert "Trois heures de travail" in page
    assert "readonly" in page


def test_the_kept_text_of_a_correction_is_restored_on_the_page_of_the_correction(
    writing: Client, story: Story, editor: User, publish_story: Callable[..., Story]
) -> None:
    publish_story(story)
    page = str(uuid4())
    desk = at_the_desk(editor)
    desk.post(keeping(story), typed(story, body=THE_TEXT, page=page))
    correction = f"/redaction/newsroom/story/{story.pk}/correct/?texte={page}"
    assert correction in desk.get(reading(page)).content.decode()
    assert "Trois heures de travail" in desk.get(correction).content.decode()


def test_a_text_kept_aside_after_a_conflict_is_offered(writing: Client, story: Story, editor: User) -> None:
    other = at_the_desk(editor)
    other.post(address(story), typed(story, headline="Le titre d’une autre"))
    mine = typed(story, headline="Mon titre à moi", page=str(uuid4()))
    assert writing.post(address(story), mine).status_code == 409

    page = writing.get(address(story)).content.decode()

    assert reading(mine["page"]) in page
    assert "à moi" in writing.get(reading(mine["page"])).content.decode()


def test_the_queries_of_the_page_do_not_grow_with_the_number_of_kept_texts(
    writing: Client, story: Story, left: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            writing.get(address(story))
        return len(queries)

    with_one = asked()
    for number in range(4):
        writing.post(keeping(story), typed(story, headline=f"Titre {number}", page=str(uuid4())))
    assert asked() == with_one


# --- The session ended --------------------------------------------------------------------------------------------


def test_a_page_gets_the_login_that_is_signed_in_and_its_csrf_token(writing: Client, journalist: User) -> None:
    told = writing.get("/redaction/sauvegarde/session/").json()

    assert told["user"] == journalist.pk
    assert len(told["token"]) > 30
    assert Client().get("/redaction/sauvegarde/session/").status_code == 302


def test_an_autosave_without_a_session_is_refused(story: Story) -> None:
    answer = Client().post(keeping(story), typed(story, headline="x", page=str(uuid4())))

    assert answer.status_code == 403
    assert not Autosave.objects.exists()


# --- The database away --------------------------------------------------------------------------------------------


@pytest.fixture
def patient(writing: Client) -> Client:
    """A client that gets the page of a server error, as a browser does, instead of the exception."""
    writing.raise_request_exception = False
    return writing


def test_a_save_while_the_database_is_away_gives_the_text_back(patient: Client, story: Story) -> None:
    posted = typed(story, body=THE_TEXT, headline="Gardé <b>")
    with database_away():
        answer = patient.post(address(story), posted)

    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "no-store" in answer["Cache-Control"]
    assert "default-src" in answer["Content-Security-Policy"]
    assert page.count("Trois heures de travail") == 2  # to read, and to send again
    assert "Gardé &lt;b&gt;" in page


def test_a_text_given_back_is_saved_when_it_is_sent_again(patient: Client, story: Story) -> None:
    posted = typed(story, body=THE_TEXT)
    with database_away():
        assert patient.post(address(story), posted).status_code == 503

    assert patient.post(address(story), posted).status_code == 302

    story.refresh_from_db()
    assert story.body == THE_TEXT


def test_a_text_given_back_is_sent_again_with_its_csrf_token(journalist: User, story: Story) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(journalist)
    token = browser.get("/redaction/sauvegarde/session/").json()["token"]
    posted = typed(story, body=THE_TEXT, csrfmiddlewaretoken=token)
    with database_away():
        answer = browser.post(address(story), posted)

    again = {name: value for name, value in answer.context["fields_to_send_again"] if name != "topics"}

    assert browser.post(address(story), again).status_code == 302
    story.refresh_from_db()
    assert story.body == THE_TEXT


def test_the_page_of_an_outage_does_not_give_a_password_back(client: Client, journalist: User) -> None:
    client.raise_request_exception = False
    with database_away():
        answer = client.post("/redaction/login/", {"username": "journaliste", "password": "tres-secret-77"})

    assert answer.status_code == 503
    assert "tres-secret-77" not in answer.content.decode()


def test_autosave_and_pages_answer_503_while_the_database_is_away(patient: Client, story: Story) -> None:
    posted = typed(story, headline="x", page=str(uuid4()))
    with database_away():
        kept = patient.post(keeping(story), posted)
        shown = patient.get(address(story))

    assert (kept.status_code, shown.status_code) == (503, 503)


def test_an_exception_of_the_program_gives_the_text_back_too(
    patient: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("newsroom.stories.saving.record_text", fail)

    answer = patient.post(address(story), typed(story, body=THE_TEXT))

    assert answer.status_code == 500
    assert "Trois heures de travail" in answer.content.decode()
