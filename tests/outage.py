"""A database that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, OperationalError, connection


@contextmanager
def database_away(fault: type[Error] = OperationalError) -> Iterator[None]:
    """Make every query fail as it does when no server listens, or with its sister, when a connection was closed."""

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise fault("could not connect to server: Connection refused")

    with connection.execute_wrapper(refuse):
        yield
