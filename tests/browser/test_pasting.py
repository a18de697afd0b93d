"""Pasting into the editor: what its source marks as no text is left out with a line on it, and no paste is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from newsroom.models import Story
from tests.browser.story_page import body_of
from tests.newsroom.marked_texts import SAMPLES, WORD, WORD_COMMENT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORD_PAGE = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal {{margin:0cm}}</style></head><body lang=FR>
{WORD}{WORD_COMMENT}</body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f2e3d4c-7fff"><p dir="ltr"><span
style="font-family:Arial">Le maire a </span><span
style="text-decoration:line-through;color:#188038">détourné</span><span
style="color:#188038">obtenu</span><span> trois millions.</span></p></b>"""
LIBREOFFICE = """<html><head><meta name="generator" content="LibreOffice 24.2"/></head><body><p>Le maire a <del
cite="mailto:x" datetime="2026-12-01T09:00">détourné</del><ins>obtenu</ins> trois <strike>cents</strike>millions.</p>
</body></html>"""


@pytest.fixture
def writing(open_draft: Callable[[str], tuple[Page, Story]]) -> Page:
    return open_draft("")[0]


def paste(page: Page, html: str, text: str = "") -> None:
    """Paste as the browser does on Ctrl+V."""
    page.evaluate(
        """([html, text]) => {
            const editor = CKEDITOR.instances.id_body;
            editor.focus();
            const clipboard = new DataTransfer();
            if (html) clipboard.setData('text/html', html);
            if (text) clipboard.setData('text/plain', text);
            const event = new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true, cancelable: true});
            (editor.document.getBody().$.querySelector('p') ?? editor.document.getBody().$).dispatchEvent(event);
        }""",
        [html, text],
    )


def report(page: Page) -> Locator:
    return page.locator("#pasted-id_body")


@pytest.mark.parametrize("html", [DOCS, LIBREOFFICE], ids=["Google Docs", "LibreOffice"])
def test_struck_and_deleted_words_never_come_in_and_a_line_says_so(html: str, writing: Page) -> None:
    paste(writing, html)

    expect(body_of(writing)).to_contain_text("Le maire a obtenu trois millions.")
    expect(body_of(writing)).not_to_contain_text("détourné")
    expect(report(writing)).to_contain_text("barré", timeout=8000)


def test_tracked_changes_and_comments_of_word_never_come_in_and_a_line_counts_them(writing: Page) -> None:
    paste(writing, WORD_PAGE)

    expect(body_of(writing)).to_contain_text("Le maire a obtenu trois millions.")
    for gone in ("détourné", "Karim", "[NB1]"):
        expect(body_of(writing)).not_to_contain_text(gone)
    expect(report(writing)).to_contain_text("1 passage barré ou supprimé et 2 commentaires")


def test_the_editor_leaves_of_marked_text_what_the_cleaner_leaves(writing: Page) -> None:
    shown = writing.evaluate(
        """samples => samples.map(html => {
            const { html: mended } = CKEDITOR.plugins.get('redactionpaste').mend(html);
            const blocks = new DOMParser().parseFromString(mended, 'text/html').body;
            for (const block of blocks.querySelectorAll('p, li, td, div')) block.append(' ');
            return blocks.textContent;
        })""",
        [pasted for pasted, _kept in SAMPLES],
    )

    assert [" ".join(text.split()) for text in shown] == [kept for _pasted, kept in SAMPLES]


def test_headings_of_all_levels_come_in_as_ours(writing: Page) -> None:
    paste(writing, "".join(f"<h{level}>Niveau {level}</h{level}><p>Texte.</p>" for level in range(1, 7)))

    expect(body_of(writing).locator("h2")).to_have_text(["Niveau 1", "Niveau 2"])
    expect(body_of(writing).locator("h3")).to_have_text(["Niveau 3", "Niveau 4", "Niveau 5", "Niveau 6"])


def test_a_line_says_that_pictures_of_a_paste_were_left_out(writing: Page) -> None:
    paste(writing, "<p>Avant <img src='x.png' alt=''> après.</p><p><img src='y.png' alt=''></p>")

    expect(body_of(writing)).to_contain_text("Avant")
    expect(report(writing)).to_contain_text("2 images, à ajouter par la photothèque")


def test_a_paste_that_leaves_nothing_out_says_nothing(writing: Page) -> None:
    paste(writing, "<p>Une image : <img src='x.png' alt=''></p>")
    expect(report(writing)).to_contain_text("1 image")

    paste(writing, "<p>Rien que des mots.</p>")

    expect(body_of(writing)).to_contain_text("Rien que des mots.")
    expect(report(writing)).to_have_text("")


def test_a_paste_on_which_a_filter_breaks_comes_in_as_its_words(writing: Page) -> None:
    writing.evaluate(
        """() => CKEDITOR.instances.id_body.on('paste', () => {
            throw new Error('a filter that breaks');
        }, null, null, 4)"""
    )

    paste(writing, "<p>Trois <b>navires</b>.</p><p>Et un quatrième.</p>", "Trois navires.\n\nEt un quatrième.")

    expect(body_of(writing).locator("p").filter(has_text="Trois navires.")).to_be_visible()
    expect(body_of(writing).locator("p").filter(has_text="Et un quatrième.")).to_be_visible()
    expect(report(writing)).to_contain_text("ses mots sont là")


def test_text_that_is_put_in_by_the_source_view_loses_its_marked_words_too(writing: Page) -> None:
    kept = writing.evaluate(
        """() => new Promise(done => {
            const editor = CKEDITOR.instances.id_body;
            editor.setData('<h4>Titre</h4><p>a <del>b</del> c</p>', () => done(editor.getData()));
        })"""
    )

    assert " ".join(kept.split()) == "<h2>Titre</h2><p>a c</p>"  # no page skips a level
