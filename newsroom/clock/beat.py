"""The clock: does what is due, from rows. Publishes, makes picture sizes, delivers the outbox, counts what is read.

Any number of clocks may run, and die at any moment: a story is published under its lock while it still says that it is
due, and a row of the outbox is claimed before it is delivered; sizes and counts come out the same twice.
"""

import time
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from articles.readership import refresh_top_reads
from newsroom.models import Beat

from .departures import publish_due
from .outbox import deliver_due
from .renditions import make_sizes

BEAT = 2  # seconds between two looks
NOTED_EVERY = 5.0  # seconds, at most: that it beats is written for the desk to see
TOP_READS_EVERY = timedelta(minutes=1)


class Clock:
    """One clock. `beat` does all that is due now and returns how many things it did."""

    def __init__(self) -> None:
        self._counted_at = timezone.now() - TOP_READS_EVERY
        self._noted_at = time.monotonic() - NOTED_EVERY

    def beat(self) -> int:
        """What readers wait for comes first, and nothing else may keep it waiting long."""
        if time.monotonic() - self._noted_at >= NOTED_EVERY:
            note_beat()
            self._noted_at = time.monotonic()
        done = publish_due() + make_sizes() + deliver_due()
        if timezone.now() - self._counted_at >= TOP_READS_EVERY:
            refresh_top_reads()
            self._counted_at = timezone.now()
        return done


def note_beat() -> None:
    """Show the desk that a clock beats, by the database's own hour, which all machines share."""
    Beat.objects.bulk_create([Beat(pk=1, at=Now())], update_conflicts=True, update_fields=["at"], unique_fields=["id"])
