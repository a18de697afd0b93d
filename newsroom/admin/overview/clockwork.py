"""What the clock could not do, for those who answer for the desk: letters that wait, and jobs that failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from newsroom import access
from newsroom.clock.duties import jobs
from newsroom.models import Dispatch, Fault

NORMAL_WAIT = timedelta(minutes=5)  # of a letter; a longer one is shown
MOST_COUNTED = 1000
MOST_FAULTS = 50
LETTERS = "letters"  # the job whose faults are shown with the letters
NAMED = 5  # rows of one job that are named


@dataclass(frozen=True)
class Letters:
    """The letters that wait. Of more than MOST_COUNTED, the number is that, and `are_more` holds."""

    number: int
    are_more: bool
    since: datetime
    failure: str


@dataclass(frozen=True)
class Trouble:
    """What one job could not do: `pages` are the addresses of the first rows, by their numbers."""

    title: str | Promise
    number: int
    since: datetime
    next_try: datetime
    failure: str
    pages: list[tuple[int, str]]


@dataclass(frozen=True)
class Clockwork:
    letters: Letters | None
    troubles: list[Trouble]

    def __bool__(self) -> bool:
        return bool(self.letters or self.troubles)


def clockwork(user: access.Login) -> Clockwork:
    """What the clock could not do, for an editor or a chief; nothing for others. The queries do not grow with it."""
    if not access.standing_of(user).is_any(access.EDITORS_UP):
        return Clockwork(None, [])
    faults = list(Fault.objects.order_by("first_at", "pk")[:MOST_FAULTS])
    by_job: dict[str, list[Fault]] = {}
    for fault in faults:
        by_job.setdefault(fault.job, []).append(fault)
    troubles = [
        _trouble(job.title, job.page, by_job[job.name]) for job in jobs() if job.name in by_job and job.name != LETTERS
    ]
    return Clockwork(_letters([fault.failure for fault in by_job.get(LETTERS, [])]), troubles)


def _trouble(title: str | Promise, page: str, faults: list[Fault]) -> Trouble:
    rows = [fault.ref for fault in faults if fault.ref != Fault.WHOLE][:NAMED] if page else []
    return Trouble(
        title=title,
        number=len(faults),
        since=faults[0].first_at,
        next_try=min(fault.next_try for fault in faults),
        failure=faults[-1].failure,
        pages=[(number, reverse(page, args=[number])) for number in rows],
    )


def _letters(server_failures: list[str]) -> Letters | None:
    """The letters that wait for longer than they should, or whose sending failed."""
    waiting = Dispatch.objects.filter(kind=Dispatch.Kind.MAIL, done_at=None).order_by("due_at")
    counted = waiting[: MOST_COUNTED + 1].aggregate(number=Count("pk"), since=Min("created_at"))
    if not counted["number"]:
        return None
    failures = [*waiting.exclude(failure="").order_by("-due_at").values_list("failure", flat=True)[:1]]
    if not server_failures and not failures and timezone.now() - counted["since"] < NORMAL_WAIT:
        return None
    return Letters(
        number=min(counted["number"], MOST_COUNTED),
        are_more=counted["number"] > MOST_COUNTED,
        since=counted["since"],
        failure=(server_failures or failures or [""])[0],
    )
