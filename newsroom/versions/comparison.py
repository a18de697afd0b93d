"""What changed between two texts, word by word in every field, as text and not as HTML.

Made for people: what is the same for long is folded, pictures and references go by their names, and a space that
nobody sees counts as what it is.
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
from newsroom.editing.merge import Track, blocks_of, edits, track
from newsroom.stories.content import ContentDict

from .names import Names, label_of, model_of

# A word with the space before it, or a sign: « littoral » stays when « , qui… » is removed after it.
TOKEN = re.compile(r"\s*[\w’'\u2011-]+|\s*[^\w\s]|\s+")
FOLDED_FROM = 2  # paragraphs in a row that are the same
REWRITTEN = 0.25  # share of the words below which a paragraph is another one

TAG = re.compile(r"<[^<>]*>")
CELL = re.compile(r"</t[dh]>(?=<t)")
LINK = re.compile(r'<a href="([^"<>]*)">')
LINES = re.compile(r"<br>|</p>(?=<p>)|</li>(?!</)|</tr>|</caption>|(?=<footer>)|(?<=[^>])(?=<[uo]l>)")


class How(StrEnum):
    SAME = auto()
    REMOVED = auto()
    ADDED = auto()


class Run(NamedTuple):
    """A stretch of words, and what became of it."""

    how: How
    text: str


class Sort(StrEnum):
    """What a block of a body is."""

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
        return str(SORTS[self])


SORTS: dict[Sort, str | Promise] = {
    Sort.PARAGRAPH: pgettext_lazy("passage", "Paragraph"),
    Sort.CROSSHEAD: _("Crosshead"),
    Sort.SUBHEAD: _("Smaller crosshead"),
    Sort.LIST: pgettext_lazy("passage", "List"),
    Sort.QUOTATION: pgettext_lazy("passage", "Quotation"),
    Sort.PULL_QUOTE: _("Pull quote"),
    Sort.TABLE: pgettext_lazy("passage", "Table"),
    Sort.PICTURE: pgettext_lazy("passage", "Picture"),
    Sort.READ_ALSO: _("Read also"),
    Sort.EMBED: _("Content from elsewhere"),
}


@dataclass(frozen=True)
class Block:
    """A block of a body as text."""

    sort: Sort
    text: str


@dataclass(frozen=True)
class Passage:
    """A block, and what changed in it. `was` is the sort it had, when that changed; `restyled`: only bold and the like
    did.
    """

    sort: Sort
    runs: list[Run]
    how: How | None = None  # None: changed within
    was: Sort | None = None
    restyled: bool = False

    @property
    def changes(self) -> int:
        if self.how is not None:
            return int(self.how is not How.SAME)
        return changes_in(self.runs) + (self.was is not None) + self.restyled


@dataclass(frozen=True)
class Fold:
    """Passages in a row that did not change."""

    passages: list[Passage]


Part: TypeAlias = Passage | Fold


@dataclass(frozen=True)
class FieldChange:
    """What changed in one field: `runs` of words, or `parts` of a body."""

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
    same: list[str | Promise]  # the fields that are, by their labels


def compare(before: ContentDict, after: ContentDict, names: Names) -> Comparison:
    """Every field of two texts, in the order a page has them."""
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
    """Words by word; what is chosen, choice by choice."""
    one, other = names.each(name, old), names.each(name, new)
    if isinstance(old, list) or isinstance(new, list):
        return _listed(one, other)
    if model_of(name) is None:
        return runs("".join(one), "".join(other))
    return [Run(how, value) for how, values in ((How.REMOVED, one), (How.ADDED, other)) for value in values]


def _listed(before: list[str], after: list[str]) -> list[Run]:
    """Two lists of names as one, with commas."""
    found: list[Run] = []
    for how, names in _steps(before, after):
        found += [Run(how, name) for name in names]
    comma = Run(How.SAME, ", ")
    return [run for one in found for run in (comma, one)][1:]


# --- Words --------------------------------------------------------------------------------------------------------


def runs(before: str, after: str) -> list[Run]:
    """Two texts as one, word by word: what is the same, removed, added. Each side can be read out of it, whole."""
    return [Run(how, "".join(tokens)) for how, tokens in _steps(TOKEN.findall(before), TOKEN.findall(after))]


def changes_in(found: list[Run]) -> int:
    """How many places changed; a word replaced is one."""
    count, inside = 0, False
    for run in found:
        count += run.how is not How.SAME and not inside
        inside = run.how is not How.SAME
    return count


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[How, list[str]]]:
    changes = edits(before, after)
    if changes is None:  # too long to be compared closely
        yield How.REMOVED, list(before)
        yield How.ADDED, list(after)
        return
    place = 0
    for low, high, put in changes:
        for how, tokens in ((How.SAME, before[place:low]), (How.REMOVED, before[low:high]), (How.ADDED, put)):
            if tokens:
                yield how, list(tokens)
        place = high
    if place < len(before):
        yield How.SAME, list(before[place:])


# --- Bodies -------------------------------------------------------------------------------------------------------


def read_block(html: str, names: Names) -> Block:
    """A block of a cleaned body as text: what a link leads to in brackets, lists by dashes, references by name."""
    if found := ARTICLE.fullmatch(html):
        return Block(Sort.READ_ALSO, names.story(int(found[1])))
    if found := IMAGE.fullmatch(html):
        caption = f" — {_words(found[2])}" if found[2] else ""
        return Block(Sort.PICTURE, names.photo(int(found[1])) + caption)
    if found := EMBED.fullmatch(html):
        return Block(Sort.EMBED, unescape(found[1]))
    for start, sort in BLOCK_STARTS.items():
        if html.startswith(start):
            return Block(sort, _words(html))
    return Block(Sort.PARAGRAPH, _words(html))


BLOCK_STARTS = {
    "<h2": Sort.CROSSHEAD,
    "<h3": Sort.SUBHEAD,
    "<ul": Sort.LIST,
    "<ol": Sort.LIST,
    '<blockquote class="exergue"': Sort.PULL_QUOTE,
    "<blockquote": Sort.QUOTATION,
    "<table": Sort.TABLE,
}


def _words(html: str) -> str:
    text = LINES.sub("\n", html).replace("<li>", "– ").replace("<footer>", "— ")
    text = CELL.sub(" | ", text)
    leads_to = ""

    def read_tag(found: re.Match[str]) -> str:
        nonlocal leads_to
        if link := LINK.fullmatch(found[0]):
            leads_to = f" [{link[1]}]"
        return leads_to if found[0] == "</a>" else ""

    return unescape(TAG.sub(read_tag, text)).strip("\n")


def compare_bodies(before: str, after: str, names: Names) -> list[Part]:
    """Two bodies as one, block by block, what did not change for long folded."""
    old, new = blocks_of(before), blocks_of(after)
    became = track(old, new) or Track([None] * len(old), [*([] for _block in old), new])
    return list(_folded(_passages(old, became, names)))


def _passages(old: list[str], became: Track, names: Names) -> Iterator[Passage]:
    for place, added in enumerate(became.added):
        for html in added:
            block = read_block(html, names)
            yield Passage(block.sort, [Run(How.ADDED, block.text)], How.ADDED)
        if place < len(old):
            yield from _became(old[place], became.became[place], names)


def _became(before: str, after: str | None, names: Names) -> Iterator[Passage]:
    """A block and what it became: one passage, or two when there is hardly a word left of it."""
    block = read_block(before, names)
    if after == before:
        yield Passage(block.sort, [Run(How.SAME, block.text)], How.SAME)
        return
    now = read_block(after, names) if after is not None else None
    if now is not None:
        found = runs(block.text, now.text)
        kept = sum(len(run.text) for run in found if run.how is How.SAME)
        if kept >= REWRITTEN * max(len(block.text), len(now.text)):
            was = block.sort if block.sort != now.sort else None
            yield Passage(now.sort, found, was=was, restyled=was is None and block.text == now.text)
            return
    yield Passage(block.sort, [Run(How.REMOVED, block.text)], How.REMOVED)
    if now is not None:
        yield Passage(now.sort, [Run(How.ADDED, now.text)], How.ADDED)


def _folded(passages: Iterator[Passage]) -> Iterator[Part]:
    same: list[Passage] = []
    for passage in passages:
        if passage.how is How.SAME:
            same.append(passage)
            continue
        yield from _fold(same)
        same = []
        yield passage
    yield from _fold(same)


def _fold(same: list[Passage]) -> list[Part]:
    return [Fold(same)] if len(same) >= FOLDED_FROM else list(same)
