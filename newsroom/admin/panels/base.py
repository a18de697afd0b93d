"""What every panel beside a text is given (an OpenPage), and what it gives back (an Outcome).

The panels are the modules of this package that stand in `PANELS` of `newsroom.admin.panels.beside`, and nowhere else.
Each has the functions `urls` and `context`. Those to which the page posts have `settle` and `SETTLES_ON` too. The
modules `conflict`, `lookups` and `preview` are no panels: they answer addresses of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern

from newsroom import access
from newsroom.admin.base import signed_in
from newsroom.admin.deeds.undone import NONE_UNDONE, UndoneDeed
from newsroom.admin.forms.kept_text import KeptText
from newsroom.admin.forms.post import StoryPost
from newsroom.models import Check, Move, Story
from newsroom.stories import attached

HISTORY_ROWS = 50
CHECKS_SHOWN = 30


@dataclass(frozen=True)
class OpenPage:
    """The page of a story as one person has it open, in one request.

    `story` has no number while it is new. `post` is what the page sent, None when it is only read; `kept_text` what it
    is opened with instead of the stored text; `undone` a deed that was refused or not sent, with what was typed for it.
    `is_correction` marks the page on which a live article is corrected at once.
    """

    request: HttpRequest
    story: Story
    post: StoryPost | None = None
    kept_text: KeptText | None = None
    undone: UndoneDeed = NONE_UNDONE
    is_correction: bool = False

    @property
    def user(self) -> User:
        return signed_in(self.request)

    @property
    def is_new(self) -> bool:
        return self.story.pk is None

    @property
    def sent(self) -> StoryPost:
        """What the page sent. Raises LookupError when it is only read."""
        if self.post is None:
            raise LookupError("This page was only read.")
        return self.post

    @cached_property
    def rights(self) -> access.StoryRights:
        return access.rights_on(self.user, self.story)

    def with_changes(self, **changes: Any) -> "OpenPage":
        """The same page with other fields. While its story is the same one, its rights are not asked again."""
        page = replace(self, **changes)
        if page.story is self.story and "rights" in self.__dict__:
            page.__dict__["rights"] = self.rights
        return page

    def after_save(self, story: Story) -> "OpenPage":
        """The same page once its text is saved as `story`: whatever was known of the story is read again."""
        return replace(self, story=story)

    @property
    def typed(self) -> QueryDict | None:
        """The fields typed on the page; None when it shows the stored text."""
        if self.post is not None:
            return self.post.fields
        return self.kept_text.posted if self.kept_text is not None else None

    @cached_property
    def moves(self) -> list[Move]:
        """The last moves of the story, the newest first."""
        return list(self.story.moves.select_related("by", "revision").defer("revision__content")[:HISTORY_ROWS])

    @cached_property
    def checks(self) -> list[Check]:
        """The checks that were asked of the story, the newest first."""
        if self.is_new or not attached.may_have_attached(self.story, "checks"):
            return []
        asked = self.story.checks.select_related("asked_by", "settled_by", "revision").defer("revision__content")
        return list(asked.order_by("-asked_at", "-pk")[:CHECKS_SHOWN])


@dataclass(frozen=True)
class Outcome:
    """What came of one panel's part of a post.

    `did` says that something was asked of the panel, done or refused; `answer` is what to answer instead of going on;
    `anchor` is the place on the page to go back to.
    """

    did: bool = False
    answer: HttpResponse | None = None
    anchor: str = ""


NOTHING_ASKED = Outcome()


class Moment(Enum):
    """When a panel may do its part of a post."""

    SAVED = "its text is saved"
    TOO_LATE = "its text cannot be changed any more, and comes back as it was typed"
    CORRECTED = "the live article is corrected"


class Panel(Protocol):
    """What stands beside a text on its page."""

    def urls(self, desk: AdminSite, /) -> list[URLPattern]:
        """The panel's own addresses, behind the desk's door."""

    def context(self, page: OpenPage, /) -> Mapping[str, Any]:
        """What its templates need, under names that no other panel uses."""


@runtime_checkable
class SettlingPanel(Panel, Protocol):
    """A panel to which the page posts."""

    SETTLES_ON: frozenset[Moment]

    def settle(self, page: OpenPage, /) -> Outcome:
        """Do what the page asked of this panel, at one of its moments. What is refused comes back with the page."""
