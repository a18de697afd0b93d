"""The outbox sends letters outside any transaction, for a bounded time, and after the death of a clock."""

import smtplib
import socket
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection, connections
from django.utils import timezone
from pytest_django import Settings

from newsroom import notifications
from newsroom.clock import Clock, outbox, pace
from newsroom.models import Dispatch, Fault, Hand

pytestmark = pytest.mark.django_db

LETTER = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}


def refuse_mail(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Make the mail server refuse every letter with `answer`."""

    def refuse(_letter: EmailMessage) -> int:
        raise OSError(answer)

    monkeypatch.setattr(EmailMessage, "send", refuse)


def test_a_slow_mail_server_does_not_hold_the_clock_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        Dispatch.objects.create(kind="mail", key=f"letter-{number}", payload=LETTER, due_at=timezone.now())
    now = [0.0]

    def take_a_while(*_letter: object) -> None:
        now[0] += pace.PATIENCE / 2 - 0.1

    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(outbox, "send_mail", take_a_while)

    assert outbox.send_letters() == 3
    assert Dispatch.objects.filter(done_at=None).count() == 7


def test_a_letter_whose_clock_died_is_sent_by_another_once_its_claim_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())

    def die(*_letter: object) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(outbox, "send_mail", die)
        with pytest.raises(SystemExit):
            outbox.send_letters()
    assert outbox.send_letters() == 0
    with time_machine.travel(timezone.now() + outbox.LEASE, tick=False):
        assert outbox.send_letters() == 1
    assert len(mail.outbox) == 1


def test_a_letter_is_sent_outside_any_transaction(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())
    within = []
    monkeypatch.setattr(outbox, "send_mail", lambda *_letter: within.append(connection.in_atomic_block))

    outbox.send_letters()

    assert within == [False]


# --- What cannot be delivered -------------------------------------------------------------------------------------


def test_a_letter_that_fails_is_tried_again_later_and_later_but_within_the_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server may be away for a night: it must not be asked every two seconds, nor be forgotten for days."""
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())
    refuse_mail(monkeypatch, "421 Too many connections")
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as machine:
        for _try in range(10):
            assert outbox.send_letters() == 0
            due = Dispatch.objects.get().due_at
            waits.append((due - timezone.now()).total_seconds())
            machine.move_to(due)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert Dispatch.objects.get().attempts == 10


def test_what_has_failed_for_years_is_tried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest number of its column is no end: with one more, PostgreSQL would refuse every later try."""
    refuse_mail(monkeypatch, "Service away")
    letter = Dispatch.objects.create(kind="mail", key="l", payload=LETTER, due_at=timezone.now(), attempts=32_767)

    outbox.send_letters()

    letter.refresh_from_db()
    assert letter.failure
    assert letter.attempts == pace.MOST_COUNTED


def test_a_long_failure_of_a_letter_is_cut_and_cleared_once_it_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())
    with monkeypatch.context() as away:
        refuse_mail(away, "421 " + "Too many connections. " * 100)
        outbox.send_letters()
    failed = Dispatch.objects.get()
    assert failed.failure.startswith("421 Too many connections.")
    assert len(failed.failure) <= Dispatch._meta.get_field("failure").max_length

    with time_machine.travel(failed.due_at, tick=False):
        assert outbox.send_letters() == 1

    sent = Dispatch.objects.get()
    assert sent.done_at is not None
    assert sent.failure == ""
    assert [letter.to for letter in mail.outbox] == [["ines@fanal.example"]]


def test_a_letter_that_fails_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for login in ("ines", "nadia"):
        letter = {**LETTER, "to": f"{login}@fanal.example"}
        Dispatch.objects.create(kind="mail", key=login, payload=letter, due_at=timezone.now())
    send = EmailMessage.send

    def refuse_ines(letter: EmailMessage, *args: Any) -> int:
        if letter.to == ["ines@fanal.example"]:
            raise OSError("550 No such mailbox")
        return send(letter, *args)

    monkeypatch.setattr(EmailMessage, "send", refuse_ines)

    assert outbox.send_letters() == 1
    assert [letter.to for letter in mail.outbox] == [["nadia@fanal.example"]]


def test_a_reply_to_a_letter_goes_to_whoever_did_the_deed(journalist: User, editor: User) -> None:
    notifications.queue("un-mot", [journalist], "Un mot", ["Bonjour."], by=editor)

    outbox.send_letters()

    assert [letter.reply_to for letter in mail.outbox] == [[editor.email]]


# --- A mail server that is away -------------------------------------------------------------------------------------


def queue_letters(number: int) -> None:
    Dispatch.objects.bulk_create(
        Dispatch(kind="mail", key=f"letter-{place}", payload=LETTER, due_at=timezone.now()) for place in range(number)
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each opening of a connection to the mail server."""
    openings: list[int] = []

    def note(_server: EmailBackend) -> None:
        openings.append(1)

    monkeypatch.setattr(EmailBackend, "open", note)
    return openings


