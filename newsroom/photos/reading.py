"""Opens a picture that somebody sent, without trusting it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from newsroom.models import Photo

# The formats that Pillow may try. It never tries others, whatever the name of the file: to read EPS, it runs a program.
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 80_000_000
MAX_SIDE = 16_000  # pixels
ORIENTATION = 0x0112  # EXIF
SIDEWAYS = {5, 6, 7, 8}  # orientations that exchange width and height

# Pillow's own limit. Ours, in `opened`, is stricter.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Unfit(Exception):  # noqa: N818 (what the file is, not an error of ours)
    """Raised for a file that cannot be a photo of the library. `existing` is the photo of the same file, if any."""

    def __init__(self, message: str | Promise, *, existing: Photo | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.existing = existing


TOO_LARGE = _(
    "This picture is too large: 80 million pixels and 16,000 pixels a side at most. Reduce it, then send it again."
)
DAMAGED = _("This file is damaged or incomplete: it cannot be read to its end. Export it again from the original.")
OTHER_FORMAT = _("This file is not a JPEG, PNG or WebP picture. Export it as JPEG or PNG, then send it again.")


@contextmanager
def opened(file: "IO[bytes] | File[bytes]") -> Iterator[Image.Image]:
    """The picture in `file`, of an accepted format, size and number of frames. Its pixels are not read yet.

    Raises Unfit for whatever goes wrong when it is read, here or in the body of the `with`.
    """
    file.seek(0)
    _refuse_by_first_bytes(file.read(1024))
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise Unfit(TOO_LARGE)
            # Telephones put a second picture (MPO) behind the JPEG that one sees. That is not an animation.
            if picture.format != "MPO" and getattr(picture, "is_animated", False):
                raise Unfit(_("An animation is not a photo. Export one of its pictures as JPEG or PNG."))
            yield picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(TOO_LARGE) from None
    except UnidentifiedImageError:
        raise Unfit(OTHER_FORMAT) from None
    except Unfit:
        raise
    except Exception as damage:  # Pillow raises OSError, SyntaxError, ValueError, struct.error and others
        raise Unfit(DAMAGED) from damage


def _refuse_by_first_bytes(start: bytes) -> None:
    """Raise Unfit for an empty file, an SVG or an EPS: the message then names what it is."""
    if not start:
        raise Unfit(_("This file is empty. Choose it again; if it stays empty, export it again."))
    if b"<svg" in start.lower():
        raise Unfit(_("An SVG is not a photo. Export it as JPEG or PNG."))
    if start.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")):
        raise Unfit(_("An EPS is not a photo. Export it as JPEG or PNG."))


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height in pixels of the picture turned upright, by the camera's orientation."""
    width, height = picture.size
    return (height, width) if picture.getexif().get(ORIENTATION) in SIDEWAYS else (width, height)
