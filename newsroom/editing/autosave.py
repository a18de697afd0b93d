"""What is typed and not saved yet, kept in a row beside the story: never in it, and never a version of it."""

import re
from datetime import timedelta
from typing import TypeAlias
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from newsroom import access
from newsroom.models import Autosave, SavedPage, Story

# The fields of the page, as they would have been posted.
Fields: TypeAlias = dict[str, list[str]]

PAUSE = 2.0  # seconds without a change, before a page sends what it holds
KEPT_FOR = timedelta(days=30)
MOST_SIGNS = 400_000  # of one page, all fields together: the longest body a form takes, with room
MOST_PAGES = 60  # of one person; the oldest go
MOST_OFFERED = 5  # on one page
PAGE_NAME = re.compile(r"[0-9A-Za-z-]{8,36}")


class TooLong(Exception):  # noqa: N818 (what happened)
    """More than the desk keeps of one page."""


class AlreadySaved(Exception):  # noqa: N818 (what happened)
    """The page was saved after that was typed in it: it is in the text."""


def new_page() -> str:
    """A random name for one page of one browser."""
    return str(uuid4())


def is_page(name: str) -> bool:
    return PAGE_NAME.fullmatch(name) is not None


@transaction.atomic
def keep(fields: Fields, *, by: User, page: str, story: Story | None, based_on: int, turn: int = 0) -> Autosave:
    """Keep what `by` typed in `page`, instead of what was kept of it before; `turn` is its number among what that page
    sends. Raises TooLong, AlreadySaved.
    """
    if sum(len(name) + len(value) for name, values in fields.items() for value in values) > MOST_SIGNS:
        raise TooLong
    if story is not None:
        # as a save does: the story, then who writes
        list(Story.objects.select_for_update(no_key=True).filter(pk=story.pk).values_list("pk"))
    _hold_pages(by)
    if is_saved(page, turn, by=by):
        raise AlreadySaved
    kept = {"story": story, "based_on": based_on, "fields": fields, "saved_at": timezone.now()}
    row, is_new = Autosave.objects.update_or_create(user=by, page=page, defaults=kept)
    if is_new:
        forget_old(by)
    return row


def forget(page: str, *, by: User) -> None:
    """What was typed in `page` is saved, or thrown away by who typed it."""
    Autosave.objects.filter(user=by, page=page).delete()


def is_saved(page: str, turn: int, *, by: User) -> bool:
    """Whether `page` was saved after it sent that."""
    return SavedPage.objects.filter(user=by, page=page, turn__gte=turn).exists()


def note_saved(page: str, turn: int, *, by: User) -> None:
    """`page` is saved: nothing of it waits, and what it sent before that comes in late is not kept.

    To be called in the transaction of the save, which holds the story.
    """
    _hold_pages(by)
    own, now = SavedPage.objects.filter(user=by), timezone.now()
    own.filter(at__lt=now - KEPT_FOR).delete()
    before = own.filter(page=page).values_list("turn", flat=True).first() or 0
    own.update_or_create(user=by, page=page, defaults={"turn": max(before, turn), "at": now})
    forget(page, by=by)


def _hold_pages(by: User) -> None:
    """One transaction at a time keeps or saves pages of `by`: a new article has no row yet that could be held."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))


def forget_old(user: User) -> None:
    """Forget what is too old to be offered, and all but the last pages of `user`."""
    own = Autosave.objects.filter(user=user)
    last = list(own.order_by("-saved_at").values_list("pk", flat=True)[:MOST_PAGES])
    own.exclude(pk__in=last).delete()
    own.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()


def waiting_for(user: User, story: Story | None) -> list[Autosave]:
    """What `user` typed for `story` (None: for a new article) and never saved, the last first."""
    rows = Autosave.objects.filter(user=user, story=story, saved_at__gte=timezone.now() - KEPT_FOR)
    return list(rows[:MOST_OFFERED])


def kept_text(user: access.Login, page: str) -> Autosave | None:
    """What `user` typed in `page`, while it is offered: one's own, and of a story that one still sees."""
    if not user.is_authenticated:
        return None
    rows = Autosave.objects.filter(user=user, page=page, saved_at__gte=timezone.now() - KEPT_FOR)
    row = rows.select_related("story__section").prefetch_related("story__writers").first()
    if row is None or (row.story is not None and not access.may_view_story(user, row.story)):
        return None
    return row
