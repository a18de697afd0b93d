"""What the body of a text may hold: cleaning, blocks, links. Import `clean` from here."""

from .cleaning import clean

__all__ = ["clean"]
