"""deploy/as-desk: manage.py as the desk runs it, with the environment that systemd would read from the same file."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from .web_server import ROOT, substituted

ENVIRONMENT = """# a comment
NEWSROOM_HOSTS=news.example www.news.example
NEWSPAPER_NAME="Le Fanal"
NEWSPAPER_ABOUT='Sans publicité $ciblée, `sans` traceur.'
NEWSPAPER_TAGLINE=
NEWSROOM_PROCESS=all
DATABASE_URL=postgresql://newsroom@%2Frun/newsroom?a=b
NEWSROOM_MAIL_FROM=redaction@news.example"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The shipped script with this user and this folder, before a Python that prints what it is given."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    places = {"/etc/newsroom/": f"{tmp_path}/", '" = newsroom ]': f'" = {me} ]'}
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "as-desk"
    shipped = ROOT / "deploy" / "as-desk"
    script.write_text(substituted(shipped.read_text(encoding="utf-8"), places), encoding="utf-8")
    shutil.copymode(shipped, script)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\npwd; echo "$@"; env -0 | tr "\\0" "\\n"\n', encoding="utf-8")
    python.chmod(0o755)
    return script


def test_the_desks_environment_reaches_manage_py_word_for_word(installed: Path) -> None:
    folder = installed.parent.parent
    (folder / "desk.env").write_text(ENVIRONMENT, encoding="utf-8")

    done = subprocess.run([installed, "staff", "a name"], cwd="/", capture_output=True, text=True, check=True)

    place, arguments, *lines = done.stdout.splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line)
    assert (place, arguments) == (str(folder), "manage.py staff a name")
    assert given["NEWSROOM_HOSTS"] == "news.example www.news.example"
    assert given["NEWSPAPER_NAME"] == "Le Fanal"
    assert given["NEWSPAPER_ABOUT"] == "Sans publicité $ciblée, `sans` traceur."
    assert given["NEWSPAPER_TAGLINE"] == ""
    assert given["NEWSROOM_PROCESS"] == "desk"
    assert given["DATABASE_URL"] == "postgresql://newsroom@%2Frun/newsroom?a=b"
    assert given["NEWSROOM_MAIL_FROM"] == "redaction@news.example", "the last line needs no end"


def test_whoever_may_not_read_the_environment_is_told_whom_to_be(installed: Path) -> None:
    done = subprocess.run([installed, "migrate"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "run this as root or as the user newsroom" in done.stderr
