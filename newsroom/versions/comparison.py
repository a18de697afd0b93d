"""Compares two texts word by word in every field, as text and not as HTML.

The comparison is made for people: long unchanged passages are folded, pictures and references go by their names, and a
change from one kind of space to another counts as a change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from html import unescape
from typing import Any, NamedTuple, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.body import ARTICLE, EMBED, IMAGE
from newsroom.editing.differences import edits
from newsroom.editing.merge import Track, blocks_of, track
from newsroom.stories.content import ContentDict

from .names import Names, label_of, model_of

# A word with the space before it, or one other character: « littoral » stays when « , qui… » is removed after it.
TOKEN = re.compile(r"\s*[\w’'\u2011-]+|\s*[^\w\s]|\s+")
FOLDED_FROM = 2  # unchanged blocks in a row from which they are folded
REWRITTEN = 0.25  # share of unchanged text below which a block counts as replaced

TAG = re.compile(r"<[^<>]*>")
CELL = re.compile(r"</t[dh]>(?=<t)")
# Between two cells and two rows, while the text is made. No body holds these characters.
EDGE, END_OF_ROW = "\x1f", "\x1e"
BETWEEN_CELLS = re.compile(rf"\n*{EDGE}\n*")
BETWEEN_ROWS = re.compile(rf"\n*{END_OF_ROW}\n*")
LINK = re.compile(r'<a href="([^"<>]*)">')
ITEM = re.compile(r"<li>(?:<p>)?")
LINES = re.compile(r"<br>|</?(?:p|ul|ol|caption)>|</(?:li|footer)>")
SEVERAL_LINES = re.compile(r"\n{2,}")


class Difference(StrEnum):
    """What became of a stretch of text. The templates use the values as CSS classes."""

    SAME = auto()
    REMOVED = auto()
    ADDED = auto()


class Run(NamedTuple):
    """A stretch of words, and whether it stands in both texts or in one."""

    difference: Difference
    text: str


class BlockKind(StrEnum):
    """The kind of a block of a body. The templates use the values as CSS classes."""

    PARAGRAPH = auto()
    CROSSHEAD = auto()
    SUBHEAD = auto()
    LIST = auto()
    QUOTATION = auto()
    PULL_QUOTE = auto()
    TABLE = auto()
    PICTURE = auto()
    READ_ALSO = auto()
    EMBED = auto()

    @property
    def label(self) -> str:
        return str(BLOCK_LABELS[self])


BLOCK_LABELS: dict[BlockKind, str | Promise] = {
    BlockKind.PARAGRAPH: pgettext_lazy("passage", "Paragraph"),
    BlockKind.CROSSHEAD: _("Crosshead"),
    BlockKind.SUBHEAD: _("Smaller crosshead"),
    BlockKind.LIST: pgettext_lazy("passage", "List"),
    BlockKind.QUOTATION: pgettext_lazy("passage", "Quotation"),
    BlockKind.PULL_QUOTE: _("Pull quote"),
    BlockKind.TABLE: pgettext_lazy("passage", "Table"),
    BlockKind.PICTURE: pgettext_lazy("passage", "Picture"),
    BlockKind.READ_ALSO: _("Read also"),
    BlockKind.EMBED: _("Content from elsewhere"),
}


@dataclass(frozen=True)
class Block:
    """A block of a body, as text."""

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class Passage:
    """A block, and its changes. `former_kind` is its kind before, if that changed. `restyled` means that only bold,
    italics or links changed.
    """

    kind: BlockKind
    runs: list[Run]
    difference: Difference | None = None  # None: some of its words changed
    former_kind: BlockKind | None = None
    restyled: bool = False

    @property
    def changes(self) -> int:
        if self.difference is not None:
            return int(self.difference is not Difference.SAME)
        return changes_in(self.runs) + (self.former_kind is not None) + self.restyled


@dataclass(frozen=True)
class Fold:
    """Unchanged passages in a row, which a page shows closed."""

    passages: list[Passage]


Part: TypeAlias = Passage | Fold


@dataclass(frozen=True)
class FieldChange:
    """The changes in one field: `runs` of words, or the `parts` of a body."""

    name: str
    label: str | Promise
    runs: list[Run] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return changes_in(self.runs) + sum(part.changes for part in self.parts if isinstance(part, Passage))


@dataclass(frozen=True)
class Comparison:
    changed: list[FieldChange]
    same: list[str | Promise]  # the labels of the unchanged fields


def compare(before: ContentDict, after: ContentDict, names: Names) -> Comparison:
    """Compare every field of two texts, in the order of the page."""
    changed, same = [], []
    for name in {**after, **before}:
        old, new = before.get(name), after.get(name)
        if (old or None) == (new or None):
            same.append(label_of(name))
        elif name == "body":
            changed.append(FieldChange(name, label_of(name), parts=compare_bodies(old or "", new or "", names)))
        else:
            changed.append(FieldChange(name, label_of(name), runs=_field_runs(name, old, new, names)))
    return Comparison(changed, same)


def _field_runs(name: str, old: Any, new: Any, names: Names) -> list[Run]:
    """The difference of a field: word by word, or choice by choice where it names rows."""
    one, other = names.each(name, old), names.each(name, new)
    if isinstance(old, list) or isinstance(new, list):
        return _listed(one, other)
    if model_of(name) is None:
        return runs("".join(one), "".join(other))
    return [
        Run(difference, value)
        for difference, values in ((Difference.REMOVED, one), (Difference.ADDED, other))
        for value in values
    ]


def _listed(before: list[str], after: list[str]) -> list[Run]:
    """Two lists of names as one, with commas."""
    names_changed: list[Run] = []
    for difference, names in _steps(before, after):
        names_changed += [Run(difference, name) for name in names]
    comma = Run(Difference.SAME, ", ")
    return [run for name in names_changed for run in (comma, name)][1:]


# --- Words --------------------------------------------------------------------------------------------------------


def runs(before: str, after: str) -> list[Run]:
    """Compare two texts word by word. The runs hold all words of both texts, so that either can be read from them."""
    return [
        Run(difference, "".join(tokens)) for difference, tokens in _steps(TOKEN.findall(before), TOKEN.findall(after))
    ]


def changes_in(runs: list[Run]) -> int:
    """The number of places that changed. A replaced word counts as one."""
    count, inside = 0, False
    for run in runs:
        count += run.difference is not Difference.SAME and not inside
        inside = run.difference is not Difference.SAME
    return count


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Difference, list[str]]]:
    changes = edits(before, after)
    if changes is None:  # too long to be compared word by word
        yield Difference.REMOVED, list(before)
        yield Difference.ADDED, list(after)
        return
    place = 0
    for low, high, put in changes:
        for difference, tokens in (
            (Difference.SAME, before[place:low]),
            (Difference.REMOVED, before[low:high]),
            (Difference.ADDED, put),
        ):
            if tokens:
                yield difference, list(tokens)
        place = high
    if place < len(before):
        yield Difference.SAME, list(before[place:])


# --- Bodies -------------------------------------------------------------------------------------------------------


def read_block(html: str, names: Names) -> Block:
    """A block of a cleaned body as text. Addresses of links stand in brackets; references go by their names."""
    if match := ARTICLE.fullmatch(html):
        return Block(BlockKind.READ_ALSO, names.story(int(match[1])))
    if match := IMAGE.fullmatch(html):
        caption = f" — {_words(match[2])}" if match[2] else ""
        return Block(BlockKind.PICTURE, names.photo(int(match[1])) + caption)
    if match := EMBED.fullmatch(html):
        return Block(BlockKind.EMBED, unescape(match[1]))
    for start, kind in BLOCK_STARTS.items():
        if html.startswith(start):
            return Block(kind, _words(html))
    return Block(BlockKind.PARAGRAPH, _words(html))


BLOCK_STARTS = {
    "<h2": BlockKind.CROSSHEAD,
    "<h3": BlockKind.SUBHEAD,
    "<ul": BlockKind.LIST,
    "<ol": BlockKind.LIST,
    '<blockquote class="exergue"': BlockKind.PULL_QUOTE,
    "<blockquote": BlockKind.QUOTATION,
    "<table": BlockKind.TABLE,
}


def _words(html: str) -> str:
    text = CELL.sub(EDGE, ITEM.sub("\n– ", html)).replace("<footer>", "\n— ")
    text = LINES.sub("\n", text.replace("</tr>", END_OF_ROW))
    leads_to = ""

    def read_tag(tag: re.Match[str]) -> str:
        nonlocal leads_to
        if link := LINK.fullmatch(tag[0]):
            leads_to = f" [{link[1]}]"
        return leads_to if tag[0] == "</a>" else ""

    text = SEVERAL_LINES.sub("\n", TAG.sub(read_tag, text))
    text = BETWEEN_ROWS.sub("\n", BETWEEN_CELLS.sub(" | ", text))
    return unescape(text).strip("\n")


def compare_bodies(before: str, after: str, names: Names) -> list[Part]:
    """Compare two bodies block by block, and fold long unchanged passages."""
    old, new = blocks_of(before), blocks_of(after)
    became = track(old, new) or Track([None] * len(old), [*([] for _block in old), new])
    return list(_folded(_passages(old, became, names)))


def _passages(old: list[str], became: Track, names: Names) -> Iterator[Passage]:
    for place, added in enumerate(became.added):
        for html in added:
            block = read_block(html, names)
            yield Passage(block.kind, [Run(Difference.ADDED, block.text)], Difference.ADDED)
        if place < len(old):
            yield from _became(old[place], became.became[place], names)


def _became(before: str, after: str | None, names: Names) -> Iterator[Passage]:
    """A block and what it became: one passage, or two when hardly a word of it is left."""
    block = read_block(before, names)
    if after == before:
        yield Passage(block.kind, [Run(Difference.SAME, block.text)], Difference.SAME)
        return
    now = read_block(after, names) if after is not None else None
    if now is not None:
        rewritten = runs(block.text, now.text)
        kept = sum(len(run.text) for run in rewritten if run.difference is Difference.SAME)
        if kept >= REWRITTEN * max(len(block.text), len(now.text)):
            former_kind = block.kind if block.kind != now.kind else None
            yield Passage(
                now.kind, rewritten, former_kind=former_kind, restyled=former_kind is None and block.text == now.text
            )
            return
    yield Passage(block.kind, [Run(Difference.REMOVED, block.text)], Difference.REMOVED)
    if now is not None:
        yield Passage(now.kind, [Run(Difference.ADDED, now.text)], Difference.ADDED)


def _folded(passages: Iterator[Passage]) -> Iterator[Part]:
    same: list[Passage] = []
    for passage in passages:
        if passage.difference is Difference.SAME:
            same.append(passage)
            continue
        yield from _fold(same)
        same = []
        yield passage
    yield from _fold(same)


def _fold(same: list[Passage]) -> list[Part]:
    return [Fold(same)] if len(same) >= FOLDED_FROM else list(same)
