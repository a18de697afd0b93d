"""The clock: does what is due, from rows. Import the names from here."""

from .beat import BEAT, Clock

__all__ = ["BEAT", "Clock"]
