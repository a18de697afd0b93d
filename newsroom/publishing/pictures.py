"""Writes the pictures of published articles, and their files.

To write or remove an Image, or its files, one must hold its Photo: `lock_photos`.
"""

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Image
from newsroom.models import SIZES, Fault, Photo
from newsroom.models.photo import originals
from newsroom.photos.renditions import remove_private
from newsroom.refusals import Refused

from .files import erase_files, erase_former_names, note_a_copy, with_pictures
from .locks import images_of, lock_photos

WORDS = ("alt", "is_decorative", "caption", "credit_id", "photographer", "credit_line")
LOOKS = ("focal_x", "focal_y", "colour", "renditions")  # what goes with the sizes
IMAGE_FIELDS = (*WORDS, *LOOKS)
NOT_READY = _(
    "Not done yet: the sizes of the picture “%(photo)s” are still being made. Nothing is lost: try again in a minute."
)


def write_image(photo: Photo) -> Image:
    """Write the public row of a held photo. Its files are copied last. Raises Refused while its sizes are not made."""
    if photo.renditions:
        return _write(photo, IMAGE_FIELDS)
    faults = Fault.objects.filter(job=SIZES, ref=photo.pk).values_list("failure", flat=True)
    if problem := photo.failure or faults.first():
        raise Refused(_("Not done: a picture cannot be made ready. %(problem)s") % {"problem": problem})
    raise Refused(NOT_READY % {"photo": photo})


def _write(photo: Photo, names: tuple[str, ...]) -> Image:
    before = Image.objects.filter(pk=photo.pk).first()
    image, _created = Image.objects.update_or_create(
        pk=photo.pk, defaults={name: getattr(photo, name) for name in names}
    )
    if before is not None:
        former = {r["name"] for r in before.renditions} - {r["name"] for r in image.renditions}
        erase_files({photo.pk: former}, at_once=False)
        transaction.on_commit(lambda: remove_private(sorted(former)))
    return image


def copy_files_last(numbers: set[int]) -> None:
    """Copy the sizes of the pictures of these articles to public storage.

    It is the last step of a publication, since a rollback takes no file back. Raises Refused when the storage fails.
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
    note_a_copy()
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
    """Bring a corrected photo to every page that shows it, if any does. To be called in the caller's transaction.

    Its words appear at once. While its new sizes are not made, the former ones stay.
    """
    for photo in lock_photos([number]):
        if Image.objects.filter(pk=photo.pk).exists():
            copy_sizes([_write(photo, IMAGE_FIELDS if photo.renditions else WORDS)])


def bring_new_sizes(number: int) -> None:
    """Show the sizes of a photo that were just made, if readers see it."""
    if Image.objects.filter(pk=number).exists():
        with with_pictures(photos=[number], may_make=False), transaction.atomic(durable=True):
            refresh_image(number)


def erase_unused_images(numbers: set[int], *, story: int, is_withdrawn: bool) -> None:
    """Remove those of these held pictures that no article shows any more, now that `story` does not.

    Their files go at once if it was withdrawn, with all former names; else when nothing can name them any more.
    """
    unused = Image.objects.filter(pk__in=numbers, leads=None, articles=None)
    names = {image.pk: {rendition["name"] for rendition in image.renditions} for image in unused}
    Image.objects.filter(pk__in=names).delete()
    erase_files(names, at_once=is_withdrawn, story=story)
    if is_withdrawn:
        erase_former_names(names, story=story)


@transaction.atomic
def erase_public_files(photo: int, names: list[str]) -> None:
    """Remove public files of a photo, except those that its image names: it may be public again meanwhile."""
    lock_photos([photo])
    image = Image.objects.filter(pk=photo).first()
    in_use = {rendition["name"] for rendition in image.renditions} if image else set()
    for name in names:
        if name not in in_use:
            default_storage.delete(name)
