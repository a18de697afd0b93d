"""The door: signing in, and the old password that a new one asks for. Wrong passwords are slowed and recorded."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsroom import access
from newsroom.door import sessions
from newsroom.door.browsers import remember
from newsroom.door.knocking import Knock
from newsroom.door.record import Before
from newsroom.scheduling.wording import spoken

MANY = 5  # refused tries from one's own network, before they are worth a word


def too_soon(seconds: int) -> str:
    """What a try that came too early is answered, whatever name it was for."""
    if seconds <= 90:
        wait = ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    else:
        minutes = -(-seconds // 60)
        wait = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return gettext(
        "Too many wrong passwords were tried. Wait %(wait)s, then try again: this one was not looked at. If you have "
        "forgotten yours, a chief editor can give you a new one."
    ) % {"wait": wait}


class EnterForm(AuthenticationForm):
    """The sign-in of everybody who has a role, whatever `is_staff` is."""

    knock: Knock | None = None
    seconds = 0  # to wait
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("Unknown login or password. Check the Caps Lock key."),
        "no_role": _(
            "Your login is right, but it has no role at the desk yet. A chief editor can give you one; nothing is lost."
        ),
    }

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("username")
        if typed and self.cleaned_data.get("password") and self.request is not None:
            knock = Knock.at_the_door(self.request, typed)
            if seconds := knock.enter():
                self.seconds = seconds
                raise ValidationError(too_soon(seconds), code="slowed")
            self.knock = knock
        if self.cleaned_data.get("password") == settings.DEMO_PASSWORD and not settings.IS_DEMO:
            raise self.get_invalid_login_error()
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not access.may_enter(user):
            raise ValidationError(self.error_messages["no_role"], code="no_role")


class EnterView(LoginView):
    """The page where one signs in."""

    form_class = EnterForm
    template_name = "admin/login.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.knock:
            form.knock.refuse()
        return answer_slowly(super().form_invalid(form), form.seconds)

    def form_valid(self, form: Any) -> HttpResponse:
        login: User = form.get_user()
        # A second factor stands here: it is asked for before the login is signed in, and a wrong one is refused by the
        # same knock.
        before = form.knock.admit(login, login.last_login)
        response = super().form_valid(form)
        sessions.begin(self.request.session)
        remember(self.request, response, login)
        tell(self.request, before)
        return response


class OldPasswordForm(AdminPasswordChangeForm):
    """One's own password. Whoever sits down at an open desk may not try out the old one at leisure."""

    request: HttpRequest
    seconds = 0  # to wait

    def clean_old_password(self) -> str:
        knock = Knock.of_the_old_password(self.request, self.user)
        if seconds := knock.enter():
            self.seconds = seconds
            raise ValidationError(too_soon(seconds), code="slowed")
        try:
            typed: str = super().clean_old_password()
        except ValidationError:
            knock.refuse()
            raise
        knock.prove()
        return typed


class NewPasswordView(PasswordChangeView):
    """The page where one changes one's own password."""

    form_class = OldPasswordForm

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        return answer_slowly(super().form_invalid(form), form.seconds)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        remember(self.request, response, form.user)  # a new password makes every other browser unknown
        return response


def answer_slowly(response: HttpResponse, seconds: int) -> HttpResponse:
    """The page of a form, as the answer to a try that came too early when there are seconds to wait."""
    if seconds:
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
    return response


def tell(request: HttpRequest, before: Before) -> None:
    """Tell whoever has just signed in what others tried with their login since the last time."""
    if not before.elsewhere and before.refused < MANY:
        return
    refused = ngettext(
        "%(count)s try with a wrong password was refused for your login since you signed in for the last time.",
        "%(count)s tries with a wrong password were refused for your login since you signed in for the last time.",
        before.refused,
    ) % {"count": before.refused}
    last = gettext("You did so on %(when)s.") % {"when": spoken(before.at)} if before.at else ""
    advice = gettext("If it was not you, tell a chief editor; your account page lists the networks.")
    messages.warning(request, " ".join(filter(None, [refused, last, advice])))
