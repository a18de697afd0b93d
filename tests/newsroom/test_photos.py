"""The files that the photo library takes in and those it refuses, with real broken files."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import Image as Picture
from PIL import ImageCms

from articles.models import Article
from newsroom import deeds, publishing, refusals
from newsroom.models import Photo
from newsroom.models.photo import originals
from newsroom.photos import intake, renditions
from newsroom.photos.intake import Unfit


def encoded(picture: Picture.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def flat(
    mode: str = "RGB", size: tuple[int, int] = (640, 480), colour: Any = 0, form: str = "JPEG", **options: Any
) -> bytes:
    return encoded(Picture.new(mode, size, colour), form, **options)


def animated(form: str) -> bytes:
    first, second = Picture.new("RGB", (40, 40), "red"), Picture.new("RGB", (40, 40), "blue")
    return encoded(first, form, save_all=True, append_images=[second])


def noise(size: tuple[int, int] = (900, 600)) -> Picture.Image:
    return Picture.effect_noise(size, 80).convert("RGB")


def file(content: bytes, name: str = "IMG_0001.jpg") -> ContentFile[bytes]:
    return ContentFile(content, name=name)


def shown(photo: Photo, preset: str, form: str = "jpeg") -> Picture.Image:
    rendition = max(
        (r for r in photo.renditions if (r["preset"], r["format"]) == (preset, form)), key=lambda r: int(r["width"])
    )
    with originals().open(rendition["name"]) as kept:
        picture = Picture.open(BytesIO(kept.read()))
        picture.load()
        return picture


# --- Refused ------------------------------------------------------------------------------------------------------

REFUSED = {
    "90 million pixels": (lambda: flat("1", (10_000, 9_000), form="PNG"), "too large"),
    "17 000 pixels wide": (lambda: flat("1", (17_000, 10), form="PNG"), "too large"),
    "a bomb of 200 million pixels": (lambda: flat("1", (20_000, 10_000), form="PNG"), "too large"),
    "a JPEG cut in the middle": (lambda: (cut := encoded(noise()))[: len(cut) // 2], "damaged"),
    "a PNG cut in the middle": (lambda: (cut := encoded(noise(), "PNG"))[: len(cut) // 2], "damaged"),
    "a header and nothing behind": (lambda: flat()[:200], "damaged"),
    "an animated PNG": (lambda: animated("PNG"), "animation"),
    "an animated WebP": (lambda: animated("WEBP"), "animation"),
    "a GIF": (lambda: animated("GIF"), "not a JPEG"),
    "an SVG": (lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "an EPS": (lambda: flat(form="EPS"), "EPS"),
    "a TIFF": (lambda: flat(form="TIFF"), "not a JPEG"),
    "a text": (lambda: b"Rien a voir.", "not a JPEG"),
    "an empty file": (lambda: b"", "empty"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_an_unfit_file_is_refused_with_a_sentence_and_not_kept(what: str, photo_editor: User) -> None:
    make, word = REFUSED[what]
    with pytest.raises(Unfit) as refusal:
        intake.take_in(file(make(), "photo.jpg"), by=photo_editor)
    assert refusal.value.existing is None
    assert not Photo.objects.exists()
    assert not originals().exists("originals")
    with translation.override("en"):
        assert word in str(refusal.value.message)


def test_a_file_over_40_mb_is_refused_without_being_read(photo_editor: User) -> None:
    heavy = file(flat() + b"\0" * intake.MAX_BYTES)
    with pytest.raises(Unfit):
        intake.take_in(heavy, by=photo_editor)


def test_the_same_file_twice_names_the_photo_it_repeats(photo_editor: User, make_photo: Any) -> None:
    first = make_photo(caption="Le phare, mardi.")
    with first.original.open() as kept, pytest.raises(Unfit) as refusal:
        intake.take_in(file(kept.read()), by=photo_editor)
    assert refusal.value.existing == first
    assert "Le phare, mardi." in str(refusal.value.message)
    assert first.credit_line in str(refusal.value.message)


def test_a_valid_picture_is_taken_in(photo_editor: User) -> None:
    """The control of the refusals above: a valid file on the same way in."""
    photo = intake.take_in(file(encoded(noise())), by=photo_editor)
    assert (photo.width, photo.height, photo.added_by) == (900, 600, photo_editor)


# --- Taken --------------------------------------------------------------------------------------------------------


def test_the_stored_file_has_a_random_name(photo_editor: User) -> None:
    photo = intake.take_in(file(flat(), "C:\\photos\\mort-du-ministre.jpg"), by=photo_editor)
    assert "ministre" not in str(photo.original.name)
    assert photo.original_name == "mort-du-ministre.jpg"


def test_width_and_height_are_those_of_the_upright_picture(photo_editor: User) -> None:
    turned = Picture.Exif()
    turned[0x0112] = 6
    photo = intake.take_in(file(flat(size=(600, 400), exif=turned)), by=photo_editor)
    assert (photo.width, photo.height) == (400, 600)


def test_the_second_picture_in_a_telephones_jpeg_does_not_count_as_an_animation(photo_editor: User) -> None:
    photo = intake.take_in(file(animated("MPO")), by=photo_editor)
    renditions.make_missing(photo)
    assert photo.renditions


def test_the_colour_of_a_photo_is_its_most_common_one(photo_editor: User) -> None:
    picture = Picture.new("RGB", (300, 300), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 0, 300, 90))
    colour = intake.take_in(file(encoded(picture, "PNG")), by=photo_editor).colour
    assert int(colour[1:3], 16) > 190
    assert int(colour[5:7], 16) < 40


# --- Sizes --------------------------------------------------------------------------------------------------------


def test_every_crop_has_its_ratio_and_is_never_larger_than_the_original(make_photo: Any) -> None:
    photo = make_photo(size=(1000, 700))
    renditions.make_missing(photo)
    photo.refresh_from_db()
    made = {(r["preset"], r["format"], r["width"], r["height"]) for r in photo.renditions}
    assert {(p, w, h) for p, _f, w, h in made} == {
        ("full", 640, 448), ("full", 960, 672),
        ("lead", 480, 270), ("lead", 960, 540),
        ("card", 320, 240), ("card", 640, 480),
        ("thumb", 160, 160), ("thumb", 320, 320),
        ("og", 1000, 525),
    }  # fmt: skip
    assert {f for p, f, _w, _h in made if p == "og"} == {"jpeg"}
    for rendition in photo.renditions:
        with originals().open(rendition["name"]) as kept:
            picture = Picture.open(kept)
            assert picture.size == (rendition["width"], rendition["height"])
            assert str(picture.format).lower() == rendition["format"]


def test_a_picture_of_one_pixel_has_one_size_of_each_crop(photo_editor: User) -> None:
    photo = intake.take_in(file(flat(size=(1, 1), form="PNG")), by=photo_editor)
    renditions.make_missing(photo)
    assert {r["preset"] for r in photo.renditions} == set(renditions.PRESETS)


def test_the_crop_keeps_the_focal_point(photo_editor: User) -> None:
    picture = Picture.new("RGB", (400, 1200), "white")
    picture.paste("red", (0, 1000, 400, 1200))
    photo = intake.take_in(file(encoded(picture)), by=photo_editor, focal_y=0.95)
    renditions.make_missing(photo)
    red, green, _blue = shown(photo, "lead").getpixel((100, 200))  # type: ignore[misc]
    assert red > 200
    assert green < 80


def test_a_turned_picture_comes_out_upright(photo_editor: User) -> None:
    picture = Picture.new("RGB", (800, 600), "white")
    picture.paste("red", (0, 0, 100, 600))  # the left of the file is the top of what one sees
    turned = Picture.Exif()
    turned[0x0112] = 6
    photo = intake.take_in(file(encoded(picture, exif=turned)), by=photo_editor)
    renditions.make_missing(photo)
    top = shown(photo, "full").getpixel((300, 20))
    assert top[1] < 80, top  # type: ignore[index]


def test_the_sizes_carry_no_metadata_of_the_camera(photo_editor: User) -> None:
    metadata = Picture.Exif()
    metadata[0x010E] = "MARQUEUR"
    metadata[0x8825] = {1: "N", 2: (33.0, 35.0, 0.0)}
    content = flat(exif=metadata, comment=b"MARQUEUR", xmp=b"<x>MARQUEUR</x>")
    assert content.count(b"MARQUEUR") == 3
    photo = intake.take_in(file(content), by=photo_editor)
    renditions.make_missing(photo)
    for rendition in photo.renditions:
        with originals().open(rendition["name"]) as kept:
            content = kept.read()
        assert b"MARQUEUR" not in content
        assert not Picture.open(BytesIO(content)).getexif()


def test_a_sixteen_bit_grey_picture_is_scaled_instead_of_turning_white(photo_editor: User) -> None:
    photo = intake.take_in(file(flat("I;16", colour=0x4000, form="PNG")), by=photo_editor)
    renditions.make_missing(photo)
    assert 55 < shown(photo, "full").convert("L").getpixel((5, 5)) < 73  # type: ignore[operator]


def test_a_cmyk_picture_is_converted_to_srgb(photo_editor: User) -> None:
    photo = intake.take_in(file(flat("CMYK", colour=(0, 255, 255, 0))), by=photo_editor)
    renditions.make_missing(photo)
    red, green, blue = shown(photo, "full").getpixel((5, 5))  # type: ignore[misc]
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_an_embedded_colour_profile_is_applied_and_a_broken_one_is_ignored(photo_editor: User) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (lab, b"broken"):
        photo = intake.take_in(file(flat(colour=(10, len(profile) % 250, 30), icc_profile=profile)), by=photo_editor)
        renditions.make_missing(photo)
        assert photo.renditions


@pytest.mark.parametrize("mode", ["P", "1", "L", "LA", "RGBA"])
def test_every_mode_of_a_png_has_its_sizes(mode: str, photo_editor: User) -> None:
    photo = intake.take_in(file(flat(mode, form="PNG")), by=photo_editor)
    renditions.make_missing(photo)
    assert shown(photo, "full").mode == "RGB"


def test_the_names_of_the_sizes_change_with_the_focal_point_only(make_photo: Any) -> None:
    photo = make_photo()
    renditions.make_missing(photo)
    first = photo.renditions
    renditions.forget_sizes(photo)
    renditions.make_missing(photo)
    assert photo.renditions == first
    renditions.forget_sizes(photo)
    photo.focal_x = 0.2
    photo.save()
    renditions.make_missing(photo)
    assert {r["name"] for r in first}.isdisjoint(r["name"] for r in photo.renditions)


def test_sizes_that_exist_are_not_made_again(make_photo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make_photo()
    renditions.make_missing(photo)
    monkeypatch.setattr(renditions, "_made", lambda photo: pytest.fail("made again"))
    renditions.make_missing(photo)
    assert not renditions.waiting().exists()


def test_a_lost_original_is_reported_on_the_photo_and_not_tried_for_ever(make_photo: Any) -> None:
    photo = make_photo()
    originals().delete(photo.original.name)
    with pytest.raises(Unfit):
        renditions.make_missing(photo)
    photo.refresh_from_db()
    assert photo.failure
    assert photo not in renditions.waiting()


def test_a_photo_whose_focal_point_moved_meanwhile_waits_for_new_sizes(
    make_photo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo()
    made = renditions._made

    def slowly(old: Photo) -> Any:
        Photo.objects.filter(pk=old.pk).update(focal_x=0.1)
        return made(old)

    monkeypatch.setattr(renditions, "_made", slowly)
    renditions.make_missing(photo)
    assert photo in renditions.waiting()


def test_a_story_whose_picture_cannot_be_made_is_refused_with_the_reason(
    make_photo: Any, make_story: Any, journalist: User, sub_editor: User, editor: User
) -> None:
    photo = make_photo()
    story = make_story(by=journalist, lead_photo=photo)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    originals().delete(photo.original.name)
    with pytest.raises(refusals.Refused):
        publishing.publish(story, revision=story.version, by=editor)
    story.refresh_from_db()
    assert not story.is_live
    assert not Article.objects.exists()
