"""The desk's site: who comes in, the frame of every page, and the headers they carry.

Each response is `no-store` and has a strict Content-Security-Policy; the one page with the editor has a wider one.
"""

from functools import partial, wraps
from itertools import chain
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from newsroom import access
from newsroom.models import name_of

from .deeds import flash, pages
from .errors import DESK_TITLE, give_back_typed, what_was_typed
from .forms.parsing import make_legible
from .overview import board, calendar, home, watchdog
from .panels import beside, lookups, preview
from .people import entering, my_account
from .policies import guard


class Desk(AdminSite):
    site_header = settings.NEWSPAPER_NAME
    site_title = DESK_TITLE
    index_title = DESK_TITLE
    enable_nav_sidebar = False

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
                return give_back_typed(request)
            return admitted(request, *args, **kwargs)

        return keeping_what_was_typed

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The page where one signs in. Who has done so already goes on to the desk.

        The login is read as every other line is, without the signs that nobody sees: no login has any, so that a name
        pasted with them finds its account, and its gates are those of that name.
        """
        make_legible(request)
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {"title": _("Enter the desk"), "subtitle": None, "app_path": request.get_full_path()}
        if not {REDIRECT_FIELD_NAME} & {*request.GET, *request.POST}:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        frame = {**self.each_context(request), "username": request.user.get_username()}
        return guard(entering.EnterView.as_view(extra_context=frame | context | (extra_context or {}))(request))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The page where one changes one's own password."""
        done, frame = reverse("admin:password_change_done"), self.each_context(request) | (extra_context or {})
        return entering.NewPasswordView.as_view(success_url=done, extra_context=frame)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The desk's home."""
        return super().index(request, {**home.page(request), **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """The index of the reference data: sections, authors, topics, credits, pages."""
        name = apps.get_app_config(app_label).verbose_name
        return super().app_index(request, app_label, {"title": name, **(extra_context or {})})

    def each_context(self, request: Any) -> dict[str, Any]:
        """The context of every page's frame. Django's own asks, on each page, what is allowed on every model."""
        user = request.user
        name = name_of(user) if user.is_authenticated else ""
        roles = ", ".join(sorted(role.value for role in access.standing_of(user).roles))
        frame = {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": request.META.get("SCRIPT_NAME") or self.site_url,
            "has_permission": self.has_permission(request),
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
        }
        ours = {
            "desk_name": name,
            "desk_roles": roles,
            "watchdog": partial(watchdog.watch, user),
            "may_write": access.may_write_stories(user),
            "may_flash": access.may_flash(user),
            "may_manage_accounts": access.may(user, "view", User),
        }
        return {**frame, **ours}

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's addresses, and ours. Not `/r/…`, which tells anyone what exists, nor the autocompletion of Django's
        own fields, which no form of the desk has.
        """
        # What stands directly under /redaction/ is read in the address bar, in links and in mails: French words. What
        # stands under newsroom/, articles/ and auth/ are addresses of Django's admin, and ours go on in English there.
        stock = [url for url in super().get_urls() if getattr(url, "name", "") not in ("view_on_site", "autocomplete")]
        rooms = (lookups, preview, pages, flash, watchdog, board, calendar, my_account)
        ours = [*(panel.urls(self) for panel in beside.PANELS), *(room.urls(self) for room in rooms)]
        return [*chain.from_iterable(ours), *stock]
