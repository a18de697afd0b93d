"""A fault while somebody works at the desk: what they typed is given back, whatever broke.

When it is the database that does not answer, the page asks nothing of it, sessions included, and says to try again.
"""

import sys
from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from articles.views.errors import server_error as readers_server_error

from .site import Desk, guard, what_was_typed

TRY_AGAIN_AFTER = 20  # seconds
# The connection may fall while the database writes: nobody knows then whether it is in. These forms say so when sent
# again, by their key, by the version they rest on, or by what they showed.
MADE_ONCE = (
    "newsroom_story_add",
    "newsroom_story_change",
    "newsroom_story_deed",
    "newsroom_story_reply",
    "newsroom_story_plan",
    "newsroom_story_note",
    "newsroom_flash",
    "commission",
)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a fault: 503 when the database is away, else 500; with what was typed, at the desk."""
    is_away = any(isinstance(fault, OperationalError | InterfaceError) for fault in _faults())
    at_the_desk = request.path.startswith(settings.SESSION_COOKIE_PATH)
    typed = what_was_typed(request) if at_the_desk and request.method == "POST" else []
    if not at_the_desk or not (is_away or typed):
        return readers_server_error(request)
    context = {
        "site_header": settings.NEWSPAPER_NAME,
        "site_title": Desk.site_title,
        "is_away": is_away,
        "typed": typed,
        "address": request.path,
        "again": _to_send_again(request),
        "is_made_once": _is_made_once(request),
    }
    # without the request, whose context asks who is signed in
    content = render_to_string("newsroom/outage.html", context)
    headers = {"Cache-Control": "no-store"}
    if is_away:
        headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    response = HttpResponse(content, status=503 if is_away else 500, headers=headers)
    return guard(response)  # type: ignore[no-any-return]


def _is_made_once(request: HttpRequest) -> bool:
    """Whether what was posted may be sent again without a second thought: it is in already, or it was not."""
    try:
        return resolve(request.path_info).url_name in MADE_ONCE
    except Resolver404:
        return False


def _faults() -> Iterator[BaseException]:
    """What went wrong, and what that came from."""
    fault = sys.exc_info()[1]
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    """The form as it was posted, to be sent by one button; not one with a secret in it, nor one with files."""
    if request.method != "POST" or request.FILES or any("password" in name for name in request.POST):
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values]
