"""The hands of the clock that run beside publications, each a process of its own: what one does keeps no other waiting.

The process with the departures starts them, starts again whichever ends, and takes them with it when it ends, even when
it is killed: each of them reads from a pipe that closes then.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.db.models.functions import Now

from newsroom.models import Beat, Hand

logger = logging.getLogger(__name__)

STARTED_EVERY = 5.0  # seconds between two starts of one hand
GRACE = 5.0  # seconds for a hand to end what it does; its rows wait for the next clock


class Crew:
    """The processes of some hands."""

    def __init__(self, hands: Iterable[Hand]) -> None:
        self.hands = tuple(hands)
        self._processes: dict[Hand, subprocess.Popen[bytes]] = {}
        self._started_at: dict[Hand, float] = {}

    def announce(self) -> None:
        """Record that these hands are about to beat: one that never does is missed from now on."""
        Beat.objects.bulk_create([Beat(pk=hand, at=Now()) for hand in self.hands], ignore_conflicts=True)

    def tend(self) -> None:
        """Start the hands that do not run. Raises nothing: publications go on without them."""
        for hand in self.hands:
            process = self._processes.get(hand)
            if process is not None and process.poll() is None:
                continue
            if time.monotonic() - self._started_at.get(hand, -STARTED_EVERY) < STARTED_EVERY:
                continue
            if process is not None:
                logger.error("the clock's hand “%s” ended (%s); it is started again", hand.name, process.returncode)
            self._started_at[hand] = time.monotonic()
            try:
                self._processes[hand] = _start(hand)
            except Exception:
                logger.exception("the clock's hand “%s” could not be started", hand.name)

    def stop(self) -> None:
        """Let each hand end its beat, and kill those that take longer than GRACE."""
        for process in self._processes.values():
            process.terminate()
        end = time.monotonic() + GRACE
        for process in self._processes.values():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(hand: Hand) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "clock", f"--only={hand.name.lower()}"]
    return subprocess.Popen([*command, "--with-parent"], cwd=settings.BASE_DIR, stdin=subprocess.PIPE)  # noqa: S603


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, whatever it is doing. Its rows wait."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()
