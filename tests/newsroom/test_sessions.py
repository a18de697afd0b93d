"""A session at the desk ends after thirty minutes in which nobody did anything, and after twelve hours at most.

The hours are moved by the test.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.accounts import end_sessions
from newsroom.clock.beat import Clock
from newsroom.door import sessions
from newsroom.models import Story

from .autosaves import keeping
from .desk import at_the_desk
from .story_post import typed

HOME = "/redaction/"
NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def enter(login: User, password: str, browser: Client | None = None) -> Client:
    browser = browser or Client()
    answer = browser.post("/redaction/login/", {"username": login.username, "password": password})
    assert answer.status_code == 302
    return browser


def is_open(browser: Client) -> bool:
    return browser.get(HOME).status_code == 200


def test_a_session_ends_after_thirty_minutes_without_a_request(
    journalist: User, password: str, clock: time_machine.Traveller
) -> None:
    browser = enter(journalist, password)
    clock.shift(timedelta(minutes=29))
    assert is_open(browser)
    clock.shift(timedelta(minutes=29))
    assert is_open(browser)

    clock.shift(timedelta(minutes=30, seconds=1))

    assert not is_open(browser)


def test_a_session_ends_after_twelve_hours_however_busy(
    journalist: User, password: str, clock: time_machine.Traveller
) -> None:
    browser = enter(journalist, password)
    for _quarter in range(47):
        clock.shift(timedelta(minutes=15))
        assert is_open(browser)
    clock.shift(timedelta(minutes=14))
    assert is_open(browser)

    clock.shift(timedelta(minutes=1, seconds=1))

    assert not is_open(browser)


def test_signing_in_again_begins_twelve_hours_again(
    journalist: User, password: str, clock: time_machine.Traveller
) -> None:
    browser = enter(journalist, password)
    for _quarter in range(46):
        clock.shift(timedelta(minutes=15))
        assert is_open(browser)
    enter(journalist, password, browser)
    for _quarter in range(4):
        clock.shift(timedelta(minutes=15))
        assert is_open(browser)


def test_a_page_that_is_left_open_keeps_no_session_open(
    journalist: User, story: Story, password: str, clock: time_machine.Traveller
) -> None:
    """The page asks by itself who is there, how the clock is and whose session it is."""
    browser, page = enter(journalist, password), str(uuid4())
    assert is_open(browser)
    for _minute in range(29):
        clock.shift(timedelta(minutes=1))
        assert browser.post(f"/redaction/presence/{story.pk}/", {"page": page, "field": ""}).status_code == 200
        assert browser.get("/redaction/horloge/").status_code == 200
        assert browser.get("/redaction/sauvegarde/session/").status_code == 200

    clock.shift(timedelta(minutes=1, seconds=1))

    assert browser.post(f"/redaction/presence/{story.pk}/", {"page": page}).status_code in (302, 403)
    assert not is_open(browser)


def test_typing_keeps_a_session_open(
    journalist: User, story: Story, password: str, clock: time_machine.Traveller
) -> None:
    browser, page = enter(journalist, password), str(uuid4())
    for minute in range(60):
        clock.shift(timedelta(minutes=1))
        answer = browser.post(keeping(story), typed(story, body=f"<p>Ligne {minute}.</p>", page=page))
        assert answer.json()["kept"] is True

    assert is_open(browser)


def test_a_message_written_to_an_idle_session_does_not_renew_it(
    journalist: User, password: str, clock: time_machine.Traveller
) -> None:
    browser = enter(journalist, password)
    clock.shift(timedelta(minutes=29))
    stored = browser.session
    stored["word"] = "kept"
    stored.save()
    clock.shift(timedelta(minutes=1, seconds=1))

    assert not is_open(browser)


def test_being_used_writes_the_session_twice_a_minute_at_most(
    journalist: User, password: str, clock: time_machine.Traveller
) -> None:
    browser = enter(journalist, password)
    with CaptureQueriesContext(connection) as queries:
        for _second in range(60):
            clock.shift(timedelta(seconds=1))
            browser.get("/redaction/sujets-inconnus/")

    assert sum("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in queries) == 2


def test_the_cookie_of_a_session_ends_with_it(journalist: User, password: str, clock: time_machine.Traveller) -> None:
    browser = enter(journalist, password)
    assert browser.cookies["redaction"]["max-age"] == 1800
    for _quarter in range(47):
        clock.shift(timedelta(minutes=15))
        assert is_open(browser)

    assert browser.cookies["redaction"]["max-age"] == 900


def test_closing_an_account_ends_its_sessions_and_no_others(journalist: User, editor: User) -> None:
    theirs, others = at_the_desk(journalist), at_the_desk(editor)
    assert is_open(theirs)

    end_sessions(journalist)

    assert not is_open(theirs)
    assert is_open(others)


def test_a_session_of_before_this_rule_gets_its_thirty_minutes(journalist: User, clock: time_machine.Traveller) -> None:
    browser = at_the_desk(journalist)
    old = browser.session
    del old["entered_at"], old["used_at"]
    Session.objects.update(session_data=old.encode(dict(old.items())))
    assert is_open(browser)

    clock.shift(timedelta(minutes=30, seconds=1))

    assert not is_open(browser)


def test_the_clock_erases_sessions_that_are_over_a_part_at_a_time(
    journalist: User, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_FORGOTTEN", 10)
    for number in range(25):
        Session.objects.create(session_key=f"{number:032}", session_data="", expire_date=NINE)
    browser = at_the_desk(journalist)
    clock.shift(timedelta(minutes=1))

    Clock().beat()
    assert Session.objects.count() == 16
    Clock().beat()
    Clock().beat()

    assert Session.objects.count() == 1
    assert is_open(browser)


def test_every_address_that_a_page_asks_by_itself_exists() -> None:
    names = {getattr(url, "name", "") for url in admin.site.get_urls()}

    assert names >= sessions.ASKED_BY_THE_PAGE
