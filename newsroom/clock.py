"""The clock: does what is due, from rows. Makes picture sizes, delivers the outbox, counts what is read.

Any number of clocks may run: a row of the outbox is claimed under lock; sizes and counts come out the same twice.
"""

import logging
from datetime import timedelta
from typing import TypeVar

from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from articles.models import Image
from articles.readership import refresh_top_reads

from . import publishing
from .models import Dispatch
from .photos import renditions
from .photos.intake import Unfit

Row = TypeVar("Row", bound=Model)

logger = logging.getLogger(__name__)

BEAT = 2  # seconds between two looks
TOP_READS_EVERY = timedelta(minutes=1)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)


class Clock:
    """One clock. `beat` does all that is due now and returns how many things it did."""

    def __init__(self) -> None:
        self._counted_at = timezone.now() - TOP_READS_EVERY

    def beat(self) -> int:
        done = make_sizes() + deliver_due()
        if timezone.now() - self._counted_at >= TOP_READS_EVERY:
            refresh_top_reads()
            self._counted_at = timezone.now()
        return done


def make_sizes() -> int:
    """Make the sizes of the photos that wait for them; a photo it cannot be done for says why on the desk.

    The work is done outside any transaction, so that nobody waits for it; two clocks at the same photo make the same
    files under the same names.
    """
    made = 0
    for photo in renditions.waiting()[:20]:
        try:
            renditions.make_missing(photo)
        except Unfit as unfit:
            logger.warning("sizes of photo %s: %s", photo.pk, unfit)
            continue
        with transaction.atomic():
            publishing.refresh_image(photo.pk)
        made += 1
    return made


def deliver_due() -> int:
    """Deliver the rows of the outbox that are due, each in its own transaction; one that fails is tried again later."""
    due = Dispatch.objects.filter(done_at=None, due_at__lte=timezone.now())
    erasing = due.filter(kind=Dispatch.Kind.ERASE)  # first: a picture that was withdrawn does not wait behind the mail
    others = due.exclude(kind=Dispatch.Kind.ERASE)
    delivered = 0
    for number in [*erasing.values_list("pk", flat=True)[:1000], *others.values_list("pk", flat=True)[:20]]:
        with transaction.atomic():
            dispatch = _claimed(Dispatch, number)
            if dispatch is None or dispatch.done_at is not None:
                continue
            delivered += _deliver(dispatch)
    return delivered


def _claimed(model: type[Row], number: int) -> Row | None:
    """The row under lock, or None when another clock holds it. SQLite has one writer at a time, so there none does."""
    skips = connection.features.has_select_for_update_skip_locked
    return model._default_manager.select_for_update(skip_locked=skips, of=("self",)).filter(pk=number).first()


def _deliver(dispatch: Dispatch) -> bool:
    dispatch.attempts += 1
    try:
        match dispatch.kind:
            case Dispatch.Kind.MAIL:
                mail = dispatch.payload
                EmailMessage(mail["subject"], mail["text"], to=[mail["to"]]).send()
            case Dispatch.Kind.ERASE:
                erase_public_files(dispatch.payload["photo"], dispatch.payload["names"])
    except Exception as error:
        # whatever the mail server or the storage says, the row stays and is tried again
        logger.exception("dispatch %s failed", dispatch.key)
        dispatch.failure = str(error)[:300]
        dispatch.due_at = timezone.now() + min(FIRST_RETRY * 2 ** (dispatch.attempts - 1), LONGEST_RETRY)
        dispatch.save()
        return False
    dispatch.done_at, dispatch.failure = timezone.now(), ""
    dispatch.save()
    return True


def erase_public_files(photo: int, names: list[str]) -> None:
    """Remove published files of a photo that its image does not name any more (it may be public again meanwhile)."""
    publishing.lock_photos([photo])
    image = Image.objects.filter(pk=photo).first()
    shown = {rendition["name"] for rendition in image.renditions} if image else set()
    for name in names:
        if name not in shown:
            default_storage.delete(name)
