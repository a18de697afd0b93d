import pytest


@pytest.fixture(scope="session", autouse=True)
def _watch_for_repeated_queries() -> None:
    """Not while time is measured: the watch is itself most of what would be seen."""
