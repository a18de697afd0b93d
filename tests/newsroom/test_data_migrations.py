"""Data migrations go batch after batch, go on from where they stopped, and are right on a database with rows in it."""

import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import RunPython, RunSQL

from articles.batches import InBatches
from tests.cluster import throw_away_cluster

from .migrating import IS_RIGHT, ROWS, Key

ROOT = Path(__file__).resolve().parent.parent.parent


def migrations() -> dict[Key, Any]:
    """Our own migrations, by application and name."""
    return {
        (app, module.name): import_module(f"{app}.migrations.{module.name}").Migration
        for app in ("articles", "newsroom")
        for module in pkgutil.iter_modules([str(ROOT / app / "migrations")])
    }


def changes_rows(migration: Any) -> bool:
    return any(isinstance(operation, RunPython | RunSQL) for operation in migration.operations)


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database without a table, of the engine that the tests run on."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        with throw_away_cluster() as address:
            yield address.rpartition("/")[0] + "/postgres"
    else:
        yield f"sqlite:///{folder / 'migrating.sqlite3'}"


def test_every_migration_that_changes_rows_does_it_in_batches_and_does_nothing_else() -> None:
    changing = {key: migration for key, migration in migrations().items() if changes_rows(migration)}

    assert set(changing) == set(ROWS) == set(IS_RIGHT), "lay rows for it in tests/newsroom/migrating.py"
    for key, migration in changing.items():
        assert not migration.atomic, f"{key} holds all rows until its end"
        assert [type(operation) for operation in migration.operations] == [InBatches], key


@pytest.mark.parametrize("key", ROWS, ids="-".join)
def test_a_data_migration_that_is_stopped_goes_on_and_is_right(key: Key, tmp_path: Path) -> None:
    with empty_database(tmp_path) as address:
        answer = subprocess.run(
            [sys.executable, "-m", "tests.newsroom.migrating", *key],
            cwd=ROOT,
            env={**os.environ, "NEWSROOM_MODE": "demo", "NEWSROOM_VAR": str(tmp_path), "DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout.splitlines()[-1])

    assert result["largest batch"] * 10 < result["rows"], "one batch for most rows"
    assert result["stopped after"] == 2 * result["largest batch"], "what was done before it stopped is kept"
    assert result["right"] == result["right after another time"] == result["rows"]


@pytest.mark.django_db
def test_a_data_migration_refuses_to_run_in_one_transaction() -> None:
    operation = InBatches("newsroom", "Story", lambda _apps, _rows: None, rows=lambda stories: stories)

    with pytest.raises(RuntimeError, match="atomic = False"):
        operation.run(apps, SimpleNamespace(connection=connection))
