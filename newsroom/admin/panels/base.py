"""What every panel beside a text is given (an OpenPage), and what it gives back (an Outcome).

A panel is a module of this package with three functions: `urls`, `context` and `settle`. It stands in `PANELS` of
`newsroom.admin.panels.beside`, and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

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
    """

    request: HttpRequest
    story: Story
    post: StoryPost | None = None
    kept_text: KeptText | None = None
    undone: UndoneDeed = NONE_UNDONE

    @property
    def user(self) -> User:
        return signed_in(self.request)

    @property
    def is_new(self) -> bool:
        return self.story.pk is None

    @cached_property
    def rights(self) -> access.StoryRights:
        return access.rights_on(self.user, self.story)

    @property
    def typed(self) -> QueryDict | None:
        """The fields that the page shows instead of what is stored, if any."""
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


class Panel(Protocol):
    """What stands beside a text on its page."""

    def urls(self, desk: AdminSite, /) -> list[URLPattern]:
        """The panel's own addresses, behind the desk's door."""

    def context(self, page: OpenPage, /) -> Mapping[str, Any]:
        """What its templates need, under names that no other panel uses."""

    def settle(self, page: OpenPage, /) -> Outcome:
        """Do what the page asked of this panel, once its text is saved. What is refused comes back with the page."""
