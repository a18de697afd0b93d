"""A database that is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


@contextmanager
def database_away() -> Iterator[None]:
    """Every question to the database fails as it does when nobody answers there."""

    def refuse(*_arguments: Any, **_named: Any) -> Any:
        raise OperationalError("could not connect to server: Connection refused")

    with connection.execute_wrapper(refuse):
        yield
