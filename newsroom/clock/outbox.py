"""Delivers the rows of the outbox: letters to send, and public files to erase."""

import logging
import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsroom import publishing
from newsroom.models import Dispatch

from . import faults
from .pace import LONGEST_RETRY, for_a_while, one_more_try, wait_after

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # if a clock dies while it delivers a row, another one may claim the row after that
LETTERS_AT_ONCE = 20
ERASURES_AT_ONCE = 1000  # rows, each with the files of one picture

# After one of these the server is not asked again in this beat. Whatever else fails is the fault of one letter.
GONE = (TimeoutError, ConnectionError, socket.gaierror, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)


def send_letters(_whole: int = 0) -> int:
    """Send the letters that are due, by one connection, and return how many were sent. A failure is tried again later.

    Raises what the mail server's door raises: no letter was tried then, and a server that is away is asked once, not
    once for each letter.
    """
    now = timezone.now()
    # no letter waits longer than LONGEST_RETRY: one due later was put off before the time of this machine was moved
    due = _waiting(Dispatch.Kind.MAIL).filter(Q(due_at__lte=now) | Q(due_at__gt=now + 2 * LONGEST_RETRY))
    numbers = list(due.values_list("pk", flat=True)[:LETTERS_AT_ONCE])
    if not numbers:
        return 0
    sent = 0
    server = get_connection()
    try:
        server.open()
        for number in for_a_while(numbers):
            failure = _deliver(due, number, lambda letter: send_mail(letter, server))
            if isinstance(failure, GONE):
                break
            sent += failure is None
    finally:
        with suppress(Exception):
            server.close()
    return sent


def erase_files(_whole: int = 0) -> int:
    """Erase the public files that are due, and return how many rows were done. A failure is tried again later."""
    due = _waiting(Dispatch.Kind.ERASE).filter(due_at__lte=timezone.now())
    numbers = list(due.values_list("pk", flat=True)[:ERASURES_AT_ONCE])
    return sum(_deliver(due, number, _erase) is None for number in for_a_while(numbers))


def _waiting(kind: Dispatch.Kind) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(kind=kind, done_at=None)


def _deliver(due: QuerySet[Dispatch], number: int, deliver: Callable[[Any], None]) -> Exception | None:
    """Deliver one row, and return why it could not be, if so. Another clock may have it: that counts as done.

    The row is claimed first and delivered outside any transaction, so that a slow mail server holds no lock.
    """
    row = Dispatch.objects.filter(pk=number)
    now = timezone.now()
    if not due.filter(pk=number).update(due_at=now + LEASE, attempts=one_more_try()):
        return None
    try:
        deliver(row.values_list("payload", flat=True).get())
    except Exception as error:
        # whatever the mail server or the storage raises, the row stays and is tried again
        if faults.is_lost(error):
            raise
        logger.exception("dispatch %s failed", number)
        attempts = row.values_list("attempts", flat=True).first() or 1
        row.update(failure=faults.in_words(error), due_at=timezone.now() + wait_after(attempts - 1))
        return error
    row.update(done_at=timezone.now(), failure="")
    return None


def _erase(payload: dict[str, Any]) -> None:
    publishing.erase_public_files(payload["photo"], payload["names"])


def send_mail(letter: dict[str, Any], server: Any = None) -> None:
    """Send a letter, unless the login of its addressee was switched off meanwhile."""
    login = letter.get("login")
    if login is not None and not User.objects.filter(pk=login, is_active=True).exists():
        return
    reply_to = letter.get("reply_to")
    EmailMessage(letter["subject"], letter["text"], to=[letter["to"]], reply_to=reply_to, connection=server).send()
