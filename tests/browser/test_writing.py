"""Writing in the editor: each key, button and paste leaves what the desk stores, and undoing it leads back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from newsroom import body
from newsroom.models import Story
from tests.browser.shown import SHOWN, through
from tests.browser.story_page import body_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = "<tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr>"
TABLE = f"<table><caption>t</caption><tbody>{ROWS}</tbody></table><p>f</p>"
ROW = "[table[caption t][tbody[tr[td {}][td b]][tr[td c][td]]]][p f]"
BLOCKS = ROW.replace("[td {}]", "[td{}]")
QUOTATION = "<blockquote><p>a</p><footer>b</footer></blockquote><p>f</p>"
LIST = "<ul><li>a</li><li>b</li></ul>"
INNER = '<p>x</p><figure class="image" data-image="1"></figure><p>y</p>'

PUT_CARET = """([html, selector]) => new Promise(done => {
  const editor = CKEDITOR.instances.id_body;
  editor.setData(html, { callback: () => {
    editor.focus();
    const range = editor.createRange();
    range.moveToElementEditEnd(new CKEDITOR.dom.element(editor.document.$.querySelector(selector)));
    range.select();
    editor.selectionChange(true);
    editor.resetUndo();
    setTimeout(done);
  }});
})"""
PASTE = """html => {
  const clipboard = new DataTransfer();
  clipboard.setData('text/html', html);
  const event = new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true, cancelable: true});
  CKEDITOR.instances.id_body.getSelection().getStartElement().$.dispatchEvent(event);
}"""


class Typist:
    """Writes into the editor of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start(self, html: str, selector: str) -> None:
        """Put the caret at the end of an element of a text."""
        self.page.evaluate(PUT_CARET, [html, selector])

    def do(self, *steps: str) -> None:
        """« Enter » presses a key, « =mots » types, « !bulletedlist » presses a button, « <p> » pastes."""
        for step in steps:
            match step[0]:
                case "=":
                    self.page.keyboard.type(step[1:])
                case "!":
                    self.page.evaluate("name => CKEDITOR.instances.id_body.execCommand(name)", step[1:])
                case "<":
                    self.page.evaluate(PASTE, step)
                    self.page.wait_for_timeout(60)
                case _:
                    self.page.keyboard.press(step)

    def shown(self) -> str:
        shown: str = self.page.evaluate(f"() => new Promise(done => setTimeout(() => done(({SHOWN})())))")
        return shown

    def stored(self) -> str:
        return body.clean(self.page.evaluate("CKEDITOR.instances.id_body.getData()"))


@pytest.fixture
def typist(open_draft: Callable[[str], tuple[Page, Story]]) -> Typist:
    return Typist(open_draft("<p>Texte.</p>")[0])


