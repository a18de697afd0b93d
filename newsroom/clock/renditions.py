"""Makes the missing sizes of photos."""

import logging

from newsroom import publishing
from newsroom.models import Photo
from newsroom.photos import renditions
from newsroom.photos.intake import Unfit
from newsroom.photos.workshop import Busy

logger = logging.getLogger(__name__)


def make_sizes(number: int) -> int:
    """Make the sizes of one photo, and return 1, or 0 when they cannot be made: then it says why on the desk.

    The work is done outside any transaction, so that nobody waits for a lock. Two clocks that work on one photo make
    the same files under the same names.
    """
    photo = Photo.objects.filter(pk=number).first()
    if photo is None:
        return 0
    try:
        renditions.make_missing(photo)
    except Unfit as unfit:
        logger.warning("sizes of photo %s: %s", number, unfit)
        return 0
    except Busy:  # others are being made, which has taken longer than a job may: the beat goes on, and then comes back
        return 0
    try:
        publishing.bring_new_sizes(number)
    except Exception:
        Photo.objects.filter(pk=number).update(renditions=[])  # so that it goes on waiting
        raise
    return 1
