"""How much articles are read. Each process counts views in memory and writes them in batches: a view costs no query."""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from .models import Article, TopRead, ViewCount

FLUSH_SECONDS = 5.0
FLUSH_VIEWS = 500
WINDOW = timedelta(hours=24)
RANKS = 10

_lock = threading.Lock()
_views: Counter[int] = Counter()
_flushed_at = -FLUSH_SECONDS

_ADD = """
    INSERT INTO articles_viewcount (article_id, hour, views) VALUES (%s, %s, %s)
    ON CONFLICT (article_id, hour) DO UPDATE SET views = articles_viewcount.views + excluded.views
"""


def record_view(article_id: int) -> None:
    """Count one view, and write the counts every 5 s or 500 views. A process that stops loses the unwritten ones."""
    global _flushed_at
    with _lock:
        _views[article_id] += 1
        due = time.monotonic() - _flushed_at >= FLUSH_SECONDS or _views.total() >= FLUSH_VIEWS
        if not due:
            return
        _flushed_at = time.monotonic()
    flush()


def flush() -> None:
    """Write the views counted since the last time. An invented article number leaves no row."""
    with _lock:
        counted = Counter(_views)
        _views.clear()
    if counted:
        add_views(counted, timezone.now())


def add_views(counted: Mapping[int, int], at: datetime) -> None:
    """Add the views of live articles to the hour of `at`. Sorted numbers keep two processes from a deadlock."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    live = set(Article.objects.filter(pk__in=counted).values_list("pk", flat=True))
    stored_hour = connection.ops.adapt_datetimefield_value(hour)
    rows = [(number, stored_hour, counted[number]) for number in sorted(live)]
    if rows:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


def refresh_top_reads(now: datetime | None = None) -> None:
    """Count the most read of the last 24 hours again. The newest articles fill the ranks that are left."""
    since = (now or timezone.now()) - WINDOW
    counted = (
        ViewCount.objects.filter(hour__gt=since - timedelta(hours=1), article_id__in=Article.objects.values("pk"))
        .values("article_id")
        .annotate(total=Sum("views"))
        .order_by("-total", "-article_id")[:RANKS]
    )
    ranked = [(row["article_id"], row["total"]) for row in counted]
    if len(ranked) < RANKS:
        others = Article.objects.exclude(pk__in=[number for number, _views in ranked])
        newest = others.order_by("-first_published_at", "-pk").values_list("pk", flat=True)
        ranked += [(number, 0) for number in newest[: RANKS - len(ranked)]]
    with transaction.atomic():
        # locked, so that no article is withdrawn between the count and the writing of its rank
        locked = Article.objects.select_for_update(no_key=True).filter(pk__in=[number for number, _views in ranked])
        live = set(locked.order_by("pk").values_list("pk", flat=True))
        ranking = [
            TopRead(rank=rank, article_id=number, views=views)
            for rank, (number, views) in enumerate(((n, v) for n, v in ranked if n in live), start=1)
        ]
        TopRead.objects.filter(rank__gt=len(ranking)).delete()
        TopRead.objects.bulk_create(
            ranking, update_conflicts=True, unique_fields=["rank"], update_fields=["article", "views"]
        )
