"""Bringing together what two people made of one text: three-way, by paragraph, then by word.

What only one of them touched is theirs; what both touched alike is taken once; the rest is a clash, for a person to
settle. Two changes of one paragraph are apart when a word that both left alone stands between them. Nothing here
guesses: an addition of both in one place, or what one removed and the other changed, is always a clash.

Knows no model: a text is the dict that `newsroom.stories.content.content_of` returns, a body is what
`newsroom.body.clean` leaves, one block a line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias, TypeVar

from newsroom import body

Item = TypeVar("Item")

# A tag; a word with the space before it, so that what is added after a word leaves that word alone; what is left.
TOKEN = re.compile(r"<[^<>]*>|\s*[^\s<]+|\s+|<")
WORD = re.compile(r"\w")
WHOLE_BLOCKS = ("<aside", "<figure", "<table")

MOST_TOKENS = 8_000  # of one sequence, what is the same at both ends left out
MOST_PAIRS = 200_000  # of like tokens to be weighed against each other: a twentieth of a second
MOST_LIKENESSES = 400  # of rewritten blocks compared word for word
MOST_REWORDED = 80  # blocks that both rewrote: more is another text
UNKNOWN: Any = object()
ALIKE = 0.4  # share of common words from which one block is the other one rewritten


class Clash(NamedTuple):
    """A passage of a body that both changed: the blocks each has there."""

    base: list[str]
    mine: list[str]
    theirs: list[str]


Passage: TypeAlias = "list[str] | Clash"  # blocks that are settled, or two ways to write them


@dataclass(frozen=True)
class FieldClash:
    """A field that both changed in one place. `passages` are those of a body, settled ones included, in order."""

    base: Any
    mine: Any
    theirs: Any
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True)
class Merge:
    """What came of it. Where there is a clash, `content` says what `mine` said."""

    content: dict[str, Any]
    clashes: dict[str, FieldClash]


def merge_contents(base: dict[str, Any] | None, mine: dict[str, Any], theirs: dict[str, Any]) -> Merge:
    """Both texts in one. `base` is the one both started from; when it is not known, every difference is a clash.

    A field that `mine` does not hold was not on its page: it is as in `theirs`. Any field is known by its value: words,
    a list in an order, or one choice; those named here are read more closely.
    """
    merged: dict[str, Any] = {}
    clashes: dict[str, FieldClash] = {}
    for name, stored in theirs.items():
        typed = mine.get(name, stored)
        origin = UNKNOWN if base is None else base.get(name, _nothing_like(stored))
        outcome, passages = _merge_field(name, origin, typed, stored)
        if outcome is None:
            clashes[name] = FieldClash(origin, typed, stored, passages)
        merged[name] = typed if outcome is None else outcome.value
    return Merge({**mine, **merged}, clashes)


class Settled(NamedTuple):
    """What a field is to be. A class of its own, since None is a value: no lead picture."""

    value: Any


def _merge_field(name: str, base: Any, mine: Any, theirs: Any) -> tuple[Settled | None, list[Passage]]:
    for one, other in ((mine, theirs), (theirs, mine)):
        if one in (base, other):
            return Settled(other), []
    match base:
        case _ if base is UNKNOWN:
            return None, [Clash([], blocks_of(mine), blocks_of(theirs))] if name == "body" else []
        case str() if name == "body":
            passages = merge_bodies(base, mine, theirs)
            clash = any(isinstance(passage, Clash) for passage in passages)
            return (None, passages) if clash else (Settled(written(passages)), [])
        case str():
            words = merge_words(base, mine, theirs)
            return (None if words is None else Settled(words)), []
        case list() if name == "topics":
            return Settled(sorted(_merge_sets(set(base), set(mine), set(theirs)))), []
        case list():
            listed = _merge_sequences(base, mine, theirs)
            once = listed is not None and len(set(listed)) == len(listed)
            return (Settled(listed) if once else None), []
    return None, []


def _nothing_like(value: Any) -> Any:
    """What an older text says of a field it does not hold."""
    return type(value)() if isinstance(value, str | list) else None


def _merge_sets(base: set[Any], mine: set[Any], theirs: set[Any]) -> set[Any]:
    return (base & mine & theirs) | (mine - base) | (theirs - base)


# --- Words --------------------------------------------------------------------------------------------------------


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of one text, tags whole; None when they clash."""
    was, one, other = (TOKEN.findall(text) for text in (base, mine, theirs))
    tokens = _merge_sequences(was, one, other, parts=_is_word)
    return None if tokens is None else "".join(tokens)


