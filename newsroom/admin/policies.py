"""What a page of the desk may load: its Content-Security-Policy.

Each page has the strict one; the one page with the editor has a wider one.
"""

from typing import TypeVar

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http.response import HttpResponseBase

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

# CKEditor 4 writes style attributes and event handlers. A nonce would switch 'unsafe-inline' off, so there is none.
WITH_EDITOR: dict[str, list[str]] = {
    **STRICT,
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-src": [SELF],
}

WITH_PREVIEW: dict[str, list[str]] = {**STRICT, "frame-src": [SELF]}


Response = TypeVar("Response", bound=HttpResponseBase)


def set_policy(response: HttpResponseBase, policy: dict[str, list[str]]) -> None:
    """Give a response this policy; django-csp's middleware writes the header from it."""
    response._csp_config = policy  # type: ignore[attr-defined]


def guard(response: Response, policy: dict[str, list[str]] = STRICT) -> Response:
    """Give a response its policy, unless it has one already."""
    if not hasattr(response, "_csp_config"):
        set_policy(response, policy)
    return response
