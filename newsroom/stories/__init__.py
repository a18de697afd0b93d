"""A story's text: what it says, how it is saved, what it names and what names it."""
