"""The private room: what only staff see. Import the names from this package.

A story's text and stage change through `newsroom.writing` and `newsroom.deeds` alone.
"""

from .desk import Note, NoteTurn, SectionDesk, StaffProfile
from .history import Change, Milestone, Move, PlanChange, Revision, Takeover
from .outbox import Beat, Dispatch
from .photo import Photo
from .review import Check, GuestAnswer, ShareLink
from .story import Story, StoryByline
from .writing import Autosave, Presence, SavedPage

__all__ = [
    "Autosave",
    "Beat",
    "Change",
    "Check",
    "Dispatch",
    "GuestAnswer",
    "Milestone",
    "Move",
    "Note",
    "NoteTurn",
    "Photo",
    "PlanChange",
    "Presence",
    "Revision",
    "SavedPage",
    "SectionDesk",
    "ShareLink",
    "StaffProfile",
    "Story",
    "StoryByline",
    "Takeover",
]
