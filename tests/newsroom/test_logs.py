"""No log holds the token of a review link, even after an error on its page."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from newsroom.models import Story
from newsroom.review import share_links

pytestmark = pytest.mark.django_db


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


def test_only_the_console_handler_writes_the_log_of_django() -> None:
    for name in ("django", "django.request", "django.security", "django.server", "newsroom", "articles"):
        logger = logging.getLogger(name)
        assert logger.propagate
        assert not logger.handlers
