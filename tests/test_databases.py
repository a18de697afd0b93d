"""The database of the tests themselves: migrated once in a run, and whole in every worker."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from newsroom.access import Role

pytestmark = pytest.mark.django_db


def test_the_migrations_of_a_run_were_done_by_one_worker_alone(migrated_folder: Path) -> None:
    assert len((migrated_folder / "migrated-by").read_text().splitlines()) == 1


def test_a_copied_database_has_every_migration_and_what_they_make(django_db_use_migrations: bool) -> None:
    executor = MigrationExecutor(connection)
    to_do = executor.migration_plan(executor.loader.graph.leaf_nodes()) if django_db_use_migrations else []

    assert to_do == []
    assert {role.value for role in Role} <= set(Group.objects.values_list("name", flat=True))
