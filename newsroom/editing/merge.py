"""Merges the changes that two people made to one text: three-way, by paragraph, then by word.

A passage that only one of them changed is theirs, and a change that both made alike is made once. The rest is a clash,
which a person settles. Two changes in one paragraph do not clash when an unchanged word stands between them. The merge
never guesses: two additions in one place clash, and so does a passage that one removed and the other changed.

Knows no model: a text is a dict as `newsroom.stories.content.content_of` returns it, a body is as `newsroom.body.clean`
returns it, one block a line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias, TypeVar

from newsroom import body

from .differences import Edit, edits

Item = TypeVar("Item")

# A tag; a word with the space before it, so that a word added after it does not change it; other characters.
TOKEN = re.compile(r"<[^<>]*>|\s*[^\s<]+|\s+|<")
WORD = re.compile(r"\w")
WHOLE_BLOCKS = ("<aside", "<figure", "<table")
CROSSHEAD = "<h2>.</h2>"  # stands before blocks that are cleaned by themselves: a smaller one may follow it alone

MOST_LIKENESSES = 400  # pairs of rewritten blocks to compare word by word
MOST_WORDS_LIKENED = 200_000  # in all these pairs together, which takes a tenth of a second
MOST_CLEANED = 80  # blocks joined word by word that are cleaned one by one, when not all of them are clean
MOST_CLASHES = 100  # passages to choose one by one; with more of them one chooses between both whole texts
UNKNOWN: Any = object()
ALIKE = 0.4  # share of common words from which one block counts as the other one rewritten


class Clash(NamedTuple):
    """A passage of a body that both changed: its blocks in the base and in both texts."""

    base: list[str]
    mine: list[str]
    theirs: list[str]


Passage: TypeAlias = "list[str] | Clash"  # settled blocks, or a clash to settle


@dataclass(frozen=True)
class FieldClash:
    """A field that both changed in one place. `passages` are those of a body in order, the settled ones included."""

    base: Any
    mine: Any
    theirs: Any
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True)
class Merge:
    """The outcome of a merge. A field that clashes has in `content` the value of `mine`."""

    content: dict[str, Any]
    clashes: dict[str, FieldClash]


def merge_contents(base: dict[str, Any] | None, mine: dict[str, Any], theirs: dict[str, Any]) -> Merge:
    """Merge two texts. `base` is the text both started from; when it is None, every difference is a clash.

    A field that `mine` lacks was not on its page, and stays as in `theirs`. How a field is merged depends on its value
    in the base: words, a list in an order, or one choice. The body is merged by blocks, the topics as a set.
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
    """The merged value of a field. It is a class of its own because None is a value too: no lead picture."""

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
            return (None, passages) if clash else (Settled(body_of(passages)), [])
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
    """The value of a field that an older text lacks: empty, of the type of `value`."""
    return type(value)() if isinstance(value, str | list) else None


def _merge_sets(base: set[Any], mine: set[Any], theirs: set[Any]) -> set[Any]:
    return (base & mine & theirs) | (mine - base) | (theirs - base)


# --- Words --------------------------------------------------------------------------------------------------------


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """One text with the changes of both, its tags whole. None when the changes clash."""
    was, one, other = (TOKEN.findall(text) for text in (base, mine, theirs))
    tokens = _merge_sequences(was, one, other, parts=_is_word)
    return None if tokens is None else "".join(tokens)


def _is_word(token: str) -> bool:
    return not token.startswith("<") and WORD.search(token) is not None


def _merge_sequences(
    base: Sequence[Item], mine: Sequence[Item], theirs: Sequence[Item], parts: Callable[[Item], bool] = lambda _: True
) -> list[Item] | None:
    """One sequence with the changes of both. None when they clash. An item that `parts` accepts keeps two apart."""
    my_edits, their_edits = edits(base, mine), edits(base, theirs)
    if my_edits is None or their_edits is None:
        return None
    merged: list[Item] = []
    done = 0
    for low, high, sides in _touched(base, my_edits, their_edits, parts):
        one, other = (_applied(base, low, high, changes) for changes in sides)
        was = list(base[low:high])
        if one != other and was not in (one, other):
            return None
        merged += base[done:low]
        merged += other if one == was else one
        done = high
    return merged + list(base[done:])


