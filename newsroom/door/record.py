"""Who came in and who was turned away: for each account, network and day one row, kept for ninety days.

A chief reads it in the accounts, and whoever signs in is told what was tried with their login. The name that was typed
is not kept: people type their password there by mistake.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from newsroom.models import SignIn

TERM = timedelta(days=90)
MOST_NETWORKS = 50  # named for one account and day; the tries of the others are counted together
LATELY = timedelta(days=7)
MOST_FORGOTTEN = 5_000  # rows in one go
SHOWN = 30  # rows on the page of an account


@dataclass(frozen=True)
class Before:
    """What was known of an account before somebody signed in: when they last did, and what was refused since."""

    at: datetime | None
    refused: int
    elsewhere: int


def is_an_office(network: str) -> bool:
    """Whether staff signed in from this network within the term."""
    since = timezone.localdate() - TERM
    return bool(network) and SignIn.objects.filter(network=network, admitted__gt=0, day__gte=since).exists()


def record_refused(account: int, network: str, now: datetime) -> None:
    _add(account, network, now, refused=1, unseen=1)


def record_admitted(login: User, network: str, now: datetime, before: datetime | None) -> Before:
    """Record that `login` came in; `before` is when it last did. What was refused since is given out once."""
    unseen = SignIn.of(login).filter(unseen__gt=0)
    counted = unseen.aggregate(all=Sum("unseen"), elsewhere=Sum("unseen", filter=~Q(network=network)))
    unseen.update(unseen=0)
    _add(login.pk, network, now, admitted=1)
    return Before(before, counted["all"] or 0, counted["elsewhere"] or 0)


def _add(account: int, network: str, now: datetime, **counts: int) -> None:
    day = timezone.localdate(now)
    of_the_day = SignIn.objects.filter(account=account, day=day)
    more = {name: F(name) + count for name, count in counts.items()}
    if of_the_day.filter(network=network).update(**more, last_at=now):
        return
    if "admitted" not in counts and of_the_day.count() >= MOST_NETWORKS:
        network = SignIn.OTHERS
    row = SignIn(account=account, network=network, day=day, first_at=now, last_at=now)
    SignIn.objects.bulk_create([row], ignore_conflicts=True)
    of_the_day.filter(network=network).update(**more, last_at=now)


def with_refused_lately(logins: QuerySet[User]) -> QuerySet[User]:
    """These logins, each with `refused_lately`, the tries that were refused in the last days."""
    counted = _lately().filter(account=OuterRef("pk")).values("account").annotate(sum=Sum("refused"))
    return logins.annotate(refused_lately=Coalesce(Subquery(counted.values("sum")), 0))


def refused_to_nobody() -> int:
    """How many tries were refused in the last days for names that nobody has."""
    return _lately().filter(account=SignIn.NOBODY).aggregate(sum=Sum("refused"))["sum"] or 0


def _lately() -> QuerySet[SignIn]:
    return SignIn.objects.filter(day__gt=timezone.localdate() - LATELY).order_by()


def forget_old(now: datetime | None = None) -> int:
    """Erase rows whose term is over, a part of them when they are very many."""
    before = timezone.localdate(now or timezone.now()) - TERM
    old = SignIn.objects.filter(day__lt=before).order_by("day").values("pk")[:MOST_FORGOTTEN]
    return SignIn.objects.filter(pk__in=old).delete()[0]
