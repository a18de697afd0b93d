"""A database that is away: the page gives the typed text back."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import Error, InterfaceError, OperationalError
from django.test import Client

from newsroom.models import Story
from tests.outage import database_away

from .autosaves import THE_TEXT, keeping
from .story_post import address, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(writing: Client) -> Client:
    """A client that gets the page of a server error, as a browser does, instead of the exception."""
    writing.raise_request_exception = False
    return writing


def test_a_save_while_the_database_is_away_gives_the_text_back(patient: Client, story: Story) -> None:
    posted = typed(story, body=THE_TEXT, headline="Gardé <b>")
    with database_away():
        answer = patient.post(address(story), posted)

    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "no-store" in answer["Cache-Control"]
    assert "default-src" in answer["Content-Security-Policy"]
    assert page.count("Trois heures de travail") == 2  # to read, and to send again
    assert "Gardé &lt;b&gt;" in page


def test_a_text_given_back_is_saved_when_it_is_sent_again(patient: Client, story: Story) -> None:
    posted = typed(story, body=THE_TEXT)
    with database_away():
        assert patient.post(address(story), posted).status_code == 503

    assert patient.post(address(story), posted).status_code == 302

    story.refresh_from_db()
    assert story.body == THE_TEXT


def test_a_text_given_back_is_sent_again_with_its_csrf_token(journalist: User, story: Story) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(journalist)
    token = browser.get("/redaction/sauvegarde/session/").json()["token"]
    posted = typed(story, body=THE_TEXT, csrfmiddlewaretoken=token)
    with database_away():
        answer = browser.post(address(story), posted)

    again = {name: value for name, value in answer.context["fields_to_send_again"] if name != "topics"}

    assert browser.post(address(story), again).status_code == 302
    story.refresh_from_db()
    assert story.body == THE_TEXT


def test_the_page_of_an_outage_does_not_give_a_password_back(client: Client, journalist: User) -> None:
    client.raise_request_exception = False
    with database_away():
        answer = client.post("/redaction/login/", {"username": "journaliste", "password": "tres-secret-77"})

    assert answer.status_code == 503
    assert "tres-secret-77" not in answer.content.decode()


def test_autosave_and_pages_answer_503_while_the_database_is_away(patient: Client, story: Story) -> None:
    posted = typed(story, headline="x", page=str(uuid4()))
    with database_away():
        kept = patient.post(keeping(story), posted)
        shown = patient.get(address(story))

    assert (kept.status_code, shown.status_code) == (503, 503)


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_of_the_desk_is_answered_in_json_while_the_database_is_away(
    patient: Client, story: Story, method: str, fault: type[Error]
) -> None:
    with database_away(fault):
        answer = getattr(patient, method)(address(story), HTTP_ACCEPT="application/json")

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "20", "no-store")
    assert "ne répond pas" in answer.json()["message"]


def test_a_script_of_the_desk_is_answered_in_json_after_a_defect(
    patient: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.stories.saving.record_text", lambda *_arguments, **_named: 1 / 0)

    answer = patient.post(address(story), typed(story, body=THE_TEXT), HTTP_ACCEPT="application/json")

    assert answer.status_code == 500
    assert "consignée" in answer.json()["message"]


def test_an_exception_of_the_program_gives_the_text_back_too(
    patient: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("newsroom.stories.saving.record_text", fail)

    answer = patient.post(address(story), typed(story, body=THE_TEXT))

    assert answer.status_code == 500
    assert "Trois heures de travail" in answer.content.decode()
