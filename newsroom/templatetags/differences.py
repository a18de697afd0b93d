"""Marks the words that were removed and added, for the eye and for screen readers, and makes special spaces visible."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

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
ELEMENTS = {Difference.REMOVED: "del", Difference.ADDED: "ins"}
INVISIBLE_CHARACTER = re.compile(f"([{''.join(INVISIBLE)}])")


@register.filter
def marked(runs: Iterable[Run]) -> SafeString:
    """Both texts in one, with the differences in `<del>` and `<ins>`."""
    hidden = {
        Difference.REMOVED: _hidden(pgettext("comparison", "removed")),
        Difference.ADDED: _hidden(pgettext("comparison", "added")),
    }
    return _joined(
        escape(run.text)
        if run.difference is Difference.SAME
        else _around(ELEMENTS[run.difference], run.text, hidden[run.difference])
        for run in runs
    )


@register.simple_tag
def side(runs: Iterable[Run], which: str) -> SafeString:
    """One of the two texts, `before` or `after`. The words that the other one lacks are in `<mark>`."""
    own = Difference.REMOVED if which == "before" else Difference.ADDED
    own_runs = [run for run in runs if run.difference in (Difference.SAME, own)]
    return _joined(
        escape(run.text) if run.difference is Difference.SAME else _around("mark", run.text) for run in own_runs
    )


@register.simple_tag
def legend_of_spaces() -> SafeString:
    """The glyphs that stand for special spaces and hyphens, with their names."""
    common = (INVISIBLE[character] for character in ("\u00a0", "\u202f", "\u2011"))
    return format_html_join(", ", '<i class="space">{}</i> {}', common)


# A page may show a hundred thousand runs: they are put together as plain strings, each of them escaped.


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 (each part is escaped)


def _around(element: str, text: str, hidden: str = "") -> str:
    """`text` in an element, without the plain space before it. Screen readers get what is `hidden` first."""
    words = text.removeprefix(" ") or text
    space = " " if words != text else ""
    return f"{space}<{element}>{hidden}{_visible(words)}</{element}>"


def _hidden(words: str) -> str:
    return format_html('<span class="visually-hidden">[{}] </span>', words)


def _visible(text: str) -> str:
    return INVISIBLE_CHARACTER.sub(lambda match: _glyph(match[0], get_language()), escape(text))


@lru_cache
def _glyph(character: str, _language: str | None) -> str:
    """The glyph for a character that nobody sees, with its name in the language of the page."""
    glyph, name = INVISIBLE[character]
    return format_html(
        '<i class="space" title="{0}" aria-hidden="true">{1}</i><span class="visually-hidden">[{0}]</span>', name, glyph
    )
