"""Carries out one data migration on a database of its own that has rows in it, and stops it once on the way.

`python -m tests.newsroom.migrating newsroom 0013_signs_of_what_was_written`, with DATABASE_URL of an empty database,
prints as JSON what happened. A new data migration needs rows in ROWS, and what is right of them in IS_RIGHT.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.db import connection  # noqa: E402 (Django is set up first)
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.batches import InBatches  # noqa: E402

NUMBER = 2500
BODY = "<p>Le conseil <b>s’est</b> réuni&nbsp;mardi.</p>"
LINKED = '<p>Voir <a href="/politique/titre-7/">ceci</a>, et <a href="/a/9/">cela</a>.</p>'


def _stories(apps: Any) -> None:
    section = apps.get_model("articles", "Section").objects.create(name="Politique", slug="politique")
    now = timezone.now()
    stories = apps.get_model("newsroom", "Story")
    stories.objects.bulk_create(
        [stories(headline=f"Titre {n}", slug="titre", body=BODY, section=section, saved_at=now) for n in range(NUMBER)],
        batch_size=500,
    )


def _articles(apps: Any) -> None:
    section = apps.get_model("articles", "Section").objects.create(name="Politique", slug="politique")
    now = timezone.now()
    articles = apps.get_model("articles", "Article")
    fields = {"headline": "Titre", "slug": "titre", "body": LINKED, "section": section, "revision": 1}
    articles.objects.bulk_create(
        [articles(pk=n, **fields, first_published_at=now, updated_at=now) for n in range(10, NUMBER + 10)],
        batch_size=500,
    )
    # one of its two links is known already, as one that a journalist chose
    apps.get_model("articles", "CrossLink").objects.create(source_id=10, target_id=7, order=0)


def _counted(apps: Any) -> int:
    words = len("Le conseil s’est réuni mardi.")
    right: int = apps.get_model("newsroom", "Story").objects.filter(signs=words).count()
    return right


def _linked(apps: Any) -> int:
    links = apps.get_model("articles", "CrossLink").objects
    sources: dict[int, list[tuple[int, int, bool]]] = {}
    for source, *link in links.order_by("order").values_list("source", "target", "order", "is_plain"):
        sources.setdefault(source, []).append(tuple(link))
    first = [(7, 0, False), (9, 1, True)]
    return sum(found == (first if source == 10 else [(7, 0, True), (9, 1, True)]) for source, found in sources.items())


Key = tuple[str, str]
ROWS: dict[Key, Callable[[Any], None]] = {
    ("newsroom", "0013_signs_of_what_was_written"): _stories,
    ("articles", "0006_plain_links_published_before"): _articles,
}
IS_RIGHT: dict[Key, Callable[[Any], int]] = {
    ("newsroom", "0013_signs_of_what_was_written"): _counted,
    ("articles", "0006_plain_links_published_before"): _linked,
}


class Stopped(Exception):  # noqa: N818 (what happens to it)
    """The process is killed, as far as the database can tell."""


def carry_out(key: Key) -> dict[str, int]:
    """Migrate to just before `key`, add rows, begin the migration, stop it in its third batch, and do it again."""
    executor = MigrationExecutor(connection)
    before = [node.key for node in executor.loader.graph.node_map[key].parents]
    executor.migrate(before)
    apps = executor.loader.project_state(before).apps
    ROWS[key](apps)

    sizes: list[int] = []
    work = _operation(MigrationExecutor(connection), key).work

    def stop_in_the_third(apps: Any, rows: list[Any]) -> None:
        assert connection.in_atomic_block
        sizes.append(len(rows))
        work(apps, rows)
        if len(sizes) == 3:
            raise Stopped

    executor = MigrationExecutor(connection)
    _operation(executor, key).work = stop_in_the_third
    with suppress(Stopped):
        executor.migrate([key])
    result = {"stopped after": IS_RIGHT[key](apps), "largest batch": max(sizes)}
    sizes.clear()
    executor = MigrationExecutor(connection)
    _operation(executor, key).work = lambda apps, rows: (sizes.append(len(rows)), work(apps, rows))
    executor.migrate([key])
    result |= {"done again": sum(sizes), "right": IS_RIGHT[key](apps), "rows": NUMBER}

    executor = MigrationExecutor(connection)
    executor.migrate([key], fake=False)
    _operation(executor, key).run(apps, _Editor)
    return result | {"right after another time": IS_RIGHT[key](apps)}


class _Editor:
    connection = connection


def _operation(executor: MigrationExecutor, key: Key) -> Any:
    [operation] = executor.loader.graph.nodes[key].operations
    assert isinstance(operation, InBatches)
    return operation


if __name__ == "__main__":
    print(json.dumps(carry_out((sys.argv[1], sys.argv[2]))))
