"""`make bench`: how long two people's changes of a long text take to merge and to compare, and how much memory.

It asserts no time, because machines differ. The steps are counted in tests/newsroom/test_merging_long_texts.py.
"""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from newsroom.editing.merge import merge_bodies, merge_words
from newsroom.versions.comparison import compare_bodies
from tests.newsroom.long_texts import OF_1500_WORDS, OVERLONG, PIECES, SHAPES, a_million_characters

LONGEST = 300_000  # characters: the longest body that the desk takes


def milliseconds(deed: Callable[[], object]) -> float:
    """How long `deed` takes the processor, whatever else runs on the machine."""
    began = time.process_time()
    deed()
    return (time.process_time() - began) * 1000


def megabytes(deed: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        deed()
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    finally:
        tracemalloc.stop()


def test_the_merge_of_long_texts_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"  a text of 1500 words: {milliseconds(lambda: merge_bodies(*OF_1500_WORDS)):.0f} ms"]
    for name, texts in OVERLONG.items():
        took = milliseconds(lambda texts=texts: merge_bodies(*texts))
        lines.append(f"  {name}: {took:.0f} ms, refused")
    for piece in PIECES:
        long = a_million_characters(piece)
        took = milliseconds(lambda long=long: merge_words("a b c", f"a b c {long}", "z b c"))
        lines.append(f"  a field of a million characters, all {piece!r}: {took:.0f} ms")
    for name, shape in SHAPES.items():
        texts = shape(LONGEST * 1_000 // max(map(len, shape(1_000))))
        merging = milliseconds(lambda texts=texts: merge_bodies(*texts))
        most = megabytes(lambda texts=texts: merge_bodies(*texts))
        comparing = milliseconds(lambda texts=texts: compare_bodies(*texts[:2], names=None))  # type: ignore[arg-type]
        size = max(map(len, texts)) // 1_000
        lines.append(f"  {name}, {size} kB: {merging:.0f} ms, {most:.0f} MB; compared in {comparing:.0f} ms")
    assert len(lines) == 1 + len(OVERLONG) + len(PIECES) + len(SHAPES)
    with capsys.disabled():
        print("\nThe merge of two people's changes", *lines, sep="\n")