DEEDS: list[tuple[str, str, list[str], str]] = [
    # in a cell
    (TABLE, "td", ["Enter", "=x"], BLOCKS.format("[p a][p x]")),
    (TABLE, "td", ["Enter", "Enter", "Enter", "=x"], BLOCKS.format("[p a][p x]")),
    (TABLE, "td", ["Shift+Enter", "=x"], ROW.format("a/x")),
    (TABLE, "td", ["Shift+Enter", "Shift+Enter", "=xyz"], BLOCKS.format("[p a][p xyz]")),
    (TABLE, "td", ["!bulletedlist", "=x", "Enter", "=y"], BLOCKS.format("[ul[li ax][li y]]")),
    (TABLE, "td", ["!numberedlist", "Enter", "=y", "Enter", "Enter", "=z"], BLOCKS.format("[ol[li a][li y]][p z]")),
    (TABLE, "td", ["!intertitre", "!blockquote", "!table", "=x"], ROW.format("ax")),
    (TABLE, "tr:last-child td:last-child", ["=l", "Tab", "=n"],
     "[table[caption t][tbody[tr[td a][td b]][tr[td c][td l]][tr[td n][td]]]][p f]"),
    (TABLE, "td", ["!rowDelete"], "[table[caption t][tbody[tr[td c][td]]]][p f]"),
    (TABLE, "td", ["!rowInsertBefore"], "[table[caption t][tbody[tr[td][td]][tr[td a][td b]][tr[td c][td]]]][p f]"),
    (TABLE, "td", ["!columnDelete"], "[table[caption t][tbody[tr[td b]][tr[td]]]][p f]"),
    (TABLE, "td", ["!cellMergeDown"], "[table[caption t][tbody[tr[td 2 a/c][td b]][tr[td]]]][p f]"),
    (TABLE, "td", ["!cellHorizontalSplit"], "[table[caption t][tbody[tr[td a][td 2 b]][tr[td]][tr[td c][td]]]][p f]"),
    (TABLE, "caption", ["Enter", "=x", "Enter", "Enter", "=y"], ROW.format("a").replace("caption t", "caption t/x/y")),
    # what is pasted into a cell, an item, a quotation
    (TABLE, "td", ["<h2>x</h2><h2>y</h2>", "=z"], BLOCKS.format("[p a][p x][p yz]")),
    (TABLE, "td", ["<blockquote><p>x</p><footer>y</footer></blockquote>"], BLOCKS.format("[p a][p x][p y]")),
    (TABLE, "td", ["<table><tr><td>x</td><td>y</td></tr></table>"], BLOCKS.format("[p a][p x][p y]")),
    (TABLE, "td", ["<ul><li>x</li><li>y</li></ul>"], BLOCKS.format("[p a][ul[li x][li y]]")),
    (TABLE, "td", [INNER], BLOCKS.format("[p a][p x][p y]").replace("[p f]", "[figure][p f]")),
    (TABLE, "td", ['<blockquote class="exergue"><p>x</p></blockquote>'],
     ROW.format("a").replace("[p f]", "[exergue[p x]][p f]")),
    (TABLE, "caption", ["<p>x</p><p>y</p>"], ROW.format("a").replace("caption t", "caption t/x/y")),
    (LIST, "li", ["<p>x</p><p>y</p>"], "[ul[li[p a][p x][p y]][li b]]"),
    (LIST, "li", ["<table><tr><td>x</td></tr></table>"], "[ul[li a][li b]][table[tbody[tr[td x]]]]"),
    (LIST, "li", [INNER], "[ul[li[p a][p x][p y]][li b]][figure]"),
    (QUOTATION, "p", ["<table><tr><td>x</td></tr></table>"],
     "[blockquote[p a][footer b]][table[tbody[tr[td x]]]][p f]"),
    (QUOTATION, "p", ["<blockquote><p>x</p><footer>y</footer></blockquote>"],
     "[blockquote[p a][p x][footer y/b]][p f]"),
    # items, quotations, crossheads, paragraphs
    (LIST, "li", ["!intertitre", "!table", "=x"], "[ul[li ax][li b]]"),
    (LIST, "li", ["!blockquote", "=x"], "[blockquote[ul[li ax][li b]]]"),
    (LIST, "li", ["Shift+Enter", "Shift+Enter", "=xyz"], "[ul[li[p a][p xyz]][li b]]"),
    (LIST, "li:last-child", ["Tab", "=x"], "[ul[li a[ul[li bx]]]]"),
    (QUOTATION, "p", ["Enter", "Enter", "=x"], "[blockquote[p a][footer b]][p x][p f]"),
    (QUOTATION, "footer", ["Enter", "=x"], "[blockquote[p a][footer b/x]][p f]"),
    ("<blockquote><p>a</p><p>b</p></blockquote><p>f</p>", "p", ["Enter", "Enter", "=x"],
     "[blockquote[p a]][p x][blockquote[p b]][p f]"),
    ("<h2>a</h2><p>f</p>", "h2", ["Shift+Enter", "!bold", "=x"], "[h2 ax][p f]"),
    ("<h2>a</h2><p>f</p>", "h2", ["!bulletedlist", "=x"], "[ul[li ax]][p f]"),
    ("<h2>a</h2><p>f</p>", "h2", ["!blockquote", "=x"], "[blockquote[p ax]][p f]"),
    ("<p>a</p><p>f</p>", "p", ["Shift+Enter", "Shift+Enter", "=xyz"], "[p a][p xyz][p f]"),
    ("<p>a</p><p>f</p>", "p", ["Enter", "Enter", "Enter", "=x"], "[p a][p x][p f]"),
    ("<p>a</p><p>f</p>", "p", ["<h3>x</h3><p>y</p>"], "[p a][h2 x][p y][p f]"),
]  # fmt: skip


