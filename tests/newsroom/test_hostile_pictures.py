"""Pictures made to take the time or the memory of the server: refused with a sentence, or decoded within limits."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from newsroom.models import Photo
from newsroom.models.photo import originals
from newsroom.photos import headers, intake, reading, renditions, workshop
from newsroom.photos.headers import Flaw, Header
from newsroom.photos.intake import Unfit

from .pictures import chunk, encoded, named, png, with_scans, with_segments

BOMB = zlib.compress(bytes(30_000_000), 9)

HOSTILE: dict[str, Callable[[], bytes]] = {
    "a JPEG of 101 scans": lambda: with_scans(101),
    "a large JPEG whose scans are too many for its size": lambda: with_scans(80, (8000, 6000)),
    "a JPEG of 900 scans": lambda: with_scans(900),
    "a JPEG of 6 000 empty segments": lambda: with_segments(6000, b"\xff\xe5\0\2"),
    "a JPEG with 5 000 bytes of padding": lambda: with_segments(5000, b"\xff"),
    "a JPEG with 20 MB of metadata": lambda: with_segments(320, b"\xff\xe1\xff\xff" + b"Exif\0\0" + bytes(65_527)),
    "a PNG of 320 MB, 16 bits a channel": lambda: png((8000, 5000), depth=16, colour=6),
    "an interlaced PNG of 300 MB": lambda: png((15_000, 5000), colour=6, interlace=1),
    "a PNG of 60 000 chunks": lambda: png((64, 48), before=chunk(b"teXt", b"") * 60_000),
    "a WebP of 40 million pixels": lambda: webp_header(8000, 5000),
}
BOMBS = {
    "a colour profile that unfolds to 30 MB": chunk(b"iCCP", b"icc\0\0" + BOMB),
    "a text that unfolds to 30 MB": chunk(b"zTXt", b"Comment\0\0" + BOMB),
    "an international text that unfolds to 30 MB": chunk(b"iTXt", b"Comment\0\1\0\0\0" + BOMB),
    "a hundred texts of 1 MB": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9)) * 100,
}


def with_thumbnail(picture: bytes) -> bytes:
    return with_segments(1, b"\xff\xe5" + struct.pack(">H", len(picture) + 2) + picture)


def webp_header(width: int, height: int) -> bytes:
    frame = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little")
    body = b"WEBP" + frame + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("what", HOSTILE)
def test_a_picture_that_would_take_too_much_is_refused_before_anything_decodes_it(
    what: str, photo_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **kwargs: pytest.fail("it was decoded"))
    with pytest.raises(Unfit) as refusal:
        intake.take_in(named(HOSTILE[what]()), by=photo_editor)
    assert str(refusal.value.message) == str(reading.HEAVY)
    assert not Photo.objects.exists()
    assert not originals().exists("originals")


@pytest.mark.parametrize("what", BOMBS)
def test_a_png_whose_metadata_unfolds_without_end_is_refused_as_too_heavy(what: str, photo_editor: User) -> None:
    with pytest.raises(Unfit) as refusal:
        intake.take_in(named(png((64, 48), before=BOMBS[what])), by=photo_editor)
    assert str(refusal.value.message) == str(reading.HEAVY)


HONEST: dict[str, Callable[[], bytes]] = {
    "a JPEG of 100 scans": lambda: with_scans(100),
    "a progressive JPEG": lambda: encoded(Picture.new("RGB", (1600, 1200)), progressive=True),
    "a JPEG with a second picture of 200 scans behind it": lambda: (
        encoded(Picture.new("L", (90, 90))) + with_scans(200)
    ),
    "a JPEG with a thumbnail of many scans": lambda: with_thumbnail(with_scans(150)),
    "a JPEG with a profile in 255 parts": lambda: with_segments(255, b"\xff\xe2\0\x10ICC_PROFILE\0\1\xff"),
    "a PNG in small chunks": lambda: png((64, 48), before=chunk(b"tEXt", b"Author\0x") * 4000),
    "a WebP": lambda: encoded(Picture.new("RGB", (640, 480)), "WEBP"),
    "a lossless WebP": lambda: encoded(Picture.new("RGBA", (640, 480)), "WEBP", lossless=True),
    "a WebP with a profile": lambda: encoded(
        Picture.new("RGB", (640, 480)), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"
    ),
}


@pytest.mark.parametrize("what", HONEST)
def test_a_picture_within_the_limits_is_taken_in(what: str, photo_editor: User) -> None:
    """The control of the refusals above."""
    photo = intake.take_in(named(HONEST[what]()), by=photo_editor)
    renditions.make_missing(photo)
    assert photo.renditions


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", headers.PNG_START, b"RIFF\0\0\0\0WEBP"]))
def test_any_bytes_have_headers_or_a_flaw(content: bytes, start: bytes) -> None:
    assert isinstance(headers.read_header(start + content), Header | Flaw)


def test_the_desk_decodes_no_picture_itself(make_photo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(Picture.new("RGB", (700, 500)))
    monkeypatch.setattr(Picture, "open", lambda *args, **kwargs: pytest.fail("the desk opened a picture"))
    monkeypatch.setattr(Picture.Image, "save", lambda *args, **kwargs: pytest.fail("the desk encoded a picture"))
    by = User.objects.create_user("photographe")
    photo = intake.take_in(named(content), by=by)
    renditions.make_missing(photo)
    assert photo.renditions


@pytest.mark.parametrize("what", ["time", "memory", "fault"])
def test_a_decoder_that_ends_by_a_limit_or_a_fault_is_reported_in_a_sentence(
    what: str, photo_editor: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if what == "time":
        monkeypatch.setattr(workshop, "LONGEST_WORK", 0.0)
    else:
        signal = {"memory": "KILL", "fault": "SEGV"}[what]
        broken = tmp_path / "python"
        broken.write_text(f"#!/bin/sh\nkill -{signal} $$\n")
        broken.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(Unfit) as refusal:
        intake.take_in(named(encoded(Picture.new("RGB", (64, 48)))), by=photo_editor)
    assert str(refusal.value.message) == str(reading.HEAVY)


def test_a_decoder_that_does_not_start_is_a_fault_of_ours_and_not_of_the_picture(
    photo_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="could not be decoded"):
        intake.take_in(named(encoded(Picture.new("RGB", (64, 48)))), by=photo_editor)


LIMITED = {
    "time": "while True: pass",
    "output": "with open('much', 'wb') as out: out.write(bytes(decoder.MOST_WRITTEN + 1))",
}
if sys.platform == "linux":  # other systems know no such limit
    LIMITED["memory"] = "bytearray(2 * decoder.MOST_MEMORY)"


@pytest.mark.parametrize("what", LIMITED)
def test_the_process_that_decodes_is_limited(what: str, tmp_path: Path) -> None:
    code = (
        "from newsroom.photos import decoder; decoder.MOST_SECONDS = 1; decoder.limit_this_process(); " + LIMITED[what]
    )
    environment = {"PYTHONPATH": str(settings.BASE_DIR)}
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, timeout=30)
    assert ended.returncode != 0, f"it took all the {what} that it wanted"


def test_the_process_that_decodes_gets_none_of_the_desks_secrets(
    make_photo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, str]] = []
    start = subprocess.Popen

    def note(*args: Any, env: dict[str, str], **kwargs: Any) -> Any:
        started.append(env)
        return start(*args, env=env, **kwargs)

    monkeypatch.setenv("NEWSROOM_SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "secret")
    monkeypatch.setattr(subprocess, "Popen", note)
    make_photo()
    assert started
    assert "secret" not in str(started)


def test_one_picture_is_decoded_at_a_time_and_the_next_one_waits_a_bounded_time(
    photo_editor: User, monkeypatch: pytest.MonkeyPatch, make_photo: Any
) -> None:
    photo = make_photo()
    for patience in ("LONGEST_WAIT", "LONGEST_WAIT_TO_SEND"):
        monkeypatch.setattr(workshop, patience, 0.0)
    with workshop._turn(0.0):
        with pytest.raises(Unfit) as refusal:
            intake.take_in(named(encoded(Picture.new("RGB", (64, 48)))), by=photo_editor)
        with pytest.raises(workshop.Busy):
            renditions.make_missing(photo)
    assert str(refusal.value.message) == str(intake.BUSY)
    photo.refresh_from_db()
    assert photo in renditions.waiting(), "a picture whose turn did not come was taken for a bad one"


def test_a_file_of_the_disk_is_still_read_whole_after_it_was_decoded(photo_editor: User, tmp_path: Path) -> None:
    """The decoder shares the open file: what it reads must not move the desk's place in it."""
    content = encoded(Picture.effect_noise((900, 600), 80).convert("RGB"))
    path = tmp_path / "noise.jpg"
    path.write_bytes(content)
    with path.open("rb") as opened:
        photo = intake.take_in(intake.File(opened, name="noise.jpg"), by=photo_editor)
    with photo.original.open() as kept:
        assert kept.read() == content


def test_a_picture_whose_turn_did_not_come_is_sent_again_by_the_script(
    client: Client, photo_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "LONGEST_WAIT_TO_SEND", 0.0)
    client.force_login(photo_editor)
    with workshop._turn(0.0):
        answer = client.post(
            reverse("admin:newsroom_photo_receive"),
            {"files": named(encoded(Picture.new("RGB", (64, 48))))},
            headers={"accept": "application/json"},
        )
    [file] = answer.json()["files"]
    assert (file["state"], file["message"]) == ("later", str(intake.BUSY))
    assert not Photo.objects.exists()
