"""Versions of a text: their differences, the names of what they mention, and what the desk changed."""
