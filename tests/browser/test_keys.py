"""Shortcuts and the Tab key on the writing page: they work wherever one writes, the editor's frame included."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from newsroom.models import Story
from tests.browser.story_page import body_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELDS = ["#id_headline", "#id_standfirst", "#id_label", "#id_slug", "body"]
WHERE = """() => {
  const at = document.activeElement;
  return at.matches('iframe') ? 'body' : at.matches('[data-save]') ? 'save' : '#' + at.id;
}"""


@pytest.fixture
def writing(open_draft: Callable[[str], tuple[Page, Story]]) -> tuple[Page, Story]:
    """A draft of one's own, open to be written, with every panel open."""
    page, story = open_draft("<p>La digue tient.</p>")
    page.evaluate("() => document.querySelectorAll('#rail details').forEach(panel => { panel.open = true; })")
    return page, story


def go_to(page: Page, field: str) -> None:
    if field == "body":
        body_of(page).click()
        page.keyboard.press("Control+End")
    else:
        page.locator(field).focus()


def listed_keys(page: Page) -> list[str]:
    lines = page.locator("#keys dd").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('kbd')].map(key => key.textContent).join('+'))"
    )
    return [line.replace("Maj", "Shift").replace("Ctrl", "Control") for line in lines]


def test_the_list_of_shortcuts_has_these_and_no_other(writing: tuple[Page, Story]) -> None:
    page, _story = writing

    assert listed_keys(page) == [
        "F1", "F6", "Control+S",
        "Control+B", "Control+I", "Control+Shift+H", "Control+Shift+L", "Control+Z", "Control+Y",
    ]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_the_list_opens_from_every_field_and_gives_it_back(field: str, writing: tuple[Page, Story]) -> None:
    page, _story = writing
    go_to(page, field)

    page.keyboard.press("F1")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#keys")).not_to_be_visible()


@pytest.mark.parametrize("field", FIELDS[:3] + FIELDS[4:])
def test_f6_goes_from_every_field_to_the_column_and_back_to_where_one_was(
    field: str, writing: tuple[Page, Story]
) -> None:
    page, _story = writing
    go_to(page, field)
    if field == "#id_label":
        field = "#id_headline"  # a field of the column goes back to the text

    page.keyboard.press("F6")
    if page.evaluate(WHERE) == "save":
        page.keyboard.press("F6")

    assert page.evaluate(WHERE) == field


@pytest.mark.parametrize("field", FIELDS)
def test_control_s_saves_from_every_field(field: str, writing: tuple[Page, Story]) -> None:
    page, story = writing
    page.locator("#id_kicker").fill("Digues")
    go_to(page, field)

    page.keyboard.press("Control+s")

    expect(page.locator("#saved")).to_contain_text(re.compile(r"Version\s2"))
    story.refresh_from_db()
    assert (story.kicker, story.version, story.stage) == ("Digues", 2, "draft")


def test_the_shortcuts_of_the_text_do_what_they_say(writing: tuple[Page, Story]) -> None:
    page, _story = writing
    text = "() => CKEDITOR.instances.id_body.getData().trim()"
    body_of(page).click()

    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    assert page.evaluate(text) == "<p><strong>La digue tient.</strong></p>"
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+i")
    assert page.evaluate(text) == "<p><em>La digue tient.</em></p>"
    page.keyboard.press("Control+z")
    assert page.evaluate(text) == "<p>La digue tient.</p>"
    page.keyboard.press("Control+y")
    assert page.evaluate(text) == "<p><em>La digue tient.</em></p>"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+H")
    assert page.evaluate(text) == "<h2>La digue tient.</h2>"
    page.keyboard.press("Control+Shift+L")
    expect(page.locator("dialog.redaction-search[open]")).to_be_visible()


def test_the_first_stop_after_the_text_saves_and_a_stray_space_there_submits_nothing(
    writing: tuple[Page, Story],
) -> None:
    page, story = writing
    body_of(page).click()
    page.keyboard.type("Encore. ")

    page.keyboard.press("Tab")
    assert page.evaluate(WHERE) == "save"
    page.keyboard.press("Space")

    expect(page.locator("#saved")).to_contain_text(re.compile(r"Version\s2"))
    story.refresh_from_db()
    assert (story.stage, story.version) == ("draft", 2)


@pytest.mark.parametrize("field", ["#id_headline", "#id_kicker", "#id_slug", "#id_search_title"])
def test_enter_in_a_field_of_one_line_does_no_deed(field: str, writing: tuple[Page, Story]) -> None:
    page, story = writing
    go_to(page, field)

    page.keyboard.press("Enter")
    page.wait_for_load_state()

    story.refresh_from_db()
    assert story.stage == "draft"
