"""README's "In production", from its first line to its last: installed, used, backed up, lost, restored."""

import re
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import cluster_that_crashes

from .browsing import sign_in
from .machine import Machine, groups_of, know_users_by_name, make_machine, steps
from .web_server import ROOT, Ports, WebServer, free_ports

README = (ROOT / "README.md").read_text(encoding="utf-8")
PASSWORD = "une-phrase-assez-longue-7"
FIRST_ARTICLE = (ROOT / "tests" / "deploy" / "first_article.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="fanal-machine-"))
    folder.chmod(0o711)
    try:
        with cluster_that_crashes(superuser="postgres") as cluster:
            machine = make_machine(folder, cluster.folder, Ports(*free_ports(4)))
            know_users_by_name(cluster.folder / "data", machine)
            cluster.crash()  # so that it reads who may come in
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_readme_puts_a_newspaper_into_production_and_brings_it_back(machine: Machine) -> None:
    for commands in steps(README, under="## In production", until="### To back up"):
        machine.run(commands, typed=f"{PASSWORD}\n" if "as-desk staff" in commands else "")
    assert "enable --now newsroom-reader newsroom-desk newsroom-clock" in called(machine)

    back_up, restore = steps(README, under="### To back up", until="### Without PostgreSQL")
    with machine.started(), machine.web() as web:
        said = machine.run(f"deploy/as-desk shell -v0 -c {shlex.quote(FIRST_ARTICLE)}")
        article, guests_page = said.split()[-2:]
        works(web, article, guests_page)
        nobody_reads_what_is_not_theirs(machine)
        the_clock_ends_what_readers_hold(machine)
        pictures = published_pictures(machine)
        machine.run(back_up)

    lose_everything(machine)
    machine.run(restore)

    assert pictures
    assert published_pictures(machine) == pictures
    with machine.started(), machine.web() as web:
        works(web, article, guests_page)
        nobody_reads_what_is_not_theirs(machine)


def called(machine: Machine) -> str:
    """What systemd was asked."""
    return (machine.folder / "systemctl.log").read_text(encoding="utf-8")


def published_pictures(machine: Machine) -> list[str]:
    return sorted(path.name for path in (machine.folder / "var/lib/newsroom/media").rglob("*.*"))


def works(web: WebServer, article: str, guests_page: str) -> None:
    """A reader reads, with pictures and colours; a guest opens a review link; the first account signs in."""
    for path in ("/", "/sante/", "/redaction/login/", article, guests_page):
        answer, _page = web.ask(path)
        assert answer.status == 200, f"{path}: {answer.status}"
    page = web.ask(article)[1].decode()
    beside = re.findall(r'(?:src|href)="(/(?:static|media)/[^"]+)"', page)
    assert any(path.startswith("/media/") for path in beside)
    assert {path: web.ask(path)[0].status for path in beside} == dict.fromkeys(beside, 200)
    session = sign_in(web, "your.name", PASSWORD)
    assert "bat" in session.ask("/redaction/")[1].decode()


def nobody_reads_what_is_not_theirs(machine: Machine) -> None:
    etc, private = machine.folder / "etc" / "newsroom", machine.folder / "var/lib/newsroom/private"
    for name, user in (("desk", "newsroom"), ("reader", "newsroom_reader")):
        path = etc / f"{name}.env"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert groups_of(path) == machine.users[user]
        assert re.search(r"^NEWSROOM_SECRET_KEY=[0-9a-f]{80}$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    if len(set(machine.users.values())) == 1:
        return  # without root there is one user, who may read what is theirs
    for refused in (f"cat {etc}/desk.env", f"ls {private}", "psql -U newsroom -d newsroom -c 'SELECT 1'"):
        assert as_reader(machine, refused) != 0, refused
    assert as_reader(machine, "psql -U newsroom_reader -d newsroom -c 'SELECT * FROM newsroom_story'") != 0
    assert as_reader(machine, "psql -U newsroom_reader -d newsroom -c 'SELECT headline FROM articles_article'") == 0


def the_clock_ends_what_readers_hold(machine: Machine) -> None:
    """The owner of the database, who is no superuser, may end the sessions of the readers' role."""
    sleeping = [
        "psql",
        "-U",
        "newsroom_reader",
        "-d",
        "newsroom",
        "-c",
        "SET statement_timeout = 0",
        "-c",
        "SELECT pg_sleep(600)",
    ]
    environment = {"PATH": "/usr/bin:/bin", "PGHOST": str(machine.sockets)}
    process = subprocess.Popen(
        sleeping, env=environment, stderr=subprocess.DEVNULL, **machine.account("newsroom_reader")
    )  # type: ignore[call-overload]
    end = "from datetime import timedelta; from newsroom.clock.overlong import end_overlong; end_overlong(timedelta(0))"
    while process.poll() is None:
        machine.run(f"deploy/as-desk shell -v0 -c {shlex.quote(end)}")
    assert process.returncode != 0


def as_reader(machine: Machine, command: str) -> int:
    """How a command ends for the user of the readers' process."""
    environment = {"PATH": "/usr/bin:/bin", "PGHOST": str(machine.sockets)}
    account = machine.account("newsroom_reader")
    return subprocess.run(shlex.split(command), env=environment, capture_output=True, check=False, **account).returncode  # type: ignore[call-overload, no-any-return]


def lose_everything(machine: Machine) -> None:
    """A new machine, on which steps 1 to 5 were done: other keys, no original, an empty newspaper."""
    for name in ("private", "media"):
        shutil.rmtree(machine.folder / "var" / "lib" / "newsroom" / name)
    machine.run("install -m 640 -g newsroom deploy/desk.env /etc/newsroom/desk.env")
    machine.run("runuser -u postgres -- dropdb newsroom\nrunuser -u postgres -- createdb --owner newsroom newsroom")
