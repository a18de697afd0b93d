"""What the logs say: one line for a request that was refused, and never the key of a review link.

Whoever found such a key in a log could open the text that it leads to.
"""

import logging
import re
from copy import copy

from django.db import InterfaceError, OperationalError

KEY = re.compile(r"(/relecture/)[^/\s\"'?]+")
# How PostgreSQL calls a connection that is lost or refused, a server that has no more of them, one that shuts down.
AWAY = ("08", "53", "57P")


class DiscreetFormatter(logging.Formatter):
    """Writes each line, its traceback included, with `[key]` in place of the key of a review link.

    A request that was refused needs no traceback, nor does one that came while the database was away: each is one line.
    """

    def format(self, record: logging.LogRecord) -> str:
        return KEY.sub(r"\1[key]", super().format(_brief(record)))


def _brief(record: logging.LogRecord) -> logging.LogRecord:
    """The record without its traceback, where nobody would learn anything from it; a copy, as others get it too."""
    fault = record.exc_info[1] if record.exc_info else None
    is_refused = getattr(record, "status_code", 500) < 500
    why = _why_away(fault)
    if fault is None or not (is_refused or why):
        return record
    short = copy(record)
    short.exc_info = short.exc_text = None
    if why:
        short.msg, short.args = f"{record.getMessage()} ({why})", ()
    return short


def _why_away(fault: BaseException | None) -> str:
    """The first line of what PostgreSQL, or the want of one, has to say; empty for any other fault."""
    while fault is not None:
        cause = fault.__cause__
        if isinstance(fault, OperationalError | InterfaceError):
            state = getattr(cause, "sqlstate", "elsewhere")  # SQLite has none; None when no server answered
            return str(fault).partition("\n")[0] if state is None or state.startswith(AWAY) else ""
        fault = cause or fault.__context__
    return ""
