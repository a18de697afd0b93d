"""Hours as people mean them: a wall time in the newsroom's zone, which may not exist, or exist twice.

Morocco puts its clocks back for Ramadan and forward after it, on dates a decree may still move; so what was meant is
kept beside the moment it stands for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class NoSuchTime(ValueError):  # noqa: N818 (what it is, not an error of ours)
    """A wall time that does not stand for one moment. `message` explains it; `is_double` when there are two."""

    def __init__(self, message: str | Promise, *, is_double: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_double = is_double


@dataclass(frozen=True)
class WallTime:
    """A moment, and the wall time that was meant by it: « 2027-02-07 08:00 Africa/Casablanca »."""

    moment: datetime
    meant: str


def wall_time(typed: datetime, *, second: bool | None = None) -> WallTime:
    """The moment of a naive wall time in the newsroom's zone.

    Raises NoSuchTime when the clocks pass over it, and, unless `second` says which of the two is meant, when they pass
    it twice.
    """
    zone = timezone.get_default_timezone()
    first, later = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moment = first
    if first.utcoffset() != later.utcoffset():
        if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != typed:
            raise NoSuchTime(
                _("%(hour)s does not exist on that day: the clocks go forward. Choose an hour before or after.")
                % {"hour": date_format(typed, _("H:i"))}
            )
        if second is None:
            raise NoSuchTime(
                _("%(hour)s comes twice on that day: the clocks go back. Say whether you mean the first or the second.")
                % {"hour": date_format(typed, _("H:i"))},
                is_double=True,
            )
        moment = later if second else first
    return WallTime(moment.astimezone(UTC), f"{typed:%Y-%m-%d %H:%M} {zone}")


def moment_meant(meant: str, known: datetime) -> datetime:
    """The moment that a kept wall time (`WallTime.meant`) stands for by the rules the zone has today; `known` is the
    one it stood for before.

    Of an hour that comes twice, the one that was chosen, else the first. An hour that is passed over now stands for
    the one that a clock shows which was not put forward: later on the wall, never earlier.
    """
    day, hour, name = meant.split(" ")
    zone, typed = ZoneInfo(name), datetime.fromisoformat(f"{day} {hour}")
    first, second = (typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    exists = first.astimezone(zone).replace(tzinfo=None) == typed
    return second if exists and known == second else first


def spoken(moment: datetime) -> str:
    """A moment as the desk says it: « jeudi 26 novembre, 8 h 00 »."""
    local = timezone.localtime(moment)
    return date_format(local, str(DAY_AND_HOUR))


DAY_AND_HOUR = gettext_lazy("l j F, H:i")
