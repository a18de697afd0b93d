"""Marks the words that were removed and added, for the eye and for screen readers, and makes special spaces visible."""

import re
from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from newsroom.versions.comparison import Difference, Run

register = template.Library()

# Characters that nobody sees: the glyph that is drawn for each, and its name.
INVISIBLE: dict[str, tuple[str, str | Promise]] = {
    "\u00a0": ("·", _("non-breaking space")),
    "\u202f": ("¦", _("narrow non-breaking space")),
    "\u2009": ("¦", _("thin space")),
    "\u2011": ("‑", _("non-breaking hyphen")),
    "\u00ad": ("¬", _("soft hyphen")),
    "\t": ("→", _("tab")),
}
REMOVED, ADDED, MARKED = (f"{{}}<{tag}>{{}}{{}}</{tag}>" for tag in ("del", "ins", "mark"))
INVISIBLE_CHARACTER = re.compile(f"([{''.join(INVISIBLE)}])")


@register.filter
def marked(runs: Iterable[Run]) -> SafeString:
    """Both texts in one, with the differences in `<del>` and `<ins>`."""
    return format_html_join("", "{}", ((_drawn(run),) for run in runs))


@register.simple_tag
def side(runs: Iterable[Run], which: str) -> SafeString:
    """One of the two texts, `before` or `after`. The words that the other one lacks are in `<mark>`."""
    own = Difference.REMOVED if which == "before" else Difference.ADDED
    own_runs = [run for run in runs if run.difference in (Difference.SAME, own)]
    return format_html_join(
        "", "{}", ((run.text if run.difference is Difference.SAME else _around(MARKED, run.text),) for run in own_runs)
    )


@register.simple_tag
def legend_of_spaces() -> SafeString:
    """The glyphs that stand for special spaces and hyphens, with their names."""
    common = (INVISIBLE[character] for character in ("\u00a0", "\u202f", "\u2011"))
    return format_html_join(", ", '<i class="space">{}</i> {}', common)


def _drawn(run: Run) -> str | SafeString:
    match run.difference:
        case Difference.REMOVED:
            return _around(REMOVED, run.text, pgettext("comparison", "removed"))
        case Difference.ADDED:
            return _around(ADDED, run.text, pgettext("comparison", "added"))
    return run.text


def _around(element: str, text: str, spoken: str = "") -> SafeString:
    """`text` in an element, without the plain space before it. Screen readers get the word `spoken` first."""
    words = text.removeprefix(" ") or text
    hidden = format_html('<span class="visually-hidden">[{}] </span>', spoken) if spoken else ""
    return format_html(element, " " if words != text else "", hidden, _visible(words))


def _visible(text: str) -> SafeString:
    return format_html_join("", "{}", ((_drawn_part(part),) for part in INVISIBLE_CHARACTER.split(text)))


def _drawn_part(part: str) -> str | SafeString:
    if part not in INVISIBLE:
        return part
    glyph, name = INVISIBLE[part]
    return format_html(
        '<i class="space" title="{0}" aria-hidden="true">{1}</i><span class="visually-hidden">[{0}]</span>', name, glyph
    )
