"""The readers' process and the desk's, started as their shipped units say, with the tests' ports and folders."""

import configparser
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from .web_server import NAME, ROOT, listens, wait_until

UNITS = ROOT / "deploy" / "systemd"
BIN = Path(sys.executable).parent


class Unit(configparser.RawConfigParser):
    """A unit of systemd, whose names keep their capitals. Of a name that stands twice, the last counts."""

    def __init__(self, name: str, folder: Path = UNITS) -> None:
        super().__init__(delimiters=("=",), comment_prefixes=("#",), strict=False)
        self.read(folder / f"newsroom-{name}.service", encoding="utf-8")

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    def command(self, port: int = 0) -> list[str]:
        """What the unit starts, from the programs of this environment, and on `port`."""
        program, *arguments = shlex.split(self["Service"]["ExecStart"])
        if "--port" in arguments:
            arguments[arguments.index("--port") + 1] = str(port)
        return [str(BIN / Path(program).name), *arguments]


def production(folder: Path, database: str, *, process: str) -> dict[str, str]:
    """The environment of a process of a newspaper that is run as the README says; nothing of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSROOM_", "DJANGO_"))}
    return {
        **kept,
        "NEWSROOM_PROCESS": process,
        "NEWSROOM_SECRET_KEY": token_hex(40),
        "NEWSROOM_HOSTS": NAME,
        "NEWSROOM_SITE_URL": f"https://{NAME}",
        "NEWSROOM_VAR": str(folder),
        "DATABASE_URL": database,
    }


def manage(environment: dict[str, str], *arguments: str, typed: str = "") -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, input=typed, text=True, stdout=subprocess.DEVNULL)


def asked(environment: dict[str, str], program: str) -> str:
    """What a program of one line prints in the shell of manage.py."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def running(name: str, port: int, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a shipped unit, on `port`, until the block ends. What it writes is added to `log`."""
    with log.open("ab") as written:
        process = subprocess.Popen(Unit(name).command(port), cwd=ROOT, env=environment, stdout=written, stderr=written)
    try:
        wait_until(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield process
    finally:
        process.terminate()
        process.wait()
