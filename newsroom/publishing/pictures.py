"""Writes the pictures of published articles, and their files.

To write or remove an Image, or its files, one must hold its Photo: `lock_photos`.
"""

from collections.abc import Iterable
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Image, ImageCredit
from newsroom.models import Dispatch, Photo, Story
from newsroom.models.photo import originals
from newsroom.photos import renditions
from newsroom.refusals import Refused

from .locks import images_of, lock_photos

IMAGE_FIELDS = (
    "alt",
    "is_decorative",
    "caption",
    "credit_id",
    "photographer",
    "credit_line",
    "focal_x",
    "focal_y",
    "colour",
    "renditions",
)


def write_image(photo: Photo) -> Image:
    """Write the public row of a held photo. Missing sizes are made now; their files are copied last."""
    renditions.make_missing(photo)
    before = Image.objects.filter(pk=photo.pk).first()
    fields = {name: getattr(photo, name) for name in IMAGE_FIELDS}
    image, _created = Image.objects.update_or_create(pk=photo.pk, defaults=fields)
    if before is not None:
        erase_files({photo.pk: {r["name"] for r in before.renditions} - {r["name"] for r in photo.renditions}})
    return image


def copy_files_last(numbers: set[int]) -> None:
    """Copy the sizes of the pictures of these articles to public storage.

    It is the last step of a transaction, since a rollback takes no file back. Raises Refused when the storage fails.
    """
    pictures = set[int]().union(*(images_of(article) for article in Article.objects.filter(pk__in=numbers)))
    try:
        copy_sizes(Image.objects.filter(pk__in=pictures))
    except OSError as error:
        raise Refused(
            _("Not done: the pictures could not be copied to the site (%(problem)s). The article is as it was.")
            % {"problem": error}
        ) from error


def copy_sizes(images: Iterable[Image]) -> None:
    """Copy the sizes that public storage lacks. If one cannot be copied, this call removes again those it copied."""
    copied: list[str] = []
    try:
        for image in images:
            for rendition in image.renditions:
                name = rendition["name"]
                if not default_storage.exists(name):
                    with originals().open(name) as file:
                        copied.append(name)
                        default_storage.save(name, file)
    except BaseException:
        for name in copied:
            default_storage.delete(name)
        raise


def refresh_image(number: int) -> None:
    """Bring a corrected photo to every page that shows it, if any does. To be called in the caller's transaction."""
    for photo in lock_photos([number]):
        if Image.objects.filter(pk=photo.pk).exists():
            copy_sizes([write_image(photo)])


def refresh_credit(credit: ImageCredit) -> None:
    """Bring a corrected credit to every picture that owes it. To be called in the caller's transaction."""
    ImageCredit.objects.select_for_update(no_key=True).get(pk=credit.pk)
    images = list(Image.objects.select_for_update(of=("self",)).filter(credit=credit).order_by("pk"))
    for image in images:
        image.credit_line = credit.line(image.photographer)
    Image.objects.bulk_update(images, ["credit_line"])


def erase_unused_images(numbers: set[int]) -> None:
    """Remove those of these held pictures that no article shows any more."""
    unused = Image.objects.filter(pk__in=numbers, leads=None, articles=None)
    names = {image.pk: {rendition["name"] for rendition in image.renditions} for image in unused}
    Image.objects.filter(pk__in=names).delete()
    erase_files(names)


def erase_strays(story: Story) -> None:
    """Have the clock remove the files that were copied for a publication which the database then refused."""
    photos = Photo.objects.filter(Q(leads=story) | Q(stories=story)).distinct()
    erase_files({photo.pk: {rendition["name"] for rendition in photo.renditions} for photo in photos})


def erase_files(names: dict[int, set[str]]) -> None:
    """Have the clock remove public files after this transaction: their `names`, by the number of their photo."""
    now = timezone.now()
    Dispatch.objects.bulk_create(
        Dispatch(
            kind=Dispatch.Kind.ERASE,
            key=f"erase-{photo}-{uuid4()}",
            payload={"photo": photo, "names": sorted(files)},
            due_at=now,
        )
        for photo, files in names.items()
        if files
    )
