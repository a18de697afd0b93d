"""The clock reads rows and does what is due: it publishes, makes picture sizes, delivers the outbox and counts reads.

Any number of clocks may run, and each may die at any moment. No story is published twice: it is published under its
lock, and only while it is due. No mail is sent by two clocks: each row of the outbox is claimed before it is delivered.
Sizes and counts come out the same when they are made twice.
"""

import time
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from articles.readership import forget_readers, refresh_top_reads
from newsroom.door.gates import forget_quiet
from newsroom.door.record import forget_old
from newsroom.door.sessions import forget_ended
from newsroom.models import Beat

from .departures import publish_due
from .outbox import deliver_due
from .overlong import end_overlong
from .renditions import make_sizes

BEAT = 2  # seconds between two beats
RECORDED_EVERY = 5.0  # seconds between two records of a beat, which the desk's watchdog reads
TOP_READS_EVERY = timedelta(minutes=1)


class Clock:
    """One clock, of which several may run."""

    def __init__(self) -> None:
        self._counted_at = timezone.now() - TOP_READS_EVERY
        self._recorded_at = time.monotonic() - RECORDED_EVERY

    def beat(self) -> int:
        """Do all that is due now, publications first, and return how many things were done."""
        if time.monotonic() - self._recorded_at >= RECORDED_EVERY:
            record_beat()
            self._recorded_at = time.monotonic()
        done = publish_due()
        if made := make_sizes():
            done += made + publish_due()  # those that waited for these sizes
        done += deliver_due()
        if timezone.now() - self._counted_at >= TOP_READS_EVERY:
            refresh_top_reads()
            forget_readers()
            forget_quiet(timezone.now())
            forget_old()
            forget_ended()
            end_overlong()
            self._counted_at = timezone.now()
        return done


def record_beat() -> None:
    """Record that a clock beats, by the time of the database: all machines share it."""
    Beat.objects.bulk_create([Beat(pk=1, at=Now())], update_conflicts=True, update_fields=["at"], unique_fields=["id"])
