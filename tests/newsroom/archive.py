"""Fills a newspaper with many rows, and measures how many of them a query makes the database read."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from articles.models import Article, Author, Byline, Listing, ListingKind, Section, Topic
from newsroom.models import Story, StoryByline
from newsroom.workflow import IN_WORK, Stage

STEPS = 50  # of SQLite's machine between two looks
BATCH = 1000


def fill(writer: User, section: Section, *, in_work: int = 0, published: int = 0, days_ago: int = 0) -> None:
    """Write rows only: stories in work in every stage, and an archive of one article an hour that ends days ago."""
    now = timezone.now()
    rows = []
    for number in range(in_work):
        stage = IN_WORK[number % len(IN_WORK)]
        leaves = now + timedelta(hours=5) if stage == Stage.SCHEDULED else None
        deadline = now + timedelta(hours=number % 90)
        rows.append(
            Story(
                headline=f"En cours {number}",
                section=section,
                stage=stage,
                saved_at=now,
                folded="en cours",
                deadline=deadline,
                publish_at=leaves,
                due_at=leaves,
                words=1,
            )
        )
    for number in range(1, published + 1):
        moment = now - timedelta(days=days_ago, hours=number)
        rows.append(
            Story(
                headline=f"Paru {number}",
                section=section,
                stage=Stage.PUBLISHED,
                saved_at=moment,
                deadline=moment,
                first_published_at=moment,
                folded="paru",
                words=1,
            )
        )
    stories = Story.objects.bulk_create(rows, batch_size=BATCH)
    writers = Story.writers.through
    writers.objects.bulk_create([writers(story=story, user=writer) for story in stories[::3]], batch_size=BATCH)
    _publish([story for story in stories if story.stage == Stage.PUBLISHED], section)
    with connection.cursor() as cursor:  # as the engine does by itself in the night
        cursor.execute("ANALYZE")


def _publish(stories: list[Story], section: Section) -> None:
    articles = [
        Article(
            pk=story.pk,
            headline=story.headline,
            section=section,
            revision=1,
            slug="paru",
            first_published_at=story.first_published_at,
            updated_at=story.first_published_at,
        )
        for story in stories
    ]
    Article.objects.bulk_create(articles, batch_size=BATCH)
    lines = [
        Listing(kind=kind, ref=ref, published_at=article.first_published_at, article=article)
        for article in articles
        for kind, ref in ((ListingKind.ALL, 0), (ListingKind.SECTION, section.pk))
    ]
    Listing.objects.bulk_create(lines, batch_size=BATCH)


def publish_many(writer: User, section: Section, author: Author, topic: Topic, number: int) -> None:
    """Articles that the author signs, on the topic, in the section, with the texts they were made from."""
    before = set(Article.objects.values_list("pk", flat=True))
    fill(writer, section, published=number)
    articles = list(Article.objects.exclude(pk__in=before))
    Byline.objects.bulk_create(Byline(article=article, author=author, order=0) for article in articles)
    StoryByline.objects.bulk_create(StoryByline(story_id=article.pk, author=author, order=0) for article in articles)
    Article.topics.through.objects.bulk_create(
        Article.topics.through(article=article, topic=topic) for article in articles
    )
    Story.topics.through.objects.bulk_create(
        Story.topics.through(story_id=article.pk, topic=topic) for article in articles
    )
    Listing.objects.bulk_create(
        Listing(kind=kind, ref=ref, published_at=article.first_published_at, article=article)
        for article in articles
        for kind, ref in ((ListingKind.TOPIC, topic.pk), (ListingKind.AUTHOR, author.pk))
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def reading(table: str = "newsroom_story") -> Iterator[Callable[[], int]]:
    """Gives a count of what the database does from here on: on SQLite the steps of its machine, on PostgreSQL the rows
    of `table` that it takes up, or of all tables with "".
    """
    connection.ensure_connection()
    if isinstance(connection.connection, sqlite3.Connection):
        looks = [0]

        def look() -> None:
            looks[0] += 1

        connection.connection.set_progress_handler(look, STEPS)
        yield lambda: looks[0]
        connection.connection.set_progress_handler(None, STEPS)
    else:
        before = _taken_up(table)
        yield lambda: _taken_up(table) - before


def _taken_up(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables "
            "WHERE relname = %s OR %s = ''",
            [table, table],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def rows_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Gives a count of the rows that Django takes from the database from here on."""
    read = [0]
    results_iter = SQLCompiler.results_iter

    def counting(compiler: SQLCompiler, *args: Any, **more: Any) -> Iterator[Any]:
        for row in results_iter(compiler, *args, **more):
            read[0] += 1
            yield row

    with monkeypatch.context() as patched:
        patched.setattr(SQLCompiler, "results_iter", counting)
        yield lambda: read[0]
