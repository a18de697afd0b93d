"""The desk's site: who comes in, the frame of every page, and the headers they carry.

Each response is `no-store` and has a strict Content-Security-Policy; the one page with the editor has a wider one.
"""

from functools import partial, wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from articles.views.errors import not_found as readers_not_found
from newsroom import access
from newsroom.naming import label_of

from . import (
    autosaving,
    board,
    calendar,
    checks,
    dialogs,
    flash,
    home,
    lookups,
    planning,
    presence,
    preview,
    sharing,
    talk,
    versions,
    watchdog,
)
from .typed import make_legible

STRICT: dict[str, list[str]] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
# CKEditor 4 writes style attributes and event handlers. A nonce would switch 'unsafe-inline' off: none here.
WITH_EDITOR: dict[str, list[str]] = {
    **STRICT,
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-src": [SELF],
}
WITH_PREVIEW: dict[str, list[str]] = {**STRICT, "frame-src": [SELF]}


def guard(response: Any, policy: dict[str, list[str]] = STRICT) -> Any:
    """Give a response its policy, unless it has one already; django-csp's middleware writes the header."""
    if not hasattr(response, "_csp_config"):
        response._csp_config = policy
    return response


class EnterForm(AuthenticationForm):
    """Signing in, for whoever has a role; `is_staff` says nothing here."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("Unknown login or password. Check the Caps Lock key."),
        "no_role": _(
            "Your login is right, but it has no role at the desk yet. A chief editor can give you one; nothing is lost."
        ),
    }

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("password") == settings.DEMO_PASSWORD and not settings.IS_DEMO:
            raise self.get_invalid_login_error()
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not access.may_enter(user):
            raise ValidationError(self.error_messages["no_role"], code="no_role")


class Desk(AdminSite):
    site_header = settings.NEWSPAPER_NAME
    site_title = _("The desk")
    index_title = _("The desk")
    enable_nav_sidebar = False
    login_form = EnterForm

    def has_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the desk passes here, whatever admin it belongs to; none is kept by a browser or a proxy."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return guard(view(request, *args, **kwargs))

        guarded.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
        admitted = super().admin_view(guarded, cacheable=False)

        @wraps(admitted)
        def keeping_what_was_typed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            make_legible(request)
            if request.method == "POST" and not self.has_permission(request) and what_was_typed(request):
                return given_back(request)
            return admitted(request, *args, **kwargs)

        return keeping_what_was_typed

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return guard(super().login(request, extra_context))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Home: what waits for whoever looks."""
        return super().index(request, {**home.page(request), **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """What the newspaper is filed by: sections, authors, topics, credits, pages."""
        name = apps.get_app_config(app_label).verbose_name
        return super().app_index(request, app_label, {"title": name, **(extra_context or {})})

    def each_context(self, request: Any) -> dict[str, Any]:
        user = request.user
        name = (user.get_full_name() or user.get_username()) if user.is_authenticated else ""
        roles = ", ".join(sorted(role.value for role in access.standing_of(user).roles))
        ours = {
            "desk_name": name,
            "desk_roles": roles,
            "watchdog": partial(watchdog.watch, user),
            "may_write": access.may_write_stories(user),
            "may_flash": access.may_flash(user),
            "may_manage_accounts": access.may(user, "view", User),
        }
        return {**super().each_context(request), **ours}

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's addresses without `/r/…`, which tells anyone what exists, and with what the editor asks."""
        # What stands directly under /redaction/ is read in the address bar, in links and in mails: French words. What
        # stands under newsroom/, articles/ and auth/ are addresses of Django's admin, and ours go on in English there.
        stock = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        ours = (
            lookups,
            checks,
            versions,
            preview,
            talk,
            watchdog,
            sharing,
            dialogs,
            flash,
            planning,
            autosaving,
            presence,
            board,
            calendar,
        )
        return [*(url for module in ours for url in module.urls(self)), *stock]


MOST_GIVEN_BACK = 40  # fields
NOT_WRITTEN = ("csrfmiddlewaretoken", "page", "based_on", "revision", "taken_up", "note_key", "_continue", "_deed")


def what_was_typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody wrote in a form, by what the desk calls it, the longest first; no secret, and no mere number."""
    fields = [
        (str(label_of(name)), str(text))
        for name, text in request.POST.items()
        if str(text).strip() and name not in NOT_WRITTEN and "password" not in name and not str(text).isdigit()
    ]
    return sorted(fields, key=lambda pair: -len(pair[1]))[:MOST_GIVEN_BACK]


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The desk's own page for staff at an address of the desk; the readers' for everybody else."""
    at_the_desk = request.path.startswith(settings.SESSION_COOKIE_PATH)
    if not at_the_desk or not hasattr(request, "user") or not access.may_enter(request.user):
        return readers_not_found(request, exception)
    return _no_such_page(request)


@never_cache
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is not theirs to do: said kindly, and what was typed for it is given back."""
    from django.contrib import admin

    if not hasattr(request, "user") or not access.may_enter(request.user):
        return given_back(request)
    context = {**admin.site.each_context(request), "typed": what_was_typed(request)}
    return guard(render(request, "newsroom/forbidden.html", context, status=403))  # type: ignore[no-any-return]


@never_cache
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A form that is too long to be read, or a question that no page of ours asks."""
    context = {"site_header": settings.NEWSPAPER_NAME, "site_title": Desk.site_title}
    return guard(render(request, "newsroom/bad_request.html", context, status=400))  # type: ignore[no-any-return]


@never_cache
def _no_such_page(request: HttpRequest) -> HttpResponse:
    from django.contrib import admin

    response = render(request, "newsroom/not_found.html", admin.site.each_context(request), status=404)
    return guard(response)  # type: ignore[no-any-return]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return given_back(request)


@never_cache
def given_back(request: HttpRequest) -> HttpResponse:
    """A kind page for a form that came when the session was over: what was typed is given back, to be copied."""
    context = {"typed": what_was_typed(request), "site_header": settings.NEWSPAPER_NAME, "site_title": Desk.site_title}
    response = render(request, "newsroom/csrf_failure.html", context, status=403)
    return guard(response)  # type: ignore[no-any-return]
