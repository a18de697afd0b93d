"""Pictures made for the tests: honest ones, and those that somebody made to harm us."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Picture

PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def encoded(picture: Picture.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def named(content: bytes, name: str = "IMG_0001.jpg") -> ContentFile[bytes]:
    return ContentFile(content, name=name)


def with_scans(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A progressive JPEG with this many scans: its last one is repeated."""
    content = encoded(Picture.new("L", size, 128), progressive=True)
    last = content[content.rindex(b"\xff\xc4", 0, content.rindex(b"\xff\xda")) : -2]
    return content[:-2] + last * (number - content.count(b"\xff\xda")) + content[-2:]


def with_segments(number: int, segment: bytes) -> bytes:
    """A JPEG with this many more segments before its pixels."""
    content = encoded(Picture.new("RGB", (64, 48)))
    return content[:2] + segment * number + content[2:]


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    size: tuple[int, int], *, depth: int = 8, colour: int = 2, before: bytes = b"", sample: int = 0, interlace: int = 0
) -> bytes:
    """A PNG of one value, written row by row: large ones take no memory here. `before` are chunks before its pixels."""
    width, height = size
    row = b"\0" + bytes([sample]) * ((width * PNG_CHANNELS[colour] * depth + 7) // 8)
    squeeze = zlib.compressobj(9)
    data = b"".join(squeeze.compress(row) for _row in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")
