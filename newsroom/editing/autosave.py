"""Autosaves: text that is typed and not saved yet. It has rows of its own, apart from the story and its versions."""

import re
from datetime import timedelta
from typing import TypeAlias
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from newsroom import access
from newsroom.models import Autosave, SavedPage, Story, lock_story

# The fields of a page, as its form would have posted them.
Fields: TypeAlias = dict[str, list[str]]

PAUSE = 2.0  # seconds without a change before a page sends its text
KEPT_FOR = timedelta(days=30)
MOST_CHARACTERS = 400_000  # of one page, all fields together: more than the longest body that a form takes
MOST_PAGES = 60  # of one person; the oldest are deleted
MOST_OFFERED = 5  # autosaves offered on one page
PAGE_NAME = re.compile(r"[0-9A-Za-z-]{8,36}")


class TooLong(Exception):  # noqa: N818 (what happened)
    """Raised when a page sends more text than MOST_CHARACTERS."""


class AlreadySaved(Exception):  # noqa: N818 (what happened)
    """Raised when a late autosave comes in from a page that was saved since: the story has that text already."""


def new_page() -> str:
    """A random name for one page of one browser."""
    return str(uuid4())


def is_page(name: str) -> bool:
    return PAGE_NAME.fullmatch(name) is not None


@transaction.atomic
def keep(fields: Fields, *, by: User, page: str, story: Story | None, based_on: int, turn: int = 0) -> Autosave:
    """Keep what `by` typed in `page`, in place of the former autosave of that page.

    `turn` counts what the page sends, `based_on` is the version that it had open. Raises TooLong, AlreadySaved.
    """
    if sum(len(name) + len(value) for name, values in fields.items() for value in values) > MOST_CHARACTERS:
        raise TooLong
    if story is not None:
        # locks in the order of a save: the story, then its writer
        lock_story(story.pk)
    _hold_pages(by)
    if is_saved(page, turn, by=by):
        raise AlreadySaved
    kept = {"story": story, "based_on": based_on, "fields": fields, "saved_at": timezone.now()}
    row, is_new = Autosave.objects.update_or_create(user=by, page=page, defaults=kept)
    if is_new:
        forget_old(by)
    return row


def forget(page: str, *, by: User) -> None:
    """Delete the autosave of `page`: its text is saved, or the one who typed it threw it away."""
    Autosave.objects.filter(user=by, page=page).delete()


def is_saved(page: str, turn: int, *, by: User) -> bool:
    """Whether `page` was saved after it sent number `turn`."""
    return SavedPage.objects.filter(user=by, page=page, turn__gte=turn).exists()


def record_saved(page: str, turn: int, *, by: User) -> None:
    """Record that `page` is saved: delete its autosave, and refuse one that it sent before and that comes in late.

    To be called in the transaction of the save, which holds the story.
    """
    _hold_pages(by)
    own, now = SavedPage.objects.filter(user=by), timezone.now()
    own.filter(at__lt=now - KEPT_FOR).delete()
    before = own.filter(page=page).values_list("turn", flat=True).first() or 0
    own.update_or_create(user=by, page=page, defaults={"turn": max(before, turn), "at": now})
    forget(page, by=by)


def _hold_pages(by: User) -> None:
    """Let one transaction at a time keep or save pages of `by`. The login is locked: a new article has no row yet."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))


def forget_old(user: User) -> None:
    """Delete the autosaves of `user` that are too old to be offered, and all but the last MOST_PAGES."""
    own = Autosave.objects.filter(user=user)
    last = list(own.order_by("-saved_at").values_list("pk", flat=True)[:MOST_PAGES])
    own.exclude(pk__in=last).delete()
    own.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()


def waiting_for(user: User, story: Story | None) -> list[Autosave]:
    """The autosaves of `user` for `story` (None: for a new article), the latest first."""
    rows = Autosave.objects.filter(user=user, story=story, saved_at__gte=timezone.now() - KEPT_FOR)
    return list(rows[:MOST_OFFERED])


def kept_text(user: access.Login, page: str) -> Autosave | None:
    """The autosave of `user` from `page`, if it is recent and `user` may still see its story; otherwise None."""
    if not user.is_authenticated:
        return None
    rows = Autosave.objects.filter(user=user, page=page, saved_at__gte=timezone.now() - KEPT_FOR)
    row = rows.select_related("story__section").prefetch_related("story__writers").first()
    if row is None or (row.story is not None and not access.may_view_story(user, row.story)):
        return None
    return row
