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


def day_number(when: date) -> str:
    """« 24 », « 1er »: the first of a month is the only ordinal in a French date."""
    return _("1st") if when.day == 1 else str(when.day)


def is_this_year(when: date) -> bool:
    """Whether a day lies in the current year of the newspaper's zone. The year of any other day is written."""
    return when.year == timezone.localdate().year


def day(when: date) -> str:
    """« 24 novembre », « 1er décembre » in the current year; « 24 novembre 2025 » in another."""
    return _day_and_month(when) if is_this_year(when) else long_day(when)


def long_day(when: date) -> str:
    """« 24 novembre 2025 »."""
    return _("%(day_and_month)s, %(year)s") % {"day_and_month": _day_and_month(when), "year": when.year}


def _day_and_month(when: date) -> str:
    return _("%(month)s %(day)s") % {"day": day_number(when), "month": MONTHS[when.month]}


def long_date(moment: datetime) -> str:
    """« 24 novembre 2025 à 14 h 05 »."""
    return _("%(day)s at %(time)s") % {"day": long_day(timezone.localdate(moment)), "time": clock(moment)}


def short_date(moment: datetime) -> str:
    """« 24 novembre à 14 h 05 » in the current year; « 24 novembre 2024 », without the hour, in another."""
    local = timezone.localdate(moment)
    if not is_this_year(local):
        return long_day(local)
    return _("%(day)s at %(time)s") % {"day": day(local), "time": clock(moment)}


def weekday_day(when: date) -> str:
    """« lundi 24 novembre » in the current year; « lundi 24 novembre 2025 » in another."""
    return _("%(weekday)s, %(day)s") % {"weekday": WEEKDAYS[when.weekday()], "day": day(when)}


def day_heading(when: date) -> str:
    """« Lundi 24 novembre » in the current year; « Lundi 24 novembre 2025 » in another."""
    return capfirst(weekday_day(when))


def month_heading(when: date) -> str:
    """« Novembre 2025 »."""
    return capfirst(_("%(month)s %(year)s") % {"month": MONTHS[when.month], "year": when.year})


def weekday_date(when: date) -> str:
    """« Lundi 24 novembre 2025 »."""
    return capfirst(_("%(weekday)s, %(day)s") % {"weekday": WEEKDAYS[when.weekday()], "day": long_day(when)})


def numeric_day(when: date) -> str:
    """« 24/11 », for the narrow column of the wire; « 24/11/2025 » in another year."""
    words = _("%(month)s/%(day)s") if is_this_year(when) else _("%(month)s/%(day)s/%(year)s")
    return words % {"day": f"{when.day:02}", "month": f"{when.month:02}", "year": when.year}
