"""Writes and draws plans for the desk's templates: hours, changes of plan, lateness, numbers, readings as a line."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import dates
from articles.wording import thousands
from newsroom import planning
from newsroom.models import PlanChange, Story
from newsroom.scheduling import wording
from newsroom.workflow import Stage

from .desk import short_when

register = template.Library()

register.filter("thousands", thousands)


@register.filter
def spoken(moment: datetime | None) -> str:
    """« jeudi 26 novembre, 8 h 00 »."""
    return wording.spoken(moment) if moment else ""


@register.filter
def hour(moment: datetime) -> str:
    """« 18 h 00 », in the newsroom's zone."""
    return wording.hour(moment)


@register.filter
def whole_day(when: date | datetime) -> str:
    """« Mardi 1er décembre 2026 »."""
    return dates.weekday_date(_day(when))


@register.filter
def weekday_day(when: date | datetime) -> str:
    """« lundi 24 novembre », with its year when that is not the current one."""
    return dates.weekday_day(_day(when))


@register.filter
def plain_day(when: date | datetime) -> str:
    """« 24 novembre », with its year when that is not the current one."""
    return dates.day(_day(when))


@register.filter
def long_day(when: date | datetime) -> str:
    """« 24 novembre 2025 »."""
    return dates.long_day(_day(when))


def _day(when: date | datetime) -> date:
    return timezone.localdate(when) if isinstance(when, datetime) else when


@register.filter
def sentence(change: PlanChange) -> str:
    return planning.sentence_of(change)


@register.filter
def is_late(story: Story) -> bool:
    """Whether the deadline of a story is past while it is still in draft or in review."""
    return story.stage in (Stage.DRAFT, Stage.REVIEW) and story.deadline is not None and story.deadline < timezone.now()


@register.filter
def due(story: Story) -> str:
    """The deadline of a story that has one: « à rendre le 26 nov. 18 h 00 », or that it is past."""
    words = _("late: due %(when)s") if is_late(story) else _("due %(when)s")
    return words % {"when": short_when(story.deadline)}


@register.filter
def extent(story: Story) -> str:
    """How much is written of the length that was ordered, or the number of words where none was."""
    if not story.characters_ordered:
        return ngettext("%(words)s word", "%(words)s words", story.words) % {"words": story.words}
    written, ordered = thousands(story.characters), thousands(story.characters_ordered)
    return _("%(written)s of %(ordered)s signs") % {"written": written, "ordered": ordered}


@register.simple_tag
def sparkline(values: Sequence[int], width: int = 96, height: int = 24) -> SafeString:
    """Views by hour as a line. It is hidden from screen readers: the page writes the total beside it."""
    if len(values) < 2:
        values = [0, *values]
    top, step = max(values) or 1, width / (len(values) - 1)
    points = [f"{place * step:.1f} {height - 2 - value / top * (height - 4):.1f}" for place, value in enumerate(values)]
    line = "M" + " L".join(points)
    return format_html(
        '<svg class="sparkline" aria-hidden="true" viewBox="0 0 {0} {1}" width="{0}" height="{1}">'
        '<path class="area" d="{2} L{0} {1} L0 {1} Z"/><path class="line" d="{2}"/></svg>',
        width,
        height,
        line,
    )


@register.simple_tag
def narrowed(narrowing: Any, **more: str) -> str:
    """The query of the same selection on another page, with `more` query words added or replaced."""
    return str(narrowing.query_with(**more))
