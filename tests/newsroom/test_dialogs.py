"""The pages of the deeds: their questions, their effects, and what comes back when a deed is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Author, Section, TopRead, Withdrawal
from newsroom import deeds, publishing
from newsroom.deeds import ChangeNotice
from newsroom.models import Change, Story
from newsroom.stories import backlinks
from newsroom.workflow import ChangeKind

from .bodies import naming
from .desk import NINES, at_the_desk, deed_address, post_deed, read_page
from .story_post import address, typed

pytestmark = pytest.mark.django_db

Make = Callable[..., Story]


# --- Schedule -----------------------------------------------------------------------------------------------------


def test_a_story_is_scheduled_at_the_wall_time_that_was_typed(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when="2027-06-01T20:30", note="Après le vote.")

    assert response.status_code == 302
    assert story.stage == "scheduled"
    assert story.publish_at == datetime(2027, 6, 1, 19, 30, tzinfo=UTC)
    assert story.publish_wall == "2027-06-01 20:30 Africa/Casablanca"
    assert story.moves.first().note == "Après le vote."


def test_an_hour_that_the_clocks_skip_is_refused_with_an_explanation(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when="2027-03-14T02:30", note="Avant l’aube.")

    page = response.content.decode()
    assert response.status_code == 409
    assert "n’existe pas ce jour-là" in page
    assert 'value="2027-03-14T02:30"' in page
    assert "Avant l’aube.</textarea>" in page
    assert story.stage == "ready"


def test_an_hour_that_comes_twice_asks_which_one_is_meant(editor: User, approve_story: Make) -> None:
    story = approve_story()

    asked = post_deed(editor, story, "schedule", when="2027-02-07T02:30").content.decode()
    assert 'name="when-which"' in asked
    assert story.stage == "ready"
    post_deed(editor, story, "schedule", **{"when": "2027-02-07T02:30", "when-which": "second"})

    assert story.publish_at == datetime(2027, 2, 7, 2, 30, tzinfo=UTC)


def test_an_hour_in_the_past_is_refused(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when="2026-01-01T08:00")

    assert response.status_code == 409
    assert 'value="2026-01-01T08:00"' in response.content.decode()
    assert story.stage == "ready"


@pytest.mark.parametrize("when", ["", "demain", "2027-02-31T08:00", "0001-01-01T00:00", "9999-12-31T23:59", "9" * 400])
def test_an_unreadable_hour_is_refused_with_a_sentence(when: str, editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when=when, note="Gardée.")

    assert response.status_code == 409
    assert "errorlist" in response.content.decode()
    assert "Gardée.</textarea>" in response.content.decode()
    assert story.stage == "ready"


def test_an_hour_before_the_end_of_the_embargo_is_refused_and_the_embargo_shown(
    editor: User, approve_story: Make
) -> None:
    story = approve_story()
    Story.objects.filter(pk=story.pk).update(embargo_until=datetime(2027, 6, 1, 11, tzinfo=UTC))

    assert "12 h 00" in read_page(editor, story, "schedule")
    assert post_deed(editor, story, "schedule", when="2027-06-01T11:00").status_code == 409
    assert story.stage == "ready"
    post_deed(editor, story, "schedule", when="2027-06-01T12:00")
    assert story.stage == "scheduled"


def test_a_new_version_is_scheduled_with_its_kind_of_change(editor: User, next_version: Story) -> None:
    refused = post_deed(editor, next_version, "schedule", when="2027-06-01T20:30")
    assert refused.status_code == 409
    assert next_version.stage == "ready"

    notice = {"change_kind": "correction", "change_text": "Le quai n’a que 300 mètres."}
    post_deed(editor, next_version, "schedule", when="2027-06-01T20:30", **notice)

    assert next_version.stage == "scheduled"
    assert (next_version.change_kind, next_version.change_text) == ("correction", "Le quai n’a que 300 mètres.")


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


# --- Withdraw -----------------------------------------------------------------------------------------------------


def test_withdrawing_lists_the_articles_that_link_to_it_first(
    editor: User, live: Story, journalist: User, author: Author, section: Section, make_story: Make, publish_story: Make
) -> None:
    publish_story(make_story(by=journalist, headline="Celui qui le cite", body=naming(live.pk)))
    publish_story(make_story(by=journalist, headline="Sa suite", follows=live))
    publish_story(make_story(by=journalist, headline="La réponse du port", replies_to=live))
    make_story(by=journalist, headline="Un brouillon qui le cite", body=naming(live.pk))
    make_story(by=journalist, headline="Un brouillon sans rapport", body=naming(live.pk * 10))
    TopRead.objects.create(rank=1, article_id=live.pk, views=9)

    page = read_page(editor, live, "withdraw")

    for name in ("Celui qui le cite", "Sa suite", "La réponse du port", "Un brouillon qui le cite"):
        assert page.count(name) == 1, name
    assert "Un brouillon sans rapport" not in page
    assert f"{section}, {author}" in page
    assert "<strong>" in page[page.index("<dl>") : page.index("</dl>")]


def test_plain_links_to_the_article_are_listed_in_every_form_of_its_address(
    editor: User, live: Story, journalist: User, make_story: Make, publish_story: Make
) -> None:
    whole = f"/politique/la-criee-{live.pk}/"
    ways = (f"/a/{live.pk}/", whole, whole.rstrip("/"), f"{settings.SITE_URL}{whole}?de=ici#fin")
    for number, way in enumerate(ways):
        body = f'<p>Voir <a href="{way}">ici</a>, et <a href="/a/{live.pk}/">là</a>.</p>'
        publish_story(make_story(by=journalist, headline=f"Paru {number}", body=body))
        make_story(by=journalist, headline=f"En cours {number}", body=body)
    other = f'<p><a href="https://ailleurs.example{whole}">ailleurs</a>, le covid-{live.pk}</p>'
    publish_story(make_story(by=journalist, headline="Un paru sans rapport", body=other))
    make_story(by=journalist, headline="Un brouillon sans rapport", body=other)

    page = read_page(editor, live, "withdraw")

    for number in range(len(ways)):
        assert page.count(f"Paru {number}") == page.count(f"En cours {number}") == 1
    assert "sans rapport" not in page


def test_unpublished_stories_one_may_not_read_are_not_listed(
    editor_here: User, live: Story, elsewhere: Section, journalist: User, make_story: Make
) -> None:
    make_story(by=journalist, headline="Le secret d’ailleurs", section=elsewhere, body=naming(live.pk))

    assert "Le secret d’ailleurs" not in read_page(editor_here, live, "withdraw")


def test_the_queries_do_not_grow_with_the_number_of_backlinks(
    editor: User, live: Story, journalist: User, make_story: Make, publish_story: Make
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            read_page(editor, live, "withdraw")
        return len(queries)

    for number in range(2):
        publish_story(make_story(by=journalist, headline=f"Citation {number}", body=naming(live.pk)))
        make_story(by=journalist, headline=f"Travail {number}", body=naming(live.pk))
    cost()
    few = cost()
    for number in range(6):
        publish_story(make_story(by=journalist, headline=f"Renvoi {number}", body=naming(live.pk)))
        make_story(by=journalist, headline=f"Chantier {number}", body=naming(live.pk))

    assert cost() == few


def test_a_long_list_of_backlinks_is_cut_and_says_so(
    editor: User, live: Story, journalist: User, make_story: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlinks, "MOST_ROWS", 2)
    for number in range(3):
        make_story(by=journalist, headline=f"Travail {number}", body=naming(live.pk))

    page = read_page(editor, live, "withdraw")

    assert page.count("Travail ") == 2
    assert page.count('class="quiet">') == 1


def test_withdrawing_without_a_reason_is_refused_and_the_notice_comes_back(editor: User, live: Story) -> None:
    response = post_deed(editor, live, "withdraw", note=" ", notice="Nous nous sommes trompés.")

    assert response.status_code == 409
    assert "Nous nous sommes trompés.</textarea>" in response.content.decode()
    assert live.is_live


def test_the_address_of_a_withdrawn_article_shows_its_notice(editor: User, live: Story) -> None:
    post_deed(editor, live, "withdraw", note="La source s’est dédite.", notice="Article retiré.")

    assert not live.is_live
    assert Withdrawal.objects.get(pk=live.pk).notice == "Article retiré."


def test_somebody_who_may_not_withdraw_gets_their_words_back(journalist: User, live: Story) -> None:
    response = post_deed(journalist, live, "withdraw", note="Ma raison.", notice="Mon avis.")

    assert response.status_code == 403
    assert "Ma raison.</textarea>" in response.content.decode()
    assert "Mon avis.</textarea>" in response.content.decode()
    assert live.is_live


# --- Any dialog ---------------------------------------------------------------------------------------------------


def test_a_deed_on_a_story_that_changed_meanwhile_is_refused_with_an_explanation(
    editor: User, approve_story: Make
) -> None:
    story = approve_story()

    response = at_the_desk(editor).post(deed_address("schedule", story), {"revision": 7, "when": "2027-06-01T20:30"})

    story.refresh_from_db()
    assert response.status_code == 409
    assert 'value="2027-06-01T20:30"' in response.content.decode()
    assert story.stage == "ready"


@pytest.mark.parametrize("revision", ["", "abc", "-1", NINES])
def test_a_deed_on_a_forged_version_is_refused(revision: str, editor: User, live: Story) -> None:
    response = at_the_desk(editor).post(deed_address("withdraw", live), {"revision": revision, "note": "Parce que."})

    live.refresh_from_db()
    assert response.status_code == 409
    assert live.is_live


def test_an_overlong_note_comes_back_with_a_sentence(editor: User, live: Story) -> None:
    response = post_deed(editor, live, "withdraw", note="x" * 5000)

    assert response.status_code == 409
    assert "x" * 5000 in response.content.decode()
    assert live.is_live


# --- From the page of the story -----------------------------------------------------------------------------------


def test_the_read_only_page_of_a_story_links_to_the_dialogs(editor: User, live: Story) -> None:
    page = at_the_desk(editor).get(address(live)).content.decode()

    for deed in ("withdraw", "correct"):
        assert f'href="{deed_address(deed, live)}"' in page


def test_a_story_without_companions_is_published_from_its_own_page(editor: User, approve_story: Make) -> None:
    story = approve_story()

    page = at_the_desk(editor).get(address(story)).content.decode()

    assert f'formaction="{deed_address("publish", story)}"' in page
    assert f'href="{deed_address("publish", story)}"' not in page


def test_the_typed_text_is_saved_before_the_dialog_opens(editor: User, live: Story) -> None:
    post_deed(editor, live, "revise")
    fields = typed(live, headline="Un mot de plus", _deed="withdraw", note_submit="Presque prêt.")

    response = at_the_desk(editor).post(address(live), fields)

    live.refresh_from_db()
    assert response["Location"] == deed_address("withdraw", live)
    assert live.headline == "Un mot de plus"
    assert live.is_live


def test_a_screen_has_one_filled_button(
    chief: User, sub_editor: User, editor: User, journalist: User, make_story: Make, live: Story, approve_story: Make
) -> None:
    flashed = make_story(by=journalist)
    publishing.flash(flashed, revision=1, by=chief, note="La digue cède.")

    for user, story in ((editor, live), (editor, flashed), (sub_editor, flashed), (editor, approve_story())):
        page = at_the_desk(user).get(address(story)).content.decode()
        assert page.count("data-primary") == 1, (user, story)


def test_a_second_look_is_given_on_the_page_of_the_flash(
    chief: User, sub_editor: User, journalist: User, make_story: Make
) -> None:
    story = make_story(by=journalist)
    publishing.flash(story, revision=1, by=chief, note="La digue cède.")

    page = at_the_desk(chief).get(address(story)).content.decode()
    assert "Flash" in page[page.index('class="deeds-now"') :]
    assert 'look/"' not in page
    assert f'formaction="{deed_address("look", story)}"' in at_the_desk(sub_editor).get(address(story)).content.decode()
    post_deed(sub_editor, story, "look")

    assert not story.awaits_second_look


def test_the_change_notice_of_a_scheduled_version_is_filled_in_when_it_is_published_by_hand(
    editor: User, next_version: Story
) -> None:
    post_deed(
        editor, next_version, "schedule", when="2027-06-01T20:30", change_kind="clarification", change_text="Du quai."
    )

    assert "Du quai.</textarea>" in read_page(editor, next_version, "publish")
    post_deed(editor, next_version, "publish")
    assert Change.objects.get(story=next_version).kind == ChangeNotice(ChangeKind.CLARIFICATION).kind
