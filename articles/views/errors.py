"""The pages of the errors 404, 500 and 503."""

import logging
import sys
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from articles.cards import load_cards, pick
from articles.delivery import deliver, newspaper
from articles.frame import Frame, load_frame

logger = logging.getLogger(__name__)
TRY_AGAIN_AFTER = 20  # seconds


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An unknown address, a draft and a section without an article all get this same page.

    When the database is away, the page does without its lists.
    """
    frame, most_read = Frame([], [], [], [], {}), []
    try:
        frame = load_frame()
        most_read = pick(load_cards(frame.most_read, signed=False), frame.most_read)
    except Error:
        logger.exception("The 404 page does without its lists.")
    response = deliver(request, "404.html", {"frame": frame, "most_read": most_read}, status=404)
    if request.path.startswith(settings.SESSION_COOKIE_PATH):
        response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither the database nor a static file, as either may be what failed.

    503 when the database is away, which caches, feed readers and search engines take for « come back soon »; else 500.
    """
    is_away = database_is_away()
    content = render_to_string("500.html", {"newspaper": newspaper(), "is_away": is_away})
    headers = {"Cache-Control": "no-store"}
    if is_away:
        headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    return HttpResponse(content, status=503 if is_away else 500, headers=headers)


def database_is_away() -> bool:
    """Whether the exception that is being answered, or one that caused it, says so."""
    return any(isinstance(fault, OperationalError | InterfaceError) for fault in _faults())


def _faults() -> Iterator[BaseException]:
    """The exception that is being answered, then those that caused it."""
    fault = sys.exc_info()[1]
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
