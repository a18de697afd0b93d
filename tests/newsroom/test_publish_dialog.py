"""The dialog that publishes: what a change is, and the stories that are published with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Section
from newsroom import deeds
from newsroom.models import Change, Story
from newsroom.workflow import ChangeKind

from .bodies import naming
from .desk import NINES, at_the_desk, deed_address, post_deed, read_page
from .story_post import address, typed

pytestmark = pytest.mark.django_db
Make = Callable[..., Story]


# --- Publish: what a change is ------------------------------------------------------------------------------------


def test_publishing_a_new_version_without_a_kind_of_change_is_refused_and_the_form_comes_back(
    editor: User, next_version: Story
) -> None:
    response = post_deed(editor, next_version, "publish", note="La mairie a répondu.", change_text="Il y a 300 mètres.")

    page = response.content.decode()
    assert response.status_code == 409
    assert "La mairie a répondu.</textarea>" in page
    assert "Il y a 300 mètres.</textarea>" in page
    assert next_version.stage == "ready"


def test_a_correction_without_a_note_is_refused_and_one_with_a_note_prints_it(
    editor: User, next_version: Story
) -> None:
    assert post_deed(editor, next_version, "publish", change_kind="correction", change_text="  ").status_code == 409
    assert next_version.stage == "ready"

    post_deed(editor, next_version, "publish", change_kind="correction", change_text="Le quai n’a que 300 mètres.")

    assert next_version.stage == "published"
    assert Article.objects.get(pk=next_version.pk).corrections.get().text == "Le quai n’a que 300 mètres."


def test_a_typo_keeps_the_date_of_update_and_an_update_moves_it(
    editor: User, next_version: Story, approve_story: Make
) -> None:
    before = Article.objects.get(pk=next_version.pk).updated_at
    post_deed(editor, next_version, "publish", change_kind="typo")
    assert Article.objects.get(pk=next_version.pk).updated_at == before

    post_deed(editor, next_version, "revise")
    approve_story(next_version)
    post_deed(editor, next_version, "publish", change_kind="update")
    assert Article.objects.get(pk=next_version.pk).updated_at > before


def test_a_right_of_reply_is_chosen_among_the_stories_that_answer_the_article(
    editor: User, next_version: Story, journalist: User, make_story: Make
) -> None:
    reply = make_story(by=journalist, headline="Le port répond", replies_to=next_version)
    other = make_story(by=journalist, headline="Un texte sans rapport")

    page = read_page(editor, next_version, "publish")
    assert f'<option value="{reply.pk}">' in page
    assert f'<option value="{other.pk}">' not in page
    for forged in (other.pk, NINES, "0", ""):
        assert post_deed(editor, next_version, "publish", change_kind="reply", change_reply=forged).status_code == 409
    assert next_version.stage == "ready"
    post_deed(editor, next_version, "publish", change_kind="reply", change_reply=reply.pk)

    assert Change.objects.get(story=next_version, kind=ChangeKind.REPLY).reply == reply


def test_an_unknown_kind_of_change_is_refused(editor: User, next_version: Story) -> None:
    assert post_deed(editor, next_version, "publish", change_kind="miracle").status_code == 409
    assert next_version.stage == "ready"


def test_a_reply_is_started_from_the_dialog(editor: User, live: Story) -> None:
    response = at_the_desk(editor).post(deed_address("reply", live))

    reply = Story.objects.get(replies_to=live)
    assert response["Location"] == address(reply)
    assert (reply.stage, reply.section) == ("draft", live.section)


def test_a_reply_is_not_started_by_a_journalist_or_by_a_get(
    journalist: User, sub_editor: User, editor: User, live: Story
) -> None:
    for user in (journalist, sub_editor):
        assert at_the_desk(user).post(deed_address("reply", live)).status_code == 403
    assert at_the_desk(editor).get(deed_address("reply", live)).status_code == 405
    assert not Story.objects.filter(replies_to=live).exists()


# --- Publish: with what it waits for ------------------------------------------------------------------------------


def test_the_stories_that_a_story_waits_for_are_listed_and_ready_ones_may_be_published_with_it(
    editor: User, approve_story: Make, make_story: Make, journalist: User
) -> None:
    ready, draft = approve_story(headline="Déjà prêt"), make_story(by=journalist, headline="Encore en travail")
    story = approve_story(body=naming(ready.pk, draft.pk))

    page = read_page(editor, story, "publish")
    assert f'value="{ready.pk}-1"' in page
    assert f'value="{draft.pk}-1"' not in page
    assert "Encore en travail" in page
    post_deed(editor, story, "publish", companions=f"{ready.pk}-1")

    assert set(Article.objects.values_list("pk", flat=True)) == {story.pk, ready.pk}


def test_a_story_is_published_alone_when_no_companion_is_ticked(editor: User, approve_story: Make) -> None:
    ready = approve_story(headline="Déjà prêt")
    story = approve_story(body=naming(ready.pk))

    post_deed(editor, story, "publish")

    assert set(Article.objects.values_list("pk", flat=True)) == {story.pk}


def test_a_follow_up_is_published_with_the_story_it_follows_and_never_before_it(
    editor: User, approve_story: Make
) -> None:
    first = approve_story(headline="Le premier volet")
    story = approve_story(headline="Le second", follows=first)

    refused = post_deed(editor, story, "publish")
    assert refused.status_code == 409
    assert not Article.objects.exists()
    page = read_page(editor, story, "publish")
    assert f'value="{first.pk}-1" id="id_companions_0" checked' in page
    post_deed(editor, story, "publish", companions=f"{first.pk}-1")

    assert Article.objects.count() == 2


def test_when_one_companion_is_refused_nothing_is_published(editor: User, approve_story: Make) -> None:
    fit, held = approve_story(headline="Prêt"), approve_story(headline="Sous embargo")
    story = approve_story(body=naming(fit.pk, held.pk))
    Story.objects.filter(pk=held.pk).update(embargo_until=timezone.now() + timedelta(days=1))

    response = post_deed(editor, story, "publish", companions=[f"{fit.pk}-1", f"{held.pk}-1"], note="Ensemble.")

    page = response.content.decode()
    assert response.status_code == 409
    assert "Sous embargo" in page
    assert "Ensemble.</textarea>" in page
    assert not Article.objects.exists()
    assert {each.stage for each in Story.objects.all()} == {"ready"}


def test_when_the_story_itself_is_refused_no_companion_is_published(editor: User, approve_story: Make) -> None:
    fit = approve_story(headline="Prêt")
    story = approve_story(body=naming(fit.pk))
    Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() + timedelta(days=1))

    assert post_deed(editor, story, "publish", companions=f"{fit.pk}-1").status_code == 409

    assert not Article.objects.exists()


def test_no_picture_is_copied_when_the_publication_is_refused(
    editor: User, approve_story: Make, make_photo: Callable[..., Any], settings: Any
) -> None:
    fit = approve_story(headline="Prêt", lead_photo=make_photo())
    story = approve_story(body=naming(fit.pk))
    Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() + timedelta(days=1))

    post_deed(editor, story, "publish", companions=f"{fit.pk}-1")
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))
    Story.objects.filter(pk=story.pk).update(embargo_until=None)
    post_deed(editor, story, "publish", companions=f"{fit.pk}-1")
    assert list(settings.MEDIA_ROOT.rglob("*.*"))


def test_a_companion_that_changed_since_the_page_was_opened_is_refused(
    editor: User, sub_editor: User, approve_story: Make
) -> None:
    ready = approve_story(headline="Déjà prêt")
    story = approve_story(body=naming(ready.pk))
    deeds.reopen(ready, revision=1, by=sub_editor)
    at_the_desk(sub_editor).post(address(ready), typed(ready, headline="Changé depuis", _deed="approve"))

    response = post_deed(editor, story, "publish", companions=f"{ready.pk}-1")

    assert response.status_code == 409
    assert "Changé depuis" in response.content.decode()
    assert not Article.objects.exists()


def test_a_story_one_may_not_read_is_neither_named_nor_published_as_a_companion(
    editor_here: User, elsewhere: Section, approve_story: Make
) -> None:
    foreign = approve_story(headline="Le secret d’ailleurs", section=elsewhere)
    story = approve_story(body=naming(foreign.pk))

    assert "Le secret d’ailleurs" not in read_page(editor_here, story, "publish")
    response = post_deed(editor_here, story, "publish", companions=f"{foreign.pk}-1")

    assert response.status_code == 409
    assert "Le secret d’ailleurs" not in response.content.decode()
    assert not Article.objects.exists()


@pytest.mark.parametrize("forged", ["1", "-", f"{NINES}-1", "0-0", "\x00"])
def test_a_forged_companion_is_refused(forged: str, editor: User, approve_story: Make) -> None:
    ready = approve_story(headline="Déjà prêt")
    story = approve_story(body=naming(ready.pk))

    assert post_deed(editor, story, "publish", companions=forged).status_code == 409
    assert not Article.objects.exists()


def test_the_queries_do_not_grow_with_the_number_of_companions(editor: User, approve_story: Make) -> None:
    def cost(story: Story) -> int:
        with CaptureQueriesContext(connection) as queries:
            read_page(editor, story, "publish")
        return len(queries)

    few = approve_story(body=naming(*(approve_story(headline=f"Volet {n}").pk for n in range(2))))
    many = approve_story(body=naming(*(approve_story(headline=f"Partie {n}").pk for n in range(9))))
    cost(few)  # what is kept in the process

    assert cost(many) == cost(few)
