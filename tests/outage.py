"""A database that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


@contextmanager
def database_away() -> Iterator[None]:
    """Make every query fail as it does when no server listens."""

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise OperationalError("could not connect to server: Connection refused")

    with connection.execute_wrapper(refuse):
        yield
