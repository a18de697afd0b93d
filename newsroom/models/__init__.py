"""The private room: the rows that only staff see. Import the names from this package.

A story's text and stage change through `newsroom.stories.saving` and `newsroom.deeds` alone.
"""

from .clock import SIZES, Beat, Fault, Hand
from .door import Gate, SignIn
from .editing import Autosave, Presence, SavedPage
from .history import Change, Milestone, Move, PlanChange, Revision, Takeover
from .notes import Note, NoteTurn
from .outbox import Dispatch
from .photo import CreditChange, Photo
from .review import Check, GuestAnswer, ShareLink
from .staff import SectionDesk, StaffProfile, name_of
from .story import Story, StoryByline, lock_story

__all__ = [
    "SIZES",
    "Autosave",
    "Beat",
    "Change",
    "Check",
    "CreditChange",
    "Dispatch",
    "Fault",
    "Gate",
    "GuestAnswer",
    "Hand",
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
    "SignIn",
    "StaffProfile",
    "Story",
    "StoryByline",
    "Takeover",
    "lock_story",
    "name_of",
]
