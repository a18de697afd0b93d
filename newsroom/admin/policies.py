"""What a page of the desk may load: its Content-Security-Policy.

Each page has the strict one; the one page with the editor has a wider one.
"""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE

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
