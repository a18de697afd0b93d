"""Takes a file into the library: reads it, checks it and keeps it under a random name."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, NoReturn

from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.search.folding import search_fold
from articles.wording import legible, one_spaced, undeceiving
from newsroom.body.inline import DROPPED_CHARACTERS
from newsroom.models import Photo
from newsroom.models.photo import originals

from . import renditions, workshop
from .reading import Unfit, look_at, on_disk
from .renditions import remove_private

__all__ = [
    "MAX_BYTES", "LimitedUploadHandler", "Unfit", "dropped", "examine", "keep", "name_of_file", "searchable", "take_in",
]  # fmt: skip

logger = logging.getLogger(__name__)

MAX_BYTES = 40 * 1024 * 1024  # the message below names this limit
TOO_HEAVY = _("This file is over 40 MB. Reduce it, then send it again.")
NOT_KEPT = _(
    "The server could not keep this picture: its disk may be full. Nothing of it is kept; what you typed is still "
    "here. Tell the technician, then send it again."
)
SMALL = _(
    "This picture is small (%(width)s × %(height)s pixels). It is never enlarged, so it will look small or blurred on "
    "the site. If there is a larger one, send that."
)
BUSY = _(
    "Many pictures are being received at the moment, and the turn of this one has not come. Nothing of it is kept: "
    "send it again."
)
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Drops a file that passes MAX_BYTES, or that the disk has no room for. The rest of its form still arrives.

    `dropped` names the dropped files.
    """

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.received = 0
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self._drop(NOT_KEPT)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self._drop(TOO_HEAVY)
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._drop(NOT_KEPT)

    def _drop(self, why: Promise) -> NoReturn:
        if why is NOT_KEPT:
            logger.exception("an upload could not be written")
        if self.request is not None:
            self.request.META.setdefault("newsroom.dropped", []).append(DroppedFile(name_of_file(self.file_name), why))
        raise SkipFile


@dataclass(frozen=True)
class DroppedFile:
    """A file of a request of which nothing is kept, and the sentence for the one who sent it."""

    name: str
    why: Promise


def dropped(request: Any) -> list[DroppedFile]:
    """The files of this request that were dropped while they came in."""
    files: list[DroppedFile] = request.META.get("newsroom.dropped", [])
    return files


def searchable(photo: Photo) -> str:
    """The text by which the library finds a photo: all that is written about it, folded."""
    credit = f"{photo.credit.name} {photo.credit_line}" if photo.credit else ""
    return search_fold(photo.caption, photo.alt, photo.photographer, credit, photo.original_name, limit=900)


@dataclass(frozen=True)
class ExaminedFile:
    """What is known of a file that may be kept."""

    sha256: str
    width: int
    height: int
    colour: str
    extension: str


def examine(file: "File[bytes]") -> ExaminedFile:
    """Read a file to its end, and keep nothing of it. Raises Unfit with a sentence for the one who sent it."""
    if (file.size or 0) > MAX_BYTES:
        raise Unfit(TOO_HEAVY)
    with _kept_or_unfit():
        return _examined(file)


def _examined(file: "File[bytes]") -> ExaminedFile:
    digest = _digest(file)
    if twin := Photo.objects.filter(sha256=digest).first():
        raise _repeats(twin)
    with on_disk(file) as picture:
        header = look_at(picture)
        try:
            found = workshop.examine(picture, header)
        except workshop.Busy:
            raise Unfit(BUSY, is_for_now=True) from None
        return ExaminedFile(digest, found.width, found.height, found.colour, EXTENSIONS[header.format])


def name_of_file(name: str | None) -> str:
    """The name that a file had where it comes from, as the desk shows it: a line that reads as it is."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return one_spaced(undeceiving(DROPPED_CHARACTERS.sub("", legible(last))))[-200:]


def keep(photo: Photo, file: "File[bytes]", examined: ExaminedFile) -> None:
    """Store the file privately, and save the new `photo` with what is known of the file. `photo.added_by` must be set.

    Raises Unfit when the same file came in meanwhile or the disk is full, and then keeps nothing.
    """
    for name in ("sha256", "width", "height", "colour"):
        setattr(photo, name, getattr(examined, name))
    photo.original_name = name_of_file(file.name)
    photo.folded = searchable(photo)
    secret = token_hex(16)
    file.seek(0)
    kept = f"originals/{secret[:2]}/{secret}.{examined.extension}"
    try:
        with _kept_or_unfit():
            kept = originals().save(kept, file)
    except BaseException:
        remove_private([kept])
        raise
    photo.original.name = kept
    try:
        with transaction.atomic():
            photo.save(force_insert=True)
    except BaseException as failure:
        remove_private([kept])
        twin = Photo.objects.filter(sha256=examined.sha256).first() if isinstance(failure, IntegrityError) else None
        if twin is not None:  # the same file came in twice at once
            raise _repeats(twin) from None
        raise


def take_in(file: "File[bytes]", *, by: User, **fields: Any) -> Photo:
    """Check `file`, keep it privately and add its Photo with `fields` (caption, alt, credit…), but not its sizes.

    Raises Unfit with a sentence for the one who sent it, and then keeps nothing.
    """
    photo = Photo(added_by=by, **fields)
    keep(photo, file, examine(file))
    return photo


def small_warning(photo: Photo) -> str:
    """The sentence for one who sent a picture smaller than the smallest card. Empty for any other picture."""
    return SMALL % {"width": photo.width, "height": photo.height} if renditions.is_small(photo) else ""


@contextmanager
def _kept_or_unfit() -> Iterator[None]:
    """Turn a failure of the disk into a sentence for the one who sent the file."""
    try:
        yield
    except OSError as error:
        logger.exception("a picture could not be kept")
        raise Unfit(NOT_KEPT) from error


def _digest(file: "File[bytes]") -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _repeats(twin: Photo) -> Unfit:
    message = (
        _("Already in the library: “%(photo)s”, %(credit)s.")
        if twin.credit
        else _("Already in the library: “%(photo)s”.")
    )
    return Unfit(message % {"photo": twin, "credit": twin.credit_line}, existing=twin)
