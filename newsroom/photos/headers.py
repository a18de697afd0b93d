"""The headers of a picture, read without decoding it: its format, its sides, and what decoding it would take.

Pillow looks at a picture when it opens it, and does so at length for a hostile one: it steps byte by byte through
padding, and makes room for a whole WebP. So the file is looked at here first. Every step below is bounded by the
length of the file, and by the number of its parts.

The limits come from measures: 80 million pixels of a JPEG take 0.1 s for each scan, however small the scan is. A JPEG
is decoded at a fraction of its size, other formats are not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from mmap import mmap
from typing import TypeAlias

MAX_PIXELS = 80_000_000
MAX_SIDE = 16_000  # pixels
MOST_SCANS = 100  # of a JPEG: cameras and programs write one, or about ten of a progressive one
MOST_SCANNED = 2_400_000_000  # pixels of all scans together
MOST_SEGMENTS = 5_000  # of a JPEG: a colour profile has up to 255, XMP some hundreds
MOST_METADATA = 16 * 1024 * 1024  # bytes before the pixels of a JPEG
MOST_PADDING = 4_096  # bytes between the segments of a JPEG
MOST_CHUNKS = 50_000  # of a PNG or WebP
MOST_MEMORY = 256 * 1024 * 1024  # bytes of the decoded pixels of a PNG or WebP
MOST_COEFFICIENTS = 512 * 1024 * 1024  # bytes that a JPEG of several scans keeps until the last one

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the type of colour
# Within pixels, FF is followed by 00, by the number of a restart, or by more FF. Anything else is a marker.
PIXELS_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
MARKER = re.compile(rb"\xff[^\x00\xff]")
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
END, SCAN = 0xD9, 0xDA


class Flaw(StrEnum):
    """Why a file is no photo."""

    EMPTY = auto()
    SVG = auto()
    EPS = auto()
    OTHER_FORMAT = auto()
    ANIMATION = auto()
    DAMAGED = auto()
    TOO_LARGE = auto()
    HEAVY = auto()


Content: TypeAlias = bytes | mmap  # of a whole file


@dataclass(frozen=True)
class Header:
    """What the headers say. The sides are those of the file, in pixels, not turned upright yet."""

    format: str
    width: int
    height: int


def read_header(content: Content) -> Header | Flaw:
    """The headers of a picture whose decoding is within the limits, or why it is not one."""
    start = content[:1024]
    if not start:
        return Flaw.EMPTY
    if start.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(content)
    if start.startswith(PNG_START):
        return _read_png(content)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _read_webp(content)
    if start.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")):
        return Flaw.EPS
    return Flaw.SVG if b"<svg" in start.lower() else Flaw.OTHER_FORMAT


def _size_flaw(width: int, height: int) -> Flaw | None:
    if not width or not height:
        return Flaw.DAMAGED
    return Flaw.TOO_LARGE if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE else None


def _big(content: Content, place: int, length: int) -> int:
    return int.from_bytes(content[place : place + length], "big")


def _little(content: Content, place: int, length: int) -> int:
    return int.from_bytes(content[place : place + length], "little")


# --- JPEG ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Segment:
    marker: int
    place: int  # of what stands behind its length
    padding: int  # bytes between it and the segment before


def _segments(content: Content) -> Iterator[_Segment]:
    """The segments of the first picture of a JPEG, pixels left out, to its end or that of the file.

    Telephones put a second picture behind the first one. Nothing decodes that.
    """
    place, within_pixels = 2, False
    while True:
        found = (PIXELS_END if within_pixels else MARKER).search(content, place)
        if found is None:
            return
        marker = content[found.start() + 1]
        padding = 0 if within_pixels else found.start() - place
        place = found.end()
        yield _Segment(marker, place + 2, padding)
        if marker == END:
            return
        if marker in ALONE or (within_pixels and marker < 0xC0):
            continue
        length = _big(content, place, 2)
        if length < 2:
            return
        place += length
        within_pixels = marker == SCAN


def _read_jpeg(content: Content) -> Header | Flaw:
    header: Header | None = None
    count = scans = padding = 0
    coefficients = 0.0
    for segment in _segments(content):
        count, padding = count + 1, padding + segment.padding
        if count > MOST_SEGMENTS or padding > MOST_PADDING or (not scans and segment.place > MOST_METADATA):
            return Flaw.HEAVY
        if segment.marker in FRAMES:
            if header is not None:
                return Flaw.DAMAGED
            height, width = _big(content, segment.place + 1, 2), _big(content, segment.place + 3, 2)
            if flaw := _size_flaw(width, height):
                return flaw
            header = Header("JPEG", width, height)
            coefficients = 2 * width * height * _components(content, segment.place + 5)
            if segment.marker in PROGRESSIVE and coefficients > MOST_COEFFICIENTS:
                return Flaw.HEAVY
        if segment.marker == SCAN:
            scans += 1
            if header is None:
                return Flaw.DAMAGED
            if scans > MOST_SCANS or scans * header.width * header.height > MOST_SCANNED:
                return Flaw.HEAVY
            if scans > 1 and coefficients > MOST_COEFFICIENTS:
                return Flaw.HEAVY
    return header if header is not None and scans else Flaw.DAMAGED


def _components(content: Content, place: int) -> float:
    """The samples of a pixel, on the average: 3 in full colour, 1.5 when colours have half the width and height."""
    number = min(content[place : place + 1] or b"\0")
    samples = [content[place + 2 + 3 * one : place + 3 + 3 * one] for one in range(number)]
    areas = [(each[0] >> 4 or 1) * (each[0] & 15 or 1) for each in samples if each]
    return sum(areas) / max(areas, default=1)


# --- PNG ----------------------------------------------------------------------------------------------------------


def _read_png(content: Content) -> Header | Flaw:
    if content[12:16] != b"IHDR" or len(content) < 33:
        return Flaw.DAMAGED
    width, height, depth, colour = _big(content, 16, 4), _big(content, 20, 4), content[24], content[25]
    if flaw := _size_flaw(width, height):
        return flaw
    if colour not in PNG_CHANNELS:
        return Flaw.DAMAGED
    # Pillow keeps a pixel in 1 byte, or in 4 when it has several channels
    kept = 1 if PNG_CHANNELS[colour] == 1 else 4
    if width * height * max(PNG_CHANNELS[colour] * depth / 8, kept) > MOST_MEMORY:
        return Flaw.HEAVY
    place = 8
    for _count in range(MOST_CHUNKS):
        kind = content[place + 4 : place + 8]
        if kind == b"acTL" and _big(content, place + 8, 4) > 1:
            return Flaw.ANIMATION
        if kind == b"IEND" or len(kind) < 4:
            return Header("PNG", width, height)
        place += 12 + _big(content, place, 4)
    return Flaw.HEAVY


# --- WebP ---------------------------------------------------------------------------------------------------------


def _read_webp(content: Content) -> Header | Flaw:
    width = height = frames = 0
    place = 12
    for _count in range(MOST_CHUNKS):
        kind, length, data = content[place : place + 4], _little(content, place + 4, 4), place + 8
        if len(kind) < 4:
            break
        if kind == b"VP8X":
            size = 1 + _little(content, data + 4, 3), 1 + _little(content, data + 7, 3)
        elif kind == b"VP8 ":
            size = _little(content, data + 6, 2) & 0x3FFF, _little(content, data + 8, 2) & 0x3FFF
        elif kind == b"VP8L":
            bits = _little(content, data + 1, 4)
            size = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        else:
            size = 0, 0
            frames += kind == b"ANMF"
        width, height = max(width, size[0]), max(height, size[1])
        place = data + length + length % 2
    else:
        return Flaw.HEAVY
    if frames > 1:
        return Flaw.ANIMATION
    if flaw := _size_flaw(width, height):
        return flaw
    # it is decoded with a canvas beside it, both in 4 bytes a pixel
    return Flaw.HEAVY if width * height * 8 > MOST_MEMORY else Header("WEBP", width, height)
