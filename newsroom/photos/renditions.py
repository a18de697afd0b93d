"""The sizes of a photo."""

from newsroom.models import Photo


def make_missing(photo: Photo) -> None:
    raise NotImplementedError
