"""A job of the clock, and how its rows are kept from harming one another.

A job either does one thing (`work(Job.WHOLE)`), or the same thing for each of its `rows`. Whatever one row raises is
recorded as a Fault, shown on the desk and tried again later and later; the other rows and the other jobs go on. Rows
that failed come after those that did not, so however many fail, none keeps another waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from newsroom.models import Fault, Hand

from . import faults
from .pace import LONGEST_RETRY, for_a_while

AT_ONCE = 20  # rows of one job in one beat


@dataclass(frozen=True)
class Job:
    """One job of the clock.

    `work` returns how many things it did; 0 is no failure. `title` is what it does, in the words of the desk. `every`
    is the least time between two turns of it, `longest_wait` the most between two tries when it fails as a whole.
    A job `at_start` is done once, when the clock starts.
    """

    name: str
    hand: Hand
    title: Promise
    work: Callable[[int], int]
    rows: Callable[[], QuerySet[Any]] | None = None  # of models whose key is a number
    every: timedelta = timedelta(0)
    longest_wait: timedelta = LONGEST_RETRY
    at_start: bool = False
    page: str = ""  # the name of the desk's page of one of its rows, if there is one

    def run(self) -> int | None:
        """Do what waits, and return how many things were done: None if the job failed, or waits after a failure.

        Raises only when the connection to the database is lost.
        """
        try:
            known = Fault.objects.filter(job=self.name, ref=Fault.WHOLE).first()
            if known is not None and faults.waits(known, timezone.now()):
                return None
            done = self._do_rows(self.rows()) if self.rows else self.work(Fault.WHOLE)
            if known is not None:
                faults.forgive(self.name, Fault.WHOLE)
        except Exception as error:
            if faults.is_lost(error):
                raise
            faults.record(self.name, Fault.WHOLE, error, longest=self.longest_wait)
            return None
        return done

    def _do_rows(self, waiting: QuerySet[Any]) -> int:
        """First the rows that never failed, then those whose next try has come, the earliest first."""
        known = Fault.objects.filter(job=self.name).exclude(ref=Fault.WHOLE)
        fresh = list(waiting.exclude(pk__in=known.values("ref")).values_list("pk", flat=True)[:AT_ONCE])
        again = list(known.filter(faults.is_due(timezone.now())).values_list("ref", flat=True)[:AT_ONCE])
        still = set(waiting.filter(pk__in=again).order_by().values_list("pk", flat=True)) if again else set()
        if over := set(again) - still:  # the row is gone, or was done otherwise
            faults.forgive(self.name, *over)
        return sum(self._try(number, again) for number in for_a_while([*fresh, *filter(still.__contains__, again)]))

    def _try(self, number: int, again: list[int]) -> int:
        try:
            done = self.work(number)
        except Exception as error:
            if faults.is_lost(error):
                raise
            faults.record(self.name, number, error)
            return 0
        if number in again:
            faults.forgive(self.name, number)
        return done
