"""Finds the edits that make one sequence out of another, in a number of steps that grows with their length alone.

Short sequences are compared as people would (difflib: the longest common stretch first). In long ones the items, or
few items in a row, that stand once in each are found first, and what lies between them is compared by itself. What has
none is compared exactly by its longest common subsequence, many items at a time, as long as that is cheap. The rest is
not compared.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

SHORT = 800  # items of both sequences together, about two paragraphs of 400 words
STEPS_FOR_AN_ITEM = 32  # of difflib, in a short sequence
DEEPEST = 8  # times that items which stand once are looked for between others
IN_A_ROW = (1, 2, 4)  # items that are looked for together
MOST_BITS = 100_000_000  # of one comparison by the longest common subsequence: 12 MB, a twentieth of a second


class Edit(NamedTuple):
    """`put` stands where items `low` to `high` of the base stood."""

    low: int
    high: int
    put: list[Any]


class Stretch(NamedTuple):
    """`length` items that stand from `old` on in one sequence, and from `new` on in the other."""

    old: int
    new: int
    length: int


class TooLong(Exception):  # noqa: N818 (what happened)
    """Raised when it would take too many steps to compare two sequences."""


def edits(base: Sequence[Any], changed: Sequence[Any]) -> list[Edit] | None:
    """The edits, in order, that make `changed` out of `base`. None when it would take too many steps to find them."""
    numbers: dict[Any, int] = {}
    old, new = ([numbers.setdefault(item, len(numbers)) for item in items] for items in (base, changed))
    try:
        common = _common_stretches(old, new)
    except TooLong:
        return None
    found: list[Edit] = []
    ends = [Stretch(0, 0, 0), *common, Stretch(len(old), len(new), 0)]
    for before, after in pairwise(ends):
        low, start = before.old + before.length, before.new + before.length
        if low < after.old or start < after.new:
            found.append(Edit(low, after.old, list(changed[start : after.new])))
    return found


class Gap(NamedTuple):
    """Items `low` to `high` of one sequence and `start` to `end` of the other, to be compared."""

    low: int
    high: int
    start: int
    end: int
    depth: int = 0


def _common_stretches(old: list[int], new: list[int]) -> list[Stretch]:
    """The stretches that are taken to be the same in both, in order. Raises TooLong."""
    found: list[Stretch] = []
    bits = 0
    gaps = [Gap(0, len(old), 0, len(new))]
    while gaps:
        gap = _without_equal_ends(old, new, gaps.pop(), found)
        one, other = old[gap.low : gap.high], new[gap.start : gap.end]
        if set(one).isdisjoint(other):
            continue
        stretches = _longest_first(one, other) if len(one) + len(other) <= SHORT else None
        if stretches is None and gap.depth < DEEPEST and (anchors := _anchors(one, other)):
            places = [Stretch(-1, -1, 1), *anchors, Stretch(len(one), len(other), 1)]
            gaps += [
                Gap(gap.low + a.old + 1, gap.low + b.old, gap.start + a.new + 1, gap.start + b.new, gap.depth + 1)
                for a, b in pairwise(places)
            ]
            stretches = anchors
        elif stretches is None:
            shared = set(one) & set(other)
            my_places, their_places = ([place for place, item in enumerate(s) if item in shared] for s in (one, other))
            bits += len(my_places) * len(their_places)
            if bits > MOST_BITS:
                raise TooLong
            pairs = _longest_in_all([one[place] for place in my_places], [other[place] for place in their_places])
            stretches = [Stretch(my_places[i], their_places[j], 1) for i, j in pairs]
        found += [Stretch(gap.low + each.old, gap.start + each.new, each.length) for each in stretches]
    return sorted(found)


def _without_equal_ends(old: list[int], new: list[int], gap: Gap, found: list[Stretch]) -> Gap:
    """`gap` without what is equal at its beginning and its end, which is added to `found`."""
    low, high, start, end, depth = gap
    while low < high and start < end and old[low] == new[start]:
        low, start = low + 1, start + 1
    if low > gap.low:
        found.append(Stretch(gap.low, gap.start, low - gap.low))
    while low < high and start < end and old[high - 1] == new[end - 1]:
        high, end = high - 1, end - 1
    if high < gap.high:
        found.append(Stretch(high, end, gap.high - high))
    return Gap(low, high, start, end, depth)


# --- Short sequences ----------------------------------------------------------------------------------------------


class _Limited(SequenceMatcher[int]):
    """A SequenceMatcher that raises TooLong after STEPS_FOR_AN_ITEM steps for each item.

    To find a longest stretch, it looks at each item of the one sequence and at all equal ones of the other.
    """

    def __init__(self, old: list[int], new: list[int]) -> None:
        super().__init__(None, old, new, autojunk=False)
        counts = Counter(new)
        self.steps_before = [0, *accumulate(1 + counts[item] for item in old)]
        self.steps_left = STEPS_FOR_AN_ITEM * (len(old) + len(new))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Any:
        self.steps_left -= self.steps_before[-1 if ahi is None else ahi] - self.steps_before[alo]
        if self.steps_left < 0:
            raise TooLong
        return super().find_longest_match(alo, ahi, blo, bhi)


def _longest_first(old: list[int], new: list[int]) -> list[Stretch] | None:
    try:
        return [Stretch(*block) for block in _Limited(old, new).get_matching_blocks() if block.size]
    except TooLong:
        return None


# --- Long sequences -----------------------------------------------------------------------------------------------


def _anchors(one: list[int], other: list[int]) -> list[Stretch]:
    """The items, or the first of few in a row, that stand once in each: see `_once_in_both`."""
    for length in IN_A_ROW:
        rows = ([items[start:] for start in range(length)] for items in (one, other))
        if anchors := _once_in_both(*(list(zip(*row, strict=False)) for row in rows)):
            return anchors
    return []


def _once_in_both(old: Sequence[Any], new: Sequence[Any]) -> list[Stretch]:
    """The items that stand once in each, as many as have one order in both (the longest increasing subsequence)."""
    once, places = Counter(old), {item: place for place, item in enumerate(new)}
    repeated = {item for item, count in Counter(new).items() if count > 1}
    pairs = [
        (place, places[item])
        for place, item in enumerate(old)
        if once[item] == 1 and item in places and item not in repeated
    ]
    tails: list[int] = []  # the lowest place in `new` at which a run of each length can end
    ends: list[int] = []  # the pair that ends there
    before: list[int] = []  # the pair before each
    for number, (_old, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [number]
    anchors: list[Stretch] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        anchors.append(Stretch(*pairs[number], 1))
        number = before[number]
    return anchors[::-1]


def _longest_in_all(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """The pairs of places of a longest common subsequence.

    Hyyrö's algorithm ("Bit-parallel LCS-length computation revisited", 2004): a row of the table for each item of
    `new`, one bit for each item of `old`. A bit is 0 where the length grows.
    """
    if len(old) > len(new):  # the shorter rows take less to make
        return [(place, other) for other, place in _longest_in_all(new, old)]
    where: dict[int, int] = {}
    for place, item in enumerate(old):
        where[item] = where.get(item, 0) | 1 << place
    all_ones = (1 << len(old)) - 1
    row, rows = all_ones, [all_ones]
    for item in new:
        met = row & where.get(item, 0)
        row = (row + met | row - met) & all_ones
        rows.append(row)
    pairs: list[tuple[int, int]] = []
    column, line = len(old), len(new)
    while column and line:
        if rows[line] >> column - 1 & 1:
            column -= 1
        elif line > 1 and not rows[line - 1] >> column - 1 & 1:
            line -= 1
        else:
            column, line = column - 1, line - 1
            pairs.append((column, line))
    return pairs[::-1]
