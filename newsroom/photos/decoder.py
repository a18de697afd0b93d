"""Decodes one picture in a process of its own, which `workshop` starts. It knows nothing of Django, and starts fast.

    python -m newsroom.photos.decoder '{"format": "JPEG", "cuts": []}' < picture > result

The job is the format of the picture (Pillow tries no other), and the sizes to cut. Without any, the picture is only
read to its end. The result is a line of JSON, then the files of the sizes, one behind the other.

Whoever sent the picture may want to harm us: the process limits its own time, memory and output before it reads the
first byte. It has no other file, and no secret in its environment.
"""

import json
import mmap
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, NotRequired, TypedDict

THREADS = 2
MOST_SECONDS = 20  # of a processor
MOST_MEMORY = 1024 * 1024 * 1024  # bytes of addresses
MOST_WRITTEN = 128 * 1024 * 1024  # bytes
NO_ROOM = 3  # the exit code when the result could not be written
STRIP = 4_000_000  # pixels that are converted at a time
ORIENTATION = 0x0112  # EXIF
SIDEWAYS = (5, 6, 7, 8)  # orientations that exchange width and height
TURNS = {  # orientation: what turns the picture upright
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


class CutJob(TypedDict):
    """One size: `box` is the part of the upright picture, as fractions of its sides, from left to bottom."""

    box: list[float]
    width: int
    height: int
    formats: list[str]


class Job(TypedDict):
    format: str
    cuts: list[CutJob]
    scale: float  # the size in which the picture is needed for the cuts, by its own


class Result(TypedDict):
    """`flaw` is the name of a Flaw, if the picture has one. Else what is known of it, or the lengths of its sizes."""

    flaw: NotRequired[str]
    width: NotRequired[int]
    height: NotRequired[int]
    colour: NotRequired[str]
    lengths: NotRequired[list[list[int]]]


def limit_this_process() -> None:
    """Bound what this process may take. A system that knows one of the limits not does without it."""
    os.nice(10)
    # if the machine's memory runs out all the same, this process dies, and no other
    with suppress(OSError), Path("/proc/self/oom_score_adj").open("w") as score:
        score.write("1000")
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_FSIZE: MOST_WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def work(job: Job, content: Any) -> tuple[Result, list[bytes]]:
    """The result of a job on the `content` of a picture, and its files."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # `headers` has looked at the size
    try:
        with Image.open(content, formats=[job["format"]]) as picture:
            # Telephones put a second picture (MPO) behind the JPEG that one sees. That is not an animation.
            if picture.format != "MPO" and getattr(picture, "is_animated", False):
                return {"flaw": "animation"}, []
            return _cut(picture, job) if job["cuts"] else (_examined(picture), [])
    except MemoryError:
        return {"flaw": "heavy"}, []
    except Exception as damage:  # Pillow raises OSError, SyntaxError, ValueError, struct.error and others
        print(repr(damage)[:500], file=sys.stderr)
        # texts and colour profiles that unfold beyond Pillow's limits, and memory that C code was refused
        reason = str(damage).lower()
        is_bomb = any(word in reason for word in ("too large", "too much memory", "out of memory"))
        return {"flaw": "heavy" if is_bomb else "damaged"}, []


def _examined(picture: Any) -> Result:
    from . import colours

    colours.settle_transparency(picture)
    width, height = picture.size
    if _orientation(picture) in SIDEWAYS:
        width, height = height, width
    # An eighth of the size is enough to know that a JPEG is whole.
    picture.draft(None, (max(1, picture.width // 8), max(1, picture.height // 8)))
    picture.load()
    small = _reduced(picture, max(1, min(picture.size) // 256))
    return {"width": width, "height": height, "colour": colours.dominant(small)}


def _cut(picture: Any, job: Job) -> tuple[Result, list[bytes]]:
    upright = _upright(picture, job["scale"])
    with ThreadPoolExecutor(THREADS) as threads:
        made = list(threads.map(lambda cut: _encoded(upright, cut), job["cuts"]))
    lengths = [[len(content) for content in contents] for contents in made]
    return {"lengths": lengths}, [content for contents in made for content in contents]


def _upright(picture: Any, scale: float) -> Any:
    """The picture, upright and in sRGB, no larger than sizes of `scale` times its own need."""
    from PIL import Image

    from . import colours

    colours.settle_transparency(picture)
    profile, width = picture.info.get("icc_profile"), picture.width
    turned = _orientation(picture)
    # Its sides are not turned upright yet. Both have the same scale, so that makes no difference.
    picture.draft(None, (ceil(picture.width * scale), ceil(picture.height * scale)))
    picture.load()
    spare = int(picture.width / (width * scale) / 2)  # twice the size needed, to stay sharp
    small = _reduced(picture, max(1, spare))
    picture.close()
    small = colours.to_srgb(small, profile)
    return small.transpose(Image.Transpose[TURNS[turned]]) if turned in TURNS else small


def _orientation(picture: Any) -> int:
    found = picture.getexif().get(ORIENTATION)
    return found if isinstance(found, int) else 1


def _reduced(picture: Any, times: int) -> Any:
    """The loaded picture in a mode that can be resized, its sides `times` smaller.

    It is made in strips: as a whole, a picture with transparent parts would be in memory four times.
    """
    from PIL import Image

    from . import colours

    made: Any = None
    for top, bottom in _strips(picture.height, times * max(1, STRIP // picture.width // times)):
        strip = colours.plain(picture.crop((0, top, picture.width, bottom)))
        if times > 1:
            strip = strip.reduce(times)
        if made is None:
            made = Image.new(strip.mode, (strip.width, ceil(picture.height / times)))
        made.paste(strip, (0, top // times))
    return made


def _strips(height: int, step: int) -> Iterator[tuple[int, int]]:
    for top in range(0, height, step):
        yield top, min(top + step, height)


def _encoded(picture: Any, cut: CutJob) -> list[bytes]:
    from PIL import Image

    left, top, right, bottom = cut["box"]
    part = (left * picture.width, top * picture.height, right * picture.width, bottom * picture.height)
    small = picture.resize((cut["width"], cut["height"]), Image.Resampling.LANCZOS, box=part)
    small.info.clear()  # otherwise the public file would hold the camera's comment and location
    return [_saved(small, form) for form in cut["formats"]]


def _saved(picture: Any, form: str) -> bytes:
    out = BytesIO()
    if form == "webp":
        picture.save(out, "WEBP", quality=76, method=4)
    else:
        picture.save(out, "JPEG", quality=80, progressive=True, optimize=True)
    return out.getvalue()


def main() -> None:
    limit_this_process()
    # mapped: the parent goes on reading the same open file, and its place there must not move
    with mmap.mmap(sys.stdin.fileno(), 0, access=mmap.ACCESS_READ) as content:
        result, files = work(json.loads(sys.argv[1]), content)
    try:
        out = sys.stdout.buffer
        out.write(json.dumps(result).encode() + b"\n")
        for file in files:
            out.write(file)
        out.flush()
    except OSError as error:
        print(error, file=sys.stderr)
        os._exit(NO_ROOM)


if __name__ == "__main__":
    main()
