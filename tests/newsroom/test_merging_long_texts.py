"""Merging and comparing long texts: in steps that grow with the text alone, or as a conflict that keeps both whole."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.editing import differences
from newsroom.editing.differences import Edit, edits
from newsroom.editing.merge import Clash, body_of, merge_bodies, merge_words
from newsroom.versions.comparison import compare_bodies

from .long_texts import OF_1500_WORDS, OVERLONG, PIECES, SHAPES, Shape, Texts, a_million_characters
from .steps import steps_of

MOST_STEPS = 200  # for each word of the three texts; before they were limited, they were thousands


def joined(base: str, mine: str, theirs: str) -> str | None:
    """The body that is made of both, or None on a conflict."""
    passages = merge_bodies(base, mine, theirs)
    return None if any(isinstance(passage, Clash) for passage in passages) else body_of(passages)


# --- What is merged -----------------------------------------------------------------------------------------------


def test_a_text_of_1500_words_is_merged_paragraph_by_paragraph() -> None:
    both = joined(*OF_1500_WORDS)

    assert both is not None
    assert both.count("Ici, ") == both.count(" là.") == 20


@pytest.mark.parametrize("different", [7_900, 311], ids=["all words different", "311 different words"])
def test_changes_far_apart_in_one_paragraph_of_7900_words_are_merged(different: int) -> None:
    words = [f"mot{number % different}" for number in range(7_900)]

    def with_changes(*places: int) -> str:
        return f"<p>{' '.join('CHANGÉ' if place in places else word for place, word in enumerate(words))}</p>"

    mine, theirs = range(5, 7_900, 200), range(105, 7_900, 200)
    both = joined(with_changes(), with_changes(*mine), with_changes(*theirs))

    assert both == with_changes(*mine, *theirs)


def test_300_kilobytes_of_paragraphs_are_merged_when_both_changed_each_of_them() -> None:
    def text(mine: str, theirs: str) -> str:
        return "\n".join(f"<p>{mine} le phare et la digue {number}, {theirs}.</p>" for number in range(6_000))

    both = joined(text("Ici", "dort"), text("Là", "dort"), text("Ici", "veille"))

    assert len(text("Ici", "dort")) > 250_000
    assert both == text("Là", "veille")


@pytest.mark.parametrize("texts", OVERLONG.values(), ids=OVERLONG)
def test_an_overlong_text_is_a_conflict_that_holds_both_texts_whole(texts: Texts) -> None:
    (clash,) = merge_bodies(*texts)

    assert isinstance(clash, Clash)
    assert tuple(map("\n".join, clash)) == tuple(text.strip("\n") for text in texts)


def test_two_overlong_texts_where_there_was_none_are_a_conflict() -> None:
    assert joined("", "<p>" + "mot " * 40_000 + "</p>", "<p>" + "autre " * 40_000 + "</p>") is None


@pytest.mark.parametrize("piece", PIECES)
def test_a_field_of_a_million_characters_is_merged_whatever_it_is_made_of(piece: str) -> None:
    long = a_million_characters(piece)

    assert merge_words("a b c", f"a b c {long}", "z b c") == f"z b c {long}"
    assert joined("<p>a</p>", long, f"{long}\n{long}") == f"{long}\n{long}"


# --- What it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [1_000, 4_000])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_text_of_any_shape_is_merged_and_compared_in_so_many_steps_for_each_word(shape: Shape, words: int) -> None:
    texts = shape(words)

    for name, deed in {"merged": merge_bodies, "compared": compared}.items():
        steps = steps_of(lambda deed=deed: deed(*texts))
        assert steps <= MOST_STEPS * 3 * words, f"{name} in {steps} steps"


def compared(base: str, mine: str, _theirs: str) -> Any:
    return compare_bodies(base, mine, names=None)  # type: ignore[arg-type]  # the blocks name no row


def test_what_is_compared_without_a_rare_word_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def look(old: list[int], new: list[int]) -> list[tuple[int, int]]:
        looked_at.append(len(old) * len(new))
        return longest_in_all(old, new)

    longest_in_all = differences._longest_in_all
    monkeypatch.setattr(differences, "_longest_in_all", look)
    part = ["a", "b"] * 1_000

    assert edits(["x", *part, "y"], ["z", *part[::-1], "y"]) is not None
    assert edits(*([name, *part * 20] for name in "xz")) is not None, "what is equal at an end is not looked at"
    assert edits(["x", *part * 10], ["z", *part[::-1] * 10, "t"]) is None
    assert sum(looked_at) < 2 * differences.MOST_BITS


# --- Properties ---------------------------------------------------------------------------------------------------

ITEMS = st.lists(st.integers(0, 7), max_size=40) | st.lists(st.integers(0, 90), max_size=40)


def applied(base: list[int], found: list[Edit]) -> list[int]:
    made, done = [], 0
    for low, high, put in found:
        made += [*base[done:low], *put]
        done = high
    return made + base[done:]


@pytest.mark.parametrize("short", [0, 6, 20, differences.SHORT])
@given(base=ITEMS, changed=ITEMS)
def test_the_edits_of_a_sequence_make_the_other_one(short: int, base: list[int], changed: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "SHORT", short)
        found = edits(base, changed)

    assert found is not None
    assert applied(base, found) == changed
    assert all(before.high < after.low for before, after in pairwise(found))


@given(ITEMS, ITEMS)
def test_a_longest_common_subsequence_is_the_longest(old: list[int], new: list[int]) -> None:
    pairs = differences._longest_in_all(old, new)

    assert [old[place] for place, _other in pairs] == [new[place] for _other, place in pairs]
    assert pairs == sorted(set(pairs))
    assert len({place for place, _other in pairs}) == len({place for _other, place in pairs}) == len(pairs)
    assert len(pairs) == length_of_longest(old, new)


def length_of_longest(old: list[int], new: list[int]) -> int:
    """By the table that every textbook has."""
    row = [0] * (len(new) + 1)
    for one in old:
        before = row
        row = [0]
        for place, other in enumerate(new):
            row.append(before[place] + 1 if one == other else max(before[place + 1], row[place]))
    return row[-1]
