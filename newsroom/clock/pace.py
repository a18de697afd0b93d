"""How long one kind of work may occupy the clock, and how long a failure waits for another try."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

Item = TypeVar("Item")

PATIENCE = 5.0  # seconds for sizes, or for mail, before the clock looks again for stories to publish

FIRST_RETRY = timedelta(seconds=30)

LONGEST_RETRY = timedelta(hours=1)


def for_a_while(items: Iterable[Item]) -> Iterator[Item]:
    """`items` until PATIENCE is over. The rest waits for the next beat."""
    end = time.monotonic() + PATIENCE
    for item in items:
        yield item
        if time.monotonic() > end:
            return
