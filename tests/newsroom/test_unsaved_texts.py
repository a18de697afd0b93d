"""Unsaved text is offered to its owner only, and restored or discarded."""

from collections.abc import Callable
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
from newsroom.models import Autosave, Story

from .autosaves import NEW, THE_TEXT, discarding, keeping, reading
from .desk import at_the_desk
from .story_post import ADD, address, new, typed

pytestmark = pytest.mark.django_db


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
