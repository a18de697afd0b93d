"""How long one kind of work may keep the clock, and how long what failed waits for another try."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

Item = TypeVar("Item")

PATIENCE = 5.0  # seconds that sizes, or mail, may take before the clock looks again at what is to be published

FIRST_RETRY = timedelta(seconds=30)

LONGEST_RETRY = timedelta(hours=1)


def for_a_while(items: Iterable[Item]) -> Iterator[Item]:
    """These, until PATIENCE is over; the rest waits for the next beat."""
    end = time.monotonic() + PATIENCE
    for item in items:
        yield item
        if time.monotonic() > end:
            return
