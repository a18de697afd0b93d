"""Cleans what is typed, pasted or imported into a body. nh3 is the security boundary for every body.

A cleaned body is what `articles.body` reads, one block a line: paragraphs and crossheads of inline text, lists,
quotations, tables, and the empty elements that refer to an article, a picture or a page elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import nh3

from .inline import DROPPED_CHARACTERS, INLINE, holds_block, inline, is_inline, is_swallowed, reference
from .marks import Mark
from .reading import TooIntricate, read, words_in
from .tree import Element, Node, serialise

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
LISTS = frozenset({"ul", "ol"})
TABLE_PARTS = frozenset({"thead", "tbody", "tfoot"})

KEPT_TAGS = INLINE | LISTS | TABLE_PARTS | {
    "p", "h2", "h3", "li", "blockquote", "footer", "br", "table", "caption", "tr", "td", "th", "aside", "figure",
    "figcaption",
}  # fmt: skip
KEPT_ATTRIBUTES = {
    "a": {"href"},
    "aside": {"class", "data-article"},
    "figure": {"class", "data-image", "data-embed"},
    "blockquote": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
DROPPED_WITH_CONTENTS = {
    "script", "style", "iframe", "object", "svg", "math", "template", "noscript", "title", "audio", "video", "canvas",
    "noembed", "noframes", "select", "textarea", "head", "applet", "frameset", "xmp",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}

SPAN_NUMBER = re.compile(r"[1-9][0-9]?", re.ASCII)
NO_BREAK = "\u00a0"
LONGEST = 300_000  # characters of a body, markup included: some fifty thousand words
PASSES = 6  # what is moved out of a paragraph may be moved once more; the result settles in two or three passes
REMEMBERED = 16  # texts: one request cleans the same text for its form, its checks and its autosave


class Cleaned(NamedTuple):
    """A clean body, and how many passages were left out because their source does not count them as text.

    An intricate text has more elements than any article: its words are kept, its markup is not.
    """

    html: str
    left_out: Counter[Mark]
    is_intricate: bool = False


def clean(html: str) -> str:
    """The body that may be stored and published: allowed elements alone, references canonical, one block a line.

    A clean body comes back unchanged. Words are lost only inside elements that never hold text (scripts, frames,
    drawings, forms), and where the source says that they are no part of the text: struck, deleted or hidden words, and
    comments. No picture or frame from elsewhere remains, and no link but http(s), mailto and our own pages.

    The time and the memory that it takes grow as the text does, whatever the text is.
    """
    return cleaned(html).html


@lru_cache(maxsize=REMEMBERED)
def cleaned(html: str) -> Cleaned:
    """What `clean` makes of a text, with what it left out."""
    text, left_out = DROPPED_CHARACTERS.sub("", html), Counter[Mark]()
    try:
        for _pass in range(PASSES):
            nodes, missing = read(text)
            left_out += missing
            tidy = _vetted("\n".join(serialise([block]) for block in _raised(_blocks(nodes))))
            if tidy == text or len(tidy) > LONGEST:  # a text that is too long is not stored, so it need not settle
                return Cleaned(tidy, left_out)
            text = tidy
    except TooIntricate:
        pass
    # Markup that does not settle, or has no end, is an attack or an accident: keep its words without any markup.
    return Cleaned(_vetted(serialise(_paragraph("p", [words_in(text)]))), left_out, is_intricate=True)


def _vetted(html: str) -> str:
    """`html` as nh3 lets it through. Every body passes here last, so that no earlier step can let markup slip by."""
    vetted = nh3.clean(
        html,
        tags=set(KEPT_TAGS),
        attributes=KEPT_ATTRIBUTES,
        clean_content_tags=DROPPED_WITH_CONTENTS,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return vetted.replace("&nbsp;", NO_BREAK)


def fits(html: str) -> bool:
    """Whether a text is short and simple enough for the desk, before it is cleaned and after."""
    if len(html) > LONGEST:
        return False
    made = cleaned(html)
    return not made.is_intricate and len(made.html) <= LONGEST


def _raised(blocks: list[Element]) -> list[Element]:
    """`blocks` with the crossheads before the first of the higher level raised to it: no page skips a level."""
    for block in blocks:
        if block.tag == "h2":
            break
        if block.tag == "h3":
            block.tag = "h2"
    return blocks


# --- Blocks -------------------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[Node]) -> list[Element]:
    """`nodes` as blocks. Bare words are gathered into paragraphs; a reference inside a block is moved behind it."""
    blocks: list[Element] = []
    bare: list[Node] = []

    def close_paragraph() -> None:
        if bare:
            blocks.extend(_paragraph("p", bare))
            bare.clear()

    for node in nodes:
        if isinstance(node, str) or (is_inline(node) and not holds_block(node)):
            bare.append(node)
            continue
        close_paragraph()
        blocks.extend(_block(node))
    close_paragraph()
    return blocks


def _block(node: Element) -> list[Element]:
    match node.tag:
        case "p":
            return _paragraph("p", node.children)
        case tag if tag in HEADINGS:
            return _paragraph(HEADINGS[tag], node.children)
        case "ul" | "ol":
            moved: list[Element] = []
            items = _items(node, moved)
            return [*([Element(node.tag, {}, items)] if items else []), *moved]
        case "blockquote":
            return _quotation(node)
        case "table":
            return _table(node)
        case "aside" | "figure":
            if (kept := reference(node)) is not None:
                # an element that was left open contains the blocks after it
                return [kept, *_blocks(child for child in node.children if is_swallowed(child))]
    return _blocks(node.children)


def _paragraph(tag: str, nodes: Iterable[Node]) -> list[Element]:
    moved: list[Element] = []
    if tag != "p":  # a crosshead is always bold, and one line
        texts = [inline(nodes, moved, frozenset({"strong"}), line_breaks=False)]
    else:
        texts = [inline(part, moved) for part in _split(list(nodes))]
    return [*(Element(tag, {}, words) for words in texts if words), *moved]


def _split(nodes: list[Node]) -> list[list[Node]]:
    """`nodes` split where two line breaks in a row stand for a new paragraph."""
    parts: list[list[Node]] = [[]]
    breaks = 0
    for node in nodes:
        if isinstance(node, Element) and node.tag == "br":
            breaks += 1
            if breaks == 2:
                parts.append([])
        elif not isinstance(node, str) or node.strip():
            breaks = 0
        parts[-1].append(node)
    return parts


def _items(node: Element, moved: list[Element]) -> list[Node]:
    """The items of a list: inline text, and nested lists."""
    items: list[Node] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        parts = child.children if isinstance(child, Element) and child.tag == "li" else [child]
        words: list[Node] = []
        lists: list[Node] = []
        for part in parts:
            if isinstance(part, Element) and part.tag in LISTS:
                if inner := _items(part, moved):
                    lists.append(Element(part.tag, {}, inner))
            else:
                words.append(part)
        text = inline(words, moved)
        if text:
            items.append(Element("li", {}, [*text, *lists]))
        elif lists and items and isinstance(items[-1], Element):
            items[-1].children.extend(lists)  # Word puts a nested list beside the item it belongs to
        elif lists:
            items.append(Element("li", {}, lists))
    return items


def _quotation(node: Element) -> list[Element]:
    moved: list[Element] = []
    words: list[Node] = []
    source: list[Node] = []
    for child in node.children:
        if isinstance(child, Element) and child.tag == "footer":
            source = inline(child.children, moved) or source
        else:
            words.append(child)
    kept: list[Node] = []
    for block in _blocks(words):
        if block.tag in ("p", *LISTS):
            kept.append(block)
        elif block.tag in ("h2", "h3"):
            kept.append(Element("p", {}, block.children))
        elif block.tag == "blockquote":
            kept.extend(part for part in block.children if isinstance(part, Element) and part.tag != "footer")
            last = block.children[-1]
            source = source or (last.children if isinstance(last, Element) and last.tag == "footer" else [])
        else:
            moved.append(block)
    if not kept:
        return [*([Element("p", {}, source)] if source else []), *moved]
    if source:
        kept.append(Element("footer", {}, source))
    attributes = {"class": "exergue"} if "exergue" in node.attributes.get("class", "").split() else {}
    return [Element("blockquote", attributes, kept), *moved]


def _table(node: Element) -> list[Element]:
    moved: list[Element] = []
    parts: list[Node] = []
    for child in node.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "caption" and not parts:
            if words := inline(child.children, moved):
                parts.append(Element("caption", {}, words))
        elif child.tag in TABLE_PARTS and (rows := _rows(child, moved)):
            parts.append(Element(child.tag, {}, rows))
    if all(isinstance(part, Element) and part.tag == "caption" for part in parts):  # no row: its caption is a line
        return [*(Element("p", {}, part.children) for part in parts if isinstance(part, Element)), *moved]
    return [Element("table", {}, parts), *moved]


def _rows(node: Element, moved: list[Element]) -> list[Node]:
    rows: list[Node] = []
    for row in node.children:
        if not isinstance(row, Element) or row.tag != "tr":
            continue
        cells: list[Node] = [
            Element(cell.tag, _cell_attributes(cell), inline(cell.children, moved))
            for cell in row.children
            if isinstance(cell, Element) and cell.tag in ("td", "th")
        ]
        if cells:
            rows.append(Element("tr", {}, cells))
    return rows


def _cell_attributes(cell: Element) -> dict[str, str]:
    spans = {
        name: value
        for name in ("colspan", "rowspan")
        if SPAN_NUMBER.fullmatch(value := cell.attributes.get(name, "")) and value != "1"
    }
    scope = cell.attributes.get("scope", "")
    return {**spans, "scope": scope} if cell.tag == "th" and scope in ("col", "row") else spans
