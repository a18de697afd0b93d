"""Dates and hours as the desk writes them: short ones, with spaces, in the newsroom's zone.

The year of a date that is not in the current year is always written: an hour in another year is most often a slip.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.dates import MONTHS_AP
from django.utils.translation import gettext as _

from articles import dates


def hour(moment: datetime) -> str:
    """« 8 h 00 »."""
    local = timezone.localtime(moment)
    return clock_hour(local.hour, local.minute)


def clock_hour(hour: int, minute: int) -> str:
    """« 2 h 30 », also of a wall time that stands for no moment."""
    return _("%(hour)s:%(minute)s h") % {"hour": hour, "minute": f"{minute:02}"}


def spoken(moment: datetime) -> str:
    """« jeudi 26 novembre, 8 h 00 »; « vendredi 5 décembre 2031, 8 h 00 » in another year."""
    return _("%(day)s, %(hour)s") % {"day": dates.weekday_day(timezone.localdate(moment)), "hour": hour(moment)}


def short(moment: datetime) -> str:
    """« 14 h 05 » today, « 12 nov. 14 h 05 » in the current year, « 12 nov. 2025 14 h 05 » in another."""
    day = timezone.localdate(moment)
    if day == timezone.localdate():
        return hour(moment)
    words = _("%(month)s %(day)s %(hour)s") if dates.is_this_year(day) else _("%(month)s %(day)s %(year)s %(hour)s")
    return words % {
        "day": dates.day_number(day), "month": MONTHS_AP[day.month], "year": day.year, "hour": hour(moment),
    }  # fmt: skip
