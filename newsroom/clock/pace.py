"""How long one kind of work may occupy its hand of the clock, and how long a failure waits for another try."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from django.db.models import F, Value
from django.db.models.functions import Least

Item = TypeVar("Item")

PATIENCE = 5.0  # seconds for one job, before the hand goes on to its next one

FIRST_RETRY = timedelta(seconds=30)

LONGEST_RETRY = timedelta(hours=1)

MOST_COUNTED = 1000  # tries; what fails for years is tried on, and its count must not outgrow its column


def one_more_try() -> Least:
    """The attempts of a row, one more than they are."""
    return Least(F("attempts") + 1, Value(MOST_COUNTED))


def wait_after(failures: int) -> timedelta:
    """The wait for the next try after that many failures before this one: it doubles, up to LONGEST_RETRY."""
    wait: timedelta = FIRST_RETRY * 2 ** min(failures, 10)
    return min(wait, LONGEST_RETRY)


def for_a_while(items: Iterable[Item]) -> Iterator[Item]:
    """`items` until PATIENCE is over. The rest waits for the next beat."""
    end = time.monotonic() + PATIENCE
    for item in items:
        yield item
        if time.monotonic() > end:
            return
