"""A body as it is typed in a form: cleaned, refused with a sentence, and what the cleaning left out in words."""

from collections import Counter
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.wording import join_names, thousands
from newsroom import body

TANGLED = _("This text has more markup than any article needs. Paste it without its formatting, or cut it up.")

PARTS: dict[body.Mark, Callable[[int], str]] = {
    body.Mark.DELETED: lambda number: ngettext(
        "%(number)s passage struck or deleted", "%(number)s passages struck or deleted", number
    ),
    body.Mark.COMMENT: lambda number: ngettext("%(number)s comment", "%(number)s comments", number),
    body.Mark.HIDDEN: lambda number: ngettext("%(number)s hidden passage", "%(number)s hidden passages", number),
}


def clean_typed(typed: str) -> str:
    """The body as the newsroom's cleaner leaves it, typed or pasted. Raises ValidationError for what is no article."""
    if not body.fits(typed):
        if len(typed) <= body.LONGEST and body.cleaned(typed).is_intricate:
            raise ValidationError(TANGLED, code="intricate")
        raise ValidationError(
            _("This text is over %(most)s signs long, markup included: it is not an article. Cut it in several."),
            code="too_long",
            params={"most": thousands(body.LONGEST)},
        )
    return body.clean(typed)


def left_out_in(typed: str) -> str:
    """A sentence on the passages of a text that were left out of it; empty when none was."""
    if len(typed) > body.LONGEST:
        return ""
    counts: Counter[body.Mark] = body.cleaned(typed).left_out
    parts = [words(counts[mark]) % {"number": counts[mark]} for mark, words in PARTS.items() if counts[mark]]
    if not parts:
        return ""
    return gettext("Left out of the text, where its source marks it as no part of it: %(parts)s.") % {
        "parts": join_names(parts)
    }
