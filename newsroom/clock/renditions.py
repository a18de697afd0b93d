"""Makes the missing sizes of photos."""

import logging

from newsroom import publishing
from newsroom.photos import renditions
from newsroom.photos.intake import Unfit
from newsroom.photos.workshop import Busy

from .pace import for_a_while

logger = logging.getLogger(__name__)


def make_sizes() -> int:
    """Make the sizes of the photos that wait for them, and return how many were done.

    A photo whose sizes cannot be made says why on the desk.

    The work is done outside any transaction, so that nobody waits for a lock. Two clocks that work on one photo make
    the same files under the same names.
    """
    made = 0
    for photo in for_a_while(renditions.waiting()[:20]):
        try:
            renditions.make_missing(photo)
        except Unfit as unfit:
            logger.warning("sizes of photo %s: %s", photo.pk, unfit)
            continue
        except Busy:
            break
        publishing.bring_new_sizes(photo.pk)
        made += 1
    return made
