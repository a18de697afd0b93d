"""The clock reads rows and does what is due. Import the names from here."""

from .beat import BEAT, Clock
from .crew import Crew, end_with_parent

__all__ = ["BEAT", "Clock", "Crew", "end_with_parent"]
