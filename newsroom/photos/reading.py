"""What is refused of a file that somebody sent, and the first look at it. No pixel of it is read here."""

import mmap
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.models import Photo

from .headers import Flaw, Header, read_header


class Unfit(Exception):  # noqa: N818 (what the file is, not an error of ours)
    """Raised for a file that cannot be a photo of the library. `existing` is the photo of the same file, if any.

    With `is_for_now`, nothing is wrong with it: it may be sent again in a moment.
    """

    def __init__(self, message: str | Promise, *, existing: Photo | None = None, is_for_now: bool = False) -> None:
        super().__init__(message)
        self.is_for_now = is_for_now
        self.message = message
        self.existing = existing


TOO_LARGE = _(
    "This picture is too large: 80 million pixels and 16,000 pixels a side at most. Reduce it, then send it again."
)
DAMAGED = _("This file is damaged or incomplete: it cannot be read to its end. Export it again from the original.")
HEAVY = _(
    "This picture takes too much time or memory to be opened. Save it again as an ordinary JPEG (8 bits, not "
    "progressive) or reduce it, then send it again."
)
OTHER_FORMAT = _("This file is not a JPEG, PNG or WebP picture. Export it as JPEG or PNG, then send it again.")
SENTENCES: dict[Flaw, Promise] = {
    Flaw.EMPTY: _("This file is empty. Choose it again; if it stays empty, export it again."),
    Flaw.SVG: _("An SVG is not a photo. Export it as JPEG or PNG."),
    Flaw.EPS: _("An EPS is not a photo. Export it as JPEG or PNG."),
    Flaw.OTHER_FORMAT: OTHER_FORMAT,
    Flaw.ANIMATION: _("An animation is not a photo. Export one of its pictures as JPEG or PNG."),
    Flaw.DAMAGED: DAMAGED,
    Flaw.TOO_LARGE: TOO_LARGE,
    Flaw.HEAVY: HEAVY,
}


@contextmanager
def on_disk(file: "IO[bytes] | File[bytes]") -> Iterator[BufferedReader]:
    """`file` as a file of this machine, from its start: itself, or a copy without a name that goes with the `with`."""
    file.seek(0)
    try:
        file.fileno()
    except (AttributeError, OSError):
        with TemporaryFile() as copy:
            shutil.copyfileobj(cast(Any, file), copy)
            copy.flush()
            copy.seek(0)
            yield cast(BufferedReader, copy)
    else:
        yield cast(BufferedReader, file)


def look_at(file: BufferedReader) -> Header:
    """The format and size of a file of this machine, as its headers give them, within the limits of what is decoded.

    Raises Unfit for what cannot be a photo, or would take too much to decode. Linear in the length of the file.
    """
    try:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            header = read_header(content)
    except ValueError:  # nothing can be mapped of an empty file
        header = Flaw.EMPTY
    if isinstance(header, Flaw):
        raise Unfit(SENTENCES[header])
    return header
