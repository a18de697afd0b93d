"""The outbox sends letters outside any transaction, for a bounded time, and after the death of a clock."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from newsroom import notifications
from newsroom.clock import outbox, pace
from newsroom.models import Dispatch

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

    def take_a_while(_letter: object) -> None:
        now[0] += pace.PATIENCE / 2 - 0.1

    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(outbox, "send_mail", take_a_while)

    assert outbox.deliver_due() == 3
    assert Dispatch.objects.filter(done_at=None).count() == 7


def test_a_letter_whose_clock_died_is_sent_by_another_once_its_claim_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())

    def die(_letter: object) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(outbox, "send_mail", die)
        with pytest.raises(SystemExit):
            outbox.deliver_due()
    assert outbox.deliver_due() == 0
    with time_machine.travel(timezone.now() + outbox.LEASE, tick=False):
        assert outbox.deliver_due() == 1
    assert len(mail.outbox) == 1


def test_a_letter_is_sent_outside_any_transaction(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())
    within = []
    monkeypatch.setattr(outbox, "send_mail", lambda _letter: within.append(connection.in_atomic_block))

    outbox.deliver_due()

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
            assert outbox.deliver_due() == 0
            due = Dispatch.objects.get().due_at
            waits.append((due - timezone.now()).total_seconds())
            machine.move_to(due)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert Dispatch.objects.get().attempts == 10


def test_a_long_failure_of_a_letter_is_cut_and_cleared_once_it_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now())
    with monkeypatch.context() as away:
        refuse_mail(away, "421 " + "Too many connections. " * 100)
        outbox.deliver_due()
    failed = Dispatch.objects.get()
    assert failed.failure.startswith("421 Too many connections.")
    assert len(failed.failure) <= Dispatch._meta.get_field("failure").max_length

    with time_machine.travel(failed.due_at, tick=False):
        assert outbox.deliver_due() == 1

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

    assert outbox.deliver_due() == 1
    assert [letter.to for letter in mail.outbox] == [["nadia@fanal.example"]]


def test_a_reply_to_a_letter_goes_to_whoever_did_the_deed(journalist: User, editor: User) -> None:
    notifications.queue("un-mot", [journalist], "Un mot", ["Bonjour."], by=editor)

    outbox.deliver_due()

    assert [letter.reply_to for letter in mail.outbox] == [[editor.email]]
