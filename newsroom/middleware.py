"""Keeps sessions to the desk: a reader's page has none."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase


class DeskSessionMiddleware(SessionMiddleware):
    """Neither sets nor clears a cookie on a readers' page, whatever cookie came with the request."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # type: ignore[override]
        if not request.path.startswith(settings.SESSION_COOKIE_PATH):
            return response
        return super().process_response(request, response)  # type: ignore[arg-type]
