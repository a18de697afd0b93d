"""The clock reads rows and does what is due. Import the names from here."""

from .beat import BEAT, Clock

__all__ = ["BEAT", "Clock"]
