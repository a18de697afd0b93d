"""Every table has a term that docs/architecture.md gives, or a reason to be kept; the clock keeps the terms."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import ViewCount
from newsroom.clock import Clock, terms
from newsroom.clock.duties import jobs
from newsroom.clock.terms import TERMS, Term
from newsroom.models import Autosave, Dispatch, Fault, Hand, Presence, SavedPage, Story

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "architecture.md"
LETTER = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}


def table() -> dict[str, str]:
    """What the page says of each model."""
    _before, _title, after = PAGE.read_text(encoding="utf-8").partition("\n## How long rows are kept\n")
    said = {}
    for rows, kept in re.findall(r"^\| (`.*`) \| (.+) \|$", after.partition("\n## ")[0], re.MULTILINE):
        said |= dict.fromkeys(re.findall(r"`(\w+)`", rows), kept)
    return said


def test_every_table_has_a_term_or_a_reason_to_be_kept() -> None:
    known = {model.__name__ for model in apps.get_models()}

    assert known - set(table()) == set(), "say in docs/architecture.md how long these rows are kept"
    assert set(table()) - known == set(), "these are no tables"


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.job)
def test_the_page_gives_the_terms_of_the_code(term: Term) -> None:
    days = f"{term.kept.days} day" + ("s" if term.kept.days > 1 else "")

    assert table()[term.model.__name__].startswith(days)
    assert table()["LogEntry"] == f"{terms.LOG_KEPT.days} days"


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.job)
def test_an_index_begins_with_the_moment_from_which_a_term_runs(term: Term) -> None:
    assert term.since in {index.fields[0].lstrip("-") for index in term.model._meta.indexes}


def test_every_term_is_a_job_of_the_upkeep() -> None:
    upkeep = {job.name for job in jobs() if job.hand == Hand.UPKEEP}

    assert {*(term.job for term in TERMS), "old_log"} <= upkeep


# --- What the clock erases ----------------------------------------------------------------------------------------


@pytest.fixture
def make_rows(story: Story, journalist: User) -> Callable[..., list[Model]]:
    """Makes rows of any of the tables with a term, all from one moment."""
    now = timezone.now()
    makers: dict[type[Model], Callable[[int], Model]] = {
        Dispatch: lambda place: Dispatch(kind="mail", key=f"{place}", payload=LETTER, due_at=now),
        Autosave: lambda place: Autosave(user=journalist, story=story, page=f"page-{place}", fields={}),
        SavedPage: lambda place: SavedPage(user=journalist, page=f"page-{place}"),
        Presence: lambda place: Presence(story=story, user=journalist, page=f"page-{place}"),
        ViewCount: lambda place: ViewCount(article_id=place),
    }
    made = iter(range(10**6))

    def make(term: Term, number: int, **ages: Any) -> list[Model]:
        rows = [makers[term.model](next(made)) for _row in range(number)]
        for row in rows:
            setattr(row, term.since, now - term.kept + ages["younger"] if "younger" in ages else None)
        return list(term.model._default_manager.bulk_create(rows))

    return make


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.job)
def test_rows_go_when_their_term_is_over_and_not_before(term: Term, make_rows: Callable[..., list[Model]]) -> None:
    make_rows(term, 3, younger=-timedelta(minutes=1))
    young = make_rows(term, 2, younger=timedelta(minutes=5))

    Clock([Hand.UPKEEP]).beat()

    assert set(term.model._default_manager.all()) == set(young)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.job)
def test_very_many_rows_go_in_batches(
    term: Term, make_rows: Callable[..., list[Model]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "AT_ONCE", 10)
    make_rows(term, 25, younger=-timedelta(minutes=1))

    assert [term.erase() for _beat in range(4)] == [10, 10, 5, 0]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.job)
def test_what_is_over_is_found_by_an_index(term: Term, make_rows: Callable[..., list[Model]]) -> None:
    make_rows(term, 2000, younger=timedelta(days=1))
    make_rows(term, 5, younger=-timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        term.erase()

    select = next(query["sql"] for query in queries if "LIMIT" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + select)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    names = [index.name for index in term.model._meta.indexes if index.fields[0].lstrip("-") == term.since]
    assert any(name in plan for name in names), plan


def test_a_letter_that_was_not_sent_stays_for_as_long_as_it_takes() -> None:
    Dispatch.objects.create(kind="mail", key="letter", payload=LETTER, due_at=timezone.now() + timedelta(minutes=30))
    Dispatch.objects.update(created_at=timezone.now() - timedelta(days=400))

    Clock([Hand.UPKEEP]).beat()

    assert Dispatch.objects.exists()


def test_the_log_of_the_desk_is_kept_for_two_years(journalist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "AT_ONCE", 10)
    kind, over = ContentType.objects.get_for_model(Story), timezone.now() - terms.LOG_KEPT - timedelta(days=1)
    LogEntry.objects.bulk_create(
        LogEntry(user=journalist, content_type=kind, object_id=str(place), action_flag=2, action_time=when)
        for place, when in enumerate([*[over] * 14, *[timezone.now()] * 3])
    )

    assert [terms.erase_old_log() for _beat in range(3)] == [10, 4, 0]
    assert LogEntry.objects.count() == 3


def test_the_fault_of_a_job_that_is_no_more_goes() -> None:
    Fault.objects.create(job="former", failure="?", first_at=timezone.now(), next_try=timezone.now())

    Clock([Hand.UPKEEP]).beat()

    assert not Fault.objects.exists()
