"""The database of a pass of the tests: migrated once, by the first worker, and copied for the others."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings


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
            with (folder / "migrated-by").open("a") as file:
                file.write(f"{worker}\n")
            return name

    return create_or_copy


def _keep_aside(creation: Any, name: str, folder: Path) -> None:
    creation.connection.close()
    if creation.connection.vendor == "sqlite":
        shutil.copyfile(name, folder / "migrated.sqlite3")
    else:
        # the name stands in the folder first: a run that is stopped meanwhile still drops it
        (folder / "migrated-into").write_text(f"fanal_tests_{uuid4().hex}")
        _copy_in_postgresql(creation, name, _copied(folder))
    creation.connection.ensure_connection()


def _copy(creation: Any, folder: Path) -> str:
    name: str = creation._get_test_db_name()
    creation.connection.close()
    if creation.connection.vendor == "sqlite":
        shutil.copyfile(folder / "migrated.sqlite3", name)
    else:
        _copy_in_postgresql(creation, _copied(folder), name)
    settings.DATABASES[creation.connection.alias]["NAME"] = name
    creation.connection.settings_dict["NAME"] = name
    creation.connection.ensure_connection()
    return name


def _copied(folder: Path) -> str:
    """The database that PostgreSQL copies in this run. Another run on the same server has another one."""
    return (folder / "migrated-into").read_text()


def _copy_in_postgresql(creation: Any, source: str, target: str) -> None:
    quote = creation.connection.ops.quote_name
    with creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(target)}")
        cursor.execute(f"CREATE DATABASE {quote(target)} TEMPLATE {quote(source)}")


def was_copied_from(folder: Path) -> bool:
    """Whether a database was migrated in this run, whose workers share `folder`."""
    return (folder / "migrated-by").exists()


def forget_what_was_copied(creation: Any, folder: Path) -> None:
    """Drop the database that PostgreSQL copied; for the end of a run. SQLite's lies in a folder that goes by itself."""
    if (folder / "migrated-into").exists():
        with creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {creation.connection.ops.quote_name(_copied(folder))}")
