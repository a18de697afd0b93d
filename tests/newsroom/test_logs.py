"""No log holds the token of a review link, even after an error on its page; a refused request is one line."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from newsroom.models import Story
from newsroom.review import share_links

pytestmark = pytest.mark.django_db


class Lost(Exception):  # noqa: N818 (psycopg's own are called by their number)
    sqlstate: str | None


def _lost(state: str | None) -> Exception:
    """An exception of psycopg, whose `sqlstate` is None when no server answered."""
    lost = Lost()
    lost.sqlstate = state
    return lost


@pytest.fixture
def token(journalist: User, sub_editor: User, make_story: Callable[..., Story]) -> str:
    story = make_story(by=journalist)
    return share_links.token_of(
        share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=2), by=sub_editor)
    )


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """The logged lines, as the console prints them and as the journal of a service does."""
    (console,) = (handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    return lambda: "\n".join(console.format(record) for record in caplog.records)


def test_a_refused_answer_and_a_missing_picture_are_logged_without_the_key(
    token: str, caplog: pytest.LogCaptureFixture, written: Callable[[], str]
) -> None:
    guest, address = Client(), reverse("admin:shared", args=[token])

    assert guest.post(address, {"verdict": ""}).status_code == 400
    assert guest.get(f"{address}7/lead/").status_code == 404
    assert guest.delete(address).status_code == 405

    assert caplog.text.count(token) == 3, "the control: Django names the address"
    assert token not in written()
    assert written().count("/redaction/relecture/[key]/") == 3


def test_an_exception_on_the_page_of_a_review_link_is_logged_without_the_key(
    token: str, caplog: pytest.LogCaptureFixture, written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("admin:shared", args=[token])

    def fail(*_args: object) -> None:
        raise RuntimeError(address)

    monkeypatch.setattr(share_links, "record_opening", fail)

    assert Client(raise_request_exception=False).get(address).status_code == 500

    assert "RuntimeError: /redaction/relecture/[key]/" in written()
    assert token in caplog.text
    assert token not in written()


# --- One line each ------------------------------------------------------------------------------------------------


def lines_of(written: Callable[[], str], caplog: pytest.LogCaptureFixture, ask: Callable[[], Any]) -> list[str]:
    caplog.clear()
    ask()
    return written().splitlines()


def test_each_refused_request_is_one_line_of_the_log(
    journalist: User, story: Story, caplog: pytest.LogCaptureFixture, written: Callable[[], str]
) -> None:
    desk, stranger = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    desk.force_login(journalist)
    page = f"/redaction/newsroom/story/{story.pk}/change/"
    refused: dict[int, list[Callable[[], Any]]] = {
        400: [
            lambda: desk.get("/redaction/", HTTP_HOST="elsewhere.example"),
            lambda: desk.post(page, {f"f{number}": "x" for number in range(1500)}),
            lambda: desk.post(page, b"--x", content_type="multipart/form-data; boundary="),
            lambda: desk.post(page, b"a" * (10 * 1024 * 1024 + 1), content_type="application/x-www-form-urlencoded"),
        ],
        403: [
            lambda: desk.get("/redaction/auth/user/add/"),
            lambda: stranger.post("/redaction/login/", {"username": "x"}),
        ],
        404: [lambda: desk.get("/redaction/rien/"), lambda: desk.get("/rien/du/tout/")],
        405: [lambda: desk.delete("/"), lambda: desk.get("/redaction/sauvegarde/")],
    }

    wrong = {
        (status, place): lines
        for status, requests in refused.items()
        for place, ask in enumerate(requests)
        if len(lines := lines_of(written, caplog, ask)) != 1
    }

    assert not wrong


@pytest.mark.parametrize("state", [None, "57P01", "08006", "53300"])
def test_a_request_that_finds_no_database_is_one_line_that_says_why(state: str | None) -> None:
    formatter = next(handler.formatter for handler in logging.getLogger().handlers if handler.get_name() == "console")
    assert formatter
    try:
        try:
            raise _lost(state)
        except Exception as lost:
            raise OperationalError("the connection is lost\nand more") from lost
    except OperationalError as fault:
        info = (type(fault), fault, fault.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Error: %s", ("/",), info)

    line = formatter.format(record)

    assert line.endswith("Error: / (the connection is lost)")
    assert record.exc_info == info, "what others get is whole"


@pytest.mark.parametrize("fault", [_lost("40P01"), ValueError("a defect")])
def test_a_deadlock_and_a_defect_keep_their_traceback(fault: Exception) -> None:
    formatter = next(handler.formatter for handler in logging.getLogger().handlers if handler.get_name() == "console")
    assert formatter
    try:
        try:
            raise fault
        except Exception as cause:
            raise OperationalError("deadlock detected") from cause
    except OperationalError as raised:
        info = (type(raised), raised, raised.__traceback__)

    assert "Traceback" in formatter.format(logging.LogRecord("x", logging.ERROR, "", 1, "x", (), info))


def test_only_the_console_handler_writes_the_log_of_django() -> None:
    for name in ("django", "django.request", "django.security", "django.server", "newsroom", "articles"):
        logger = logging.getLogger(name)
        assert logger.propagate
        assert not logger.handlers
