"""The hands of the clock are processes of their own: one that hangs, fails or is killed keeps no other waiting."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from newsroom.clock import Clock, Crew, crew
from newsroom.models import Beat, Dispatch, Hand, Story
from newsroom.workflow import Stage

BESIDE = tuple(hand for hand in Hand if hand != Hand.DEPARTURES)
SLEEP = "import time; print('up', flush=True); time.sleep(600)"


def sleeper(code: str = SLEEP) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Hand, subprocess.Popen[bytes]]]]:
    """The processes that a crew starts, which only sleep."""
    processes: list[tuple[Hand, subprocess.Popen[bytes]]] = []

    def start(hand: Hand) -> subprocess.Popen[bytes]:
        processes.append((hand, sleeper()))
        return processes[-1][1]

    monkeypatch.setattr(crew, "_start", start)
    monkeypatch.setattr(crew, "STARTED_EVERY", 0.0)
    yield processes
    for _hand, process in processes:
        process.kill()
        process.wait()


@pytest.mark.django_db
def test_publications_share_their_hand_with_nothing_that_waits_for_others(schedule: Callable[..., Story]) -> None:
    story = schedule()
    waiting = Dispatch.objects.filter(done_at=None).count()

    Clock([Hand.DEPARTURES]).beat()

    story.refresh_from_db()
    assert story.stage == Stage.PUBLISHED
    assert Dispatch.objects.filter(done_at=None).count() > waiting
    assert {job.name for job in Clock([Hand.DEPARTURES]).jobs} == {"wall_times", "departures"}
    assert {job.name for job in Clock([Hand.MAIL]).jobs} == {"letters"}
    assert {job.name for job in Clock([Hand.PICTURES]).jobs} == {"sizes"}


def test_a_hand_that_is_killed_is_started_again_and_the_others_are_left_alone(
    started: list[tuple[Hand, subprocess.Popen[bytes]]],
) -> None:
    company = Crew(BESIDE)
    company.tend()
    company.tend()
    assert [hand for hand, _process in started] == list(BESIDE)

    started[0][1].send_signal(signal.SIGKILL)
    started[0][1].wait()
    company.tend()

    assert [hand for hand, _process in started] == [*BESIDE, BESIDE[0]]
    company.stop()
    assert all(process.poll() is not None for _hand, process in started)


def test_a_hand_that_ends_at_once_is_not_started_at_every_beat(
    started: list[tuple[Hand, subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "STARTED_EVERY", 600.0)
    company = Crew([Hand.MAIL])
    company.tend()
    started[0][1].kill()
    started[0][1].wait()

    for _beat in range(5):
        company.tend()

    assert len(started) == 1


def test_a_hand_that_cannot_be_started_keeps_no_publication_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_hand: Hand) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(crew, "_start", fail)

    Crew(BESIDE).tend()


def test_a_hand_that_hangs_is_killed_when_the_clock_stops(
    started: list[tuple[Hand, subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    monkeypatch.setattr(crew, "_start", lambda hand: started.append((hand, sleeper(deaf))) or started[-1][1])
    monkeypatch.setattr(crew, "GRACE", 0.1)
    company = Crew([Hand.MAIL])
    company.tend()

    company.stop()

    assert started[0][1].returncode == -signal.SIGKILL


def test_a_hand_ends_with_the_clock_that_started_it_even_when_that_one_is_killed() -> None:
    hand = (
        "import django, time; django.setup()\n"
        "from newsroom.clock.crew import end_with_parent; end_with_parent()\n"
        "print('up', flush=True); time.sleep(600)"
    )
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {hand!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    clock = subprocess.Popen(
        [sys.executable, "-c", parent], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE
    )
    assert clock.stdout is not None
    number = int(clock.stdout.readline())
    assert is_running(number)

    clock.kill()
    clock.wait()

    end = time.monotonic() + 30
    while is_running(number):
        assert time.monotonic() < end, "the hand outlived its clock"
        time.sleep(0.05)


def is_running(number: int) -> bool:
    """Whether a process runs. One that ended and that nobody has asked for yet does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


# --- Beats --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_process_records_a_beat_of_its_own() -> None:
    Clock([Hand.DEPARTURES]).beat()
    Clock([Hand.MAIL]).beat()

    assert set(Beat.objects.values_list("pk", flat=True)) == {Hand.DEPARTURES, Hand.MAIL}


@pytest.mark.django_db
def test_a_hand_that_never_beats_is_missed_from_the_start_of_the_clock() -> None:
    long_ago = timezone.now() - timedelta(days=1)
    Beat.objects.create(pk=Hand.MAIL, at=long_ago)

    Crew(BESIDE).announce()

    assert set(Beat.objects.values_list("pk", flat=True)) == set(BESIDE)
    assert Beat.objects.get(pk=Hand.MAIL).at == long_ago, "a start is no beat"
