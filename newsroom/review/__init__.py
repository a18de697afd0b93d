"""Looking at a text before it appears: notes, checks, the preview, links for readers without an account."""
