"""Signing out in Chromium sends typed text first, and asks when the desk did not take it."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from newsroom.models import Story
from tests.browser.unsaved import (
    kept_bodies,
    sign_out,
    status_line,
    texts_in_browser,
    type_at_the_end,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("short_intervals"),
]


def test_signing_out_sends_the_text_and_clears_the_browser(seat: Callable[..., Page], journalist: User) -> None:
    page = seat(journalist)
    page.route("**/sauvegarde/**", lambda route: route.fulfill(status=503, body="down"))
    type_at_the_end(page, " Sur un poste partagé.")
    expect(status_line(page)).to_have_attribute("data-state", "offline")
    assert texts_in_browser(page) == 1
    page.unroute("**/sauvegarde/**")

    page.locator("#user-tools summary").last.click()
    page.locator("#logout-form button").click()
    page.wait_for_url(re.compile("logout|login"))

    assert texts_in_browser(page) == 0
    assert "Sur un poste partagé." in kept_bodies()[0]


@pytest.fixture
def too_long(seat: Callable[..., Page], journalist: User) -> Page:
    """The page of a text too long for the desk, which only the browser keeps."""
    page = seat(journalist)
    page.locator("a.cke_button__source").click()
    page.locator("textarea.cke_source").fill("<p>Beaucoup trop. " + "long " * 60_001 + "</p>")
    expect(status_line(page)).to_have_attribute("data-state", "failed")
    assert (kept_bodies(), texts_in_browser(page)) == ([], 1)
    return page


def test_signing_out_asks_first_when_the_desk_did_not_take_a_text(
    too_long: Page, story: Story, assert_accessible: Callable[[Page], None]
) -> None:
    other = too_long.context.new_page()
    other.emulate_media(reduced_motion="reduce")
    other.goto("/redaction/")
    sign_out(other)

    asked = other.get_by_role("dialog")
    expect(asked).to_contain_text(story.headline)
    expect(asked.locator("[value=stay]")).to_be_focused()
    assert_accessible(other)
    other.keyboard.press("Enter")

    expect(asked).to_be_hidden()
    assert Session.objects.exists()
    assert texts_in_browser(other) == 1

    sign_out(other)
    asked.locator("[value=lose]").click()
    other.wait_for_url(re.compile("logout|login"))
    assert texts_in_browser(other) == 0


def test_signing_out_on_the_page_of_that_text_asks_too_and_escape_cancels(too_long: Page) -> None:
    sign_out(too_long)
    expect(too_long.get_by_role("dialog")).to_be_visible()

    too_long.keyboard.press("Escape")

    expect(too_long.get_by_role("dialog")).to_be_hidden()
    assert texts_in_browser(too_long) == 1
    sign_out(too_long)
    too_long.locator("#leaving-texts [value=lose]").click()
    too_long.wait_for_url(re.compile("logout|login"))
    assert texts_in_browser(too_long) == 0


def test_signing_out_sends_the_texts_of_other_tabs(seat: Callable[..., Page], journalist: User) -> None:
    page = seat(journalist)
    page.route("**/sauvegarde/**", lambda route: route.fulfill(status=503, body="down"))
    type_at_the_end(page, " D’un autre onglet.")
    expect(status_line(page)).to_have_attribute("data-state", "offline")
    other = page.context.new_page()
    other.goto("/redaction/")

    sign_out(other)
    other.wait_for_url(re.compile("logout|login"))

    assert "D’un autre onglet." in kept_bodies()[0]
