"""Gates: each lets some tries pass at once, and then one after a pause that doubles up to a longest one.

A try is counted before the password is looked at, so that many at the same moment are counted too; one that was right
is given back. A try that comes too early is not counted: whoever hammers makes nobody wait longer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils.crypto import salted_hmac

from newsroom.models import Gate

FIRST_PAUSE = timedelta(seconds=5)
QUIET = timedelta(hours=1)  # after it a gate has forgotten
MOST_FORGOTTEN = 5_000  # gates in one go


@dataclass(frozen=True)
class Pace:
    """How many wrong tries pass at once, and the longest pause between two after them."""

    free: int
    longest: timedelta

    def pause(self, tries: int) -> timedelta:
        """The pause after that many wrong tries."""
        doublings = tries - self.free
        if doublings < 0:
            return timedelta(0)
        pause: timedelta = FIRST_PAUSE * 2 ** min(doublings, 20)
        return min(pause, self.longest)


PACES = {
    # one browser that is known for an account, or one network that tries one account
    "browser": Pace(5, timedelta(minutes=5)),
    "pair": Pace(5, timedelta(minutes=5)),
    # one account, from many networks that are not known: a stranger waits less, as others make them wait
    "account": Pace(30, timedelta(seconds=30)),
    # one network, for whatever names
    "network": Pace(30, timedelta(minutes=5)),
    # one network from which staff sign in: a whole office may stand behind it
    "office": Pace(300, timedelta(seconds=10)),
}
OF_ONE_PERSON = ("browser", "pair")


def gate(kind: str, *names: str) -> str:
    """The key of a gate. Names that nobody can guess the hash of cannot be made to share a gate with others."""
    digest = salted_hmac(f"newsroom.door.{kind}", "\n".join(names), secret=settings.SECRET_KEY, algorithm="sha256")
    return f"{kind}:{digest.hexdigest()[:4]}"


def pass_through(keys: Sequence[str], now: datetime) -> int:
    """0, and the try is counted at all these gates; or the seconds to wait, and it is counted at none."""
    if wait := _seconds(Gate.objects.filter(pk__in=keys).aggregate(latest=Max("opens_at"))["latest"], now):
        return wait
    with transaction.atomic():
        fresh = (Gate(key=key, tried_at=now, opens_at=now) for key in sorted(keys))
        Gate.objects.bulk_create(fresh, ignore_conflicts=True)
        gates = list(Gate.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        if wait := _seconds(max((one.opens_at for one in gates), default=None), now):
            return wait
        for one in gates:
            one.tries = one.tries + 1 if now - one.tried_at < QUIET else 1
            one.tried_at = now
            one.opens_at = now + PACES[one.key.partition(":")[0]].pause(one.tries)
        Gate.objects.bulk_update(gates, ["tries", "tried_at", "opens_at"])
    return 0


def give_back(keys: Iterable[str], now: datetime) -> None:
    """The try was right: the gates of the person forget, the others count one less."""
    for key in keys:  # one by one: a statement that locks two rows chooses their order, and could meet `pass_through`
        if key.partition(":")[0] in OF_ONE_PERSON:
            Gate.objects.filter(pk=key).update(tries=0, opens_at=now)
        else:
            Gate.objects.filter(pk=key, tries__gt=0).update(tries=F("tries") - 1, opens_at=now)


def forget_quiet(now: datetime) -> int:
    """Erase the gates that have forgotten anyway, a part of them when they are very many."""
    quiet = Gate.objects.filter(tried_at__lt=now - QUIET, opens_at__lt=now).values("pk")[:MOST_FORGOTTEN]
    return Gate.objects.filter(pk__in=quiet).delete()[0]


def _seconds(opens_at: datetime | None, now: datetime) -> int:
    return max(0, ceil((opens_at - now).total_seconds())) if opens_at else 0
