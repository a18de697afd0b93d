"""What nginx answers by itself, with nothing behind it: French pages that stand alone, and no word of its own."""

import json
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path

import pytest

from .web_server import NAME, ROOT, Ports, WebServer, free_ports, web_server

PAGES = sorted((ROOT / "deploy" / "pages").glob("*.html"))
ITS_OWN_WORDS = re.compile(r"nginx|<center>|Bad Gateway|Not Found|Forbidden|Too Large|Bad Request", re.IGNORECASE)
AWAY, DESK_AWAY = "Le site ne répond pas", "Le bureau ne répond pas"


@pytest.fixture(scope="module")
def alone() -> Iterator[WebServer]:
    """nginx, in front of nothing."""
    folder = Path(tempfile.mkdtemp(prefix="fanal-nginx-"))
    try:
        with web_server(folder, Ports(*free_ports(4))) as web:
            yield web
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def raw(web: WebServer, *lines: str) -> tuple[HTTPResponse, str]:
    """The answer to a request that no browser would write. nginx may be gone before it has read the whole of it."""
    for _try in range(10):
        with suppress(OSError):
            return _raw(web, lines)
    raise AssertionError("nginx gave no answer")


def _raw(web: WebServer, lines: tuple[str, ...]) -> tuple[HTTPResponse, str]:
    with web.connect() as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        response = HTTPResponse(connection)
        response.begin()
        return response, response.read().decode()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_of_nginx_stands_alone_and_is_french(path: Path) -> None:
    page = path.read_text(encoding="utf-8")

    assert '<html lang="fr">' in page
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|https?:", page), "it needs something that may be away"
    assert all(address.startswith("/") for address in re.findall(r'href="([^"]*)"', page))
    assert "'" not in re.sub(r"<[^>]*>", "", page), "an apostrophe is a ’"
    assert not re.search(
        r"[^\u00a0]:(?!\s*[^;{}]*[;}])|[^\u202f][!?;](?![^<]*})", re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "", page)
    )


@pytest.mark.parametrize("path", sorted((ROOT / "deploy" / "pages").glob("*.json")), ids=lambda path: path.stem)
def test_what_a_script_gets_says_as_much_as_the_page_beside_it(path: Path) -> None:
    said = json.loads(path.read_text(encoding="utf-8"))

    assert path.with_suffix(".html").exists()
    assert said["message"] == said["files"][0]["message"]
    assert said["files"][0]["state"] == "failed"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", AWAY),
        ("/politique/un-texte-12/", AWAY),
        ("/flux/", AWAY),
        ("/lu/12/", AWAY),
        ("/redaction/", DESK_AWAY),
        ("/redaction/newsroom/story/12/change/", DESK_AWAY),
        ("/redaction/relecture/x/", AWAY),
    ],
)
def test_when_nobody_is_behind_nginx_a_page_says_when_to_come_back(
    alone: WebServer, path: str, words: str, method: str
) -> None:
    answer, page = alone.ask(path, method)

    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "20", "no-store")
    assert words in page.decode() or method == "HEAD"
    assert not ITS_OWN_WORDS.search(page.decode())
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/redaction/sauvegarde/12/", "/redaction/newsroom/photo/upload/"])
def test_a_script_of_the_desk_gets_a_sentence_that_it_can_read(alone: WebServer, path: str) -> None:
    answer, said = alone.ask(path, "POST", b"a=1", Accept="application/json", Cookie="redaction=x")

    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/json")
    assert DESK_AWAY in json.loads(said)["message"]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET /media/rien.jpg HTTP/1.1", f"Host: {NAME}"], 404),
        (["GET /media/ HTTP/1.1", f"Host: {NAME}"], 403),
        (["GET /static/rien.css HTTP/1.1", f"Host: {NAME}"], 404),
        (["POST /static/rien.css HTTP/1.1", f"Host: {NAME}", "Content-Length: 0"], 404),
        (["GET /_pages/away.html HTTP/1.1", f"Host: {NAME}"], 404),
        (["GET /_pages/unlogged/away.html HTTP/1.1", f"Host: {NAME}"], 404),
        (["GET /_may_upload HTTP/1.1", f"Host: {NAME}"], 404),
        (["GET / HTTP/1.1"], 400),
        (["GET /%00 HTTP/1.1", f"Host: {NAME}"], 400),
        (["GET / HTTP/1.1", f"Host: {NAME}", f"Cookie: a={'x' * 40_000}"], 400),
        ([f"GET /{'x' * 40_000} HTTP/1.1", f"Host: {NAME}"], 414),
        (["TRACE / HTTP/1.1", f"Host: {NAME}"], 405),
        (["GARBAGE"], 400),
        (["GET / HTTP/1.1", f"Host: {NAME}", "Transfer-Encoding: x"], 501),
        (["POST / HTTP/1.1", f"Host: {NAME}", "Content-Length: 2000000"], 413),
        (["POST /redaction/ HTTP/1.1", f"Host: {NAME}", "Content-Length: 20000000"], 413),
        (["POST /redaction/newsroom/photo/add/ HTTP/1.1", f"Host: {NAME}", "Content-Length: 300000000"], 413),
    ],
)  # fmt: skip
def test_a_request_that_nginx_refuses_gets_a_french_page(alone: WebServer, lines: list[str], status: int) -> None:
    answer, page = raw(alone, *lines)

    assert answer.status == status
    assert '<html lang="fr">' in page
    assert not ITS_OWN_WORDS.search(page)
    assert answer.headers["Server"] == "nginx"


