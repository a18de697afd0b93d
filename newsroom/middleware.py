"""Keeps sessions to the desk, as a reader's page has none, and the addresses of review links to those who have them."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase

from newsroom.door.sessions import note_use

GUESTS = f"{settings.SESSION_COOKIE_PATH}relecture/"


class DeskSessionMiddleware(SessionMiddleware):
    """Neither sets nor clears a cookie on a readers' page, whatever cookie came with the request.

    No page at the address of a review link, a refusal or an error included, lets a browser name that address elsewhere:
    as the Referer of a style sheet it would stand in a log.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # type: ignore[override]
        if not request.path.startswith(settings.SESSION_COOKIE_PATH):
            return response
        if request.path.startswith(GUESTS):
            response["Referrer-Policy"] = "no-referrer"
        if response.status_code < 500:
            note_use(request)
        return super().process_response(request, response)  # type: ignore[arg-type]
