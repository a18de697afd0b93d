"""Sends a reader's page: without a cookie, fresh for seconds, usable stale for a day, with an ETag and cache keys.

A cache in front of the site can drop all the pages of one subject by its key (`Surrogate-Key`, `Cache-Tag`).
"""

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
    """Render a page of the site. The newspaper's name and the canonical address, from `path`, join its context.

    A page without `path` has no canonical address and asks search engines not to index it.
    """
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
    """Set the cache headers of a public answer. `policy` replaces the usual Cache-Control.

    The ETag is that of the uncompressed content, because compression never gives the same bytes twice.
    """
    response["Cache-Control"] = policy or (FRESH if response.status_code == 200 else SHORT)
    response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    if names := list(keys):
        response["Surrogate-Key"] = " ".join(names)
        response["Cache-Tag"] = ",".join(names)
    return response


def absolute(path: str) -> str:
    """The full address of a path of this site. A full address, such as a picture's on S3, comes back as it is."""
    return path if "://" in path else f"{settings.SITE_URL}{path}"


def newspaper() -> dict[str, str]:
    return {
        "name": settings.NEWSPAPER_NAME,
        "tagline": settings.NEWSPAPER_TAGLINE,
        "about": settings.NEWSPAPER_ABOUT,
    }