def test_a_browser_that_speaks_plain_http_to_the_secure_port_is_sent_on(alone: WebServer) -> None:
    with socket.create_connection(("127.0.0.1", alone.ports.secure)) as connection:
        connection.sendall(f"GET /a/12/ HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        response = HTTPResponse(connection)
        response.begin()

    assert response.headers["Location"] == f"https://{NAME}/a/12/"


@pytest.mark.parametrize(
    "lines",
    [
        ["GET / HTTP/1.1", f"Host: {NAME}"],
        ["POST /redaction/login/ HTTP/1.1", f"Host: {NAME}", "Content-Length: 3"],
        ["GET / HTTP/1.1"],
        ["GARBAGE"],
        ["TRACE / HTTP/1.1", f"Host: {NAME}"],
        [f"POST /redaction/relecture/{'x' * 90}/ HTTP/1.1", f"Host: {NAME}", "Content-Length: 90000000"],
    ],
)
def test_whatever_comes_over_plain_http_is_sent_to_https(alone: WebServer, lines: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", alone.ports.plain)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        response = HTTPResponse(connection)
        response.begin()

    assert response.status == 301
    assert response.headers["Location"].startswith(f"https://{NAME}")


@pytest.mark.parametrize("place", ["static", "media"])
def test_a_page_among_the_files_runs_nothing(alone: WebServer, place: str) -> None:
    (alone.folder / place / "page.html").write_text("<script>alert(1)</script>")

    answer, _page = alone.ask(f"/{place}/page.html")

    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# --- Review links -------------------------------------------------------------------------------------------------

KEY = "12:la-cle-de-personne"
WRITTEN = (
    f"/redaction/relecture/{KEY}/",
    f"/redaction/relecture/{KEY}/7/lead/",
    f"/redaction//relecture/{KEY}/",
    f"/redaction/%72electure/{KEY}/",
    f"/x/../redaction/relecture/{KEY}/?a=b",
)


def ask_plainly(web: WebServer, path: str) -> None:
    with socket.create_connection(("127.0.0.1", web.ports.plain)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == 301


def test_the_key_of_a_review_link_stands_in_no_log_of_nginx_when_the_desk_is_away(alone: WebServer) -> None:
    for path in WRITTEN:
        ask_plainly(alone, path)
        for method in ("GET", "POST", "DELETE"):
            assert alone.ask(path, method)[0].status == 503
        alone.ask("/static/rien.css", Referer=f"https://{NAME}{path}")
        raw(alone, f"POST {path} HTTP/1.1", f"Host: {NAME}", "Content-Length: 9000000")
        raw(alone, f"GET {path} HTTP/1.1", f"Host: {NAME}", f"Cookie: a={'x' * 40_000}")
    raw(alone, f"GET {WRITTEN[0]} HTTP/1.1")
    alone.ask("/redaction/the-control/")

    assert "the-control" in alone.error_log
    assert "the-control" in alone.access_log
    assert not [line for line in (alone.error_log + alone.access_log).splitlines() if "la-cle" in line]


def test_an_answer_of_nginx_lets_no_browser_name_a_review_link(alone: WebServer) -> None:
    assert alone.ask(WRITTEN[0])[0].headers["Referrer-Policy"] == "no-referrer"


def test_a_whole_office_signs_in_at_once_and_only_a_flood_is_told_to_wait(alone: WebServer) -> None:
    def status(method: str) -> int:
        return alone.ask("/redaction/login/", method, b"a=1" if method == "POST" else b"")[0].status

    assert {status("POST") for _colleague in range(50)} == {503}, "each came through to the desk, which is away"

    flood = [alone.ask("/redaction/login/", "POST", b"a=1") for _try in range(100)]
    refused = [(answer, page) for answer, page in flood if answer.status == 429]

    assert refused
    assert refused[-1][0].headers["Retry-After"] == "60"
    assert "Attendez une minute" in refused[-1][1].decode()
    assert {status("GET") for _look in range(30)} == {503}, "looking at the page is not counted"
