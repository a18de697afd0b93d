"""The pages of the errors 404 and 500."""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from articles.cards import load_cards, pick
from articles.delivery import deliver, newspaper
from articles.frame import Frame, load_frame

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An unknown address, a draft and a section without an article all get this same page.

    When the database is away, the page does without its lists.
    """
    frame, most_read = Frame([], [], [], [], {}), []
    try:
        frame = load_frame()
        most_read = pick(load_cards(frame.most_read, signed=False), frame.most_read)
    except DatabaseError:
        logger.exception("The 404 page does without its lists.")
    response = deliver(request, "404.html", {"frame": frame, "most_read": most_read}, status=404)
    if request.path.startswith(settings.SESSION_COOKIE_PATH):
        response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither the database nor a static file, as either may be what failed."""
    content = render_to_string("500.html", {"newspaper": newspaper()})
    return HttpResponse(content, status=500, headers={"Cache-Control": "no-store"})
