"""Every job of the clock goes on past a row that cannot be done: the failure is recorded, and tried again later."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone

from articles.models import Article, ImageCredit
from newsroom import publishing
from newsroom.clock import Clock, beat, departures, duties, faults
from newsroom.clock.credits import CREDIT_WORDS, CREDITS
from newsroom.clock.duties import jobs
from newsroom.clock.jobs import Job
from newsroom.clock.terms import TERMS
from newsroom.models import SIZES, CreditChange, Dispatch, Fault, Hand, Photo
from newsroom.photos import renditions
from newsroom.publishing import publication
from newsroom.scheduling import zone_changes

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


class Unheard(Exception):  # noqa: N818 (a name that nobody expects)
    """An exception that no code of ours knows."""


class Mute(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise ValueError("this exception cannot be written")


FAILURES = [
    PermissionError(13, "Permission denied", "/var/lib/\udce9"), OSError(28, "No space left on device"),
    KeyError("names"), MemoryError(), RecursionError(), OperationalError("deadlock detected"), Unheard("\0 \x1b"),
    Mute(), UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid"), StopIteration(), TimeoutError(),
]  # fmt: skip


def failing_for(number: int, work: Make, failure: Exception, *, named: Callable[[Any], int] = lambda row: row) -> Make:
    """`work`, which raises `failure` for one row."""

    def fails(row: Any, *args: Any, **kwargs: Any) -> Any:
        if named(row) == number:
            raise failure
        return work(row, *args, **kwargs)

    return fails


# --- One case for each job: lay a poisoned row among good ones, and return what tells that the good ones were done --


def poison_hours(patch: pytest.MonkeyPatch, failure: Exception, *, schedule: Make, **_fixtures: Make) -> Make:
    first, bad, last = (schedule(come=False) for _story in range(3))
    kept = failing_for(bad.pk, lambda _number: True, failure)
    patch.setattr(zone_changes, "_keep", kept)
    seen: list[int] = []
    patch.setattr(zone_changes, "_keep", lambda number: kept(number) and not seen.append(number))
    return lambda: seen == [first.pk, last.pk] and faulty(duties.WALL_TIMES) == [bad.pk]


def poison_departures(patch: pytest.MonkeyPatch, failure: Exception, *, schedule: Make, **_fixtures: Make) -> Make:
    first, bad, last = (schedule() for _story in range(3))
    write = failing_for(bad.pk, publishing.write_article, failure, named=lambda story: story.pk)
    patch.setattr(publication, "write_article", write)
    patch.setattr(departures, "BUSY_AT_MOST", 0)

    def done() -> bool:
        bad.refresh_from_db()
        live = set(Article.objects.values_list("pk", flat=True))
        return live == {first.pk, last.pk} and bool(bad.failure) and bad.attempts == 1

    return done


def poison_sizes(patch: pytest.MonkeyPatch, failure: Exception, *, make_photo: Make, **_fixtures: Make) -> Make:
    first, bad, last = (make_photo() for _photo in range(3))
    patch.setattr(renditions, "make", failing_for(bad.pk, renditions.make, failure, named=lambda photo: photo.pk))

    def done() -> bool:
        made = [bool(Photo.objects.get(pk=photo.pk).renditions) for photo in (first, bad, last)]
        return made == [True, False, True] and faulty(SIZES) == [bad.pk]

    return done


def poison_dispatches(kind: str, payload: Any, done_by: Callable[[], bool]) -> Make:
    corrupt: list[Any] = [{}, [], {"photo": "x", "names": 3}, {"to": 3, "login": "x"}, "x", {"names": ["a"]}]

    def poison(_patch: pytest.MonkeyPatch, _failure: Exception, **_fixtures: Make) -> Make:
        rows = [corrupt[0], payload, *corrupt[1:], payload]
        for place, row in enumerate(rows):
            Dispatch.objects.create(kind=kind, key=f"{kind}-{place}", payload=row, due_at=timezone.now())

        def done() -> bool:
            good = Dispatch.objects.exclude(done_at=None)
            bad = Dispatch.objects.filter(done_at=None, attempts=1, due_at__gt=timezone.now()).exclude(failure="")
            return (good.count(), bad.count()) == (2, len(corrupt)) and done_by()

        return done

    return poison


def poison_credits(patch: pytest.MonkeyPatch, failure: Exception, **_fixtures: Make) -> Make:
    corrected = [ImageCredit.objects.create(name=f"Agence {place}", kind="agency") for place in range(3)]
    CreditChange.objects.bulk_create(CreditChange(credit=credit, asked_at=timezone.now()) for credit in corrected)
    bad = corrected[1].pk
    patch.setattr(publishing, "bring_next", failing_for(bad, publishing.bring_next, failure))
    return lambda: [change.pk for change in CreditChange.objects.all()] == [bad] and faulty(CREDITS) == [bad]


def poison_words_of_credits(
    patch: pytest.MonkeyPatch, failure: Exception, *, make_photo: Make, **_fixtures: Make
) -> Make:
    photos = [make_photo().pk for _photo in range(3)]
    now = timezone.now()
    Fault.objects.bulk_create(
        Fault(job=CREDIT_WORDS, ref=number, failure="?", first_at=now, next_try=now) for number in photos
    )
    refresh = failing_for(photos[1], publishing.refresh_words, failure, named=lambda numbers: numbers[0])
    patch.setattr(publishing, "refresh_words", refresh)
    return lambda: faulty(CREDIT_WORDS) == [photos[1]] and Fault.objects.get(job=CREDIT_WORDS).attempts == 1


CASES: dict[str, Make] = {
    duties.WALL_TIMES: poison_hours,
    "departures": poison_departures,
    SIZES: poison_sizes,
    CREDITS: poison_credits,
    CREDIT_WORDS: poison_words_of_credits,
    "erasures": poison_dispatches("erase", {"photo": 1, "names": ["photos/a.webp"]}, lambda: True),
    "letters": poison_dispatches(
        "mail", {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}, lambda: len(mail.outbox) == 2
    ),
}
# These look at no row by itself: one statement counts or erases all at once. They can only fail as a whole.
OF_ONE_STATEMENT = {
    "top_reads", "readers", "gates", "sign_ins", "sessions", "overlong", "former_jobs", "old_log",
    *(term.job for term in TERMS),
}  # fmt: skip


def faulty(job: str) -> list[int]:
    return list(Fault.objects.filter(job=job).order_by("ref").values_list("ref", flat=True))


def test_every_job_of_the_clock_has_a_case_with_a_poisoned_row_or_is_one_statement() -> None:
    assert {job.name for job in jobs()} == set(CASES) | OF_ONE_STATEMENT
    assert {job.hand for job in jobs()} == set(Hand)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("name", CASES)
def test_a_row_that_cannot_be_done_is_recorded_and_keeps_no_other_waiting(
    name: str, failure: Exception, monkeypatch: pytest.MonkeyPatch, schedule: Make, make_photo: Make
) -> None:
    done = CASES[name](monkeypatch, failure, schedule=schedule, make_photo=make_photo)

    clock = Clock()
    if name == duties.WALL_TIMES:
        clock.start()
    clock.beat()

    assert done()


@pytest.mark.parametrize("name", [job.name for job in jobs()])
def test_a_job_that_fails_as_a_whole_is_recorded_and_the_other_jobs_are_done(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def work(job: Job, _number: int) -> int:
        asked.append(job.name)
        if job.name == name:
            raise Unheard
        return 0

    every = [dataclasses.replace(job, work=partial(work, job), rows=None) for job in jobs()]
    monkeypatch.setattr(beat, "jobs", lambda: every)

    clock = Clock()
    clock.start()
    clock.beat()

    assert set(asked) == {job.name for job in every}
    assert faulty(name) == [Fault.WHOLE]
    assert Fault.objects.count() == 1


def test_a_query_of_rows_that_fails_is_a_failure_of_its_job_alone(
    monkeypatch: pytest.MonkeyPatch, make_photo: Make
) -> None:
    make_photo()
    Dispatch.objects.create(kind="erase", key="erase", payload={"photo": 1, "names": []}, due_at=timezone.now())

    def fail() -> Any:
        raise Unheard

    every = [dataclasses.replace(job, rows=fail) if job.rows else job for job in jobs()]
    monkeypatch.setattr(beat, "jobs", lambda: every)

    Clock().beat()

    assert faulty(SIZES) == [Fault.WHOLE]
    assert Dispatch.objects.filter(done_at=None).count() == 0


# --- Tried again ----------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The numbers of the photos whose sizes cannot be made."""
    numbers: set[int] = set()
    make = renditions.make

    def fail(photo: Photo) -> Any:
        if photo.pk in numbers:
            raise PermissionError(13, "denied")
        return make(photo)

    monkeypatch.setattr(renditions, "make", fail)
    return numbers


