"""Versions of a text: their differences, the names of what they refer to, and the changes that the desk made."""
