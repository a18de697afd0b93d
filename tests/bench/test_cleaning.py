"""`make bench`: how long the longest bodies of hostile shapes take to clean, and how much memory.

It asserts no time, because machines differ. The steps are counted in tests/newsroom/test_body_cost.py.
"""

import time
import tracemalloc

import pytest

from newsroom import body
from newsroom.body import cleaning
from tests.newsroom.hostile_bodies import SHAPES


def milliseconds_to_clean(html: str) -> float:
    cleaning.cleaned.cache_clear()
    began = time.process_time()
    body.clean(html)
    return (time.process_time() - began) * 1000


def megabytes_to_clean(html: str) -> float:
    cleaning.cleaned.cache_clear()
    tracemalloc.start()
    try:
        body.clean(html)
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    finally:
        tracemalloc.stop()


def test_the_cleaning_of_hostile_bodies_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for name, shape in SHAPES.items():
        html = shape(body.LONGEST)
        lines.append(f"  {name}: {milliseconds_to_clean(html):.0f} ms, {megabytes_to_clean(html):.0f} MB")
    with capsys.disabled():
        print(f"\nThe cleaning of {body.LONGEST} characters", *lines, sep="\n")
    assert len(lines) == len(SHAPES)
