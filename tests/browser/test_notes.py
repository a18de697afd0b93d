"""Notes in a real browser: a passage selected and found again, a colleague mentioned, a note resolved."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from newsroom import deeds
from newsroom.models import Note, Story
from newsroom.review.notes import write_note
from newsroom.stories import saving
from tests.browser.story_page import body_of, hold, wait_for_editor

pytestmark = pytest.mark.django_db(transaction=True)

Enter = Callable[[Page, User], None]
SELECT = """([words]) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  throw new Error(`not there: ${words}`);
}"""

COUNT_REQUESTS = """() => {
  const { fetch } = window;
  window.requests = 0;
  window.fetch = (...parameters) => {
    window.requests += 1;
    return fetch(...parameters);
  };
}"""


def open_story(page: Page, story: Story) -> Locator:
    """Open the page of a story as one of its writers, and return its body."""
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    wait_for_editor(page)
    return body_of(page)


def is_selected(page: Page, words: str) -> None:
    page.wait_for_function(
        "words => CKEDITOR.instances.id_body.document?.$.getSelection().toString().includes(words)", arg=words
    )


def test_a_passage_selected_in_the_editor_is_kept_with_the_note_and_found_from_it(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, journalist)
    body = open_story(page, story)
    page.locator("#id_headline").select_text()  # an earlier selection, which must not count
    body.click()
    body.evaluate(SELECT.replace("([words])", "(body, [words])"), ["une cinquantaine"])
    page.locator(".cke_button__annoter").click()

    expect(page.locator("#note-passage")).to_have_value("une cinquantaine")
    expect(page.locator("#new-note")).to_be_focused()
    page.keyboard.type("Combien au juste ?")
    page.locator("button[value=note]").click()
    page.wait_for_url("**#notes")
    note = Note.objects.get()
    assert (note.text, note.passage) == ("Combien au juste ?", "une cinquantaine")

    wait_for_editor(page)
    page.locator("#notes [data-passage]").click()
    is_selected(page, "une cinquantaine")


def test_a_passage_of_the_headline_is_noted_and_found_by_keyboard(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, journalist)
    open_story(page, story)
    headline = page.locator("#id_headline")
    headline.focus()
    page.keyboard.press("Home")
    for _character in range(len("Le budget")):
        page.keyboard.press("Shift+ArrowRight")
    annotate = page.locator("[data-annotate]")
    annotate.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#note-passage")).to_have_value("Le budget")

    page.keyboard.type("Lequel ?")
    page.locator("button[value=note]").press("Enter")
    page.wait_for_url("**#notes")
    page.locator("#notes [data-passage]").press("Enter")
    expect(headline).to_be_focused()
    assert headline.evaluate("line => line.value.slice(line.selectionStart, line.selectionEnd)") == "Le budget"


def test_a_passage_is_found_across_paragraphs_and_with_other_quotes_and_spaces(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    write_note(story, by=journalist, text="Vu.", passage="d'habitants. Un budget de trois lignes \"Nous avons compté")
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("#notes [data-passage]").click()

    is_selected(page, "Un budget de trois lignes")
    expect(page.locator(".note-gone")).to_have_count(0)


def test_a_passage_is_found_when_the_editor_shows_the_source(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    write_note(story, by=journalist, text="Vu.", passage="une cinquantaine")
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator(".cke_button__source").click()
    expect(page.locator("textarea.cke_source")).to_be_visible()
    page.locator("#notes [data-passage]").click()

    is_selected(page, "une cinquantaine")


def test_a_passage_asked_for_while_the_editor_loads_is_selected_once_it_has_loaded(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    write_note(story, by=journalist, text="Vu.", passage="une cinquantaine")
    page = new_page()
    sign_in(page, journalist)
    let_go = hold(page, "**/ckeditor/lang/fr.js*")
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/", wait_until="domcontentloaded")

    page.locator("#notes [data-passage]").click()
    let_go()

    is_selected(page, "une cinquantaine")
    expect(page.locator(".note-gone")).to_have_count(0)


def test_a_passage_that_is_no_longer_in_the_text_is_reported(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    write_note(story, by=journalist, text="Vu.", passage="des mots qui n’y sont plus")
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("#notes [data-passage]").click()

    expect(page.locator(".note-gone")).to_be_visible()


def test_annotating_without_a_selection_explains_how_to_select_a_passage(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("[data-annotate]").click()

    expect(page.locator("#note-passage")).to_be_focused()
    expect(page.locator(".note-said")).not_to_be_empty()


def test_a_passage_is_noted_and_found_on_a_page_that_one_cannot_edit(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, sub_editor: User, photo_editor: User, story: Story
) -> None:
    deeds.submit(story, revision=story.version, by=journalist)
    page = new_page()
    sign_in(page, photo_editor)
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    page.evaluate(SELECT, ["portes ouvertes"])
    page.locator("[data-annotate]").click()
    expect(page.locator("#note-passage")).to_have_value("portes ouvertes")
    page.locator("#new-note").fill("J’ai la photo.")
    page.get_by_role("button", name="Ajouter la note").click()
    page.wait_for_url("**#notes")

    page.locator("#notes [data-passage]").click()
    assert page.evaluate("getSelection().toString()") == "portes ouvertes"


def test_an_at_sign_completes_the_name_of_a_colleague_by_keyboard(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, sub_editor: User, story: Story,
    assert_accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, journalist)
    open_story(page, story)
    note = page.locator("#new-note")
    note.focus()
    page.keyboard.type("Merci @secr")
    option = page.locator("#colleagues li")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(note).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    assert_accessible(page)
    page.keyboard.press("Enter")

    expect(note).to_have_value("Merci @secretaire ")
    expect(page.locator("#colleagues")).to_be_hidden()
    page.keyboard.type("de voir")
    page.locator("button[value=note]").click()
    page.wait_for_url("**#notes")
    assert Note.objects.get().mentions.get() == sub_editor


def test_moving_the_caret_away_closes_the_list_of_colleagues_and_enter_makes_a_new_line(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, sub_editor: User, story: Story
) -> None:
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("#new-note").focus()
    page.keyboard.type("Merci @secr")
    expect(page.locator("#colleagues li")).to_be_visible()

    page.keyboard.press("Home")
    expect(page.locator("#colleagues")).to_be_hidden()
    page.keyboard.press("Enter")

    expect(page.locator("#new-note")).to_have_value("\nMerci @secr")


def test_escape_closes_the_list_of_colleagues_and_keeps_the_typed_text(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, sub_editor: User, story: Story
) -> None:
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("#new-note").focus()
    page.keyboard.type("@secr")
    expect(page.locator("#colleagues li")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#colleagues")).to_be_hidden()
    expect(page.locator("#new-note")).to_have_value("@secr")


def test_resolving_a_note_keeps_the_unsaved_text_on_the_page(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    note = write_note(story, by=journalist, text="Le chiffre ?").note
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    page.locator("#id_headline").fill("Un titre pas encore enregistré")
    page.locator(f"#note-{note.pk} [data-turn]").click()

    expect(page.locator(".notes-settled summary")).to_be_focused()
    expect(page.locator("#id_headline")).to_have_value("Un titre pas encore enregistré")
    note.refresh_from_db()
    assert note.resolved_by == journalist
    assert Story.objects.get().version == 1


def test_a_second_note_is_resolved_only_after_the_answer_to_the_first(
    new_page: Callable[..., Page], sign_in: Enter, journalist: User, story: Story
) -> None:
    first, second = (write_note(story, by=journalist, text=text).note for text in ("Le chiffre ?", "La date ?"))
    page = new_page()
    sign_in(page, journalist)
    open_story(page, story)
    turn = str(page.locator(f"#note-{first.pk} [data-turn]").get_attribute("data-turn"))
    let_go = hold(page, f"**{turn}")
    page.evaluate(COUNT_REQUESTS)
    page.locator(f"#note-{first.pk} [data-turn]").click()
    page.locator(f"#note-{second.pk} [data-turn]").click()
    assert page.evaluate("() => window.requests") == 1

    let_go()

    expect(page.locator(".notes-settled .notes > li")).to_have_count(2)
    assert story.notes.filter(resolved_at=None).count() == 0


@pytest.mark.parametrize("width", [1280, 375])
def test_the_screens_are_accessible_and_valid(
    width: int, new_page: Callable[..., Page], sign_in: Enter, journalist: User, sub_editor: User, story: Story,
    make_story: Callable[..., Story], assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    deeds.submit(story, revision=story.version, by=journalist)
    settled = write_note(story, by=sub_editor, text="Deux mots.").note
    write_note(story, by=sub_editor, text="Combien ?", passage="une cinquantaine d’habitants")
    Note.objects.filter(pk=settled.pk).update(resolved_at=story.saved_at, resolved_by=journalist)
    story.refresh_from_db()
    story.headline = "Le budget communal tient en trois lignes"
    story.save()
    saving.record_text(story, by=sub_editor)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Deux précisions.")
    page = new_page(viewport={"width": width, "height": 800})
    sign_in(page, journalist)
    read = make_story(by=journalist)
    write_note(read, by=sub_editor, text="Combien ?", passage="une cinquantaine d’habitants")
    deeds.submit(read, revision=read.version, by=journalist)
    addresses = [
        f"/redaction/newsroom/story/{read.pk}/change/",
        "/redaction/mon-compte/",
        f"/redaction/newsroom/story/{story.pk}/desk-changes/",
        f"/redaction/newsroom/story/{story.pk}/change/",
    ]
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert_valid_html(response.text())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
