"""The desk's site: who comes in, the frame of every page, and the headers they carry.

Each response is `no-store` and has a strict Content-Security-Policy; the one page with the editor has a wider one.
"""

from functools import partial, wraps
from itertools import chain
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
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
from .people import my_account
from .policies import guard


class EnterForm(AuthenticationForm):
    """The sign-in of everybody who has a role, whatever `is_staff` is."""

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
    site_title = DESK_TITLE
    index_title = DESK_TITLE
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
                return give_back_typed(request)
            return admitted(request, *args, **kwargs)

        return keeping_what_was_typed

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return guard(super().login(request, extra_context))

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
        """Django's addresses without `/r/…`, which tells anyone what exists, and with what the editor asks."""
        # What stands directly under /redaction/ is read in the address bar, in links and in mails: French words. What
        # stands under newsroom/, articles/ and auth/ are addresses of Django's admin, and ours go on in English there.
        stock = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        rooms = (lookups, preview, pages, flash, watchdog, board, calendar, my_account)
        ours = [*(panel.urls(self) for panel in beside.PANELS), *(room.urls(self) for room in rooms)]
        return [*chain.from_iterable(ours), *stock]
