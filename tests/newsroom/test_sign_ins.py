"""What comes to the desk's door is recorded: a chief reads it, and so does the person whose login it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from newsroom.clock.beat import Clock
from newsroom.door import gates, record
from newsroom.models import Gate, SignIn
from tests.page_text import plain

from .desk import messages_of
from .knocking import AWAY, HOME, guess, knock

NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)  # nine o'clock in Casablanca

pytestmark = pytest.mark.django_db


def test_sixty_wrong_passwords_are_one_line_that_a_chief_reads(chief: User, editor: User) -> None:
    guess(editor.username, 60)
    desk = Client()
    desk.force_login(chief)

    page = desk.get(f"/redaction/auth/user/{editor.pk}/change/").content.decode()
    accounts = desk.get("/redaction/auth/user/").content.decode()

    row = SignIn.of(editor).get()
    assert (row.network, row.refused, row.admitted) == (AWAY, 60, 0)
    assert AWAY in page
    assert "<strong>60</strong>" in page
    assert ">60</td>" in accounts


def test_tries_for_names_that_nobody_has_are_counted_for_a_chief_and_the_names_are_not_kept(chief: User) -> None:
    for number in range(60):
        knock(f"mot-de-passe-{number}", "faux")
    desk = Client()
    desk.force_login(chief)

    accounts = desk.get("/redaction/auth/user/").content.decode()

    assert "60 essais" in accounts
    assert (SignIn.objects.get().account, SignIn.objects.get().refused) == (SignIn.NOBODY, 60)


def test_whoever_signs_in_is_told_once_what_others_tried_with_their_login(editor: User, password: str) -> None:
    with time_machine.travel(NINE, tick=False):
        knock(editor.username, password, HOME)
    with time_machine.travel(NINE + timedelta(hours=2), tick=False):
        guess(editor.username, 60, AWAY)

    def enter() -> list[str]:
        browser = Client()
        with time_machine.travel(NINE + timedelta(hours=3), tick=False):
            knock(editor.username, password, HOME, browser)
            return messages_of(browser.get("/redaction/"))

    [told] = enter()
    assert "60 essais" in told
    assert "mardi 1er décembre, 9 h 00" in plain(told)
    assert enter() == []


def test_ones_own_slip_of_the_finger_is_not_worth_a_word(editor: User, password: str) -> None:
    browser = Client()
    guess(editor.username, 2, HOME)
    knock(editor.username, password, HOME, browser)

    assert messages_of(browser.get("/redaction/")) == []


def test_ones_account_lists_where_ones_login_was_used(editor: User, password: str) -> None:
    browser = Client()
    knock(editor.username, password, HOME, browser)
    knock("chef", "faux", AWAY)

    page = browser.get("/redaction/mon-compte/").content.decode()

    assert HOME in page
    assert AWAY not in page, "what was tried with another login"


# --- Forgotten ----------------------------------------------------------------------------------------------------


def test_the_clock_erases_sign_ins_after_ninety_days_and_gates_after_a_quiet_hour(chief: User) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        guess("chef", 8)
        Clock().beat()
        assert (SignIn.objects.count(), Gate.objects.count()) == (1, 3)

        clock.shift(timedelta(hours=1, seconds=1))
        Clock().beat()
        assert (SignIn.objects.count(), Gate.objects.count()) == (1, 0)

        clock.shift(timedelta(days=90))
        Clock().beat()
        assert SignIn.objects.count() == 1

        clock.shift(timedelta(days=1))
        Clock().beat()
        assert SignIn.objects.count() == 0


def test_very_many_rows_are_erased_a_part_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_FORGOTTEN", 10)
    monkeypatch.setattr(gates, "MOST_FORGOTTEN", 10)
    old = NINE - timedelta(days=200)
    SignIn.objects.bulk_create(
        SignIn(account=number, network=AWAY, day=old.date(), first_at=old, last_at=old) for number in range(25)
    )
    Gate.objects.bulk_create(Gate(key=f"pair:{number:04}", tried_at=old, opens_at=old) for number in range(25))

    assert [record.forget_old(NINE) for _beat in range(4)] == [10, 10, 5, 0]
    assert [gates.forget_quiet(NINE) for _beat in range(4)] == [10, 10, 5, 0]
