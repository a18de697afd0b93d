"""Every kind of picture has its sizes as one sees it: transparent parts are white, small ones are named so."""

import struct
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from newsroom.models import Photo
from newsroom.models.photo import originals
from newsroom.photos import intake, renditions

from .desk import messages_of
from .pictures import chunk, encoded, named, png

SIZE = (400, 300)


def samples(*values: int) -> bytes:
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


def pixel(photo: Photo) -> tuple[int, int, int]:
    """The colour in the middle of the photo's uncropped size."""
    renditions.make_missing(photo)
    name = next(r["name"] for r in photo.renditions if (r["preset"], r["format"]) == ("full", "jpeg"))
    with originals().open(name) as kept:
        picture = Picture.open(kept).convert("RGB")
    red, green, blue = picture.getpixel((picture.width // 2, picture.height // 2))  # type: ignore[misc]
    return red, green, blue


def faded(mode: str) -> bytes:
    """A black picture that is transparent all over."""
    return encoded(Picture.new(mode, SIZE, 0), "PNG")


def palette(transparency: Any) -> bytes:
    picture = Picture.new("P", SIZE, 1)
    picture.putpalette([10, 20, 30, 0, 0, 0])
    return encoded(picture, "PNG", transparency=transparency)


TRANSPARENT = {
    "RGB with a transparent colour": png(SIZE, before=samples(0, 0, 0)),
    "grey with a transparent one": png(SIZE, colour=0, before=samples(0)),
    "grey of 1 bit": png(SIZE, colour=0, depth=1, before=samples(0)),
    "grey of 2 bits": png(SIZE, colour=0, depth=2, sample=0b01010101, before=samples(1)),
    "grey of 4 bits": png(SIZE, colour=0, depth=4, sample=0x33, before=samples(3)),
    "grey of 16 bits": png(SIZE, colour=0, depth=16, sample=0x20, before=samples(0x2020)),
    "RGB of 16 bits": png(SIZE, depth=16, sample=0x20, before=samples(0x2020, 0x2020, 0x2020)),
    "RGBA": faded("RGBA"),
    "grey with an opacity": faded("LA"),
    "RGBA of 16 bits": png(SIZE, depth=16, colour=6),
    "grey with an opacity of 16 bits": png(SIZE, depth=16, colour=4),
    "a palette with a transparent colour": palette(1),
    "a palette with an opacity for each colour": palette(b"\xff\0"),
    "WebP": encoded(Picture.new("RGBA", SIZE, 0), "WEBP", lossless=True),
}


@pytest.mark.parametrize("kind", TRANSPARENT)
def test_transparent_parts_become_white(kind: str, photo_editor: User) -> None:
    photo = intake.take_in(named(TRANSPARENT[kind]), by=photo_editor)
    assert min(pixel(photo)) > 250
    assert photo.colour == "#ffffff"


OPAQUE = {
    "RGB": png(SIZE, before=samples(9, 9, 9)),
    "grey": png(SIZE, colour=0, before=samples(7)),
    "grey of 1 bit": png(SIZE, colour=0, depth=1, before=samples(1)),
    "grey of 4 bits": png(SIZE, colour=0, depth=4, before=samples(3)),
    "grey of 16 bits": png(SIZE, colour=0, depth=16, before=samples(0x2020)),
    "RGB of 16 bits": png(SIZE, depth=16, before=samples(0x2020, 0, 0)),
    "palette": palette(b"\0\xff"),
    "CMYK": encoded(Picture.new("CMYK", SIZE, (0, 0, 0, 255))),
}


@pytest.mark.parametrize("kind", OPAQUE)
def test_a_colour_beside_the_transparent_one_stays_as_it_is(kind: str, photo_editor: User) -> None:
    """The control of the test above: these are black, and another colour is transparent."""
    assert max(pixel(intake.take_in(named(OPAQUE[kind]), by=photo_editor))) < 45


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(7, 7), (1, 1), (3000, 5), (5, 3000), (1, 16_000)])
def test_a_picture_with_a_short_side_is_not_called_damaged(
    size: tuple[int, int], form: str, photo_editor: User
) -> None:
    photo = intake.take_in(named(encoded(Picture.new("RGB", size), form)), by=photo_editor)
    renditions.make_missing(photo)
    assert {rendition["preset"] for rendition in photo.renditions} == set(renditions.PRESETS)


@pytest.mark.parametrize(
    ("size", "is_small"), [((320, 240), False), ((319, 240), True), ((320, 239), True), ((2000, 200), True)]
)
def test_one_who_sends_a_picture_smaller_than_a_card_is_warned(
    size: tuple[int, int], is_small: bool, client: Client, journalist: User
) -> None:
    client.force_login(journalist)
    for address, name in (("admin:newsroom_photo_add", "file"), ("admin:newsroom_photo_receive", "files")):
        Photo.objects.all().delete()
        sent = SimpleUploadedFile("petite.png", encoded(Picture.new("RGB", size), "PNG"), "image/png")
        answer = client.post(reverse(address), {name: sent, "caption": "Le phare.", "alt": "Un phare."}, follow=True)
        assert Photo.objects.exists()
        warned = f"{size[0]} × {size[1]}" in " ".join(messages_of(answer))
        assert warned == is_small, address


def test_the_script_of_the_library_gets_the_warning_too(client: Client, journalist: User) -> None:
    client.force_login(journalist)
    sent = SimpleUploadedFile("petite.png", encoded(Picture.new("RGB", (90, 60)), "PNG"), "image/png")
    answer = client.post(
        reverse("admin:newsroom_photo_receive"), {"files": sent}, headers={"accept": "application/json"}
    )
    [told] = answer.json()["files"]
    assert told["state"] == "done"
    assert "90 × 60" in told["message"]
