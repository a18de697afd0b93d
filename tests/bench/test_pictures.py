"""`make bench`: what pictures cost that were made to cost much, and honest ones beside them. Printed, not asserted.

The memory is the highest of the decoders so far, as the system counts it.
"""

import resource
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from PIL import Image as Picture

from newsroom.photos import intake, renditions
from newsroom.photos.intake import Unfit
from tests.newsroom.pictures import encoded, named, png, with_scans

pytestmark = pytest.mark.django_db


def coloured(width: int, height: int) -> Picture.Image:
    return Picture.effect_noise((width // 10, height // 10), 60).convert("RGB").resize((width, height))


PICTURES: dict[str, Callable[[], bytes]] = {
    "JPEG of 24 million pixels": lambda: encoded(coloured(6000, 4000), quality=85),
    "progressive JPEG of 24 million pixels": lambda: encoded(coloured(6000, 4000), quality=85, progressive=True),
    "JPEG of 80 million pixels": lambda: encoded(coloured(10_000, 8000), quality=70),
    "JPEG of 80 million pixels, 30 scans": lambda: with_scans(30, (10_000, 8000)),
    "JPEG of 80 million pixels, 900 scans": lambda: with_scans(900, (10_000, 8000)),
    "PNG of 64 million pixels, RGBA": lambda: png((8000, 8000), colour=6),
    "PNG of 80 million pixels, RGBA of 16 bits": lambda: png((16_000, 5000), depth=16, colour=6),
}


def test_pictures_are_measured(photo_editor: User, capsys: pytest.CaptureFixture[str]) -> None:
    for name, make in PICTURES.items():
        content = make()
        began = time.perf_counter()
        try:
            photo = intake.take_in(named(content), by=photo_editor)
        except Unfit:
            outcome = f"refused in {(time.perf_counter() - began) * 1000:.0f} ms"
        else:
            received = time.perf_counter()
            renditions.make_missing(photo)
            made = time.perf_counter()
            outcome = f"taken in {received - began:.2f} s, sizes in {made - received:.2f} s"
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        with capsys.disabled():
            print(f"\n{name}, {len(content) // 1000} kB: {outcome}; {peak} MB at most so far")
