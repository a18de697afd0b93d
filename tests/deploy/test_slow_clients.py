"""A client that sends its body drop by drop takes a connection of nginx, and no thread of the desk."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse

import pytest

from .browsing import LOGIN
from .conftest import Newspaper
from .web_server import NAME, WebServer

SLOW = 30  # more than the desk's two workers of four threads
ANNOUNCED = 5_000_000  # bytes, of which three come
FORM = "Content-Type: application/x-www-form-urlencoded"  # which the desk reads before it refuses it
UPLOAD = "/redaction/newsroom/photo/upload/"


def begin(web: WebServer, path: str, *headers: str, announced: int = ANNOUNCED) -> ssl.SSLSocket:
    """A POST whose body has only begun."""
    connection = web.connect()
    lines = [f"POST {path} HTTP/1.1", f"Host: {NAME}", f"Content-Length: {announced}", FORM, *headers]
    connection.sendall("\r\n".join([*lines, "", "a=1"]).encode())
    return connection


@contextmanager
def slow_posts(web: WebServer, path: str, number: int, *headers: str) -> Iterator[list[ssl.SSLSocket]]:
    with ExitStack() as opened:
        yield [opened.enter_context(begin(web, path, *headers)) for _place in range(number)]


def answers(newspaper: Newspaper, number: int = 10) -> list[int]:
    """The statuses of so many requests for the sign-in page."""
    return [newspaper.web.ask(LOGIN)[0].status for _request in range(number)]


def test_the_desk_answers_while_thirty_posts_trickle_in(newspaper: Newspaper) -> None:
    with slow_posts(newspaper.web, "/redaction/newsroom/story/add/", SLOW):
        assert answers(newspaper) == [200] * 10


def test_the_desk_answers_while_slow_uploads_show_a_cookie_that_opens_nothing(newspaper: Newspaper) -> None:
    with slow_posts(newspaper.web, UPLOAD, SLOW, "Cookie: redaction=forged"):
        assert answers(newspaper) == [200] * 10


def test_a_network_that_sends_too_much_at_once_is_told_so_and_may_still_read(newspaper: Newspaper) -> None:
    with slow_posts(newspaper.web, "/redaction/sauvegarde/", 60):
        refused, page = newspaper.web.ask("/redaction/sauvegarde/", "POST", b"a=1")
        script, said = newspaper.web.ask("/redaction/sauvegarde/", "POST", b"a=1", Accept="application/json")

        assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
        assert "Trop d’envois à la fois" in page.decode()
        assert "Celui-ci n’a pas été reçu" in json.loads(said)["message"]
        assert script.headers["Content-Type"] == "application/json"
        assert answers(newspaper) == [200] * 10


@pytest.mark.parametrize("framing", ["Content-Length: 209000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("cookie", ["Accept: */*", "Cookie: redaction=", "Cookie: redaction=forged"])
@pytest.mark.parametrize("path", [UPLOAD, "/redaction/newsroom/photo/add/"])
def test_an_upload_without_a_session_is_refused_before_its_body_comes(
    newspaper: Newspaper, path: str, cookie: str, framing: str
) -> None:
    with newspaper.web.connect() as connection:
        connection.sendall("\r\n".join([f"POST {path} HTTP/1.1", f"Host: {NAME}", framing, cookie, "", ""]).encode())
        response = HTTPResponse(connection, method="POST")
        response.begin()

        assert response.status == 403
        assert "Votre session est terminée" in response.read().decode()


def test_a_signed_in_photo_editor_sends_more_than_a_text_takes(newspaper: Newspaper) -> None:
    answer, said = newspaper.session.send_file(UPLOAD, bytes(12_000_000), Accept="application/json")

    assert answer.status == 200, said
    assert json.loads(said)["files"][0]["state"] == "failed", "no picture, but received to its last byte"


def test_the_form_of_a_photo_is_the_desks_own_to_refuse(newspaper: Newspaper) -> None:
    answer, _page = newspaper.web.ask("/redaction/newsroom/photo/add/")

    assert (answer.status, answer.headers["Location"]) == (302, f"{LOGIN}?next=/redaction/newsroom/photo/add/")


@pytest.mark.parametrize(
    ("path", "allowed"), [("/", 1_000), ("/lu/1/", 1_000), (LOGIN, 10_000_000), ("/redaction/relecture/x/", 1_000_000)]
)
def test_a_body_that_is_longer_than_an_address_takes_is_refused_by_its_announcement(
    newspaper: Newspaper, path: str, allowed: int
) -> None:
    with begin(newspaper.web, path, announced=2 * allowed) as connection:
        response = HTTPResponse(connection, method="POST")
        response.begin()

        assert response.status == 413
        assert 'lang="fr"' in response.read().decode()


def test_nginx_takes_the_shipped_file(newspaper: Newspaper) -> None:
    done = subprocess.run([*newspaper.web.command, "-t"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
