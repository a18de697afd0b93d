"""Says of every public answer how long it may be kept, also of those that no view makes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .delivery import SHORT

KEPT_SHORTLY = frozenset({301, 308, 404, 410})


class CachePolicyMiddleware:
    """Gives an answer without Cache-Control one. Django adds a missing last slash, and refuses a method, without any.

    A redirect for good and a page that is not there may be kept for seconds; anything else is not kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            is_public = not request.path.startswith(settings.SESSION_COOKIE_PATH)
            response["Cache-Control"] = SHORT if is_public and response.status_code in KEPT_SHORTLY else "no-store"
        return response
