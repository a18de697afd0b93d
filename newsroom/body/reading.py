"""Reads any markup into a small tree, at a cost in proportion to its length.

A browser's rules for broken markup make some short texts very expensive: a `<b>` that is left open is opened again in
each paragraph after it, and each `<div>` looks for an open `<p>` among all elements around it. What is read here is the
text that a browser would show, by simpler rules: elements close in order, bold, italic and links stand inside a
paragraph and never around it, and an element that is deeper than any text needs is replaced by its contents.

What its source does not count as text is left out, and counted: struck, deleted and hidden words, and comments.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from .marks import Mark, mark_of
from .tokens import RAW, Tag, tokens
from .tree import Element, Node

DEEPEST = 24  # blocks in one another: a text has no more than a dozen
MOST_FORMATS = 6  # of bold, italic, raised, lowered and link around a word; more are not seen
MOST_ELEMENTS = 20_000

FORMATS = frozenset({"a", "b", "em", "i", "span", "strong", "sub", "sup"})
ENDS_WITH_ITS_BLOCK = frozenset({"span", "sub", "sup"})  # the others go on in the next paragraph, as browsers have it
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "header", "li", "main", "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
TABLE_PARTS = frozenset({"tbody", "thead", "tfoot"})
CELLS = frozenset({"caption", "td", "th"})
OF_TABLES = TABLE_PARTS | CELLS | {"tr"}
# What stands in a part of a table, and the parts that it goes without saying there.
IMPLIED = {"td": ("tbody", "tr"), "th": ("tbody", "tr"), "tr": ("tbody",)}

DRAWINGS = frozenset({"math", "svg"})
NEVER_TEXT = DRAWINGS | {"applet", "audio", "canvas", "object", "select", "template", "video"}
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip


class TooIntricate(ValueError):  # noqa: N818 (what the text is)
    """Raised for a text of more than MOST_ELEMENTS elements."""


class Reading(NamedTuple):
    """What was read: the tree, and how many passages were left out because their source does not count them as text."""

    nodes: list[Node]
    left_out: Counter[Mark]


def read(html: str) -> Reading:
    """Read `html`. Raises TooIntricate."""
    reader = _Reader()
    for token in tokens(html):
        reader.take(token)
    return Reading(reader.root.children, reader.left_out)


def words_in(html: str) -> str:
    """The words of `html` alone, however intricate it is, with a space where a block begins or ends."""
    reader = _Reader(words_only=True)
    for token in tokens(html):
        reader.take(token)
    return "".join(node for node in reader.root.children if isinstance(node, str))


# --- The tree -----------------------------------------------------------------------------------------------------


@dataclass
class _Block:
    """A block that is open. Without an element, its contents stand in the block around it."""

    tag: str
    element: Element | None
    mark: Mark | None = None
    formats: int = 0  # of those that are wanted, how many were before it


@dataclass
class _Format:
    """Bold, italic, a link…, from its start tag on. It is written around each stretch of words while it is wanted."""

    tag: str
    attributes: dict[str, str]
    mark: Mark | None = None
    is_written: bool = True


@dataclass
class _Reader:
    """What a browser would have open at this place of the text, and the tree so far."""

    words_only: bool = False
    root: Element = field(default_factory=lambda: Element(""))
    blocks: list[_Block] = field(default_factory=list)
    open_tags: set[str] = field(default_factory=set)  # those of the blocks
    formats: list[_Format] = field(default_factory=list)
    around: list[tuple[_Format, Element]] = field(default_factory=list)  # the formats written around this place
    too_deep: Counter[str] = field(default_factory=Counter)  # start tags that opened nothing; their end tags go too
    left_out: Counter[Mark] = field(default_factory=Counter)
    silent: int = 0  # how many of what is open hides its contents
    last_left_out: object = None
    elements: int = 0

    def take(self, token: Tag | str) -> None:
        if isinstance(token, str):
            self._words(token)
        elif token.name in VOID:
            if token.name == "br":
                self._line_break()
        elif token.is_end:
            self._end(token.name)
        elif token.name not in RAW:
            self._start(token.name, token.attributes)

    # --- Words

    def _words(self, words: str) -> None:
        blank = not words.strip(" \t\n\r\f")
        if self.silent:
            if not blank:
                self._leave_out()
            return
        if self.words_only:
            self.root.children.append(words)
            return
        if blank and self._in_table_frame():
            return
        self._place_for_words().append(words)

    def _line_break(self) -> None:
        if self.silent:
            return
        if self.words_only:
            self.root.children.append(" ")
        else:
            self._count()
            self._place_for_words().append(Element("br"))

    def _leave_out(self) -> None:
        """Count a passage that its source does not count as text, once however many words it has."""
        around: list[_Block | _Format] = [*self.blocks, *self.formats]
        for each in around:
            if each.mark is not None:
                if self.last_left_out is not each:
                    self.left_out[each.mark] += 1
                self.last_left_out = each
                return

    def _place_for_words(self) -> list[Node]:
        """The children among which words stand here, in the formats that are wanted."""
        if self._in_table_frame():  # words in a table outside its cells: they get one
            self._start("td", {})
        wanted = [each for each in self.formats if each.is_written]
        alike = 0
        while alike < min(len(wanted), len(self.around)) and self.around[alike][0] is wanted[alike]:
            alike += 1
        del self.around[alike:]
        for each in wanted[alike:]:
            self._count()
            element = Element(each.tag, each.attributes)
            self._children().append(element)
            self.around.append((each, element))
        return self._children()

    def _children(self) -> list[Node]:
        if self.around:
            return self.around[-1][1].children
        return next((each.element.children for each in reversed(self.blocks) if each.element), self.root.children)

    def _count(self) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise TooIntricate

    # --- Start tags

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        mark = mark_of(tag, attributes)
        if tag in BLOCKS or tag in OF_TABLES or tag in NEVER_TEXT:
            self._start_block(tag, attributes, mark)
        elif tag in FORMATS or mark:
            self._start_format(tag, attributes, mark)
        elif any(each.tag == tag for each in self.formats):
            self.too_deep[tag] += 1  # a plain one inside a marked one: the next end tag is its own

    def _start_block(self, tag: str, attributes: dict[str, str], mark: Mark | None) -> None:
        if tag in OF_TABLES:
            if not self._make_room_in_table(tag):
                self._separate()
                return
        elif tag in BLOCKS:
            self._close_before(tag)
            if self._in_table_frame():
                self._start("td", {})
        self._separate()
        if len(self.blocks) >= DEEPEST:
            self.too_deep[tag] += 1
            return
        hides = mark is not None or tag in NEVER_TEXT
        element = None
        if not (hides or self.silent or self.words_only):
            self._count()
            element = Element(tag, attributes)
            self._children().append(element)
        self.blocks.append(_Block(tag, element, mark, len(self.formats)))
        self.open_tags.add(tag)
        self.silent += hides

    def _close_before(self, tag: str) -> None:
        """Close what a browser closes when this block starts."""
        if self.blocks and self.blocks[-1].tag in DRAWINGS:
            self._close(self._outermost(DRAWINGS))
        self._close(self._innermost({"p"}, within=CELLS | NEVER_TEXT))
        if tag in HEADINGS and self.blocks and self.blocks[-1].tag in HEADINGS:
            self._close(len(self.blocks) - 1)
        elif tag == "li":
            self._close(self._innermost({"li"}, within=CELLS | NEVER_TEXT | {"ol", "ul"}))
        elif tag in ("aside", "figure"):  # no reference stands in another: the one before was left open
            self._close(self._innermost({"aside", "figure"}, within=CELLS | NEVER_TEXT))
        elif tag in ("dd", "dt"):
            self._close(self._innermost({"dd", "dt"}, within=CELLS | NEVER_TEXT | {"dl"}))

    def _make_room_in_table(self, tag: str) -> bool:
        """Close the cells and rows that a part of a table ends, and open those that go without saying.

        False when there is no table around, where a browser ignores the tag.
        """
        table = self._innermost({"table"}, within=NEVER_TEXT)
        if table is None:
            return False
        keeps = {"td": {*TABLE_PARTS, "tr"}, "th": {*TABLE_PARTS, "tr"}, "tr": TABLE_PARTS}.get(tag, frozenset())
        place = table + 1
        while place < len(self.blocks) and self.blocks[place].tag in keeps:
            place += 1
        self._close(place if place < len(self.blocks) else None)
        for part in IMPLIED.get(tag, ()):
            is_there = self.blocks[-1].tag == part or (part == "tbody" and self.blocks[-1].tag in {*TABLE_PARTS, "tr"})
            if not is_there:
                self._start_block(part, {}, None)
        return True

    def _in_table_frame(self) -> bool:
        """Whether this place is in a table, and in none of its cells."""
        return bool(self.blocks) and self.blocks[-1].tag in {"table", "tr", *TABLE_PARTS} and not self.silent

    def _start_format(self, tag: str, attributes: dict[str, str], mark: Mark | None) -> None:
        if tag == "a" and not self.silent:  # no link stands in another
            self._end_format("a")
        is_written = tag in FORMATS and mark is None
        most = MOST_FORMATS if is_written else 2 * MOST_FORMATS
        is_here_already = any((each.tag, each.attributes) == (tag, attributes) for each in self.formats)
        if len(self.formats) >= most or is_here_already:
            self.too_deep[tag] += 1
            return
        self.formats.append(_Format(tag, attributes, mark, is_written))
        self.silent += mark is not None

    # --- End tags

    def _end(self, tag: str) -> None:
        if self.too_deep[tag]:
            self.too_deep[tag] -= 1
        elif tag in BLOCKS or tag in OF_TABLES or tag in NEVER_TEXT:
            if tag == "p" and self._innermost({"p"}, within=CELLS | NEVER_TEXT) is None:
                self._start_block("p", {}, None)  # as browsers have it: an empty one
            alike = HEADINGS if tag in HEADINGS else {tag}
            within = frozenset({"table"}) if tag in OF_TABLES or tag == "table" else CELLS
            self._close(self._innermost(alike, within=within - alike))
        else:
            self._end_format(tag)

    def _end_format(self, tag: str) -> None:
        since = self.blocks[-1].formats if self.blocks and self.blocks[-1].tag in CELLS else 0
        for place in range(len(self.formats) - 1, since - 1, -1):
            if self.formats[place].tag == tag:
                self.silent -= self.formats.pop(place).mark is not None
                return

    def _close(self, place: int | None) -> None:
        """Close the blocks from `place` on. None closes none."""
        if place is None:
            return
        before = min(self.blocks[place].formats, len(self.formats))
        is_cell = any(each.tag in CELLS for each in self.blocks[place:])
        for each in self.blocks[place:]:
            self.silent -= each.mark is not None or each.tag in NEVER_TEXT
        kept = self.formats[:before]
        for inner in self.formats[before:]:
            if is_cell or inner.tag in ENDS_WITH_ITS_BLOCK or inner.tag not in FORMATS:
                self.silent -= inner.mark is not None
            else:
                kept.append(inner)
        self.formats = kept
        del self.blocks[place:]
        self.open_tags = {each.tag for each in self.blocks}
        self._separate()

    def _separate(self) -> None:
        """End the words before a block begins or ends."""
        self.around.clear()
        if self.words_only and not self.silent:
            self.root.children.append(" ")

    def _innermost(self, tags: Collection[str], *, within: Collection[str]) -> int | None:
        """The place of the innermost open block with one of these tags, None when one of `within` is nearer."""
        if self.open_tags.isdisjoint(tags):
            return None
        for place in range(len(self.blocks) - 1, -1, -1):
            if self.blocks[place].tag in tags:
                return place
            if self.blocks[place].tag in within:
                return None
        return None

    def _outermost(self, tags: Collection[str]) -> int | None:
        return next((place for place, block in enumerate(self.blocks) if block.tag in tags), None)