@pytest.mark.parametrize("failure", [TimeoutError("timed out"), ConnectionRefusedError(111, "refused"), OSError("?")])
def test_a_server_that_is_away_is_asked_once_in_a_beat_and_then_later_and_later(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(30)
    asked, waits = [], []

    def away(_server: EmailBackend) -> None:
        asked.append(1)
        raise failure

    monkeypatch.setattr(EmailBackend, "open", away)
    with time_machine.travel(timezone.now(), tick=False) as machine:
        for beats in range(1, 7):
            Clock([Hand.MAIL]).beat()
            Clock([Hand.MAIL]).beat()
            assert len(asked) == beats
            fault = Fault.objects.get(job="letters")
            waits.append((fault.next_try - timezone.now()).total_seconds())
            machine.move_to(fault.next_try)

    assert waits == [30, 60, 120, 240, 300, 300]
    assert Dispatch.objects.filter(attempts=0, done_at=None).count() == 30


def test_the_letters_leave_once_the_server_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    queue_letters(3)
    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "open", lambda _server: 1 / 0)
        Clock([Hand.MAIL]).beat()
    with time_machine.travel(Fault.objects.get().next_try, tick=False):
        Clock([Hand.MAIL]).beat()

    assert len(mail.outbox) == 3
    assert not Fault.objects.exists()


def test_many_letters_take_one_connection(opened: list[int]) -> None:
    queue_letters(15)

    assert outbox.send_letters() == 15
    assert len(opened) == 1


def test_no_connection_is_opened_while_no_letter_waits(opened: list[int]) -> None:
    outbox.send_letters()

    assert not opened


@pytest.mark.parametrize(
    "failure", [TimeoutError("timed out"), smtplib.SMTPServerDisconnected("closed"), BrokenPipeError()]
)
def test_a_server_that_falls_silent_between_two_letters_is_not_asked_again_in_that_beat(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(10)
    tried = []

    def fall_silent(letter: EmailMessage) -> int:
        tried.append(letter)
        if len(tried) > 2:
            raise failure
        return 1

    monkeypatch.setattr(EmailMessage, "send", fall_silent)

    assert outbox.send_letters() == 2
    assert len(tried) == 3
    assert Dispatch.objects.filter(done_at=None, attempts=0).count() == 7


def test_a_letter_on_which_the_server_always_hangs_up_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    queue_letters(3)
    first = Dispatch.objects.order_by("due_at", "pk")[0]
    Dispatch.objects.filter(pk=first.pk).update(payload={**LETTER, "to": "lourd@fanal.example"})
    send = EmailMessage.send

    def hang_up(letter: EmailMessage) -> int:
        if letter.to == ["lourd@fanal.example"]:
            raise smtplib.SMTPServerDisconnected("closed")
        return send(letter)

    monkeypatch.setattr(EmailMessage, "send", hang_up)
    clock = Clock([Hand.MAIL])
    clock.beat()
    clock.beat()

    assert len(mail.outbox) == 2
    first.refresh_from_db()
    assert "raccroché" in first.failure


def test_a_server_that_accepts_and_never_answers_costs_one_time_out(settings: Settings) -> None:
    queue_letters(5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent.getsockname()[1], 0.2
        Clock([Hand.MAIL]).beat()
        silent.setblocking(False)
        silent.accept()
        with pytest.raises(BlockingIOError):  # nobody else had called
            silent.accept()

    assert "temps" in Fault.objects.get(job="letters").failure


def test_a_letter_put_off_by_a_machine_whose_time_was_wrong_is_sent_now() -> None:
    Dispatch.objects.create(
        kind="mail", key="letter", payload=LETTER, due_at=timezone.now() + timedelta(days=300), attempts=1
    )

    assert outbox.send_letters() == 1


def test_a_fault_of_the_database_in_the_middle_of_a_letter_is_not_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    queue_letters(1)

    def gone(*_letter: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(outbox, "send_mail", gone)
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        outbox.send_letters()

    assert Dispatch.objects.get().failure == ""
