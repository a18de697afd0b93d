"""Cleans what is typed, pasted or imported into a body. nh3 is the security boundary for every body.

A cleaned body is what `articles.body` reads, one block a line: paragraphs and crossheads of inline text, lists,
quotations, tables, and the empty elements that refer to an article, a picture or a page elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import nh3

from .inline import DROPPED_CHARACTERS, INLINE, holds_block, inline, is_inline, is_swallowed, reference
from .marks import Mark
from .reading import TooIntricate, read, words_in
from .spans import settle, without_empty_rows
from .tree import Element, Node, every_element, serialise

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
LISTS = frozenset({"ul", "ol"})
TABLE_PARTS = frozenset({"thead", "tbody", "tfoot"})
CELLS = frozenset({"td", "th"})

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
UNMARKED = re.compile(r"list-style(-type)?:[^;]*none")
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
    """The items of a list: one line each, followed by its nested lists, or paragraphs and lists in the order shown."""
    items: list[Node] = []
    for nodes, is_marked in _lines_of_list(node):
        held = _held(nodes, moved)
        lines = [block.tag == "p" for block in held]
        last = items[-1] if items else None
        if not any(lines) and isinstance(last, Element) and not is_marked:
            last.children.extend(held)  # Word puts a nested list beside the item it belongs to
        elif held:
            is_one_line = lines[0] and not any(lines[1:])
            items.append(Element("li", {}, [*held[0].children, *held[1:]] if is_one_line else [*held]))
    return items


def _lines_of_list(node: Element) -> Iterator[tuple[list[Node], bool]]:
    """The contents of each child of a list, bare ones together, and whether a bullet or a number is before them."""
    for is_item, group in groupby(node.children, key=lambda child: isinstance(child, Element) and child.tag == "li"):
        if not is_item:
            yield list(group), False
            continue
        for item in group:
            if isinstance(item, Element):
                yield item.children, not UNMARKED.search(item.attributes.get("style", "").replace(" ", ""))


def _held(
    nodes: Iterable[Node], moved: list[Element], sources: list[Element] | None = None, *, tables: bool = False
) -> list[Element]:
    """`nodes` as paragraphs and lists, which are all that an item, a cell or a quotation holds.

    A crosshead is a paragraph there. A quotation lends its parts (its source to `sources` if that is given), and so
    does a table its cells if `tables` is true. Whatever else has a place of its own is moved behind: a picture, a link
    to an article, a pull quote, a table.
    """
    held: list[Element] = []
    for block in _blocks(nodes):
        if block.tag in ("p", *LISTS):
            held.append(block)
        elif block.tag in ("h2", "h3"):
            held.append(_line(block))
        elif block.tag == "blockquote" and not block.attributes:
            for part in block.children:
                if isinstance(part, Element) and part.tag == "footer" and sources is not None:
                    sources.append(part)
                elif isinstance(part, Element):
                    held.append(_line(part) if part.tag == "footer" else part)
        elif block.tag == "table" and tables:
            held += _told(block)
        else:
            moved.append(block)
    return held


def _told(table: Element) -> list[Element]:
    """The caption and the cells of a clean table, one after the other."""
    held: list[Element] = []
    for part in every_element([table]):
        if part.tag in ("caption", *CELLS) and part.children:
            first = part.children[0]
            is_in_blocks = isinstance(first, Element) and first.tag in ("p", *LISTS)
            held += [each for each in part.children if isinstance(each, Element)] if is_in_blocks else [_line(part)]
    return held


def _line(node: Element) -> Element:
    """The words of a cell, a caption or a source as a paragraph."""
    return Element("p", {}, node.children)


def _quotation(node: Element) -> list[Element]:
    moved: list[Element] = []
    sources: list[Element] = []
    words: list[Node] = []
    for child in node.children:
        if isinstance(child, Element) and child.tag == "footer":
            sources.append(child)
        else:
            words.append(child)
    kept: list[Node] = [*_held(words, moved, sources)]
    source = inline(sources, moved)  # of several, each has a line
    if not kept:
        return [*([Element("p", {}, source)] if source else []), *moved]
    if source:
        kept.append(Element("footer", {}, source))
    attributes = {"class": "exergue"} if "exergue" in node.attributes.get("class", "").split() else {}
    return [Element("blockquote", attributes, kept), *moved]


def _table(node: Element) -> list[Element]:
    """A table as browsers show it: its caption and its head first, its foot last, whatever their order."""
    moved: list[Element] = []
    captions: list[Element] = []
    parts: dict[str, list[Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in node.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "caption":
            captions.append(child)
        elif child.tag in TABLE_PARTS and (rows := _rows(child, moved)):
            is_second = child.tag != "tbody" and parts[child.tag]
            tag = "tbody" if is_second else child.tag
            parts[tag].append(Element(tag, {}, rows))
    caption = inline(captions, moved)
    shown = [part for group in parts.values() for part in group]
    settle(shown)
    if not shown:  # no row: its caption is a line
        return [*([Element("p", {}, caption)] if caption else []), *moved]
    return [Element("table", {}, [*([Element("caption", {}, caption)] if caption else []), *shown]), *moved]


def _rows(node: Element, moved: list[Element]) -> list[Node]:
    rows = [
        Element("tr", {}, [
            Element(cell.tag, _cell_attributes(cell), _cell(cell, moved))
            for cell in row.children
            if isinstance(cell, Element) and cell.tag in CELLS
        ])
        for row in node.children
        if isinstance(row, Element) and row.tag == "tr"
    ]  # fmt: skip
    return [*without_empty_rows(rows)]


def _cell(node: Element, moved: list[Element]) -> list[Node]:
    """What a cell holds: one line, or paragraphs and lists."""
    held = _held(node.children, moved, tables=True)
    return held[0].children if len(held) == 1 and held[0].tag == "p" else [*held]


def _cell_attributes(cell: Element) -> dict[str, str]:
    spans = {
        name: value
        for name in ("colspan", "rowspan")
        if SPAN_NUMBER.fullmatch(value := cell.attributes.get(name, "")) and value != "1"
    }
    scope = cell.attributes.get("scope", "")
    return {**spans, "scope": scope} if cell.tag == "th" and scope in ("col", "row") else spans
