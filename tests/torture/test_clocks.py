"""Clocks that are killed, a database that falls, a desk that changes its mind: what is due goes out, and goes out once.

The short form runs with every other test; `make torture` runs the long one (NEWSROOM_TORTURE=full) and prints its
figures.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from .house import CLOCK, NAIVE_CLOCK, House, clocks, open_house, wait_until


@dataclass(frozen=True)
class Measure:
    """How hard it is: `spread` is the seconds over which the stories are due, and in which the blows fall."""

    clocks: int
    stories: int
    unfit: int
    spread: float
    kills: int
    crashes: int


SHORT = Measure(clocks=2, stories=24, unfit=2, spread=3, kills=3, crashes=1)
FULL = Measure(clocks=4, stories=500, unfit=20, spread=45, kills=30, crashes=3)
CONTROL = Measure(clocks=2, stories=96, unfit=0, spread=0, kills=0, crashes=0)
CANCELLED = 0.25  # of the stories
FAULTS = (
    "lost",
    "doubled",
    "cancelled that went out",
    "replies shown wrongly",
    "called failures for nothing",
    "unfit that went out",
    "failures hidden",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    engine = "postgresql" if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else "sqlite"
    with open_house(engine, tmp_path_factory.mktemp("torture")) as opened:
        yield opened


def put_through(house: House, measure: Measure, command: list[str]) -> dict[str, Any]:
    """One night of the newsroom, and what came of it."""
    with clocks(house, command, measure.clocks) as crew:
        due = house.desk.ask("schedule", stories=measure.stories, unfit=measure.unfit, lead=1.0, spread=measure.spread)
        house.desk.tell("cancel", fit=due["fit"], share=CANCELLED)
        crashes = 0
        for blow in blows(measure, can_crash=house.crash is not None):
            time.sleep(blow.after)
            if blow.is_crash and house.crash is not None:
                house.crash()
                crashes += 1
            else:
                crew.kill_one()
        cancelled = house.desk.hear()["cancelled"]
        wait_until(lambda: house.desk.ask("waiting", fit=due["fit"])["waiting"] == 0)
        wait_until(lambda: not house.desk.ask("waiting", fit=due["unfit"])["overdue"])
    found: dict[str, Any] = house.desk.ask("count", **due, cancelled=cancelled)
    return {**found, "kills": crew.kills, "restarts of the database": crashes}


@dataclass(frozen=True)
class Blow:
    after: float  # seconds
    is_crash: bool


def blows(measure: Measure, *, can_crash: bool) -> list[Blow]:
    """Kills and crashes in any order, at random moments of the time in which stories are due."""
    falling = [False] * measure.kills + [True] * (measure.crashes if can_crash else 0)
    random.shuffle(falling)
    moments = sorted(random.uniform(1, measure.spread + 1) for _blow in falling)
    waits = [moment - before for before, moment in zip([0.0, *moments], moments, strict=False)]
    return [Blow(wait, is_crash) for wait, is_crash in zip(waits, falling, strict=True)]


def faults(found: dict[str, Any]) -> dict[str, list[int]]:
    return {name: found[name] for name in FAULTS if found[name]}


def test_what_is_due_goes_out_once_whatever_falls(house: House) -> None:
    measure = FULL if os.environ.get("NEWSROOM_TORTURE") == "full" else SHORT

    found = put_through(house, measure, CLOCK)

    print("\nclocks:", {name: len(value) if isinstance(value, list) else value for name, value in found.items()})
    assert not faults(found)
    assert found["published"] + found["cancelled"] == measure.stories
    assert found["kills"] == measure.kills
    assert found["failed tries"] >= measure.unfit


def test_a_clock_that_claims_nothing_fails_the_same_count(house: House) -> None:
    found = put_through(house, CONTROL, NAIVE_CLOCK)

    print("\nnaive clocks:", {name: len(value) if isinstance(value, list) else value for name, value in found.items()})
    assert faults(found)["doubled"]
    assert faults(found)["cancelled that went out"]
