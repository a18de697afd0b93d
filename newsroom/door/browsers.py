"""Known browsers: a signed cookie names the accounts that a browser signed in to, and lets nobody in by itself.

From a known browser the right password always passes, whatever strangers do to the account or from the same network.
A new password makes the browser unknown again.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

COOKIE = "redaction_connu"
SALT = "newsroom.door.browsers"
LASTS = timedelta(days=365)
MOST_ACCOUNTS = 8  # in one browser, which a room may share


def known_as(request: HttpRequest, login: User) -> str:
    """The name of this browser if `login` signed in with it under its present password; otherwise empty."""
    name, signs = _read(request)
    return name if name and any(constant_time_compare(sign, _sign(name, login)) for sign in signs) else ""


def remember(request: HttpRequest, response: HttpResponseBase, login: User) -> None:
    """Have the browser of this request known for `login` from now on."""
    name, signs = _read(request)
    name = name or get_random_string(16)
    sign = _sign(name, login)
    kept = [sign, *(other for other in signs if other != sign)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([name, *kept], salt=SALT),
        max_age=LASTS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        name, *signs = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return name, signs


def _sign(name: str, login: User) -> str:
    return salted_hmac(SALT, f"{name} {login.pk} {login.password}", algorithm="sha256").hexdigest()[:24]
