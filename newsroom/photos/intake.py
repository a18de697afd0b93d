"""Takes a file into the library: reads it, checks it and keeps it under a random name."""

import hashlib
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from articles.search.folding import search_fold
from newsroom.models import Photo
from newsroom.models.photo import originals

from . import colours
from .reading import Unfit, opened, upright_size

__all__ = ["MAX_BYTES", "LimitedUploadHandler", "Unfit", "examine", "keep", "searchable", "take_in", "too_heavy"]

MAX_BYTES = 40 * 1024 * 1024  # the message below names this limit
TOO_HEAVY = _("This file is over 40 MB. Reduce it, then send it again.")
EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Drops a file that passes MAX_BYTES. The rest of its form still arrives; `too_heavy` names the dropped files."""

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            if self.request is not None:
                self.request.META.setdefault("newsroom.too_heavy", []).append(self.file_name)
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def too_heavy(request: Any) -> list[str]:
    """The names of the files of this request that were dropped because they passed MAX_BYTES."""
    names: list[str] = request.META.get("newsroom.too_heavy", [])
    return names


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
    digest = _digest(file)
    if twin := Photo.objects.filter(sha256=digest).first():
        raise _repeats(twin)
    with opened(file) as picture:
        extension = EXTENSIONS[picture.format or ""]
        width, height = upright_size(picture)
        # An eighth of the size is enough to know that a JPEG is whole. Its sides are not turned upright yet.
        picture.draft(None, (picture.width // 8, picture.height // 8))
        picture.load()
        return ExaminedFile(digest, width, height, colours.dominant(picture), extension)


def keep(photo: Photo, file: "File[bytes]", examined: ExaminedFile) -> None:
    """Store the file privately, and save the new `photo` with what is known of the file. `photo.added_by` must be set.

    Raises Unfit when the same file came in meanwhile, and then keeps nothing.
    """
    for name in ("sha256", "width", "height", "colour"):
        setattr(photo, name, getattr(examined, name))
    photo.original_name = (file.name or "").replace("\\", "/").rpartition("/")[2][-200:]
    photo.folded = searchable(photo)
    secret = token_hex(16)
    file.seek(0)
    kept = originals().save(f"originals/{secret[:2]}/{secret}.{examined.extension}", file)
    photo.original.name = kept
    try:
        with transaction.atomic():
            photo.save(force_insert=True)
    except BaseException as failure:
        originals().delete(kept)
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
