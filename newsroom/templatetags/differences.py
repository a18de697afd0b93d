"""Words that were removed and added, marked for the eye and said to who listens; spaces that matter made visible."""

import re
from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from newsroom.versions.comparison import How, Run

register = template.Library()

# What is drawn for a sign that nobody sees, and what it is called.
SIGNS: dict[str, tuple[str, str | Promise]] = {
    "\u00a0": ("·", _("non-breaking space")),
    "\u202f": ("¦", _("narrow non-breaking space")),
    "\u2009": ("¦", _("thin space")),
    "\u2011": ("‑", _("non-breaking hyphen")),
    "\u00ad": ("¬", _("soft hyphen")),
    "\t": ("→", _("tab")),
}
REMOVED, ADDED, MARKED = (f"{{}}<{tag}>{{}}{{}}</{tag}>" for tag in ("del", "ins", "mark"))
UNSEEN = re.compile(f"([{''.join(SIGNS)}])")


@register.filter
def marked(runs: Iterable[Run]) -> SafeString:
    """Both texts as one: `<del>` and `<ins>`."""
    return format_html_join("", "{}", ((_drawn(run),) for run in runs))


@register.simple_tag
def side(runs: Iterable[Run], which: str) -> SafeString:
    """One of both texts, `before` or `after`, with what the other does not have in `<mark>`."""
    own = How.REMOVED if which == "before" else How.ADDED
    shown = [run for run in runs if run.how in (How.SAME, own)]
    return format_html_join(
        "", "{}", ((run.text if run.how is How.SAME else _around(MARKED, run.text),) for run in shown)
    )


@register.simple_tag
def legend_of_spaces() -> SafeString:
    """The signs that stand for spaces, with their names."""
    shown = (SIGNS[sign] for sign in ("\u00a0", "\u202f", "\u2011"))
    return format_html_join(", ", '<i class="space">{}</i> {}', shown)


def _drawn(run: Run) -> str | SafeString:
    match run.how:
        case How.REMOVED:
            return _around(REMOVED, run.text, pgettext("comparison", "removed"))
        case How.ADDED:
            return _around(ADDED, run.text, pgettext("comparison", "added"))
    return run.text


def _around(element: str, text: str, said: str = "") -> SafeString:
    """`text` in an element, the plain space before it left out; `said` to who listens."""
    words = text.removeprefix(" ") or text
    told = format_html('<span class="visually-hidden">[{}] </span>', said) if said else ""
    return format_html(element, " " if words != text else "", told, _visible(words))


def _visible(text: str) -> SafeString:
    return format_html_join("", "{}", ((_sign(part),) for part in UNSEEN.split(text)))


def _sign(part: str) -> str | SafeString:
    if part not in SIGNS:
        return part
    drawn, name = SIGNS[part]
    return format_html(
        '<i class="space" title="{0}" aria-hidden="true">{1}</i><span class="visually-hidden">[{0}]</span>', name, drawn
    )
