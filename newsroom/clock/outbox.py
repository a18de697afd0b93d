"""Delivers the rows of the outbox: mail, and public files to erase."""

import logging
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from newsroom import publishing
from newsroom.models import Dispatch

from .pace import FIRST_RETRY, LONGEST_RETRY, for_a_while

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # if a clock dies while it delivers a row, another one may claim the row after that


def deliver_due() -> int:
    """Deliver the rows of the outbox that are due, and return how many were delivered. A failure is tried again later.

    Each row is claimed first and delivered outside any transaction, so that a slow mail server holds no lock.
    """
    due = Dispatch.objects.filter(done_at=None, due_at__lte=timezone.now())
    erasing = due.filter(kind=Dispatch.Kind.ERASE)  # first: a withdrawn picture must not stay public while mail is sent
    others = due.exclude(kind=Dispatch.Kind.ERASE)
    numbers = [*erasing.values_list("pk", flat=True)[:1000], *others.values_list("pk", flat=True)[:20]]
    delivered = 0
    for number in for_a_while(numbers):
        now = timezone.now()
        mine = Dispatch.objects.filter(pk=number, done_at=None, due_at__lte=now)
        if mine.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            delivered += _deliver(Dispatch.objects.get(pk=number))
    return delivered


def _deliver(dispatch: Dispatch) -> bool:
    try:
        match dispatch.kind:
            case Dispatch.Kind.MAIL:
                send_mail(dispatch.payload)
            case Dispatch.Kind.ERASE:
                publishing.erase_public_files(dispatch.payload["photo"], dispatch.payload["names"])
    except Exception as error:
        # whatever the mail server or the storage raises, the row stays and is tried again
        logger.exception("dispatch %s failed", dispatch.key)
        dispatch.failure = str(error)[:300]
        dispatch.due_at = timezone.now() + min(FIRST_RETRY * 2 ** min(dispatch.attempts - 1, 10), LONGEST_RETRY)
        dispatch.save(update_fields=["failure", "due_at"])
        return False
    dispatch.done_at, dispatch.failure = timezone.now(), ""
    dispatch.save(update_fields=["done_at", "failure"])
    return True


def send_mail(letter: dict[str, Any]) -> None:
    """Send a letter, unless the login of its addressee was switched off meanwhile."""
    login = letter.get("login")
    if login is not None and not User.objects.filter(pk=login, is_active=True).exists():
        return
    EmailMessage(letter["subject"], letter["text"], to=[letter["to"]], reply_to=letter.get("reply_to")).send()
