"""While nothing is due, a beat of the clock costs a newspaper of years as much as one of a day."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Author, Image, ImageCredit, Section, Topic, ViewCount, ViewKey
from newsroom.clock import Clock
from newsroom.models import (
    Autosave,
    Beat,
    CreditChange,
    Dispatch,
    Fault,
    Gate,
    Photo,
    Presence,
    SavedPage,
    SignIn,
    Story,
)

from .archive import publish_many, reading

pytestmark = pytest.mark.django_db
Gather = Callable[[int], None]
# Tables of a few rows, however old the newspaper is: what fails, what is being brought, one a hand, a day or a rank.
SHORT = {Beat, Fault, CreditChange, apps.get_model("articles", "DaySalt"), apps.get_model("articles", "TopRead")}


@pytest.fixture
def gather(section: Section, author: Author, topic: Topic, credit: ImageCredit, journalist: User) -> Gather:
    """Writes that many rows more into every table that grows: published, sent, made, young, as they mostly are."""
    numbers = count(1)
    made = [{"preset": "thumb", "width": 1, "height": 1, "format": "webp", "name": "a.webp"}]

    def gather_more(number: int) -> None:
        now, before = timezone.now(), timezone.now() - timedelta(hours=30)
        known = set(Story.objects.values_list("pk", flat=True))
        publish_many(journalist, section, author, topic, number)
        stories = list(Story.objects.exclude(pk__in=known).order_by("pk"))
        places = [next(numbers) for _story in stories]
        photos = Photo.objects.bulk_create(
            Photo(sha256=f"{place}", width=9, height=9, credit=credit, added_by=journalist, renditions=made)
            for place in places
        )
        Image.objects.bulk_create(
            Image(pk=photo.pk, credit=credit, credit_line="©", renditions=made) for photo in photos
        )
        in_body = Story.body_photos.through
        in_body.objects.bulk_create(in_body(story=story, photo=photos[0]) for story in stories)
        for story, photo in zip(stories, photos, strict=True):
            story.lead_photo = photo
        Story.objects.bulk_update(stories, ["lead_photo"], batch_size=500)
        kind = ContentType.objects.get_for_model(Story)
        rows: list[Callable[[int], Model]] = [
            lambda place: Dispatch(kind="mail", key=f"m{place}", payload={}, due_at=before, done_at=now),
            lambda place: Dispatch(kind="erase", key=f"e{place}", payload={}, due_at=before, done_at=now),
            lambda place: Autosave(user=journalist, story=stories[0], page=f"p-{place}", fields={}, saved_at=now),
            lambda place: SavedPage(user=journalist, page=f"p-{place}", at=now),
            lambda place: Presence(story=stories[0], user=journalist, page=f"p-{place}", seen_at=now),
            lambda place: ViewCount(article_id=place, hour=before, views=1),
            lambda place: ViewKey(key=f"k{place}", hour=now),
            lambda place: Gate(key=f"g{place}", tried_at=now, opens_at=now),
            lambda place: SignIn(account=place, day=now.date(), first_at=now, last_at=now, admitted=1),
            lambda place: Session(session_key=f"s{place}", session_data="", expire_date=now + timedelta(hours=9)),
            lambda place: LogEntry(user=journalist, content_type=kind, object_id=f"{place}", action_flag=2),
        ]
        for make in rows:
            made_rows = [make(place) for place in places]
            type(made_rows[0])._default_manager.bulk_create(made_rows)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    return gather_more


def idle_beat() -> int:
    """What a clock does that has just started, with all jobs in one beat."""
    clock = Clock()
    assert clock.start()
    return clock.beat()


def test_every_table_that_an_idle_beat_reads_is_filled_below_or_short(gather: Gather) -> None:
    gather(20)
    with CaptureQueriesContext(connection) as queries:
        idle_beat()

    asked = {
        model
        for model in apps.get_models(include_auto_created=True)
        if any(f'"{model._meta.db_table}"' in query["sql"] for query in queries)
    }
    assert {Story, Photo, Article, Dispatch, Session, *SHORT} <= asked
    for model in asked - SHORT:
        assert model._default_manager.count() >= 20, (
            f"{model.__name__} is read at every beat: fill it, or say it is short"
        )


def test_an_idle_beat_reads_as_much_of_3000_rows_of_everything_as_of_300(gather: Gather) -> None:
    read = []
    for more in (300, 2700):
        gather(more)
        idle_beat()  # it ranks the most read again
        with reading("") as so_far:
            assert idle_beat() == 0
        read.append(so_far())

    assert read[1] <= read[0] * 1.2 + 20


def test_no_question_of_an_idle_beat_walks_through_a_table_that_grows(gather: Gather) -> None:
    """By the plan that the database makes for it, with its statistics up to date."""
    gather(3000)
    idle_beat()
    with CaptureQueriesContext(connection) as queries:
        idle_beat()
    growing = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model not in SHORT]
    walks = []
    for query in queries:
        sql = query["sql"]
        if not sql.startswith(("SELECT", "UPDATE", "DELETE")) or "pg_stat_activity" in sql or sql.endswith(" LIMIT 1"):
            continue
        plan = plan_of(sql)
        walks += [f"{line}\n  {sql[:300]}" for line in plan for table in growing if is_walk(line, table)]

    assert walks == []


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_walk(line: str, table: str) -> bool:
    if connection.vendor == "postgresql":
        return f"Seq Scan on {table} " in line
    # a partial index, or one read in order up to a LIMIT, is walked too: the cost above tells
    return line == f"SCAN {table}"