def _is_word(token: str) -> bool:
    return not token.startswith("<") and WORD.search(token) is not None


class Edit(NamedTuple):
    """`put` stands where items `low` to `high` of the base stood."""

    low: int
    high: int
    put: list[Any]


def _merge_sequences(
    base: Sequence[Item], mine: Sequence[Item], theirs: Sequence[Item], parts: Callable[[Item], bool] = lambda _: True
) -> list[Item] | None:
    """Both changes of one sequence; None when they clash. `parts` says what is enough to stand between two changes."""
    ours, others = edits(base, mine), edits(base, theirs)
    if ours is None or others is None:
        return None
    merged: list[Item] = []
    done = 0
    for low, high in _touched(base, sorted([*ours, *others]), parts):
        one, other = (_applied(base, low, high, changes) for changes in (ours, others))
        was = list(base[low:high])
        if one != other and was not in (one, other):
            return None
        merged += base[done:low]
        merged += other if one == was else one
        done = high
    return merged + list(base[done:])


def _touched(base: Sequence[Item], changes: list[Edit], parts: Callable[[Item], bool]) -> Iterator[tuple[int, int]]:
    """The stretches of `base` that were changed; two with nothing that parts them are one."""
    if not changes:
        return
    low, high, _put = changes[0]
    for change in changes[1:]:
        if not any(parts(item) for item in base[high : change.low]):
            high = max(high, change.high)
        else:
            yield low, high
            low, high, _put = change
    yield low, high


def _applied(base: Sequence[Item], low: int, high: int, changes: Iterable[Edit]) -> list[Item]:
    made: list[Item] = []
    for change in changes:
        if low <= change.low and change.high <= high:
            made += base[low : change.low]
            made += change.put
            low = change.high
    return made + list(base[low:high])


def edits(base: Sequence[Any], changed: Sequence[Any]) -> list[Edit] | None:
    """What makes `changed` of `base`, in order; None when finding it would take too long."""
    start, shortest = 0, min(len(base), len(changed))
    while start < shortest and base[start] == changed[start]:
        start += 1
    end = 0
    while end < shortest - start and base[-1 - end] == changed[-1 - end]:
        end += 1
    old, new = base[start : len(base) - end], changed[start : len(changed) - end]
    if not old or not new:
        return [Edit(start, start + len(old), list(new))] if old or new else []
    seen = Counter(new)
    if max(len(old), len(new)) > MOST_TOKENS or sum(seen[item] for item in old) > MOST_PAIRS:
        return None
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Edit(start + a, start + b, list(new[c:d])) for kind, a, b, c, d in found if kind != "equal"]


# --- Blocks -------------------------------------------------------------------------------------------------------


def blocks_of(html: str) -> list[str]:
    """The paragraphs, crossheads, lists, references… of a cleaned body."""
    return html.split("\n") if html else []


def written(passages: Iterable[Passage]) -> str:
    """The body that settled passages make."""
    return "\n".join(block for passage in passages if not isinstance(passage, Clash) for block in passage)


def merge_bodies(base: str, mine: str, theirs: str) -> list[Passage]:
    """The body that both changes make, and where they clash. All settled, it is clean if the three were."""
    origin, one, other = (blocks_of(html) for html in (base, mine, theirs))
    ours, others = track(origin, one), track(origin, other)
    if ours is None or others is None:
        return [Clash(origin, one, other)]
    both = sum(was not in (one, other) for was, one, other in zip(origin, ours.became, others.became, strict=True))
    twice = _put_twice(ours, others)
    passages: list[Passage] = []
    for place in range(len(origin) + 1):
        passages.append(_merge_additions(place, ours, others, twice))
        if place < len(origin):
            rewritten = ours.became[place], others.became[place]
            passages.append(_merge_block(origin[place], *rewritten, by_word=both <= MOST_REWORDED))
    settled = Counter(block for passage in passages if not isinstance(passage, Clash) for block in passage)
    if not any(isinstance(passage, Clash) for passage in passages) and (Counter(one) & Counter(other)) - settled:
        # of a paragraph that stood twice each removed another one: what both texts hold is never gone from both
        return [Clash(origin, one, other)]
    return list(_gathered(passages))


