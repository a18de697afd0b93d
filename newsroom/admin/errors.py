"""What the desk answers when something is refused or breaks: what was typed is given back, whatever happened.

When it is the database that does not answer, the page asks nothing of it, sessions included, and says to try again.
"""

import re

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from articles.networks import is_from_another_site
from articles.views.errors import TRY_AGAIN_AFTER, database_is_away
from articles.views.errors import not_found as readers_not_found
from articles.views.errors import server_error as readers_server_error
from newsroom import access
from newsroom.models import Photo, Story

from .policies import guard

DESK_TITLE = _("The desk")
AWAY = _("The desk does not answer for the moment. Nothing is lost here. Try again in a minute.")
MOST_GIVEN_BACK = 40  # fields
NOT_WRITTEN = (
    "csrfmiddlewaretoken", "page", "turn", "based_on", "revision", "taken_up", "left_behind", "note_key", "check_kind",
    "check_version", "change_kind", "verdict", "amount", "unit", "sure_of", "which", "next", "post", "shown",
)  # fmt: skip
ANOTHER = _("Another field")
# The labels of what is typed in fields that no model has, by the last part of their names.
LABELS = {
    "note": _("Note"),
    "note_check": _("Note"),
    "new_note": _("Note"),
    "note_passage": _("Passage of the text"),
    "notice": _("What readers are told"),
    "change_text": _("The note that readers see"),
    "paragraph": _("Text"),
    "text": _("Text"),
    "reader": _("For whom"),
    "when": _("Day and hour"),
    "characters": _("Length"),
}
# When the connection falls while the database writes, nobody knows whether the row is in. These forms may be sent again
# safely: their key, their base version or the values they showed tell the desk that they were carried out already.
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
    """The answer to a fault: 503 when the database is away, else 500; with what was typed, at the desk.

    A script is answered in JSON.
    """
    is_away = database_is_away()
    at_the_desk = request.path.startswith(settings.SESSION_COOKIE_PATH)
    headers = {"Cache-Control": "no-store"}
    if is_away:
        headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    if at_the_desk and "application/json" in request.headers.get("Accept", ""):
        message = AWAY if is_away else _("The desk made a mistake. The fault is ours, and it has been recorded.")
        return guard(JsonResponse({"message": str(message)}, status=503 if is_away else 500, headers=headers))
    typed = what_was_typed(request) if at_the_desk and request.method == "POST" else []
    if not at_the_desk or not (is_away or typed):
        return readers_server_error(request)
    context = {
        "site_header": settings.NEWSPAPER_NAME,
        "site_title": DESK_TITLE,
        "is_away": is_away,
        "typed": typed,
        "address": request.path,
        "fields_to_send_again": _to_send_again(request),
        "is_made_once": _is_made_once(request),
    }
    # without the request, whose context asks who is signed in
    content = render_to_string("newsroom/errors/outage.html", context)
    response = HttpResponse(content, status=503 if is_away else 500, headers=headers)
    return guard(response)


def _is_made_once(request: HttpRequest) -> bool:
    """Whether the form that was posted may be sent again without a second thought: it is never carried out twice."""
    try:
        return resolve(request.path_info).url_name in MADE_ONCE
    except Resolver404:
        return False


def _to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields as they were posted, to be sent again by one button; none for a form with a secret or with files."""
    if request.method != "POST" or request.FILES or any("password" in name for name in request.POST):
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values]


def refused_page(request: HttpRequest, story: Story, message: str | Promise) -> HttpResponse:
    """The answer (403) to a deed that is not theirs: `message`, and the words typed for it, to be copied."""
    words = [
        str(text)
        for name, text in request.POST.items()
        if str(text).strip() and name.startswith(("note", "notice", "change_text", "new_note"))
    ]
    context = {**admin.site.each_context(request), "story": story, "message": message, "words": words}
    return render(request, "newsroom/errors/refused.html", context, status=403)


def what_was_typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The words typed in a form, each with the label of its field, the longest first; no secret, and no mere number."""
    model = _model_of(request)
    fields = [
        (str(_label_of(name, model)), str(text))
        for name, text in request.POST.items()
        if str(text).strip() and not _is_no_text(name) and not str(text).isdigit()
    ]
    return sorted(fields, key=lambda pair: -len(pair[1]))[:MOST_GIVEN_BACK]


def _is_no_text(name: str) -> bool:
    return name.rpartition("-")[2] in NOT_WRITTEN or name.startswith("_") or "password" in name


def _model_of(request: HttpRequest) -> type[Model]:
    """The model whose form was posted, as the name of its address says; a story at any other address."""
    try:
        app, model, *_rest = str(resolve(request.path_info).url_name).split("_")
        return apps.get_model(app, model)
    except (Resolver404, ValueError, LookupError):
        return Story


def _label_of(name: str, model: type[Model]) -> str | Promise:
    """The label of a field that was posted, as its form has it or nearly so; never the name that the code gives it."""
    name = name.rpartition("-")[2]
    for one in (model, Story, User, Photo):
        try:
            return str(getattr(one._meta.get_field(name), "verbose_name", "")) or ANOTHER
        except FieldDoesNotExist:
            continue
    return LABELS.get(re.sub(r"_\d+$", "", name), ANOTHER)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The desk's own page for staff at an address of the desk; the readers' for everybody else."""
    at_the_desk = request.path.startswith(settings.SESSION_COOKIE_PATH)
    if not at_the_desk or not hasattr(request, "user") or not access.may_enter(request.user):
        return readers_not_found(request, exception)
    return _no_such_page(request)


@never_cache
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer (403) to a request that is not theirs to make: a kind page that gives back what was typed."""
    if not hasattr(request, "user") or not access.may_enter(request.user):
        return give_back_typed(request)
    context = {**admin.site.each_context(request), "typed": what_was_typed(request)}
    return guard(render(request, "newsroom/errors/forbidden.html", context, status=403))


@never_cache
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer (400) to a form that is too long to be read, or to a request that no page of ours makes."""
    context = {"site_header": settings.NEWSPAPER_NAME, "site_title": DESK_TITLE}
    return guard(render(request, "newsroom/errors/bad_request.html", context, status=400))


@never_cache
def _no_such_page(request: HttpRequest) -> HttpResponse:
    response = render(request, "newsroom/errors/not_found.html", admin.site.each_context(request), status=404)
    return guard(response)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return give_back_typed(request)


@never_cache
def give_back_typed(request: HttpRequest) -> HttpResponse:
    """A kind page for a form that came when the session was over: what was typed is given back, to be copied.

    What another site posts was not typed here, and is never shown under the newspaper's name.
    """
    typed = [] if is_from_another_site(request) else what_was_typed(request)
    context = {"typed": typed, "site_header": settings.NEWSPAPER_NAME, "site_title": DESK_TITLE}
    response = render(request, "newsroom/errors/csrf_failure.html", context, status=403)
    return guard(response)
