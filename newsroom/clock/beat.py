"""The clock reads rows and does what is due: it publishes, makes picture sizes, delivers the outbox and counts reads.

Any number of clocks may run, and each may die at any moment. No story is published twice: it is published under its
lock, and only while it is due. No mail is sent by two clocks: each row of the outbox is claimed before it is delivered.
Sizes and counts come out the same when they are made twice.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime

from django.db.models.functions import Now
from django.utils import timezone

from newsroom.models import Beat, Hand

from .duties import jobs
from .faults import is_lost
from .jobs import Job

logger = logging.getLogger(__name__)

BEAT = 2  # seconds between two beats
RECORDED_EVERY = 5.0  # seconds between two records of a beat, which the desk's watchdog reads


class Clock:
    """One clock, of which several may run, with some of the hands. Each hand has its jobs, in the order of `jobs`."""

    def __init__(self, hands: Iterable[Hand] = Hand) -> None:
        self.hands = tuple(hands)
        self.jobs = [job for job in jobs() if job.hand in self.hands]
        self._done_at: dict[str, datetime] = {}
        self._recorded_at = time.monotonic() - RECORDED_EVERY

    def start(self) -> bool:
        """Do what is done once, when a clock starts. False if some of it failed: then start again a beat later."""
        undone = [job for job in self.jobs if job.at_start and job.name not in self._done_at]
        done = [self._run(job) for job in undone]
        return None not in done

    def beat(self) -> int:
        """Do all that is due now, publications first, and return how many things were done.

        Raises only when the connection to the database is lost.
        """
        done: dict[str, int] = {}
        for job in self.jobs:
            self._show_life()
            if not job.at_start and self._is_time_for(job):
                done[job.name] = self._run(job) or 0
        if done.get("sizes") and Hand.DEPARTURES in self.hands:  # those that waited for these sizes
            done["departed"] = sum(self._run(job) or 0 for job in self.jobs if job.name == "departures")
        return sum(done.values())

    def _run(self, job: Job) -> int | None:
        done = job.run()
        if done is not None:
            self._done_at[job.name] = timezone.now()
        return done

    def _is_time_for(self, job: Job) -> bool:
        """Whether `job.every` has passed. The time of this machine may have been moved, to either side."""
        before = self._done_at.get(job.name)
        return before is None or abs(timezone.now() - before) >= job.every

    def _show_life(self) -> None:
        if time.monotonic() - self._recorded_at < RECORDED_EVERY:
            return
        self._recorded_at = time.monotonic()
        try:
            record_beat(self.hands)
        except Exception as error:
            if is_lost(error):
                raise
            logger.exception("the beat could not be recorded")


def record_beat(hands: Iterable[Hand]) -> None:
    """Record that the process with these hands beats, by the time of the database: all machines share it."""
    first, *others = hands
    Beat.objects.bulk_create(
        [Beat(pk=first, at=Now())], update_conflicts=True, update_fields=["at"], unique_fields=["id"]
    )
    if others:  # they beat in processes of their own otherwise
        Beat.objects.filter(pk__in=others).update(at=Now())