def _touched(
    base: Sequence[Item], mine: list[Edit], theirs: list[Edit], parts: Callable[[Item], bool]
) -> Iterator[tuple[int, int, tuple[list[Edit], list[Edit]]]]:
    """The stretches of `base` that were changed, each with the edits of both in it.

    Two stretches without an item that parts them count as one.
    """
    low = high = 0
    sides: tuple[list[Edit], list[Edit]] = ([], [])
    for change, side in sorted([*((edit, 0) for edit in mine), *((edit, 1) for edit in theirs)], key=_place_of):
        if any(sides) and any(parts(item) for item in base[high : change.low]):
            yield low, high, sides
            sides = ([], [])
        if not any(sides):
            low = high = change.low
        high = max(high, change.high)
        sides[side].append(change)
    if any(sides):
        yield low, high, sides


def _place_of(of_one: tuple[Edit, int]) -> tuple[int, int]:
    return of_one[0].low, of_one[0].high


def _applied(base: Sequence[Item], low: int, high: int, changes: Iterable[Edit]) -> list[Item]:
    made: list[Item] = []
    for change in changes:
        made += base[low : change.low]
        made += change.put
        low = change.high
    return made + list(base[low:high])


# --- Blocks -------------------------------------------------------------------------------------------------------


def blocks_of(html: str) -> list[str]:
    """The paragraphs, crossheads, lists, references… of a cleaned body."""
    return html.split("\n") if html else []


def body_of(passages: Iterable[Passage]) -> str:
    """The body made of the settled ones of `passages`; clashes are left out."""
    return "\n".join(block for passage in passages if not isinstance(passage, Clash) for block in passage)


def merge_bodies(base: str, mine: str, theirs: str) -> list[Passage]:
    """The passages of a body with the changes of both. Of three clean bodies, settled passages make a clean one."""
    origin, one, other = (blocks_of(html) for html in (base, mine, theirs))
    my_track, their_track = track(origin, one), track(origin, other)
    if my_track is None or their_track is None:
        return [Clash(origin, one, other)]
    twice = _put_twice(my_track, their_track)
    joined = _joined_by_word(origin, my_track, their_track)
    passages: list[Passage] = []
    for place in range(len(origin) + 1):
        passages.append(_merge_additions(place, my_track, their_track, twice))
        if place < len(origin):
            rewritten = my_track.became[place], their_track.became[place]
            passages.append(joined.get(place) or _merge_block(origin[place], *rewritten))
    gathered = list(_gathered(passages))
    clashes = sum(isinstance(passage, Clash) for passage in gathered)
    settled = Counter(block for passage in gathered if not isinstance(passage, Clash) for block in passage)
    # A paragraph stood twice, and each removed another of the two; or each removed what the other kept, and nothing is
    # left. What both texts hold must not get lost, nor the whole text.
    is_lost = (Counter(one) & Counter(other)) - settled or (one and other and not settled)
    if clashes > MOST_CLASHES or (is_lost and not clashes):
        return [Clash(origin, one, other)]
    return gathered


@dataclass(frozen=True)
class Track:
    """What became of each block of the base (None: removed), and the blocks added before each and at the end."""

    became: list[str | None]
    added: list[list[str]]

    def is_within_removed(self, place: int) -> bool:
        """Whether the blocks on both sides of `place` were removed."""
        return 0 < place < len(self.became) and self.became[place - 1] is None and self.became[place] is None


def track(base: list[str], blocks: list[str]) -> Track | None:
    """How `base` became `blocks`. None when it would take too long to find out."""
    changes = edits(base, blocks)
    if changes is None:
        return None
    result = Track(list(base), [[] for _place in range(len(base) + 1)])
    for low, high, put in changes:
        pairs = _rewritten(base[low:high], put)
        result.became[low:high] = [None] * (high - low)
        place = low
        for number, block in enumerate(put):
            if number in pairs:
                place = low + pairs[number] + 1
                result.became[place - 1] = block
            else:
                result.added[place].append(block)
    return result


