"""A real nginx with the shipped deploy/nginx.conf: its ports, its paths and its certificate alone are others."""

import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

from tests import packages

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "deploy" / "nginx.conf"
NAME = "news.example"
LONGEST_WAIT = 60  # seconds

# What Debian's own nginx.conf says: where the logs lie, and the types of files.
AROUND = """
{user}
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log {folder}/access.log;
    {temporary}
    include {folder}/newsroom.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program() -> str:
    """The path of nginx. As root on Debian, apt installs it when it is not there; else the tests exit with advice."""
    if not packages.nginx():
        packages.provide(packages.NGINX)
    found = packages.nginx()
    assert found, f"nginx is not there: {packages.NGINX.advice}."
    return found


def free_ports(number: int) -> list[int]:
    """As many ports of this machine that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _port in range(number)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


@dataclass(frozen=True)
class Ports:
    plain: int
    secure: int
    readers: int
    desk: int


def substituted(text: str, places: dict[str, str]) -> str:
    """`text` with each of the places replaced. A place that does not stand in it is an error of the test."""
    for shipped, ours in places.items():
        assert shipped in text, f"{shipped} does not stand in the shipped file"
        text = text.replace(shipped, ours)
    return text


def configuration(folder: Path, ports: Ports) -> str:
    """The shipped file for this folder, which has `media`, `static` and `cache`, and these ports."""
    return substituted(
        SHIPPED.read_text(encoding="utf-8"),
        {
            "listen 80;": f"listen 127.0.0.1:{ports.plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{ports.secure} ssl",
            "127.0.0.1:8001": f"127.0.0.1:{ports.readers}",
            "127.0.0.1:8002": f"127.0.0.1:{ports.desk}",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{folder}/certificate.pem",
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{folder}/key.pem",
            "/var/lib/nginx/newsroom": f"{folder}/cache",
            "/var/lib/newsroom/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
            "/opt/newsroom/": f"{ROOT}/",
        },
    )


def make_certificate(folder: Path) -> None:
    """A certificate of NAME that nobody signed."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)


def types_of(nginx: str) -> str:
    """The file with the types of files that came with this nginx."""
    said = subprocess.run([nginx, "-V"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"--conf-path=(\S+)", said)
    assert found, said
    return str(Path(found[1]).parent / "mime.types")


@dataclass(frozen=True)
class WebServer:
    """A running nginx. What it wrote so far stands in `error_log` and `access_log`."""

    folder: Path
    ports: Ports
    command: list[str]

    @property
    def error_log(self) -> str:
        return (self.folder / "error.log").read_text(encoding="utf-8")

    @property
    def access_log(self) -> str:
        return (self.folder / "access.log").read_text(encoding="utf-8")

    def connect(self) -> ssl.SSLSocket:
        """An open connection, over which a test writes what it likes."""
        trusting = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        trusting.check_hostname = False
        plain = socket.create_connection(("127.0.0.1", self.ports.secure), timeout=LONGEST_WAIT)
        return trusting.wrap_socket(plain, server_hostname=NAME)

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[HTTPResponse, bytes]:
        """The answer to one request, with its body. `Content_Type=` stands for the header Content-Type."""
        connection = HTTPSConnection(NAME)
        connection.sock = self.connect()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": NAME, **named})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content


@contextmanager
def web_server(folder: Path, ports: Ports) -> Iterator[WebServer]:
    """nginx with the shipped file, until the block ends. What it keeps lies in `folder`."""
    nginx = program()
    for name in ("cache", "media", "static", *TEMPORARY):
        (folder / name).mkdir(exist_ok=True)
    make_certificate(folder)
    (folder / "newsroom.conf").write_text(configuration(folder, ports), encoding="utf-8")
    around = AROUND.format(
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        types=types_of(nginx),
        temporary="\n    ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
    )
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        wait_until(lambda: listens(ports.secure) or process.poll() is not None)
        assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
        yield WebServer(folder, ports, command)
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds. Fails after LONGEST_WAIT."""
    end = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.05)
