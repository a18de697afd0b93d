"""What the body of a text may hold: cleaning, blocks, links. Import these names from here."""

from .cleaning import LONGEST, Cleaned, clean, cleaned, fits
from .marks import Mark

__all__ = ["LONGEST", "Cleaned", "Mark", "clean", "cleaned", "fits"]
