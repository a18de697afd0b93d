"""The one door to readers. Nothing else writes a text or a picture into `articles_*`. Import the names from here.

`publish`, `flash`, `correct` and `withdraw` are deeds like those of `newsroom.deeds`. `refresh_image` and
`refresh_credit` bring a corrected caption or credit to every page at once; `refresh_sensitivity` does so for the mark
of a sensitive case. `with_pictures` stands around the transaction of whoever publishes in a transaction of their own.
"""

from .article import minutes_to_read, refresh_sensitivity, write_article
from .files import erase_former_names, with_pictures
from .locks import hold, lock_photos
from .pictures import (
    IMAGE_FIELDS,
    bring_new_sizes,
    copy_sizes,
    erase_public_files,
    refresh_credit,
    refresh_image,
)
from .publication import correct, flash, publish, withdraw

__all__ = [
    "IMAGE_FIELDS",
    "bring_new_sizes",
    "copy_sizes",
    "correct",
    "erase_former_names",
    "erase_public_files",
    "flash",
    "hold",
    "lock_photos",
    "minutes_to_read",
    "publish",
    "refresh_credit",
    "refresh_image",
    "refresh_sensitivity",
    "with_pictures",
    "withdraw",
    "write_article",
]
