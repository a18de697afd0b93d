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
from django.db import ProgrammingError, connection, transaction

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