def test_what_each_deed_leaves_is_what_is_stored(typist: Typist) -> None:
    found: list[Any] = []
    for html, selector, steps, _expected in DEEDS:
        typist.start(html, selector)
        typist.do(*steps)
        found.append((typist.shown(), typist.stored()))

    again = [shown for shown, _data in through(typist.page, [stored for _shown, stored in found])]

    for (html, _selector, steps, expected), (shown, _stored), kept in zip(DEEDS, found, again, strict=True):
        assert (shown, kept) == (expected, expected), f"{steps} in {html}"


def test_what_was_brought_into_shape_can_be_undone_and_done_again(typist: Typist) -> None:
    typist.start(TABLE, "td")
    typist.do("<h2>x</h2><h2>y</h2>", "=z")

    typist.do("!undo")
    assert typist.shown() == BLOCKS.format("[p a][p x][p y]")
    typist.do("!undo")
    assert typist.shown() == ROW.format("a")
    typist.do("!redo", "!redo")
    assert typist.shown() == BLOCKS.format("[p a][p x][p yz]")


def test_buttons_are_off_where_what_they_make_would_not_be_stored(typist: Typist) -> None:
    names = ["intertitre", "table", "blockquote", "bulletedlist", "bold"]
    states = "names => names.filter(name => CKEDITOR.instances.id_body.getCommand(name).state === 0)"

    off = {}
    for html, selector in ((TABLE, "td"), (TABLE, "caption"), (LIST, "li"), (QUOTATION, "p"), ("<h2>a</h2>", "h2")):
        typist.start(html, selector)
        off[selector] = typist.page.evaluate(states, names)
    typist.start(TABLE, "body > p")

    assert off == {
        "td": ["intertitre", "table", "blockquote"],
        "caption": ["intertitre", "table", "blockquote", "bulletedlist"],
        "li": ["intertitre", "table"],
        "p": ["intertitre", "table"],
        "h2": ["bold"],
    }
    assert typist.page.evaluate(states, names) == []


BULLET = (
    "<p class=MsoListParagraphCxSp{} style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span "
    "style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; "
    "</span></span><![endif]>{}</p>"
)
WORD_TABLE = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"></head><body lang=FR>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0><tr><td width=302 valign=top
style='width:226.55pt;border:solid windowtext 1.0pt'><p class=MsoNormal>Port<o:p></o:p></p></td><td width=302><p
class=MsoNormal>Un</p><p class=MsoNormal>deux</p></td></tr><tr><td
width=302>{BULLET.format("First", "thon")}{BULLET.format("Last", "sardine")}</td><td width=302><p
class=MsoNormal><o:p>&nbsp;</o:p></p></td></tr></table></body></html>"""


def test_a_table_of_word_keeps_the_paragraphs_and_lists_of_its_cells(typist: Typist) -> None:
    typist.start("<p>a</p>", "p")

    typist.do(WORD_TABLE)
    expect(body_of(typist.page)).to_contain_text("sardine")  # the filter of Word is loaded first

    assert (
        "<table><tbody><tr><td>Port</td><td><p>Un</p><p>deux</p></td></tr>"
        "<tr><td><ul><li>thon</li><li>sardine</li></ul></td><td></td></tr></tbody></table>"
    ) in typist.stored()
    assert through(typist.page, [typist.stored()])[0][0] in typist.shown()
