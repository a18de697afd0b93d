"""How much articles are read. Each process counts views in memory and writes them in batches: a view costs no query.

A network counts once an hour for an article: whoever asks a thousand times is one reader. To know that it was counted,
a view leaves a key: a hash of the article, the hour and the network under a secret that is drawn by lot for each day.
Keys go after two hours and the secret after its day, and then nobody can tell what any network read.
"""

import hmac
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Sum
from django.utils import timezone

from .models import Article, DaySalt, Listing, ListingKind, TopRead, ViewCount, ViewKey

FLUSH_SECONDS = 5.0
FLUSH_VIEWS = 500
WINDOW = timedelta(hours=24)
RANKS = 10
KEYS_KEPT = timedelta(hours=1)  # after the hour that they belong to
MOST_FORGOTTEN = 20_000  # keys in one go

_lock = threading.Lock()
_waiting: set["View"] = set()
_flushed_at = -FLUSH_SECONDS
_salt: tuple[datetime, bytes] | None = None

_ADD = """
    INSERT INTO articles_viewcount (article_id, hour, views) VALUES (%s, %s, %s)
    ON CONFLICT (article_id, hour) DO UPDATE SET views = articles_viewcount.views + excluded.views
"""
_COUNT_ONCE = """
    INSERT INTO articles_viewkey (key, hour) VALUES {}
    ON CONFLICT (key) DO NOTHING RETURNING key
"""


@dataclass(frozen=True, order=True)
class View:
    """An article that was looked at from some network, in one hour (UTC)."""

    article: int
    hour: datetime
    key: str


def record_view(article_id: int, network: str) -> None:
    """Count one view, and write the counts every 5 s or 500 views. A process that stops loses the unwritten ones."""
    global _flushed_at
    hour = _hour_of(timezone.now())
    view = View(article_id, hour, _key_of(article_id, network, hour))
    with _lock:
        _waiting.add(view)
        due = time.monotonic() - _flushed_at >= FLUSH_SECONDS or len(_waiting) >= FLUSH_VIEWS
        if not due:
            return
        _flushed_at = time.monotonic()
    flush()


def flush() -> None:
    """Write the views counted since the last time. An invented article number leaves no row."""
    with _lock:
        views = set(_waiting)
        _waiting.clear()
    if not views:
        return
    live = set(Article.objects.filter(pk__in={view.article for view in views}).values_list("pk", flat=True))
    with transaction.atomic():
        fresh = _not_counted_yet(sorted((view for view in views if view.article in live), key=lambda view: view.key))
        for hour, counted in _by_hour(fresh).items():
            _add(counted, hour)


def forget_readers(now: datetime | None = None) -> int:
    """Erase keys whose hour is over, a part of them when they are very many, and secrets whose day is."""
    now = now or timezone.now()
    DaySalt.objects.filter(day__lt=(now - KEYS_KEPT).astimezone(UTC).date()).delete()
    old = ViewKey.objects.filter(hour__lt=_hour_of(now) - KEYS_KEPT).values("pk")[:MOST_FORGOTTEN]
    return ViewKey.objects.filter(pk__in=old).delete()[0]


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _key_of(article_id: int, network: str, hour: datetime) -> str:
    """What tells that this network was counted for this article in this hour, and no more than that."""
    text = f"{article_id} {hour:%Y-%m-%d %H} {network}"
    return hmac.digest(_salt_of(hour) + settings.SECRET_KEY.encode(), text.encode(), "sha256").hex()[:32]


def _salt_of(hour: datetime) -> bytes:
    """The secret of the day, which all processes share: the first that needs it draws it. One query a day."""
    global _salt
    day = hour.replace(hour=0)
    if _salt is None or _salt[0] != day:
        DaySalt.objects.bulk_create([DaySalt(day=day.date(), salt=token_bytes(32))], ignore_conflicts=True)
        _salt = day, bytes(DaySalt.objects.values_list("salt", flat=True).get(day=day.date()))
    return _salt[1]


def _not_counted_yet(views: list[View]) -> list[View]:
    """Those of `views` whose keys are not stored, which are stored now. In order, so that no two processes deadlock."""
    if not views:
        return []
    rows = ", ".join(["(%s, %s)"] * len(views))
    stored = [value for view in views for value in (view.key, connection.ops.adapt_datetimefield_value(view.hour))]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ONCE.format(rows), stored)
        fresh = {key for (key,) in cursor.fetchall()}
    return [view for view in views if view.key in fresh]


def _by_hour(views: Iterable[View]) -> dict[datetime, Counter[int]]:
    counts: dict[datetime, Counter[int]] = {}
    for view in views:
        counts.setdefault(view.hour, Counter())[view.article] += 1
    return dict(sorted(counts.items()))


def add_views(counted: Mapping[int, int], at: datetime) -> None:
    """Add the views of live articles to the hour of `at`. Sorted numbers keep two processes from a deadlock."""
    live = set(Article.objects.filter(pk__in=counted).values_list("pk", flat=True))
    with transaction.atomic():
        _add({number: counted[number] for number in live}, _hour_of(at))


def _add(counted: Mapping[int, int], hour: datetime) -> None:
    stored_hour = connection.ops.adapt_datetimefield_value(hour)
    rows = [(number, stored_hour, counted[number]) for number in sorted(counted)]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


def refresh_top_reads(now: datetime | None = None) -> None:
    """Count the most read of the last 24 hours again. The newest articles fill the ranks that are left."""
    since = (now or timezone.now()) - WINDOW
    # asked so that the index of the hours alone fits: by that of the articles, an engine walks through months of counts
    is_live = Exists(Article.objects.filter(pk=OuterRef("article_id")))
    counted = (
        ViewCount.objects.filter(is_live, hour__gt=since - timedelta(hours=1))
        .annotate(number=F("article_id") + 0)
        .values("number")
        .annotate(total=Sum("views"))
        .order_by("-total", "-number")[:RANKS]
    )
    ranked = [(row["number"], row["total"]) for row in counted]
    if len(ranked) < RANKS:
        everything = Listing.objects.filter(kind=ListingKind.ALL, ref=0)  # by its index: articles have none by date
        others = everything.exclude(article__in=[number for number, _views in ranked])
        newest = others.order_by("-published_at", "-article_id").values_list("article_id", flat=True)
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