@dataclass(frozen=True)
class Track:
    """What became of each block of the base (None: removed), and what was added before each, and at the end."""

    became: list[str | None]
    added: list[list[str]]

    def is_within_removed(self, place: int) -> bool:
        """Whether the blocks on both sides of `place` were removed."""
        return 0 < place < len(self.became) and self.became[place - 1] is None and self.became[place] is None


def track(base: list[str], blocks: list[str]) -> Track | None:
    """How `base` became `blocks`; None when it would take too long to find out."""
    changes = edits(base, blocks)
    if changes is None:
        return None
    found = Track(list(base), [[] for _place in range(len(base) + 1)])
    for low, high, put in changes:
        pairs = _rewritten(base[low:high], put)
        found.became[low:high] = [None] * (high - low)
        place = low
        for number, block in enumerate(put):
            if number in pairs:
                place = low + pairs[number] + 1
                found.became[place - 1] = block
            else:
                found.added[place].append(block)
    return found


def _rewritten(old: list[str], new: list[str]) -> dict[int, int]:
    """Which of `old` each of `new` is another state of, in order: the likest first, then one for one."""
    pairs: dict[int, int] = {}
    if len(old) != len(new) and len(old) * len(new) <= MOST_LIKENESSES:
        pairs = _likest(old, new)
    fixed = [(-1, -1), *sorted(pairs.items()), (len(new), len(old))]
    for (after_new, after_old), (before_new, before_old) in pairwise(fixed):
        pairs |= dict(zip(range(after_new + 1, before_new), range(after_old + 1, before_old), strict=False))
    return pairs


def _likest(old: list[str], new: list[str]) -> dict[int, int]:
    """The pairs, in order, that have most words in common."""
    bags = [Counter(TOKEN.findall(block)) for block in old], [Counter(TOKEN.findall(block)) for block in new]
    best: list[list[tuple[float, dict[int, int]]]] = [[(0.0, {})] * (len(old) + 1) for _row in range(len(new) + 1)]
    for row, words in enumerate(bags[1], start=1):
        for column, others in enumerate(bags[0], start=1):
            choices = [best[row - 1][column], best[row][column - 1]]
            likeness = 2 * (words & others).total() / max(1, words.total() + others.total())
            if likeness >= ALIKE:
                weight, pairs = best[row - 1][column - 1]
                choices.append((weight + likeness, {**pairs, row - 1: column - 1}))
            best[row][column] = max(choices, key=lambda choice: choice[0])
    return best[-1][-1][1]


def _put_twice(ours: Track, others: Track) -> set[str]:
    """Blocks that each added, in another place: a paragraph moved by both would be there twice."""
    placed = [{(place, block) for place, put in enumerate(track.added) for block in put} for track in (ours, others)]
    apart = placed[0] ^ placed[1]
    return {block for _place, block in placed[0] & apart} & {block for _place, block in placed[1] & apart}


def _merge_additions(place: int, ours: Track, others: Track, twice: set[str]) -> Passage:
    mine, theirs = ours.added[place], others.added[place]
    if mine == theirs:
        return mine
    removed = (theirs and ours.is_within_removed(place)) or (mine and others.is_within_removed(place))
    if (mine and theirs) or removed or twice.intersection([*mine, *theirs]):
        return Clash([], mine, theirs)
    return mine or theirs


def _merge_block(base: str, mine: str | None, theirs: str | None, *, by_word: bool) -> Passage:
    if mine == theirs or theirs == base:
        return [] if mine is None else [mine]
    if mine == base:
        return [] if theirs is None else [theirs]
    if by_word and mine is not None and theirs is not None and not base.startswith(WHOLE_BLOCKS):
        merged = merge_words(base, mine, theirs)
        if merged is not None and "\n" not in merged and body.clean(merged) == merged:
            return [merged]
    return Clash([base], [] if mine is None else [mine], [] if theirs is None else [theirs])


def _gathered(passages: Iterable[Passage]) -> Iterator[Passage]:
    """`passages` with neighbours of one sort made one."""
    last: Passage = []
    for passage in passages:
        match last, passage:
            case Clash(), Clash():
                last = Clash(*(one + other for one, other in zip(last, passage, strict=True)))
            case Clash(), []:
                continue
            case list(), list():
                last = [*last, *passage]
            case _:
                if last:
                    yield last
                last = passage
    if last:
        yield last
