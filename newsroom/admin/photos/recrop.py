"""The sizes of a picture that readers see, made around its new focal point before anything is saved."""

import logging
from dataclasses import dataclass

from django.http import QueryDict

from articles.models.image import Rendition
from newsroom.models import Photo
from newsroom.photos import renditions
from newsroom.photos.reading import Unfit
from newsroom.photos.workshop import Busy

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewSizes:
    """Sizes around a focal point, whose files lie in private storage."""

    focal: tuple[float, float]
    renditions: list[Rendition]

    @property
    def names(self) -> set[str]:
        return {rendition["name"] for rendition in self.renditions}


def make_sizes_for(photo: Photo, posted: QueryDict) -> NewSizes | None:
    """The sizes of `photo` around the focal point in its posted form. None when it did not move, or is none.

    None too when they cannot be made: the clock then makes them, and readers go on seeing the former ones.
    """
    try:
        focal = float(posted.get("focal_x", "")), float(posted.get("focal_y", ""))
    except ValueError:
        return None
    if focal == (photo.focal_x, photo.focal_y) or not all(0 <= share <= 1 for share in focal):
        return None
    photo.focal_x, photo.focal_y = focal
    try:
        return NewSizes(focal, renditions.make(photo))
    except (Unfit, Busy, OSError):
        logger.warning("the new sizes of photo %s are left to the clock", photo.pk, exc_info=True)
        return None
