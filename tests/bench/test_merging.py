"""`make bench`: how long two people's changes of a long text take to merge.

It asserts no time, because machines differ. What the merge looks at is bounded in tests/newsroom/test_merging.py.
"""

import time
from collections.abc import Callable

import pytest

from newsroom.editing.merge import merge_bodies, merge_words
from tests.newsroom.long_texts import OF_1500_WORDS, OVERLONG, PIECES, a_million_characters


def milliseconds(merge: Callable[..., object], *texts: str) -> float:
    began = time.perf_counter()
    merge(*texts)
    return (time.perf_counter() - began) * 1000


def test_the_merge_of_long_texts_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"  a text of 1500 words: {milliseconds(merge_bodies, *OF_1500_WORDS):.0f} ms"]
    lines += [f"  {name}: {milliseconds(merge_bodies, *texts):.0f} ms, refused" for name, texts in OVERLONG.items()]
    for piece in PIECES:
        long = a_million_characters(piece)
        took = milliseconds(merge_words, "a b c", f"a b c {long}", "z b c")
        lines.append(f"  a field of a million characters, all {piece!r}: {took:.0f} ms")
    assert len(lines) == 1 + len(OVERLONG) + len(PIECES)
    with capsys.disabled():
        print("\nThe merge of two people's changes", *lines, sep="\n")
