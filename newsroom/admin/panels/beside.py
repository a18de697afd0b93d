"""The panels of a story's page, each a line here: their addresses, their contexts and their part of a post."""

from typing import Any

from . import autosave, carry_over, checklist, checks, notes, plan, presence, share_links, versions
from .base import Moment, OpenPage, Outcome, Panel, SettlingPanel

# What stands beside a text that is not saved yet.
PANELS_OF_A_NEW_TEXT: tuple[Panel, ...] = (checklist, autosave)
# In the order in which they do their part of a post.
PANELS: tuple[Panel, ...] = (
    *PANELS_OF_A_NEW_TEXT, carry_over, notes, plan, checks, versions, share_links, presence,
)  # fmt: skip


def context_of(page: OpenPage) -> dict[str, Any]:
    """What all panels of the page need. Raises ValueError when two of them use one name."""
    context: dict[str, Any] = {}
    for panel in PANELS_OF_A_NEW_TEXT if page.is_new else PANELS:
        part = panel.context(page)
        if twice := context.keys() & part.keys():
            raise ValueError(f"two panels use {', '.join(sorted(twice))}")
        context |= part
    return context


def settle_all(page: OpenPage, moment: Moment) -> Outcome:
    """Let each panel of this moment do its part of a post, until one of them answers. The first anchor counts."""
    did, anchor = False, ""
    for panel in PANELS:
        if not isinstance(panel, SettlingPanel) or moment not in panel.SETTLES_ON:
            continue
        outcome = panel.settle(page)
        if outcome.answer is not None:
            return outcome
        did, anchor = did or outcome.did, anchor or outcome.anchor
    return Outcome(did=did, anchor=anchor)