@pytest.fixture
def bad(make_photo: Make, broken: set[int]) -> Photo:
    photo: Photo = make_photo()
    broken.add(photo.pk)
    return photo


def test_a_row_that_fails_is_tried_later_and_later_but_within_the_hour(bad: Photo) -> None:
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as machine:
        for _try in range(9):
            Clock().beat()
            Clock().beat()  # too early, and not tried
            fault = Fault.objects.get(job=SIZES, ref=bad.pk)
            waits.append((fault.next_try - timezone.now()).total_seconds())
            machine.move_to(fault.next_try)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert fault.attempts == 9


def test_a_fault_is_forgotten_once_its_row_is_done_or_gone(bad: Photo, broken: set[int]) -> None:
    Clock().beat()
    assert faulty(SIZES) == [bad.pk]
    broken.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        Clock().beat()
    bad.refresh_from_db()
    assert bad.renditions
    assert faulty(SIZES) == []

    Fault.objects.create(job=SIZES, ref=4040, failure="?", first_at=timezone.now(), next_try=timezone.now())
    Clock().beat()
    assert faulty(SIZES) == []


def test_many_rows_that_fail_keep_no_new_one_waiting_even_when_all_are_due_again(
    make_photo: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.clock.jobs.AT_ONCE", 2)
    broken = {make_photo().pk for _photo in range(5)}
    make, tried = renditions.make, []

    def fail(photo: Photo) -> Any:
        tried.append(photo.pk)
        if photo.pk in broken:
            raise Unheard
        return make(photo)

    monkeypatch.setattr(renditions, "make", fail)
    with time_machine.travel(timezone.now(), tick=False) as machine:
        for _beat in range(3):
            Clock().beat()
        assert set(faulty(SIZES)) == broken
        fresh = make_photo()
        machine.shift(timedelta(minutes=1))
        tried.clear()

        Clock().beat()

    assert tried[0] == fresh.pk
    assert len(tried) == 3


def test_a_try_set_for_a_far_future_by_a_machine_whose_time_was_wrong_is_made_now(bad: Photo) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        Clock().beat()

    Clock().beat()

    assert Fault.objects.get(job=SIZES, ref=bad.pk).attempts == 2


def test_new_sizes_that_cannot_be_copied_to_the_site_go_on_waiting(
    make_photo: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo()
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "bring_new_sizes", failing_for(photo.pk, print, OSError(28, "full")))
        Clock().beat()
    assert faulty(SIZES) == [photo.pk]

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        Clock().beat()

    photo.refresh_from_db()
    assert photo.renditions
    assert faulty(SIZES) == []


# --- Beyond one row -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("name", [SIZES, "erasures", "letters", "top_reads"])
def test_a_lost_connection_ends_the_beat_and_is_nobodys_fault(
    name: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch, make_photo: Make
) -> None:
    make_photo()

    def gone(_number: int) -> int:
        raise error("server closed the connection unexpectedly")

    every = [dataclasses.replace(job, work=gone) if job.name == name else job for job in jobs()]
    monkeypatch.setattr(beat, "jobs", lambda: every)
    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "is_usable", lambda: False)
        with pytest.raises(error):
            Clock().beat()

    assert not Fault.objects.exists()


def test_a_fault_that_cannot_be_recorded_stops_nothing(bad: Photo, make_photo: Make) -> None:
    other = make_photo()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faults, "in_words", failing_for(0, str, Unheard(), named=lambda _error: 0))
        Clock().beat()

    assert Photo.objects.get(pk=other.pk).renditions


def test_a_beat_that_cannot_be_recorded_stops_nothing(schedule: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    story = schedule()
    monkeypatch.setattr(beat, "record_beat", failing_for(1, print, Unheard(), named=lambda _hands: 1))

    Clock().beat()

    assert Article.objects.filter(pk=story.pk).exists()
