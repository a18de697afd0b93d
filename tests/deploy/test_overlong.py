"""Whatever the readers' role sets, what it runs for too long is ended by the clock; its pages are not."""

import threading

import psycopg
import pytest

from .conftest import Newspaper
from .processes import asked
from .web_server import ROOT, wait_until

END = "from datetime import timedelta; from newsroom.clock.overlong import end_overlong; print(end_overlong({longest}))"


def sessions(newspaper: Newspaper, state: str) -> int:
    with psycopg.connect(newspaper.database) as server:
        found = server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'newsroom_reader' AND state = %s", [state]
        ).fetchone()
    return int(found[0]) if found else 0


def test_a_session_that_lifted_its_time_out_is_ended_by_the_clock(newspaper: Newspaper) -> None:
    with psycopg.connect(newspaper.database) as server:
        server.execute((ROOT / "deploy" / "reader_role.sql").read_text(encoding="utf-8"))
    reader = psycopg.connect(newspaper.database.replace("newsroom@", "newsroom_reader@"), autocommit=True)
    held = psycopg.connect(newspaper.database.replace("newsroom@", "newsroom_reader@"))
    page = psycopg.connect(newspaper.database.replace("newsroom@", "newsroom_reader@"), autocommit=True)
    ended: list[Exception] = []

    def hold_the_database() -> None:
        reader.execute("SET statement_timeout = 0")
        try:
            reader.execute("SELECT pg_sleep(600)")
        except psycopg.Error as fault:
            ended.append(fault)

    thread = threading.Thread(target=hold_the_database)
    thread.start()
    held.execute("SELECT 1")
    wait_until(lambda: sessions(newspaper, "active") == 1)

    assert asked(newspaper.environment, END.format(longest="")) == "0", "nothing has taken fifteen seconds yet"
    assert asked(newspaper.environment, END.format(longest="timedelta(0)")) == "2"

    thread.join(60)
    assert isinstance(ended[0], psycopg.errors.AdminShutdown)
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    assert page.execute("SELECT 1").fetchone() == (1,)
    page.close()
