"""How a reader's page leaves: no cookie, a short freshness, a long staleness, an ETag, and keys to drop it by."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

FRESH = "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
SHORT = "public, max-age=10"


def deliver(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    keys: Iterable[str] = (),
    path: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of the site, with the newspaper's name and the canonical address `path` in its context."""
    content = render_to_string(
        template,
        {
            "newspaper": newspaper(),
            "canonical": absolute(path) if path else "",
            **context,
        },
        request,
    )
    return stamp(HttpResponse(content, status=status), keys=keys)


def stamp(response: HttpResponse, *, keys: Iterable[str] = (), policy: str | None = None) -> HttpResponse:
    """Set the headers of a public answer. The ETag is of the text: compressed, it would never be the same twice."""
    response["Cache-Control"] = policy or (FRESH if response.status_code == 200 else SHORT)
    response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    if names := list(keys):
        response["Surrogate-Key"] = " ".join(names)
        response["Cache-Tag"] = ",".join(names)
    return response


def absolute(path: str) -> str:
    return path if "://" in path else f"{settings.SITE_URL}{path}"


def newspaper() -> dict[str, str]:
    return {
        "name": settings.NEWSPAPER_NAME,
        "tagline": settings.NEWSPAPER_TAGLINE,
        "about": settings.NEWSPAPER_ABOUT,
    }
