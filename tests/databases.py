"""The database of a pass of the tests: migrated once, by the first worker, and copied for the others."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

COPIED = "fanal_tests_migrated"  # the database that PostgreSQL copies


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One worker at a time, of those that share this folder."""
    with (folder / "database.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def creating_once(create: Callable[..., str], folder: Path, worker: str) -> Callable[..., str]:
    """`create_test_db`, but that only the first worker of those that share `folder` runs the migrations.

    What it has made is kept aside before any test writes in it; each other worker gets a copy. The folder is new in
    each run, so that no migration of an earlier run is ever taken for one of this.
    """

    def create_or_copy(creation: Any, *args: Any, **options: Any) -> str:
        with alone(folder):
            if was_copied_from(folder):
                return _copy(creation, folder)
            name = create(creation, *args, **options)
            _keep_aside(creation, name, folder)
            (folder / "migrated-by").write_text(f"{worker}\n")
            return name

    return create_or_copy


def _keep_aside(creation: Any, name: str, folder: Path) -> None:
    creation.connection.close()
    if creation.connection.vendor == "sqlite":
        shutil.copyfile(name, folder / "migrated.sqlite3")
    else:
        _copy_in_postgresql(creation, name, COPIED)
    creation.connection.ensure_connection()


def _copy(creation: Any, folder: Path) -> str:
    name: str = creation._get_test_db_name()
    creation.connection.close()
    if creation.connection.vendor == "sqlite":
        shutil.copyfile(folder / "migrated.sqlite3", name)
    else:
        _copy_in_postgresql(creation, COPIED, name)
    settings.DATABASES[creation.connection.alias]["NAME"] = name
    creation.connection.settings_dict["NAME"] = name
    creation.connection.ensure_connection()
    return name


def _copy_in_postgresql(creation: Any, source: str, target: str) -> None:
    quote = creation.connection.ops.quote_name
    with creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(target)}")
        cursor.execute(f"CREATE DATABASE {quote(target)} TEMPLATE {quote(source)}")


def was_copied_from(folder: Path) -> bool:
    """Whether a database was migrated in this run, whose workers share `folder`."""
    return (folder / "migrated-by").exists()


def forget_what_was_copied() -> None:
    """Drop the database that PostgreSQL copied; for the end of a run. SQLite's lies in a folder that goes by itself."""
    creation: Any = connections["default"].creation
    if creation.connection.vendor == "postgresql":
        with creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {creation.connection.ops.quote_name(COPIED)}")
