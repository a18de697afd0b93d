"""Two tabs or two people on one story in Chromium: no text is written over, and one takes over from the other."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from newsroom.editing import presence
from newsroom.models import Autosave, Story, Takeover
from tests.browser.story_page import body_of
from tests.browser.unsaved import (
    kept_bodies,
    open_page,
    type_at_the_end,
    wait_until_saved,
)
from tests.newsroom.story_post import address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("short_intervals"),
]
# Type on and on: colleagues see the edited field for two heartbeats only, and a slow machine would miss them.
KEEP_TYPING = """(field) => setInterval(() => {
  document.querySelector(field).dispatchEvent(new Event("input", { bubbles: true }));
}, 300)"""


def test_two_tabs_of_one_person_do_not_write_over_each_other(
    seat: Callable[..., Page], journalist: User, story: Story
) -> None:
    one = seat(journalist)
    type_at_the_end(one, " Du premier onglet.")
    wait_until_saved(one)
    two = one.context.new_page()
    open_page(two, address(story))
    type_at_the_end(two, " Du second onglet.")
    wait_until_saved(two)

    first, second = kept_bodies()
    assert "premier" in first
    assert "second" not in first
    assert "second" in second
    assert "premier" not in second
    expect(two.locator("#kept-texts .kept-line")).to_have_count(0)  # a text open in another tab is not offered


def test_two_people_see_each_other_and_one_takes_over_and_the_other_takes_back(
    seat: Callable[..., Page], journalist: User, editor: User, assert_accessible: Callable[[Page], None]
) -> None:
    writer, other = seat(journalist), seat(editor)
    writer.locator("#id_standfirst").fill("Un chapô tout neuf.")
    writer.evaluate(KEEP_TYPING, "#id_standfirst")
    sentence = presence.PresentColleague(journalist, "standfirst").sentence
    expect(other.locator("#here")).to_contain_text(sentence)
    expect(writer.locator("#here")).to_contain_text("editeur")

    other.locator("#here summary").click()
    other.locator("[data-take-over]").click()

    expect(writer.locator("#hand")).to_be_visible()
    expect(writer.locator("#hand")).to_contain_text("editeur")
    expect(writer.locator("#id_standfirst")).not_to_be_editable()
    expect(body_of(writer)).to_have_attribute("contenteditable", "false")
    assert Autosave.objects.get(user=journalist).fields["standfirst"] == ["Un chapô tout neuf."]
    assert Takeover.objects.get().taken_from == journalist
    assert_accessible(writer)

    writer.locator("#hand button").click()

    expect(writer.locator("#hand")).to_be_hidden()
    expect(writer.locator("#id_standfirst")).to_be_editable()
    expect(writer.locator("#id_label")).to_be_enabled()
    expect(other.locator("#hand")).to_be_visible()


def test_a_writer_learns_that_a_colleague_saved_and_both_texts_are_merged(
    seat: Callable[..., Page], journalist: User, editor: User, story: Story
) -> None:
    writer, other = seat(journalist), seat(editor)
    type_at_the_end(writer, " De la main du journaliste.")
    other.locator("#id_standfirst").fill("De la main de l’éditeur.")
    other.locator("[data-save]").click()
    expect(other.locator(".messagelist .success")).to_be_visible()

    expect(writer.locator("#newer")).to_be_visible()
    writer.locator("[data-save]").click()
    expect(writer.locator(".messagelist .success")).to_be_visible()

    story.refresh_from_db()
    assert story.standfirst == "De la main de l’éditeur."
    assert "De la main du journaliste." in story.body


def test_a_colleague_who_leaves_the_page_is_no_longer_listed(
    seat: Callable[..., Page], journalist: User, editor: User
) -> None:
    writer, other = seat(journalist), seat(editor)
    expect(other.locator("#here li")).to_have_count(1)

    writer.goto("/redaction/")

    expect(other.locator("#here li")).to_have_count(0)
