"""Unsaved text in Chromium: typed on a page, kept by the desk or by the browser, and sent when one signs out."""

from playwright.sync_api import Locator, Page, expect

from newsroom.models import Autosave
from tests.browser.story_page import body_of, wait_for_editor


def open_page(page: Page, where: str) -> None:
    page.goto(where)
    wait_for_editor(page)


def type_at_the_end(page: Page, words: str) -> None:
    """Type at the end of the body."""
    body_of(page).locator("p").last.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def status_line(page: Page) -> Locator:
    """The line that tells whether the text is saved."""
    return page.locator("#saved")


def wait_until_saved(page: Page) -> None:
    expect(status_line(page)).to_have_attribute("data-state", "saved")


def kept_bodies() -> list[str]:
    """The bodies that the desk keeps unsaved, oldest first."""
    return [row.fields["body"][0] for row in Autosave.objects.order_by("pk")]


def texts_in_browser(page: Page) -> int:
    """How many texts wait in the browser."""
    return int(page.evaluate("() => Object.keys(localStorage).filter((name) => /redaction|desk/.test(name)).length"))


def sign_out(page: Page) -> None:
    page.locator("#user-tools summary").last.click()
    page.locator("#logout-form button").click()
