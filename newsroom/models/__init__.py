"""The private room: what only staff see. Import the names from this package.

A story's text and stage change through `newsroom.writing` and `newsroom.deeds` alone.
"""

from .desk import Note, StaffProfile
from .history import Milestone, Move, Revision
from .outbox import Dispatch
from .photo import Photo
from .story import Story, StoryByline

__all__ = ["Dispatch", "Milestone", "Move", "Note", "Photo", "Revision", "StaffProfile", "Story", "StoryByline"]
