"""Wall times: hours as people read them on a clock of the newsroom's zone. One may not exist, or come twice.

Morocco puts its clocks back for Ramadan and forward after it, on dates that a decree may still move. So a story keeps
the wall time that was meant beside the moment that it stands for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .wording import clock_hour


class NoSuchTime(ValueError):  # noqa: N818 (what it is, not an error of ours)
    """Raised for a wall time that does not stand for one moment. `is_double` when it stands for two, else for none."""

    def __init__(self, message: str | Promise, *, is_double: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_double = is_double


@dataclass(frozen=True)
class WallTime:
    """A moment (UTC), and the wall time that was meant: « 2027-02-07 08:00 Africa/Casablanca »."""

    moment: datetime
    meant: str


def wall_time(typed: datetime, *, second: bool | None = None) -> WallTime:
    """The moment of a naive wall time in the newsroom's zone.

    `second` chooses between the two moments of an hour that comes twice. Raises NoSuchTime for an hour that the clocks
    skip, and for one that comes twice when `second` is None.
    """
    zone = timezone.get_default_timezone()
    first, later = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moment = first
    if first.utcoffset() != later.utcoffset():
        if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != typed:
            raise NoSuchTime(
                _("%(hour)s does not exist on that day: the clocks go forward. Choose an hour before or after.")
                % {"hour": clock_hour(typed.hour, typed.minute)}
            )
        if second is None:
            raise NoSuchTime(
                _("%(hour)s comes twice on that day: the clocks go back. Say whether you mean the first or the second.")
                % {"hour": clock_hour(typed.hour, typed.minute)},
                is_double=True,
            )
        moment = later if second else first
    return WallTime(moment.astimezone(UTC), f"{typed:%Y-%m-%d %H:%M} {zone}")


def moment_meant(meant: str, known: datetime) -> datetime:
    """The moment that a stored wall time (`WallTime.meant`) stands for under today's rules of its zone.

    `known` is the moment that it stood for before. Of an hour that comes twice, that is kept if it is one of the two;
    otherwise it is the first. An hour that the clocks now skip becomes one that is later on the clock, never earlier.
    """
    day, hour, name = meant.split(" ")
    zone, typed = ZoneInfo(name), datetime.fromisoformat(f"{day} {hour}")
    first, second = (typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    exists = first.astimezone(zone).replace(tzinfo=None) == typed
    return second if exists and known == second else first
