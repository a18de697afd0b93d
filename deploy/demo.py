"""Makes the demo newspaper unless it exists, then runs its server and its clock until Ctrl-C.

HOST and PORT choose where the server listens. `make demo` runs this on Debian and macOS, once all is installed.
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
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 (whoever runs the demo asks for it)
PATIENCE = 60  # seconds for the server to answer
GRACE = 10  # seconds for a process to stop by itself


class Stopped(Exception):  # noqa: N818 (a request, not an error)
    """A signal asks the demo to stop."""


def stop_now(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def can_listen(host: str, port: int) -> bool:
    """Whether a server could listen on this port: it is not in use, and the host is one of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
    return True


def wait_for(address: str, processes: list[subprocess.Popen[bytes]]) -> bool:
    """Whether the server answers, even with an error, within PATIENCE. False as soon as one of the processes ends."""
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
    """Start a process in a group of its own: Ctrl-C then reaches this script alone, which stops the others in order."""
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each process to stop, then kill whatever its group still holds after GRACE."""
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
    host, port_text = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    if not port_text.isdigit() or not 0 < int(port_text) < 65536:
        print(f"PORT={port_text}: expected a number from 1 to 65535.")
        return 1
    port = int(port_text)
    if not can_listen(host, port):
        print(f"{host}:{port} cannot be listened on (already in use?). Choose another port: make demo PORT={port + 1}")
        return 1

    url_host = "127.0.0.1" if host in ANYWHERE else f"[{host}]" if ":" in host else host
    address = f"http://{url_host}:{port}"
    hosts = "*" if host in ANYWHERE else f"localhost 127.0.0.1 [::1] {url_host}"
    environment = {
        "NEWSROOM_HOSTS": hosts,
        "NEWSROOM_SITE_URL": address,
        **os.environ,
        "NEWSROOM_MODE": "demo",
        "NEWSROOM_PROCESS": "all",
        "PYTHONUNBUFFERED": "1",
    }

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]

    for arguments in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo"]):
        if subprocess.run(manage(*arguments), cwd=ROOT, env=environment, check=False).returncode:
            print(f"The demo could not be made: manage.py {arguments[0]} failed (see above).")
            return 1

    server = [str(BIN / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2"]
    server += ["--blocking-threads", "4", "--log-level", "warning", "newsroom.wsgi:application"]
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        processes["server"] = start(server, environment)
        processes["clock"] = start(manage("clock"), environment)
        if wait_for(address, list(processes.values())):
            print(f"\n  Le Fanal        {address}/\n  The desk        {address}/redaction/")
            print(f"  Logins          {LOGINS}\n  Password        {PASSWORD}\n\n  Ctrl-C stops it.\n", flush=True)
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    print(f"The {name} stopped by itself (exit code {process.returncode}); stopping the rest.")
                    return 1
            time.sleep(0.5)
    except (KeyboardInterrupt, Stopped):
        print("\nStopping…")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave a process behind
        stop(list(processes.values()))


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell may have told us to ignore SIGINT
        signal.signal(number, stop_now)
    try:
        sys.exit(main())
    except (KeyboardInterrupt, Stopped):
        sys.exit(130)
