"""Brings a corrected credit to the pictures that owe it.

The credit itself is right at once. The line that each picture prints, and the words by which the library finds it, are
derived from it: of a few pictures in the request, of more by the clock, batch after batch.
"""

import logging

from django.db import connection, transaction
from django.utils import timezone

from articles.models import Image, ImageCredit
from newsroom.models import CreditChange, Photo
from newsroom.photos import intake

from .locks import lock_photos

logger = logging.getLogger(__name__)

HANDFUL = 20  # pictures of one credit that a request may hold
BATCH = 200


def refresh_credit(credit: ImageCredit) -> bool:
    """Bring a corrected credit to its pictures, in the caller's transaction. False if that is left to the clock."""
    numbers = _owing(credit.pk, 0, HANDFUL + 1)
    if len(numbers) <= HANDFUL and _are_free(numbers):
        refresh_words(numbers)
        CreditChange.objects.filter(pk=credit.pk).delete()
        return True
    fresh = {"asked_at": timezone.now(), "total": None, "done": 0, "after": 0}
    CreditChange.objects.update_or_create(pk=credit.pk, defaults=fresh)
    return False


def _owing(credit: int, after: int, most: int) -> list[int]:
    """The numbers of the first pictures after `after` that owe a credit: in the library, or as readers see them."""
    photos = Photo.objects.filter(credit=credit, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most]
    images = Image.objects.filter(credit=credit, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most]
    return sorted({*photos, *images})[:most]


def _are_free(numbers: list[int]) -> bool:
    """Hold these photos if nobody else does. The credit is held already: to wait for a photo now might deadlock."""
    skips = connection.features.has_select_for_update_skip_locked
    held = Photo.objects.select_for_update(skip_locked=skips).filter(pk__in=numbers).order_by("pk")
    return len(held.values_list("pk")) == len(numbers)


@transaction.atomic
def refresh_words(numbers: list[int]) -> None:
    """Derive again what these pictures print of their credits, and the words by which the library finds them."""
    photos = lock_photos(numbers)
    for photo in photos:
        photo.folded = intake.searchable(photo)
    Photo.objects.bulk_update(photos, ["folded"])
    images = list(Image.objects.select_related("credit").filter(pk__in=[photo.pk for photo in photos]).order_by("pk"))
    for image in images:
        image.credit_line = image.credit.line(image.photographer)
    Image.objects.bulk_update(images, ["credit_line"])


def bring_next(credit: int) -> tuple[int, list[tuple[int, Exception]]]:
    """Bring a corrected credit to its next pictures. Returns how many were done, and those that could not be, with why.

    A batch that fails is done again picture by picture, so that one bad row keeps no other waiting. When the credit is
    corrected again meanwhile, the clock begins anew.
    """
    change = CreditChange.objects.filter(pk=credit).first()
    if change is None:
        return 0, []
    mine = CreditChange.objects.filter(pk=credit, asked_at=change.asked_at)
    if change.total is None:
        # nearly always the same pictures; the larger number is near enough to show how far it is
        change.total = max(model.objects.filter(credit=credit).count() for model in (Photo, Image))
        mine.update(total=change.total)
    numbers = _owing(credit, change.after, BATCH)
    failed: list[tuple[int, Exception]] = []
    try:
        if numbers:
            refresh_words(numbers)
    except Exception:
        if not connection.is_usable():
            raise
        logger.warning("a batch of credit %s is done picture by picture", credit, exc_info=True)
        failed = _one_by_one(numbers)
    if len(numbers) < BATCH:
        mine.delete()
    else:
        mine.update(after=numbers[-1], done=min(change.done + len(numbers), change.total))
    return len(numbers) - len(failed), failed


def _one_by_one(numbers: list[int]) -> list[tuple[int, Exception]]:
    failed = []
    for number in numbers:
        try:
            refresh_words([number])
        except Exception as error:
            if not connection.is_usable():
                raise
            failed.append((number, error))
    return failed
