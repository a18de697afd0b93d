"""How long a session at the desk lasts: thirty minutes after the last thing that somebody did, twelve hours at most.

A page that is left open asks the desk things by itself. That is nobody's doing, and keeps no session open.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(seconds=30)  # at most one write of the session in this time for being used
MOST_FORGOTTEN = 5_000  # sessions in one go
# The addresses that an open page asks by itself: whether colleagues are there, how the clock is, whose session it is.
# An autosave is not among them: it is only sent for what somebody has just typed.
ASKED_BY_THE_PAGE = frozenset({"presence", "watchdog", "autosave_session"})

SIGNED_IN, ENTERED, USED = "_auth_user_id", "entered_at", "used_at"


class SessionStore(DatabaseStore):
    """Django's sessions in the database. Whatever writes to one, it ends when it would have ended anyway."""

    def get_expiry_age(self, **kwargs: Any) -> int:
        """In seconds."""
        return max(0, int((self.get_expiry_date() - timezone.now()).total_seconds()))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return _ends_at({name: self.get(name) for name in (ENTERED, USED)})

    def save(self, must_create: bool = False) -> None:
        if SIGNED_IN in self and ENTERED not in self:
            begin(self)
        super().save(must_create=must_create)


def begin(session: SessionBase) -> None:
    """Somebody has just signed in: their twelve hours begin."""
    session[ENTERED] = session[USED] = timezone.now().timestamp()


def note_use(request: HttpRequest) -> None:
    """Somebody did something at the desk: their thirty minutes begin again. What no view has read stays unread."""
    session, now = request.session, timezone.now()
    match = request.resolver_match
    if "_session_cache" not in vars(session) or SIGNED_IN not in session:
        return
    if match is not None and match.url_name in ASKED_BY_THE_PAGE:
        return
    if ENTERED not in session:
        begin(session)
    elif now - _moment(session[USED]) >= NOTED_EVERY:
        session[USED] = now.timestamp()


def forget_ended(now: datetime | None = None) -> int:
    """Erase sessions that are over, a part of them when they are very many."""
    ended = Session.objects.filter(expire_date__lt=now or timezone.now()).order_by("expire_date").values("pk")
    return Session.objects.filter(pk__in=ended[:MOST_FORGOTTEN]).delete()[0]


def _ends_at(data: dict[str, Any]) -> datetime:
    """When a session is over. One that nobody was seen to use yet has just begun."""
    now = timezone.now()
    used, entered = (_moment(data[name]) if data.get(name) is not None else now for name in (USED, ENTERED))
    return min(used + IDLE, entered + LONGEST)


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
