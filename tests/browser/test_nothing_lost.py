"""No typed text is lost in Chromium when the network is cut, the session ends, the tab is killed or a save is late."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from articles.models import Section
from newsroom.editing import autosave
from newsroom.models import Autosave, Story
from newsroom.review import notes
from tests.browser.story_page import body_of
from tests.browser.unsaved import (
    kept_bodies,
    open_page,
    status_line,
    texts_in_browser,
    type_at_the_end,
    wait_until_saved,
)
from tests.newsroom.desk import at_the_desk
from tests.newsroom.story_post import ADD, address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("short_intervals"),
]


# --- Every kind of input ------------------------------------------------------------------------------------------


def test_typed_text_is_autosaved_and_the_status_line_gives_the_time(
    seat: Callable[..., Page], journalist: User
) -> None:
    page = seat(journalist)

    type_at_the_end(page, " Une ligne de plus.")

    wait_until_saved(page)
    expect(status_line(page)).to_have_text(re.compile(r"\d"))
    assert "Une ligne de plus." in kept_bodies()[0]


def test_text_typed_in_source_mode_is_autosaved(seat: Callable[..., Page], journalist: User) -> None:
    page = seat(journalist)
    page.locator("a.cke_button__source").click()
    page.locator("textarea.cke_source").fill("<p>Écrit dans la source.</p>")

    wait_until_saved(page)
    assert "Écrit dans la source." in kept_bodies()[0]


def test_a_replacement_by_a_spell_checker_is_autosaved(seat: Callable[..., Page], journalist: User) -> None:
    """A spell checker or dictation changes the words and fires only the event `input`."""
    page = seat(journalist)
    body_of(page).evaluate(
        """(body) => {
          body.querySelector("p").textContent = "Le mot remplacé par le correcteur.";
          body.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText", bubbles: true }));
        }"""
    )

    wait_until_saved(page)
    assert "remplacé par le correcteur" in kept_bodies()[0]


def test_a_chosen_picture_is_autosaved(
    seat: Callable[..., Page], journalist: User, make_photo: Callable[..., Any]
) -> None:
    photo = make_photo()
    page = seat(journalist)
    page.locator("#row-lead_photo [data-choose]").click()
    page.locator("#photo-found button").first.click()

    wait_until_saved(page)
    assert Autosave.objects.get().fields["lead_photo"] == [str(photo.pk)]


def test_a_choice_in_a_list_is_autosaved(seat: Callable[..., Page], journalist: User, topic: Any) -> None:
    page = seat(journalist)
    page.locator("#id_label").select_option("analysis")
    wait_until_saved(page)
    page.locator("[data-add-byline]").click()

    assert Autosave.objects.get().fields["label"] == ["analysis"]


def test_the_unsaved_text_of_a_new_story_is_offered_again(
    page: Page, sign_in: Callable[[Page, User], None], journalist: User, section: Section
) -> None:
    sign_in(page, journalist)
    open_page(page, ADD)
    page.locator("#id_headline").fill("Un titre jamais enregistré")
    wait_until_saved(page)

    open_page(page, ADD)

    expect(page.locator("#kept-texts .kept-line")).to_contain_text("Un titre jamais enregistré")


# --- The network, the session, the tab ----------------------------------------------------------------------------


def test_text_typed_while_the_network_is_cut_is_sent_when_it_is_back(
    seat: Callable[..., Page], journalist: User
) -> None:
    page = seat(journalist)
    page.context.set_offline(True)
    type_at_the_end(page, " Tapé sans réseau.")
    expect(status_line(page)).to_have_attribute("data-state", "offline")
    expect(page.locator("#saved-said")).not_to_be_empty()
    assert kept_bodies() == []
    assert texts_in_browser(page) == 1

    page.context.set_offline(False)

    wait_until_saved(page)
    assert "Tapé sans réseau." in kept_bodies()[0]
    assert texts_in_browser(page) == 0


def test_an_autosave_that_the_server_fails_is_sent_again(seat: Callable[..., Page], journalist: User) -> None:
    page = seat(journalist)
    page.route("**/sauvegarde/**", lambda route: route.fulfill(status=503, body="down"))
    type_at_the_end(page, " Tapé pendant la panne.")
    expect(status_line(page)).to_have_attribute("data-state", "offline")

    page.unroute("**/sauvegarde/**")

    wait_until_saved(page)
    assert "Tapé pendant la panne." in kept_bodies()[0]


def test_text_typed_after_the_session_ended_is_sent_once_one_signs_in_again(
    seat: Callable[..., Page], journalist: User, sign_in_by_form: Callable[[Page, User], None]
) -> None:
    page = seat(journalist)
    Session.objects.all().delete()
    type_at_the_end(page, " Tapé sans session.")
    expect(status_line(page)).to_have_attribute("data-state", "failed")
    assert texts_in_browser(page) == 1

    sign_in_by_form(page.context.new_page(), journalist)

    wait_until_saved(page)
    assert "Tapé sans session." in kept_bodies()[0]
    assert texts_in_browser(page) == 0
    page.locator("[data-save]").click()  # the form must have the token of the new session
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert "Tapé sans session." in Story.objects.get().body


def test_the_text_of_one_login_is_never_sent_under_another(
    seat: Callable[..., Page],
    journalist: User,
    editor: User,
    sign_in_by_form: Callable[[Page, User], None],
    story: Story,
) -> None:
    page = seat(journalist)
    Session.objects.all().delete()
    type_at_the_end(page, " À moi seule.")
    expect(status_line(page)).to_have_attribute("data-state", "failed")

    other = page.context.new_page()
    sign_in_by_form(other, editor)
    open_page(other, address(story))
    type_at_the_end(other, " D’une autre.")
    wait_until_saved(other)

    expect(status_line(page)).to_have_attribute("data-state", "failed")
    assert [row.user for row in Autosave.objects.all()] == [editor]
    expect(other.locator("#kept-texts .kept-line")).to_have_count(0)


def test_the_text_of_a_killed_tab_is_offered_and_restored(
    seat: Callable[..., Page], journalist: User, story: Story
) -> None:
    page = seat(journalist)
    type_at_the_end(page, " Le dernier mot.")
    wait_until_saved(page)
    again = page.context.new_page()
    page.close(run_before_unload=False)

    open_page(again, address(story))
    again.locator("#kept-texts .kept-line a").click()
    expect(again.locator(".diff ins")).to_contain_text("Le dernier mot.")
    again.locator(".clash-foot a.primary").click()

    expect(body_of(again)).to_contain_text("Le dernier mot.")
    assert Story.objects.get().version == 1
    wait_until_saved(again)
    again.locator("[data-save]").click()
    expect(again.locator(".messagelist .success")).to_be_visible()
    assert "Le dernier mot." in Story.objects.get().body
    assert kept_bodies() == []
    expect(again.locator("#kept-texts .kept-line")).to_have_count(0)


def test_a_text_that_only_the_browser_had_when_the_tab_was_killed_is_offered_too(
    seat: Callable[..., Page], journalist: User, story: Story
) -> None:
    page = seat(journalist)
    page.context.set_offline(True)
    type_at_the_end(page, " Hors connexion jusqu’au bout.")
    expect(status_line(page)).to_have_attribute("data-state", "offline")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    assert kept_bodies() == []

    again.context.set_offline(False)
    open_page(again, address(story))

    expect(again.locator("#kept-texts .kept-line")).to_have_count(1)
    assert "Hors connexion jusqu’au bout." in kept_bodies()[0]
    assert texts_in_browser(again) == 0


def test_a_text_too_long_for_the_desk_stays_in_the_browser_which_shows_it_again(
    seat: Callable[..., Page], journalist: User, story: Story
) -> None:
    page = seat(journalist)
    page.locator("a.cke_button__source").click()
    page.locator("textarea.cke_source").fill("<p>Beaucoup trop. " + "long " * 60_001 + "</p>")
    expect(status_line(page)).to_have_attribute("data-state", "failed")
    assert (kept_bodies(), texts_in_browser(page)) == ([], 1)
    again = page.context.new_page()
    page.close(run_before_unload=False)

    open_page(again, address(story))

    again.locator("#kept-here summary").click()
    expect(again.locator("#kept-here textarea")).to_have_value(re.compile("Beaucoup trop"))
    again.locator("#kept-here button").click()
    expect(again.locator("#kept-here")).to_be_hidden()
    assert texts_in_browser(again) == 0


def test_a_discarded_text_is_not_offered_again(seat: Callable[..., Page], journalist: User, story: Story) -> None:
    page = seat(journalist)
    type_at_the_end(page, " À jeter.")
    wait_until_saved(page)
    open_page(page, address(story))
    page.locator("#kept-texts .kept-line a").click()
    page.locator(".clash-foot button.grave").click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    open_page(page, address(story))

    expect(page.locator("#kept-texts .kept-line")).to_have_count(0)
    assert (kept_bodies(), texts_in_browser(page)) == ([], 0)


def test_leaving_right_after_typing_keeps_the_text_without_a_question(
    seat: Callable[..., Page], journalist: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE", 600)
    page = seat(journalist)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    type_at_the_end(page, " Tapé, puis parti.")

    open_page(page, address(story))

    expect(page.locator("#kept-texts .kept-line")).to_have_count(1)
    assert dialogs == []
    assert "Tapé, puis parti." in kept_bodies()[0]


def test_leaving_asks_first_when_neither_the_desk_nor_the_browser_has_the_text(
    seat: Callable[..., Page], journalist: User
) -> None:
    page = seat(journalist)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    page.context.set_offline(True)
    type_at_the_end(page, " Nulle part ailleurs.")
    expect(status_line(page)).to_have_attribute("data-state", "failed")
    page.on("dialog", lambda dialog: dialog.dismiss())

    with page.expect_event("dialog") as asked:
        page.evaluate("() => setTimeout(() => location.assign('/redaction/'))")

    assert asked.value.type == "beforeunload"
    expect(body_of(page)).to_contain_text("Nulle part ailleurs.")


def test_leaving_asks_first_when_a_note_was_begun_on_a_page_that_one_cannot_edit(
    new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], photo_editor: User, story: Story
) -> None:
    page = new_page()
    sign_in(page, photo_editor)
    page.goto(address(story))
    page.locator("#new-note").press_sequentially("La légende est à")
    page.on("dialog", lambda dialog: dialog.dismiss())

    with page.expect_event("dialog") as asked:
        page.evaluate("() => setTimeout(() => location.assign('/redaction/'))")
    assert asked.value.type == "beforeunload"

    page.locator("#notes button[type=submit]").click()
    expect(page.locator("#notes-list")).to_contain_text("La légende est à")


def test_an_autosave_that_arrives_after_the_save_is_not_kept(
    page: Page, sign_in: Callable[[Page, User], None], journalist: User, section: Section
) -> None:
    sign_in(page, journalist)
    open_page(page, ADD)
    sent: list[str] = []
    page.on("request", lambda request: "sauvegarde" in request.url and sent.append(request.post_data or ""))
    page.locator("#id_headline").fill("La digue tient")
    page.locator("#id_section").select_option(str(section.pk))
    wait_until_saved(page)
    page.locator("[data-save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert kept_bodies() == []

    token = page.locator("#logout-form input").get_attribute("value")
    answer = page.request.post(
        page.url.split("/redaction")[0] + "/redaction/sauvegarde/",
        data=sent[0],
        headers={"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": str(token)},
    )

    assert answer.json() == {"kept": False, "saved_at": ""}
    assert kept_bodies() == []


def test_text_typed_after_a_stopped_save_is_kept_even_if_the_save_succeeded(
    seat: Callable[..., Page], journalist: User, story: Story
) -> None:
    page = seat(journalist)
    desk = at_the_desk(journalist)

    def save_and_never_answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        desk.post(address(story), route.request.post_data, content_type="application/x-www-form-urlencoded")
        return route.fulfill(status=204)

    page.route("**/change/", save_and_never_answer)
    type_at_the_end(page, " Avant.")
    page.locator("[data-save]").click()
    expect(page.locator("#id_headline")).not_to_be_editable()
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow'))")
    expect(page.locator("#id_headline")).to_be_editable()
    with page.expect_response(
        lambda answer: "sauvegarde" in answer.url and "Apr%C3%A8s." in (answer.request.post_data or "")
    ):
        type_at_the_end(page, " Après.")

    assert Story.objects.get().version == 2
    assert "Avant. Après." in kept_bodies()[0]


def test_a_note_is_resolved_after_the_session_was_renewed_in_another_tab(
    seat: Callable[..., Page], journalist: User, story: Story, sign_in_by_form: Callable[[Page, User], None]
) -> None:
    notes.write_note(story, by=journalist, text="Rappeler la mairie", passage="")
    page = seat(journalist)
    page.context.clear_cookies()
    sign_in_by_form(page.context.new_page(), journalist)

    page.locator("#notes-list [data-turn]").first.click()

    expect(page.locator("#notes .note-said")).not_to_be_empty()
    assert story.notes.get().resolved_at is not None
