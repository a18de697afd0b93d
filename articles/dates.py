"""Dates and hours as the newspaper writes them: « 24 novembre 2025 à 14 h 05 », with spaces that do not break."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def clock(moment: datetime) -> str:
    """« 14 h 05 », « 14 heures »."""
    local = timezone.localtime(moment)
    if not local.minute:
        return ngettext("%(hour)s o’clock", "%(hour)s o’clock", local.hour) % {"hour": local.hour}
    return _("%(hour)s:%(minute)s") % {"hour": local.hour, "minute": f"{local.minute:02}"}


def day(when: date) -> str:
    """« 24 novembre », « 1er décembre »."""
    number = _("1st") if when.day == 1 else str(when.day)
    return _("%(month)s %(day)s") % {"day": number, "month": MONTHS[when.month]}


def long_day(when: date) -> str:
    """« 24 novembre 2025 »."""
    return _("%(day_and_month)s, %(year)s") % {"day_and_month": day(when), "year": when.year}


def long_date(moment: datetime) -> str:
    """« 24 novembre 2025 à 14 h 05 »."""
    return _("%(day)s at %(time)s") % {"day": long_day(timezone.localdate(moment)), "time": clock(moment)}


def short_date(moment: datetime) -> str:
    """« 24 novembre à 14 h 05 » in the current year; « 24 novembre 2024 », without the hour, in another."""
    local = timezone.localdate(moment)
    if local.year != timezone.localdate().year:
        return long_day(local)
    return _("%(day)s at %(time)s") % {"day": day(local), "time": clock(moment)}


def day_heading(when: date) -> str:
    """« Lundi 24 novembre » in the current year; « Lundi 24 novembre 2025 » in another."""
    date_words = day(when) if when.year == timezone.localdate().year else long_day(when)
    return capfirst(_("%(weekday)s, %(day)s") % {"weekday": WEEKDAYS[when.weekday()], "day": date_words})


def month_heading(when: date) -> str:
    """« Novembre 2025 »."""
    return capfirst(_("%(month)s %(year)s") % {"month": MONTHS[when.month], "year": when.year})


def weekday_date(when: date) -> str:
    """« Lundi 24 novembre 2025 »."""
    return capfirst(_("%(weekday)s, %(day)s") % {"weekday": WEEKDAYS[when.weekday()], "day": long_day(when)})


def numeric_day(when: date) -> str:
    """« 24/11 », for the narrow column of the wire."""
    return _("%(month)s/%(day)s") % {"day": f"{when.day:02}", "month": f"{when.month:02}"}