def _rewritten(old: list[str], new: list[str]) -> dict[int, int]:
    """Pair each block of `new` with the one of `old` that it rewrites, in order: the likest first, then one by one."""
    pairs: dict[int, int] = {}
    if len(old) != len(new) and len(old) * len(new) <= MOST_LIKENESSES:
        pairs = _likest([Counter(TOKEN.findall(block)) for block in old], [Counter(TOKEN.findall(b)) for b in new])
    fixed = [(-1, -1), *sorted(pairs.items()), (len(new), len(old))]
    for (after_new, after_old), (before_new, before_old) in pairwise(fixed):
        pairs |= dict(zip(range(after_new + 1, before_new), range(after_old + 1, before_old), strict=False))
    return pairs


def _likest(old: list[Counter[str]], new: list[Counter[str]]) -> dict[int, int]:
    """The pairs, in order, with most words in common; none when it would take too many steps to find them."""
    if len(old) * sum(map(len, new)) + len(new) * sum(map(len, old)) > MOST_WORDS_LIKENED:
        return {}
    best: list[list[tuple[float, dict[int, int]]]] = [[(0.0, {})] * (len(old) + 1) for _row in range(len(new) + 1)]
    for row, words in enumerate(new, start=1):
        for column, others in enumerate(old, start=1):
            choices = [best[row - 1][column], best[row][column - 1]]
            likeness = 2 * (words & others).total() / max(1, words.total() + others.total())
            if likeness >= ALIKE:
                weight, pairs = best[row - 1][column - 1]
                choices.append((weight + likeness, {**pairs, row - 1: column - 1}))
            best[row][column] = max(choices, key=lambda choice: choice[0])
    return best[-1][-1][1]


def _put_twice(my_track: Track, their_track: Track) -> set[str]:
    """Blocks that each added in another place. A paragraph that both moved would otherwise stand in the text twice."""
    placed = [
        {(place, block) for place, put in enumerate(track.added) for block in put} for track in (my_track, their_track)
    ]
    apart = placed[0] ^ placed[1]
    return {block for _place, block in placed[0] & apart} & {block for _place, block in placed[1] & apart}


def _merge_additions(place: int, my_track: Track, their_track: Track, twice: set[str]) -> Passage:
    mine, theirs = my_track.added[place], their_track.added[place]
    if mine == theirs:
        return mine
    removed = (theirs and my_track.is_within_removed(place)) or (mine and their_track.is_within_removed(place))
    if (mine and theirs) or removed or twice.intersection([*mine, *theirs]):
        return Clash([], mine, theirs)
    return mine or theirs


def _merge_block(base: str, mine: str | None, theirs: str | None) -> Passage:
    if mine == theirs or theirs == base:
        return [] if mine is None else [mine]
    if mine == base:
        return [] if theirs is None else [theirs]
    return Clash([base], [] if mine is None else [mine], [] if theirs is None else [theirs])


def _joined_by_word(origin: list[str], my_track: Track, their_track: Track) -> dict[int, Passage]:
    """The blocks that both rewrote and that hold the changes of both, word by word, under their places in the base."""
    joined: dict[int, str] = {}
    for place, (base, mine, theirs) in enumerate(zip(origin, my_track.became, their_track.became, strict=True)):
        if mine is None or theirs is None or mine == theirs or base in (mine, theirs) or base.startswith(WHOLE_BLOCKS):
            continue
        merged = merge_words(base, mine, theirs)
        if merged and "\n" not in merged:
            joined[place] = merged
    clean = _clean_ones(list(joined.values()))
    return {place: [block] for place, block in joined.items() if block in clean}


def _clean_ones(blocks: list[str]) -> set[str]:
    """Those of `blocks` that may stand in a clean body. They are cleaned together, and one by one if that fails."""
    if _is_clean("\n".join(blocks)):
        return set(blocks)
    return {block for block in blocks[:MOST_CLEANED] if _is_clean(block)}


def _is_clean(blocks: str) -> bool:
    html = f"{CROSSHEAD}\n{blocks}"
    return body.clean(html) == html


def _gathered(passages: Iterable[Passage]) -> Iterator[Passage]:
    """`passages` with neighbours joined: settled with settled, clash with clash."""
    last: Passage = []
    for passage in passages:
        match last, passage:
            case Clash(), Clash():
                for blocks, more in zip(last, passage, strict=True):
                    blocks.extend(more)
            case list(), list():
                last.extend(passage)
            case Clash(), []:
                continue
            case _:
                if last:
                    yield last
                last = Clash(*map(list, passage)) if isinstance(passage, Clash) else list(passage)
    if last:
        yield last
