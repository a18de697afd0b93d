"""The one door to readers. Nothing else writes a text or a picture into `articles_*`. Import the names from here.

`publish`, `flash`, `correct` and `withdraw` are deeds like those of `newsroom.deeds`. `refresh_image` brings a
corrected caption to every page at once, `refresh_credit` a corrected credit, with the clock's help when many pictures
owe it; `refresh_sensitivity` does so for the mark of a sensitive case. `with_pictures` stands around the transaction of
whoever publishes in a transaction of their own. `show_live` and `lay_aside` put the next version of a live article
aside, so that what readers see can be corrected.
"""

from .article import minutes_to_read, refresh_sensitivity, write_article
from .credits import bring_next, refresh_credit, refresh_words
from .files import erase_former_names, with_pictures
from .locks import hold, lock_photos
from .open_version import (
    JoinedBody,
    OpenVersion,
    forget_missed,
    has_open_version,
    join,
    join_bodies,
    lay_aside,
    live_content,
    missed_texts,
    open_version_of,
    remember_missed,
    show_live,
)
from .pictures import (
    IMAGE_FIELDS,
    bring_new_sizes,
    copy_sizes,
    erase_public_files,
    refresh_image,
)
from .publication import correct, flash, publish, withdraw

__all__ = [
    "IMAGE_FIELDS",
    "JoinedBody",
    "OpenVersion",
    "bring_new_sizes",
    "bring_next",
    "copy_sizes",
    "correct",
    "erase_former_names",
    "erase_public_files",
    "flash",
    "forget_missed",
    "has_open_version",
    "hold",
    "join",
    "join_bodies",
    "lay_aside",
    "live_content",
    "lock_photos",
    "minutes_to_read",
    "missed_texts",
    "open_version_of",
    "publish",
    "refresh_credit",
    "refresh_image",
    "refresh_sensitivity",
    "refresh_words",
    "remember_missed",
    "show_live",
    "with_pictures",
    "withdraw",
    "write_article",
]
