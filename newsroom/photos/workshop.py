"""Where pictures are decoded: one at a time on this machine, each in a process with limits (`decoder`).

A picture is what a stranger made of it. One of 600 kB may take a gigabyte or a minute to decode, or the process that
does it. So no process of the desk decodes any: it asks for it here, and waits no longer than it says.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from .decoder import NO_ROOM, CutJob, Job, Result
from .headers import Flaw, Header
from .reading import HEAVY, SENTENCES, Unfit

logger = logging.getLogger(__name__)

LONGEST_WAIT = 30.0  # seconds for the turn of a picture
LONGEST_WAIT_TO_SEND = 10.0  # seconds, while a thread of the desk waits; whoever sent the picture sends it again
LONGEST_WORK = 60.0  # seconds for one picture, on a machine that has other things to do too
LOOKS_EVERY = 0.02  # seconds between two looks at the lock


class Busy(Exception):  # noqa: N818 (what the workshop is, not an error of ours)
    """Raised when a picture waits for too long. The same picture may be tried again later."""


@dataclass(frozen=True)
class Examined:
    """What is known of a picture that was read to its end. Its sides, in pixels, are those of the upright picture."""

    width: int
    height: int
    colour: str


def examine(file: BufferedReader, header: Header) -> Examined:
    """Read a picture to its end. Raises Unfit when that cannot be done within the limits, and Busy."""
    job: Job = {"format": header.format, "cuts": [], "scale": 1.0}
    result, _files = _worked(file, job, patience=LONGEST_WAIT_TO_SEND)
    return Examined(result["width"], result["height"], result["colour"])


def cut(file: BufferedReader, header: Header, cuts: list[CutJob], *, scale: float) -> list[list[bytes]]:
    """The files of these sizes, in the formats of each. Raises Unfit and Busy as `examine` does."""
    job: Job = {"format": header.format, "cuts": cuts, "scale": scale}
    result, files = _worked(file, job, patience=LONGEST_WAIT)
    parts = iter(files)
    return [[next(parts) for _length in lengths] for lengths in result["lengths"]]


def _worked(file: BufferedReader, job: Job, *, patience: float) -> tuple[Result, list[bytes]]:
    with _turn(patience) as lock, TemporaryFile() as out, TemporaryFile() as complaints:
        command = [sys.executable, "-m", "newsroom.photos.decoder", json.dumps(job)]
        process = subprocess.Popen(  # noqa: S603 (the words are ours)
            command,
            stdin=file,
            stdout=out,
            stderr=complaints,
            cwd=settings.BASE_DIR,
            # without the desk's secrets; with one pool of memory, which the limit of addresses has room for
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            pass_fds=[lock],  # if this process is killed, the next picture still waits for the end of this one
            start_new_session=True,
        )
        try:
            code = process.wait(LONGEST_WORK)
        except BaseException as failure:
            process.kill()
            process.wait()
            if isinstance(failure, subprocess.TimeoutExpired):
                raise Unfit(HEAVY) from None
            raise
        if code < 0:  # the limit of time, or a fault in the C code of a format
            logger.warning("a picture was not decoded: signal %s", -code)
            raise Unfit(HEAVY)
        if code == NO_ROOM:
            raise OSError(f"A decoded picture could not be written: {_end_of(complaints)}")
        if code:
            raise RuntimeError(f"A picture could not be decoded: {_end_of(complaints)}")
        out.seek(0)
        result: Result = json.loads(out.readline())
        if flaw := result.get("flaw"):
            logger.info("a picture was refused as %s: %s", flaw, _end_of(complaints))
            raise Unfit(SENTENCES[Flaw(flaw)])
        return result, [out.read(length) for lengths in result.get("lengths", []) for length in lengths]


@contextmanager
def _turn(patience: float) -> Iterator[int]:
    """Hold the workshop of this machine. Raises Busy when others hold it for more than `patience` seconds."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.VAR / "decoding.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Busy from None
                time.sleep(LOOKS_EVERY)
        yield lock
    finally:
        os.close(lock)


def _end_of(complaints: IO[bytes]) -> str:
    complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, complaints.tell() - 500))
    return complaints.read().decode(errors="replace").strip()
