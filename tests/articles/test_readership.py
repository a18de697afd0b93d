"""Counting the views of articles, and ranking the most read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles import readership
from articles.models import Article, TopRead, ViewCount

PutLive = Callable[..., Article]


@pytest.fixture(autouse=True)
def _without_counted_views(monkeypatch: pytest.MonkeyPatch) -> None:
    readership._views.clear()
    monkeypatch.setattr(readership, "_flushed_at", -readership.FLUSH_SECONDS)


def test_views_counted_by_two_writes_of_one_hour_are_one_row(put_live: PutLive) -> None:
    article, at = put_live(), timezone.now()
    readership.add_views({article.pk: 3}, at)
    readership.add_views({article.pk: 4}, at)
    assert ViewCount.objects.get().views == 7


def test_the_beacon_counts_a_live_article_and_stores_no_row_for_an_invented_number(
    client: Client, put_live: PutLive
) -> None:
    article = put_live()
    for number in (article.pk, article.pk, 900_001):
        response = client.post(f"/lu/{number}/")
        assert (response.status_code, response.cookies) == (204, {})
    readership.flush()
    assert list(ViewCount.objects.values_list("article_id", "views")) == [(article.pk, 2)]


def test_views_are_counted_without_a_query_until_there_are_five_hundred(
    put_live: PutLive, django_assert_num_queries: Callable[[int], object]
) -> None:
    article = put_live()
    readership.record_view(article.pk)
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        for _ in range(readership.FLUSH_VIEWS - 1):
            readership.record_view(article.pk)
    readership.record_view(article.pk)
    assert ViewCount.objects.get().views == readership.FLUSH_VIEWS + 1


def test_the_beacon_refuses_a_get(client: Client, db: None) -> None:
    assert client.get("/lu/1/").status_code == 405


def test_the_most_read_of_the_day_come_first_and_the_newest_articles_fill_the_ranking(put_live: PutLive) -> None:
    old, read, newest = put_live(), put_live(), put_live()
    now = timezone.now()
    readership.add_views({read.pk: 5}, now)
    readership.add_views({old.pk: 99}, now - timedelta(days=3))
    readership.refresh_top_reads(now)
    assert list(TopRead.objects.values_list("article_id", flat=True)) == [read.pk, newest.pk, old.pk]
