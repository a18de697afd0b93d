"""What the clock could not do: recorded for the desk in words, and tried again later and later."""

import errno
import logging
import smtplib
import socket
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.models import Fault
from newsroom.photos.reading import Unfit
from newsroom.refusals import Refused

from .pace import LONGEST_RETRY, wait_after

logger = logging.getLogger(__name__)

FURTHEST = LONGEST_RETRY + timedelta(minutes=5)

# The first that fits an exception gives its sentence. One that is not here is named by its class.
SENTENCES: list[tuple[type[Exception] | tuple[type[Exception], ...], Promise]] = [
    (PermissionError, gettext_lazy("The newsroom may not read or write one of its own files.")),
    (FileNotFoundError, gettext_lazy("A file is no longer where the newsroom keeps it.")),
    (smtplib.SMTPAuthenticationError, gettext_lazy("The mail server does not take the newsroom’s password.")),
    (smtplib.SMTPServerDisconnected, gettext_lazy("The mail server hung up.")),
    (TimeoutError, gettext_lazy("The server did not answer in time.")),
    ((ConnectionError, socket.gaierror), gettext_lazy("The server cannot be reached.")),
    (MemoryError, gettext_lazy("There was not enough memory for it.")),
    (OperationalError, gettext_lazy("The database was too busy.")),
]
NO_ROOM = gettext_lazy("The disk is full.")
UNFORESEEN = gettext_lazy("Something failed that the desk cannot mend.")


def in_words(error: Exception) -> str:
    """A sentence for the desk about `error`, of at most 300 characters that any database takes."""
    longest = Fault._meta.get_field("failure").max_length
    return _sentence(error).replace("\0", "").encode("utf-8", "replace").decode()[:longest]


def _sentence(error: Exception) -> str:
    if isinstance(error, Unfit | Refused):
        return str(error.message)
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException):
        return _("The mail server refused it: %(answer)s") % {"answer": _answer_of(error)}
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(NO_ROOM)
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        error = error.__context__  # smtplib says of a silent server that it closed the connection
    for kind, sentence in SENTENCES:
        if isinstance(error, kind):
            return f"{sentence} ({type(error).__name__})"
    if isinstance(error, OSError) and error.errno is None and error.args:
        return str(error.args[0])  # what a server said
    return f"{UNFORESEEN} ({type(error).__name__})"


def _answer_of(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> str:
    """What the mail server said, with its number."""
    if isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        code, said = next(iter(error.recipients.values()), (0, b""))
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def is_lost(error: Exception) -> bool:
    """Whether `error` means that the connection to the database is gone: then nothing else can be done either."""
    return isinstance(error, OperationalError | InterfaceError) and not connection.is_usable()


def is_due(now: datetime) -> Q:
    """The faults to be tried again. A try that lies further ahead than any wait was set before the time was moved."""
    return Q(next_try__lte=now) | Q(next_try__gt=now + FURTHEST)


def waits(fault: Fault, now: datetime) -> bool:
    """Whether the next try of `fault` has not come yet."""
    return now < fault.next_try <= now + FURTHEST


def record(job: str, ref: int, error: Exception, *, longest: timedelta = LONGEST_RETRY) -> None:
    """Record that a job could not do the thing with the number `ref`, and when it is tried again.

    Raises only when the connection to the database is lost.
    """
    logger.error("clock, %s %s: not done", job, ref or "", exc_info=error)
    now = timezone.now()
    try:
        known = Fault.objects.filter(job=job, ref=ref).first() or Fault(job=job, ref=ref, first_at=now)
        known.failure = in_words(error)
        known.next_try = now + min(wait_after(known.attempts), longest)
        known.attempts += 1
        fields = ["failure", "next_try", "attempts"]
        Fault.objects.bulk_create([known], update_conflicts=True, unique_fields=["job", "ref"], update_fields=fields)
    except Exception as failure:
        if is_lost(failure):
            raise
        logger.exception("clock, %s %s: its fault could not be recorded", job, ref or "")


def forgive(job: str, *refs: int) -> None:
    """Forget the faults of things that are done, or are not to be done any more."""
    Fault.objects.filter(job=job, ref__in=refs).delete()


def forgive_all(job: str) -> None:
    """Forget what a job could not do before: it is about to try all of it again."""
    Fault.objects.filter(job=job).exclude(ref=Fault.WHOLE).delete()
