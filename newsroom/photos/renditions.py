"""Makes the sizes of a photo in private storage. The clock does it after upload, publication at the latest."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

from django.core.files.base import ContentFile
from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.utils.translation import gettext_lazy as _

from articles.models.image import Rendition
from newsroom.models import Photo, Story
from newsroom.models.photo import LACKS_SIZES, originals
from newsroom.workflow import Stage

from . import workshop
from .decoder import CutJob
from .reading import Unfit, look_at, on_disk

RECIPE = 1  # to be raised when the same original gives other files: caches keep a name for ever
EXTENSIONS = {"webp": "webp", "jpeg": "jpg"}


@dataclass(frozen=True)
class Preset:
    """A crop: the ratio of its sides (None: uncropped), the widths to make in pixels and the formats."""

    ratio: Fraction | None
    widths: tuple[int, ...]
    formats: tuple[str, ...] = ("webp", "jpeg")


PRESETS: dict[str, Preset] = {
    "full": Preset(None, (640, 960, 1280, 1920)),
    "lead": Preset(Fraction(16, 9), (480, 960, 1280, 1920)),
    "card": Preset(Fraction(4, 3), (320, 640, 960)),
    "thumb": Preset(Fraction(1), (160, 320)),
    "og": Preset(Fraction(1200, 630), (1200,), ("jpeg",)),
}


@dataclass(frozen=True)
class Cut:
    """One size to make: `box` is the part of the upright original, as fractions of its sides, from left to bottom."""

    preset: str
    box: tuple[float, float, float, float]
    width: int
    height: int
    formats: tuple[str, ...]


def waiting() -> QuerySet[Photo]:
    """The photos whose sizes are not made yet: first those of texts that may appear soon, then the oldest."""
    soon = Story.objects.filter(stage__in=[Stage.READY, Stage.SCHEDULED])
    is_wanted = Exists(soon.filter(lead_photo=OuterRef("pk"))) | Exists(soon.filter(body_photos=OuterRef("pk")))
    return Photo.objects.filter(LACKS_SIZES).order_by(Case(When(is_wanted, then=0), default=1), "pk")


def make_missing(photo: Photo) -> None:
    """Make every size of `photo` unless it has them, and record them in its row.

    Raises Unfit when the picture cannot be read, after recording that as its `failure`; Busy when its turn does not
    come; OSError when the storage fails, and then keeps no file. When somebody moved the focal point meanwhile, nothing
    is recorded and the photo goes on waiting.
    """
    if photo.renditions:
        return
    try:
        made = make(photo)
    except Unfit as unfit:
        photo.failure = str(unfit.message)[:300]
        photo.save(update_fields=["failure"])
        raise
    same = Photo.objects.filter(pk=photo.pk, focal_x=photo.focal_x, focal_y=photo.focal_y)
    if same.update(renditions=made, failure=""):
        photo.renditions, photo.failure = made, ""


def make(photo: Photo) -> list[Rendition]:
    """Make every size of `photo`, as it is in memory, and keep the files in private storage. Its row is not written.

    Raises as `make_missing` does, and then keeps no file.
    """
    files = _made(photo)
    written: list[str] = []
    try:
        for rendition, content in files:
            written.append(rendition["name"])
            originals().save(rendition["name"], ContentFile(content))
    except BaseException:
        remove_private(written)
        raise
    return [rendition for rendition, _content in files]


def is_small(photo: Photo) -> bool:
    """Whether the picture is smaller than the smallest card: readers then see it smaller, or blurred."""
    card = PRESETS["card"]
    return _largest(photo.width, photo.height, card.ratio)[0] < card.widths[0]


def nearest(photo: Photo, preset: str, width: int) -> Rendition | None:
    """The size of `photo` that is made and comes nearest to `width` pixels. None while no size is made."""
    ready: list[Rendition] = [rendition for rendition in photo.renditions if rendition["preset"] == preset]
    return min(ready, key=lambda one: (abs(one["width"] - width), one["format"] != "webp"), default=None)


def forget_sizes(photo: Photo) -> list[str]:
    """Forget the sizes of `photo`, which the caller must save. Returns the names of the private files to remove."""
    names = [rendition["name"] for rendition in photo.renditions]
    photo.renditions, photo.failure = [], ""
    return names


def remove_private(names: list[str]) -> None:
    """Remove these files from private storage. A file that is missing is no error."""
    for name in names:
        originals().delete(name)


def cuts(width: int, height: int, focal_x: float, focal_y: float) -> list[Cut]:
    """The sizes to make of a picture of this size in pixels: none larger than it, and at least one of each preset."""
    result = []
    for name, preset in PRESETS.items():
        across, down = _largest(width, height, preset.ratio)
        left = min(max(focal_x * width - across / 2, 0), width - across)
        top = min(max(focal_y * height - down / 2, 0), height - down)
        box = (left / width, top / height, (left + across) / width, (top + down) / height)
        for target in [wide for wide in preset.widths if wide <= across] or [int(across)]:
            tall = max(1, round(target * down / across))
            result.append(Cut(name, box, max(1, target), tall, preset.formats))
    return result


def _largest(width: int, height: int, ratio: Fraction | None) -> tuple[float, float]:
    if ratio is None:
        return width, height
    return (float(height * ratio), height) if Fraction(width, height) > ratio else (width, float(width / ratio))


def _made(photo: Photo) -> list[tuple[Rendition, bytes]]:
    wanted = cuts(photo.width, photo.height, photo.focal_x, photo.focal_y)
    scale = max(cut.width / (photo.width * (cut.box[2] - cut.box[0])) for cut in wanted)
    jobs: list[CutJob] = [
        {"box": list(cut.box), "width": cut.width, "height": cut.height, "formats": list(cut.formats)} for cut in wanted
    ]
    try:
        original = photo.original.open()
    except FileNotFoundError:
        raise Unfit(_("The original file is no longer there. Delete this photo and send it again.")) from None
    with original, on_disk(original) as file:
        made = workshop.cut(file, look_at(file), jobs, scale=scale)
    return [
        (_described(photo, cut, form), content)
        for cut, contents in zip(wanted, made, strict=True)
        for form, content in zip(cut.formats, contents, strict=True)
    ]


def _described(photo: Photo, cut: Cut, form: str) -> Rendition:
    recipe = hashlib.sha256(f"{RECIPE} {photo.focal_x:.4f} {photo.focal_y:.4f}".encode()).hexdigest()[:8]
    stem = f"{photo.sha256[:2]}/{photo.sha256[2:22]}-{recipe}-{cut.preset}-{cut.width}x{cut.height}"
    name = f"photos/{stem}.{EXTENSIONS[form]}"
    return {"preset": cut.preset, "width": cut.width, "height": cut.height, "format": form, "name": name}
