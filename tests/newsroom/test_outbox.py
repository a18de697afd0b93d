"""The outbox sends letters outside any transaction, for a bounded time, and after the death of a clock."""

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from newsroom.clock import outbox, pace
from newsroom.models import Dispatch

pytestmark = pytest.mark.django_db


def test_a_slow_mail_server_does_not_hold_the_clock_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
        Dispatch.objects.create(kind="mail", key=f"letter-{number}", payload=letter, due_at=timezone.now())
    now = [0.0]

    def take_a_while(_letter: object) -> None:
        now[0] += pace.PATIENCE / 2 - 0.1

    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(outbox, "send_mail", take_a_while)

    assert outbox.deliver_due() == 3
    assert Dispatch.objects.filter(done_at=None).count() == 7


def test_a_letter_whose_clock_died_is_sent_by_another_once_its_claim_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
    Dispatch.objects.create(kind="mail", key="letter", payload=letter, due_at=timezone.now())

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
    letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
    Dispatch.objects.create(kind="mail", key="letter", payload=letter, due_at=timezone.now())
    within = []
    monkeypatch.setattr(outbox, "send_mail", lambda _letter: within.append(connection.in_atomic_block))

    outbox.deliver_due()

    assert within == [False]
