"""The editor of the body, in a real browser under the real policy: inserting, pasting, and the stored HTML."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from articles.models import Section
from newsroom.models import Photo, Story
from tests.browser.story_page import body_of, wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD = "/redaction/newsroom/story/add/"

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal {margin:0cm}</style></head><body lang=FR>
<p class=MsoNormal><b>Le port<o:p></o:p></b></p>
<p class=MsoNormal style='margin-bottom:0cm'>Trois <i>navires</i> sont arrivés<a href="#_ftn1">[1]</a>.<o:p></o:p></p>
<p class=MsoNormal><span style='color:red'>Rouge.</span></p></body></html>"""

DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f2e3d4c-7fff">
<p dir="ltr" style="line-height:1.38;"><span style="font-family:Arial;vertical-align:baseline;">Le quai </span>
<span style="background-color:transparent;">est </span><span
style="font-weight:700;vertical-align:baseline;">fermé</span></p>
<p dir="ltr"><a href="https://www.google.com/url?q=https://port.example/avis&amp;sa=D">
<span style="vertical-align:baseline">avis</span></a></p></b>"""


@pytest.fixture
def write(page: Page, journalist: User, section: Section, sign_in: Callable[[Page, User], None]) -> Callable[..., Page]:
    """Opens the page of a new story, or of `story`, and waits for the editor."""

    def open_form(story: Story | None = None) -> Page:
        sign_in(page, journalist)
        page.goto(f"/redaction/newsroom/story/{story.pk}/change/" if story else ADD)
        wait_for_editor(page)
        if story is None:
            page.locator("#id_headline").fill("La digue tient")
            page.locator("#id_section").select_option(str(section.pk))
        return page

    return open_form


def dialog(page: Page) -> Any:
    return page.locator("dialog.redaction-search[open]")


def paste(page: Page, html: str) -> None:
    """Paste `html` as the browser does on Ctrl+V."""
    page.evaluate(
        """html => new Promise((done, fail) => {
            setTimeout(() => fail(new Error('The paste is lost.')), 60000);
            const editor = CKEDITOR.instances.id_body;
            editor.focus();
            editor.once('afterPaste', () => done());
            const clipboard = new DataTransfer();
            clipboard.setData('text/html', html);
            const event = new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true, cancelable: true});
            (editor.document.getBody().$.querySelector('p') ?? editor.document.getBody().$).dispatchEvent(event);
        })""",
        html,
    )


def save(page: Page) -> str:
    """Save, and return the stored body."""
    with page.expect_navigation():
        page.locator("button[name=_continue]").first.evaluate("button => button.click()")
    return Story.objects.order_by("-pk")[0].body


def test_the_editor_loads_under_the_real_policy(write: Callable[..., Page]) -> None:
    page = write()
    expect(page.locator("a.cke_button__lireaussi")).to_be_visible()
    policy = page.request.get(ADD).headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert re.search(r"frame-src [^;]*", policy)[0] == "frame-src 'self'"  # the preview


def test_the_page_with_the_editor_is_accessible(
    write: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page = write()
    page.locator("a.cke_button__lireaussi").click()
    expect(dialog(page).get_by_role("status")).not_to_be_empty()
    assert_accessible(page)


def test_a_read_also_is_found_and_inserted_by_keyboard_only(
    write: Callable[..., Page],
    journalist: User,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:
    target = publish_story(make_story(by=journalist, headline="Le phare rouvre"))
    publish_story(make_story(by=journalist, headline="La halle ferme"))
    page = write()

    body_of(page).click()
    page.keyboard.type("Elle tient encore.")
    page.keyboard.press("Control+Shift+L")
    expect(dialog(page).get_by_role("option")).to_have_count(2)
    page.keyboard.type("phare")
    expect(dialog(page).get_by_role("option")).to_have_text(["Le phare rouvre"])
    page.keyboard.press("Enter")
    expect(dialog(page)).to_have_count(0)
    expect(body_of(page).locator("aside.lire-aussi")).to_contain_text("Le phare rouvre")
    page.keyboard.type("Et demain ?")

    stored = save(page)
    assert stored == (
        f'<p>Elle tient encore.</p>\n<aside class="lire-aussi" data-article="{target.pk}"></aside>\n<p>Et demain ?</p>'
    )


def test_a_reference_to_ones_own_unpublished_story_is_marked_as_not_public(
    write: Callable[..., Page], journalist: User, make_story: Callable[..., Story]
) -> None:
    draft = make_story(by=journalist, headline="Le phare rouvre")
    page = write()
    body_of(page).click()
    page.locator("a.cke_button__lireaussi").click()
    option = dialog(page).get_by_role("option")
    expect(option.locator("small.absent")).to_be_visible()
    option.click()
    expect(body_of(page).locator("aside.lire-aussi.absent")).to_contain_text("Le phare rouvre")
    assert f'data-article="{draft.pk}"' in save(page)


def test_opening_a_text_with_references_does_not_change_it(
    write: Callable[..., Page],
    journalist: User,
    make_story: Callable[..., Story],
    make_photo: Callable[..., Photo],
) -> None:
    photo = make_photo()
    body = (
        f'<p>Elle tient.</p>\n<figure class="image" data-image="{photo.pk}"><figcaption>La <em>digue</em></figcaption>'
        '</figure>\n<aside class="lire-aussi" data-article="999"></aside>\n'
        '<blockquote class="exergue"><p>Elle tient.</p><p>Pour l’instant.</p><footer>La trésorière</footer>'
        "</blockquote>\n"
        '<figure class="embed" data-embed="https://www.youtube.com/watch?v=1"></figure>\n<p>Fin.</p>'
    )
    story = make_story(by=journalist, body=body)
    page = write(story)
    expect(body_of(page).locator("aside.lire-aussi")).to_have_class("lire-aussi cke_widget_element absent")
    expect(body_of(page).locator("figure.image img")).to_be_visible()
    expect(page.locator("#word-count")).to_have_text(re.compile("^9 "))
    assert page.evaluate("CKEDITOR.instances.id_body.checkDirty()") is False
    assert page.evaluate("CKEDITOR.instances.id_body.getCommand('undo').state") == 0

    assert save(page) == body
    story.refresh_from_db()
    assert story.version == 1


def test_a_picture_is_inserted_with_a_caption_which_can_be_edited_later(
    write: Callable[..., Page], make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo(caption="Le phare, mardi.")
    make_photo(caption="La halle, jeudi.", alt="La halle")
    page = write()
    body_of(page).click()
    page.keyboard.type("Elle tient.")
    page.locator("a.cke_button__imagearticle").click()
    page.keyboard.type("phare mardi")
    expect(dialog(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("La digue & le phare")
    page.keyboard.press("Enter")
    expect(body_of(page).locator("figcaption")).to_have_text("La digue & le phare")

    body_of(page).locator("figure.image").dblclick()
    expect(dialog(page)).to_be_visible()
    dialog(page).locator("input[type=text]").fill("Le phare seul")
    page.keyboard.press("Enter")
    expect(body_of(page).locator("figcaption")).to_have_text("Le phare seul")

    assert save(page) == (
        f'<p>Elle tient.</p>\n<figure class="image" data-image="{photo.pk}">'
        "<figcaption>Le phare seul</figcaption></figure>"
    )


def test_words_typed_right_after_inserting_a_pull_quote_go_into_it(write: Callable[..., Page]) -> None:
    page = write()
    body_of(page).click()
    page.keyboard.type("Elle tient.")
    page.locator("a.cke_button__exergue").click()
    page.keyboard.type("Nous avons tout compté")
    body_of(page).locator("blockquote.exergue footer").click()
    page.keyboard.type("La trésorière")

    assert save(page) == (
        '<p>Elle tient.</p>\n<blockquote class="exergue"><p>Nous avons tout compté</p><footer>La trésorière</footer>'
        "</blockquote>"
    )


def test_the_crosshead_button_makes_a_heading(write: Callable[..., Page]) -> None:
    page = write()
    body_of(page).click()
    page.locator("a.cke_button__intertitre").click()
    page.keyboard.type("Trois lignes")
    assert save(page) == "<h2>Trois lignes</h2>"


def test_a_paste_from_word_is_stored_without_its_styles(write: Callable[..., Page]) -> None:
    page = write()
    paste(page, WORD)
    assert save(page) == (
        "<p><strong>Le port</strong></p>\n<p>Trois <em>navires</em> sont arrivés[1].</p>\n<p>Rouge.</p>"
    )


def test_a_paste_from_google_docs_keeps_its_words_bold_and_links(write: Callable[..., Page]) -> None:
    page = write()
    paste(page, DOCS)
    assert save(page) == (
        '<p>Le quai est <strong>fermé</strong></p>\n<p><a href="https://port.example/avis">avis</a></p>'
    )


def test_source_mode_and_undo_keep_references_intact(
    write: Callable[..., Page], journalist: User, make_story: Callable[..., Story]
) -> None:
    body = '<p>Elle tient.</p>\n<aside class="lire-aussi" data-article="999"></aside>\n<p>Fin.</p>'
    story = make_story(by=journalist, body=body)
    page = write(story)
    page.locator("a.cke_button__source").click()
    source = page.locator("textarea.cke_source").input_value()
    assert [line for line in source.splitlines() if line] == body.splitlines()
    page.locator("a.cke_button__source").click()
    expect(body_of(page).locator("aside.absent")).to_be_visible()
    body_of(page).locator("p").last.click()
    page.keyboard.type("Encore. ")
    page.keyboard.press("Control+z")
    expect(body_of(page).locator("aside.absent")).to_be_visible()
    assert 'data-article="999"' in save(page)


def test_tables_lists_and_links_are_saved_unchanged(
    write: Callable[..., Page], journalist: User, make_story: Callable[..., Story]
) -> None:
    body = (
        "<h2>Trois lignes</h2>\n<ul><li>Une<ol><li>Deux</li></ol></li></ul>\n"
        '<p>Le <a href="https://port.example/">port</a>, le 1<sup>er</sup> mai, <strong>fermé</strong>.</p>\n'
        '<table><caption>Quais</caption><thead><tr><th scope="col">Quai</th><th scope="col">Longueur</th></tr></thead>'
        '<tbody><tr><td colspan="2">Sud</td></tr></tbody></table>\n'
        "<blockquote><p>Elle tient.</p><footer>La trésorière</footer></blockquote>"
    )
    story = make_story(by=journalist, body=body)
    before = Story.objects.get(pk=story.pk).body
    assert save(write(story)) == before == body
