"""A newsroom for the torture alone: its database, its desk and its clocks, each a process that a test may kill."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster import cluster_that_crashes

ROOT = Path(__file__).resolve().parent.parent.parent
CLOCK = [sys.executable, "manage.py", "clock"]
NAIVE_CLOCK = [sys.executable, "-m", "tests.torture.naive_clock"]
LONGEST_WAIT = 300  # seconds


@dataclass(frozen=True)
class House:
    """An open newsroom. `crash` is None for SQLite, which has no process of its own to crash."""

    folder: Path
    environment: dict[str, str]
    desk: "Desk"
    crash: Callable[[], None] | None


@dataclass
class Desk:
    """The process of `desk.py`, which takes commands and answers each with one line."""

    process: subprocess.Popen[str]

    def send(self, command: str, **arguments: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the desk of the torture died: see above"
        return json.loads(line)

    def ask(self, command: str, **arguments: Any) -> Any:
        self.send(command, **arguments)
        return self.receive()


@contextmanager
def open_house(engine: str, folder: Path) -> Iterator[House]:
    """A newsroom on `engine` (sqlite or postgresql), with its tables and its people. It closes when the block ends."""
    if engine == "postgresql":
        with cluster_that_crashes() as cluster:
            address = cluster.address.rpartition("/")[0] + "/postgres"
            with _staffed(address, folder, cluster.crash) as house:
                yield house
    else:
        with _staffed(f"sqlite:///{folder / 'newsroom.sqlite3'}", folder, None) as house:
            yield house


@contextmanager
def _staffed(address: str, folder: Path, crash: Callable[[], None] | None) -> Iterator[House]:
    environment = {**os.environ, "NEWSROOM_MODE": "demo", "NEWSROOM_VAR": str(folder), "DATABASE_URL": address}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.desk"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        desk = Desk(process)
        desk.ask("open")
        yield House(folder, environment, desk, crash)
    finally:
        process.kill()
        process.wait()


@dataclass
class Clocks:
    """The running clocks. A clock that is killed is replaced at once."""

    house: House
    command: list[str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    @property
    def log(self) -> Path:
        return self.house.folder / "clocks.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running.append(
                subprocess.Popen(self.command, cwd=ROOT, env=self.house.environment, stdout=log, stderr=log)
            )

    def kill_one(self) -> None:
        """Kill a random clock as `kill -9` does, in the middle of whatever it does."""
        victim = self.running.pop(random.randrange(len(self.running)))
        victim.kill()
        victim.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        for clock in self.running:
            clock.kill()
            clock.wait()


@contextmanager
def clocks(house: House, command: list[str], number: int) -> Iterator[Clocks]:
    crew = Clocks(house, command)
    crew.log.unlink(missing_ok=True)
    try:
        for _clock in range(number):
            crew.start()
        wait_until(lambda: crew.log.exists() and crew.log.read_text().count("The clock beats.") >= number)
        yield crew
    finally:
        crew.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds. Fails after LONGEST_WAIT."""
    end = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.1)
