"""System checks of the readers' site."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.template.loader import get_template

FIRST_PAINT = "components/first_paint.js"


@register
def first_paint_is_allowed(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:
    """The Content-Security-Policy must name the hash of the one inline script, or browsers refuse to run it."""
    script = get_template(FIRST_PAINT).render()
    wanted = f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
    if wanted in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"]:
        return []
    hint = f"Write {wanted} in CONTENT_SECURITY_POLICY, script-src."
    return [Error(f"The Content-Security-Policy does not allow {FIRST_PAINT}.", hint=hint, id="articles.E001")]
