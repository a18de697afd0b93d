"""The database of the tests themselves: migrated once in a run, and whole in every worker."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from newsroom.access import Role
from tests.databases import creating_once, forget_what_was_copied

pytestmark = pytest.mark.django_db


def test_the_migrations_of_a_run_were_done_by_one_worker_alone(migrated_folder: Path) -> None:
    assert len((migrated_folder / "migrated-by").read_text().splitlines()) == 1


def test_a_copied_database_has_every_migration_and_what_they_make(django_db_use_migrations: bool) -> None:
    executor = MigrationExecutor(connection)
    to_do = executor.migration_plan(executor.loader.graph.leaf_nodes()) if django_db_use_migrations else []

    assert to_do == []
    assert {role.value for role in Role} <= set(Group.objects.values_list("name", flat=True))


# --- How the first worker of a run migrates for all ---------------------------------------------------------------


class FakeCreation:
    """What Django makes the database of a worker with. On PostgreSQL it only notes what it is asked to execute."""

    def __init__(self, vendor: str, name: str) -> None:
        self.name, self.executed = name, list[str]()
        self.connection = SimpleNamespace(
            vendor=vendor,
            alias="fake",
            settings_dict={},
            close=lambda: None,
            ensure_connection=lambda: None,
            ops=SimpleNamespace(quote_name='"{}"'.format),
        )

    def _get_test_db_name(self) -> str:
        return self.name

    @contextmanager
    def _nodb_cursor(self) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(execute=self.executed.append)


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that were migrated and not copied."""
    monkeypatch.setitem(settings.DATABASES, "fake", {})
    return []


def start_worker(worker: str, creation: FakeCreation, folder: Path, migrated: list[str]) -> str:
    def migrate(creation: FakeCreation) -> str:
        migrated.append(creation.name)
        if creation.connection.vendor == "sqlite":
            Path(creation.name).write_text("every table")
        return creation.name

    return creating_once(migrate, folder, worker)(creation)


def test_a_second_worker_migrates_nothing_and_gets_a_copy(tmp_path: Path, migrated: list[str]) -> None:
    names = [
        start_worker(worker, FakeCreation("sqlite", str(tmp_path / worker)), tmp_path, migrated)
        for worker in ("gw0", "gw1")
    ]

    assert names == [str(tmp_path / "gw0"), str(tmp_path / "gw1")]
    assert migrated == [names[0]]
    assert Path(names[1]).read_text() == "every table"
    assert (tmp_path / "migrated-by").read_text() == "gw0\n"


def test_two_runs_on_one_server_never_drop_the_database_that_the_other_one_copies(
    tmp_path: Path, migrated: list[str]
) -> None:
    executed: dict[str, list[str]] = {}
    for run in ("one", "other"):
        folder = tmp_path / run
        folder.mkdir()
        workers = [FakeCreation("postgresql", f"test_{run}_gw{number}") for number in range(2)]
        for number, creation in enumerate(workers):
            start_worker(f"gw{number}", creation, folder, migrated)
        forget_what_was_copied(workers[0], folder)
        executed[run] = [*workers[0].executed[:-1], *workers[1].executed, workers[0].executed[-1]]

    kept = {run: re.findall(r'"(\w+)"', commands[1])[0] for run, commands in executed.items()}
    assert migrated == ["test_one_gw0", "test_other_gw0"]
    assert kept["one"] != kept["other"]
    assert executed == {
        run: [
            f'DROP DATABASE IF EXISTS "{copied}"',
            f'CREATE DATABASE "{copied}" TEMPLATE "test_{run}_gw0"',
            f'DROP DATABASE IF EXISTS "test_{run}_gw1"',
            f'CREATE DATABASE "test_{run}_gw1" TEMPLATE "{copied}"',
            f'DROP DATABASE IF EXISTS "{copied}"',
        ]
        for run, copied in kept.items()
    }
