"""deploy/reader_role.sql: what the readers' process may do in PostgreSQL.

SQLite has no roles: there the tests read the names in the file instead.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, ProgrammingError, connection, transaction

from articles import readership
from articles.models import Article, Section, ViewCount
from newsroom.models import Story

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).resolve().parent.parent.parent / "deploy" / "reader_role.sql"


def public_tables() -> set[str]:
    models = apps.get_app_config("articles").get_models(include_auto_created=True)
    return {model._meta.db_table for model in models}


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture
def as_reader() -> Iterator[None]:
    """Run the rest of the test as the readers' role. The role goes with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE newsroom_reader")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_postgresql_pass_of_make_test_runs_on_postgresql() -> None:
    assert on_postgresql() is (os.environ.get("NEWSROOM_TESTS_ON") == "postgresql" or "DATABASE_URL" in os.environ)


def test_the_role_may_read_every_public_table_and_no_other() -> None:
    granted = set(re.findall(r"\b[a-z]+_[a-z_]+\b", re.search(r"GRANT SELECT ON(.*?)TO", SCRIPT.read_text(), re.S)[1]))

    assert granted == public_tables()


def test_the_role_may_write_only_the_counts_of_views() -> None:
    written = re.findall(r"GRANT ((?:INSERT|UPDATE|DELETE)[^;]*) ON (.*?) TO", SCRIPT.read_text(), re.S)

    assert written == [
        ("INSERT, UPDATE", "articles_viewcount"), ("INSERT", "articles_viewkey, articles_daysalt"),
    ]  # fmt: skip


@pytest.mark.postgresql
def test_the_role_can_read_an_article_but_not_a_draft(
    journalist: User, make_story: Callable[..., Story], publish_story: Callable[[Story], Story],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist))
    make_story(by=journalist, headline="Rien que pour nous")
    request.getfixturevalue("as_reader")

    assert Article.objects.get(pk=live.pk).headline == live.headline
    private = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    for table in sorted({*private, "django_migrations"} - public_tables()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"SELECT * FROM {table} LIMIT 1")  # noqa: S608 (names of ours)


@pytest.mark.postgresql
def test_the_role_can_add_a_view_and_change_nothing_else(
    journalist: User, section: Section, make_story: Callable[..., Story], publish_story: Callable[[Story], Story],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist))
    request.getfixturevalue("as_reader")

    for _view in range(2):
        readership.add_views({live.pk: 1}, datetime(2026, 11, 2, 9, tzinfo=UTC))

    for network in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        readership.record_view(live.pk, network)
    readership.flush()

    assert sum(ViewCount.objects.values_list("views", flat=True)) == 4
    for statement in (
        "UPDATE articles_article SET headline = ''", "DELETE FROM articles_viewcount", "DELETE FROM articles_viewkey",
        "UPDATE articles_daysalt SET salt = ''", "SELECT * FROM newsroom_signin",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_config('statement_timeout', '0', false)",
        "SELECT set_config('role', 'none', false)",
        "UPDATE pg_settings SET setting = '0' WHERE name = 'statement_timeout'",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_put(1, 0, 'x')",
        "SELECT lo_open(1, 131072)",
        "SELECT lo_unlink(1)",
        "SELECT lowrite(0, 'x')",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1, 2)",
        "SELECT pg_notify('x', 'y')",
        "SELECT pg_logical_emit_message(false, 'x', 'y')",
        "DO $$ BEGIN PERFORM 1; END $$",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE TABLE mine (n int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "COPY articles_article TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_the_role_can_neither_lift_its_limits_nor_fill_the_database(as_reader: None, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be|Only roles"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.postgresql
def test_the_owner_keeps_what_the_role_may_not_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        cursor.execute("CREATE ROLE stranger")
        cursor.execute("""
            SELECT has_function_privilege(pg_get_userbyid(datdba), 'set_config(text, text, boolean)', 'EXECUTE'),
                   has_function_privilege('stranger', 'set_config(text, text, boolean)', 'EXECUTE'),
                   pg_has_role(pg_get_userbyid(datdba), 'newsroom_reader', 'MEMBER')
            FROM pg_database WHERE datname = current_database()
        """)

        assert cursor.fetchone() == (True, False, True)


@pytest.mark.postgresql
def test_the_script_can_be_run_twice() -> None:
    with connection.cursor() as cursor:
        for _time in range(2):
            cursor.execute(SCRIPT.read_text(encoding="utf-8"))
