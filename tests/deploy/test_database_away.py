"""A PostgreSQL that is away, seen from outside: readers and staff are told in French to come back, in 503."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import Newspaper
from .processes import production, running
from .web_server import Ports, WebServer, free_ports, web_server

KEY = "12:la-cle-de-personne"


@dataclass(frozen=True)
class WithoutDatabase:
    web: WebServer
    folder: Path

    def lines_of(self, process: str) -> list[str]:
        """What a process wrote since it listens."""
        lines = (self.folder / f"{process}.log").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if "django.request" in line or line.startswith((" ", "Traceback"))]


@pytest.fixture(scope="module")
def away(newspaper: Newspaper) -> Iterator[WithoutDatabase]:
    """The same newspaper, whose processes find no PostgreSQL: nobody listens on the port that they are given."""
    folder = Path(tempfile.mkdtemp(prefix="fanal-away-"))
    plain, secure, readers, desk, nobody = free_ports(5)
    ports = Ports(plain, secure, readers, desk)
    try:
        with ExitStack() as opened:
            for process, port in (("desk", desk), ("reader", readers)):
                environment = production(folder, f"postgresql://newsroom@127.0.0.1:{nobody}/newsroom", process=process)
                environment["NEWSROOM_STATIC"] = str(newspaper.folder / "static")
                opened.enter_context(running(process, port, environment, folder / f"{process}.log"))
            yield WithoutDatabase(opened.enter_context(web_server(folder, ports)), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Le site ne répond pas"),
        ("/politique/un-texte-12/", "Le site ne répond pas"),
        ("/flux/", "Le site ne répond pas"),
        ("/sitemap.xml", "Le site ne répond pas"),
        ("/sante/", "Le site ne répond pas"),
        ("/redaction/newsroom/story/", "Le bureau ne répond pas"),
    ],
)
def test_a_page_that_is_not_stored_answers_503_and_when_to_come_back(
    away: WithoutDatabase, path: str, words: str
) -> None:
    answer, page = away.web.ask(path, Cookie="redaction=abcdefghijklmnop")

    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "20", "no-store")
    assert words in page.decode()


def test_a_script_of_the_desk_is_answered_in_json(away: WithoutDatabase) -> None:
    answer, said = away.web.ask("/redaction/horloge/", Accept="application/json", Cookie="redaction=abcdefghijklmnop")

    assert answer.status == 503
    assert "ne répond pas" in json.loads(said)["message"]


def test_each_request_that_finds_no_database_is_one_line_of_the_log(away: WithoutDatabase) -> None:
    before = len(away.lines_of("reader"))
    for number in range(5):
        away.web.ask(f"/politique/un-texte-{number}/")

    assert len(away.lines_of("reader")) - before == 5


def test_the_key_of_a_review_link_stands_in_no_log(away: WithoutDatabase) -> None:
    for method in ("GET", "POST", "DELETE"):
        away.web.ask(f"/redaction/relecture/{KEY}/", method)

    assert away.lines_of("desk")
    assert "la-cle" not in (away.folder / "desk.log").read_text(encoding="utf-8")
    assert "la-cle" not in away.web.error_log + away.web.access_log
