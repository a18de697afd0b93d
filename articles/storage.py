"""Files that are whole or not there: a full disk or a power cut leaves no part of one under its name."""

import errno
import os
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's storage on a disk. A file gets its name once all of it is written, over the file that may have it."""

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        """Django's, for files alone: a pipe that stands under a name keeps whoever opens it waiting for ever."""
        path = Path(self.path(name))
        if path.exists() and not path.is_file():
            raise FileNotFoundError(errno.ENOENT, "What has this name is no file", str(path))
        return super()._open(name, mode)  # type: ignore[misc,no-any-return] # a hook that the stubs leave out

    def _save(self, name: str, content: "File[Any]") -> str:
        begun = f"{name}.{token_hex(8)}.part"
        try:
            super()._save(begun, content)  # type: ignore[misc] # a hook that the stubs leave out
            path = Path(self.path(begun))
            with path.open("rb") as written:
                os.fsync(written.fileno())  # some disks say only now that they are full
            path.replace(self.path(name))
        except BaseException:
            self.delete(begun)
            raise
        return name
