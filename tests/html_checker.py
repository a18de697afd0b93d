"""The Nu HTML checker: one process for all the documents of a run, as Java takes seconds to start."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import packages

NU = Path(__file__).resolve().parent.parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
ADDRESS = "HTML_CHECKER"  # the variable in which `tests/run.py` names the checker to the workers of the pass


@contextmanager
def html_checker() -> Iterator[str]:
    """Give the address of the checker that the environment names, else of one that lives as long as the block."""
    if address := os.environ.get(ADDRESS):
        yield address
        return
    java = packages.java()
    assert java, f"Java is not there: {packages.JAVA.advice}."
    assert NU.exists(), "The Nu HTML checker is not there: run npm ci."
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here = "-Dnu.validator.servlet.bind-address=127.0.0.1"
    # it lives for some minutes: what a longer life would repay is left out
    short = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = [java, "-Xss2m", *short, here, "-cp", str(NU), "nu.validator.servlet.Main", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_port(port, process)
            yield f"http://127.0.0.1:{port}/?out=json&level=error"
        finally:
            process.terminate()


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None, "The Nu HTML checker ended as it began."
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "The Nu HTML checker does not answer."
            time.sleep(0.1)
