"""Reviewing a text before it is published: notes, checks, the preview, and links for people without an account."""
