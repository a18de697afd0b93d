"""The demo newspaper on this machine: makes it if it is not there, then runs the server and the clock until Ctrl-C.

HOST and PORT say where. For `make demo`, which has installed what is needed; Debian and macOS.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOGINS = "journaliste secretaire editeur iconographe chef admin"
PASSWORD = "la-une-demain"  # noqa: S105 (known to all, and refused outside the demo)
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 (asked for by who runs it)
PATIENCE = 60  # seconds for the server to answer
GRACE = 10  # seconds for a process to stop by itself


class Stopped(Exception):  # noqa: N818 (what happened)
    """Somebody asked us to stop."""


def stop_now(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return False
    return True


def wait_for(address: str, processes: list[subprocess.Popen[bytes]]) -> bool:
    """Whether the server answers anything at all within PATIENCE, all processes living."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            urlopen(f"{address}/sante/", timeout=5).close()  # noqa: S310 (our own address)
        except HTTPError:
            return True
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return True
    return False


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """In a group of its own: Ctrl-C comes to us alone, and we stop the others in good order."""
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, then leave nothing of its group behind."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> int:
    host, given = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        print(f"PORT={given}: expected a number from 1 to 65535.")
        return 1
    port = int(given)
    if not free(host, port):
        print(f"{host}:{port} cannot be listened on (already in use?). Choose another port: make demo PORT={port + 1}")
        return 1

    shown = "127.0.0.1" if host in ANYWHERE else f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    hosts = "*" if host in ANYWHERE else f"localhost 127.0.0.1 [::1] {shown}"
    environment = {
        "NEWSROOM_HOSTS": hosts,
        "NEWSROOM_SITE_URL": address,
        **os.environ,
        "NEWSROOM_MODE": "demo",
        "NEWSROOM_PROCESS": "all",
        "PYTHONUNBUFFERED": "1",
    }

    def manage(*words: str) -> list[str]:
        return [sys.executable, "manage.py", *words]

    for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo"]):
        if subprocess.run(manage(*words), cwd=ROOT, env=environment, check=False).returncode:
            print(f"The demo could not be made: manage.py {words[0]} failed (see above).")
            return 1

    server = [str(BIN / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2"]
    server += ["--blocking-threads", "4", "--log-level", "warning", "newsroom.wsgi:application"]
    named: dict[str, subprocess.Popen[bytes]] = {}
    try:
        named["server"] = start(server, environment)
        named["clock"] = start(manage("clock"), environment)
        if wait_for(address, list(named.values())):
            print(f"\n  Le Fanal        {address}/\n  The desk        {address}/redaction/")
            print(f"  Logins          {LOGINS}\n  Password        {PASSWORD}\n\n  Ctrl-C stops it.\n", flush=True)
        while True:
            for name, process in named.items():
                if process.poll() is not None:
                    print(f"The {name} stopped by itself (exit code {process.returncode}); stopping the rest.")
                    return 1
            time.sleep(0.5)
    except (KeyboardInterrupt, Stopped):
        print("\nStopping…")
        return 0
    finally:
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)  # asked twice, it still stops them all
        stop(list(named.values()))


if __name__ == "__main__":
    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell may have had SIGINT ignored
        signal.signal(caught, stop_now)
    try:
        sys.exit(main())
    except (KeyboardInterrupt, Stopped):
        sys.exit(130)
