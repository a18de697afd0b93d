"""The files of published pictures around a publication: made before it, erased once nothing names them.

A rollback takes no file back, and no picture is decoded while rows are held. So `with_pictures` stands around the whole
transaction of a publication. Before it, missing sizes are made, and a row is committed that has the files erased which
the transaction is about to copy. The row goes when an image names them; else the clock erases them, even when this
process is killed.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import Error, transaction
from django.utils import timezone

from articles.models import Image
from newsroom.models import Dispatch, Photo
from newsroom.photos import renditions
from newsroom.photos.reading import Unfit
from newsroom.photos.workshop import Busy

from .locks import pictures_of

logger = logging.getLogger(__name__)

LONGEST_MAKING = 20.0  # seconds for the missing sizes of a publication; a picture that is begun is finished
GIVEN_UP_AFTER = timedelta(minutes=10)  # a publication that is not through then never will be
# Pages are kept for a day by caches, in an outage; feeds and social networks come back for a picture in the week.
FORMER_NAMES_ANSWER = timedelta(days=7)


@dataclass
class _Announced:
    """The files that a publication may copy, by the number of their photo, and the rows that have them erased."""

    names: dict[int, set[str]]
    rows: dict[int, int]
    has_copied: bool = False


_publication: ContextVar[_Announced | None] = ContextVar("publication", default=None)


@contextmanager
def with_pictures(
    *stories: int,
    photos: Iterable[int | None] = (),
    also: Mapping[int, set[str]] | None = None,
    may_make: bool = True,
) -> Iterator[None]:
    """Make the pictures of these stories, and these `photos`, ready for the publication within.

    To be put around its outermost transaction: within one it raises RuntimeError. `also` are names of files that it may
    copy besides, by the number of their photo. With `may_make=False` no size is made. Within another `with_pictures` it
    does nothing. A picture that is not ready makes the publication itself raise Refused.
    """
    if _publication.get() is not None:
        yield
        return
    named = pictures_of(stories) | {number for number in photos if number}
    wanted = list(Photo.objects.filter(pk__in=named).order_by("pk"))
    if may_make:
        _make_missing(wanted)
    with transaction.atomic(durable=True):  # the row is to be there whatever becomes of the publication
        announced = _announce(wanted, also or {})
    token = _publication.set(announced)
    try:
        yield
    finally:
        _publication.reset(token)
        _settle(announced)


def _make_missing(photos: Iterable[Photo]) -> None:
    end = time.monotonic() + LONGEST_MAKING
    for photo in photos:
        if time.monotonic() > end:
            return
        try:
            renditions.make_missing(photo)
        except (Unfit, Busy) as reason:
            logger.info("sizes of photo %s: %s", photo.pk, reason)
        except Exception:
            logger.exception("the sizes of photo %s could not be made", photo.pk)


def _announce(photos: Iterable[Photo], also: Mapping[int, set[str]]) -> _Announced:
    by_number = {photo.pk: photo for photo in photos}
    shown = dict(Image.objects.filter(pk__in=by_number).values_list("pk", "renditions"))
    wanted = {
        number: {rendition["name"] for rendition in photo.renditions} | also.get(number, set())
        for number, photo in by_number.items()
        if photo.renditions != shown.get(number) or number in also
    }
    # a former name that still answers is not to go because this publication fails
    names = {number: {name for name in files if not default_storage.exists(name)} for number, files in wanted.items()}
    rows = _queue("copied", names, timezone.now() + GIVEN_UP_AFTER)
    return _Announced(names, {row.payload["photo"]: row.pk for row in rows})


def note_a_copy() -> None:
    """Remember that the publication within `with_pictures` has begun to copy files."""
    if (announced := _publication.get()) is not None:
        announced.has_copied = True


def _settle(announced: _Announced) -> None:
    """Take back the rows of the files that are named by their image now. Those of the others come due at once."""
    if not announced.rows:
        return
    rows = Dispatch.objects.filter(pk__in=announced.rows.values())
    try:
        if announced.has_copied:
            shown = Image.objects.filter(pk__in=announced.names).values_list("pk", "renditions")
            named = {number: {rendition["name"] for rendition in ready} for number, ready in shown}
            strays = [
                announced.rows[number]
                for number, files in announced.names.items()
                if not files <= named.get(number, set())
            ]
            rows.filter(pk__in=strays).update(due_at=timezone.now())
            rows = rows.exclude(pk__in=strays)
        rows.delete()
    except Error:  # the database is away: they come due by themselves
        logger.warning("the files of a publication are looked at later", exc_info=True)


def erase_files(names: Mapping[int, set[str]], *, at_once: bool, story: int | None = None) -> None:
    """Have the clock remove public files after this transaction: their `names`, by the number of their photo.

    Unless it is to be done `at_once`, they answer until whatever named them has expired: pages that caches keep, feeds,
    previews at social networks. `story` is the one that showed them; if it is withdrawn before, they go with it.
    """
    _queue("erase", names, timezone.now() + (timedelta(0) if at_once else FORMER_NAMES_ANSWER), story)


def erase_former_names(photos: Iterable[int], *, story: int | None = None) -> None:
    """Have former names go at once: those of these photos, and of the photos that `story` showed before.

    Photos that readers still see elsewhere keep theirs.
    """
    waiting = Dispatch.objects.filter(kind=Dispatch.Kind.ERASE, done_at=None)
    concerned = set(photos)
    if story is not None:
        concerned |= set(waiting.filter(payload__story=story).values_list("payload__photo", flat=True))
    gone = concerned - set(Image.objects.filter(pk__in=concerned).values_list("pk", flat=True))
    waiting.filter(payload__photo__in=sorted(gone), key__startswith="erase-").update(due_at=timezone.now())


def _queue(event: str, names: Mapping[int, set[str]], due_at: datetime, story: int | None = None) -> list[Dispatch]:
    return Dispatch.objects.bulk_create(
        Dispatch(
            kind=Dispatch.Kind.ERASE,
            key=f"{event}-{photo}-{uuid4()}",
            payload={"photo": photo, "names": sorted(files), "story": story},
            due_at=due_at,
        )
        for photo, files in names.items()
        if files
    )
