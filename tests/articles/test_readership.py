"""Counting the views of articles, and ranking the most read."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from articles import readership
from articles.models import Article, DaySalt, TopRead, ViewCount, ViewKey

PutLive = Callable[..., Article]
ELEVEN = datetime(2026, 11, 24, 11, 20, tzinfo=UTC)


OURS = {"Origin": "http://testserver"}


def look(article: int, network: str = "192.0.2.1", **headers: str) -> HttpResponse:
    """The beacon of a page, from a browser in that network."""
    return Client().post(f"/lu/{article}/", REMOTE_ADDR=network, headers=headers or OURS)


def views_of(article: Article) -> int:
    readership.flush()
    return sum(ViewCount.objects.filter(article_id=article.pk).values_list("views", flat=True))


def test_views_counted_by_two_writes_of_one_hour_are_one_row(put_live: PutLive) -> None:
    article, at = put_live(), timezone.now()
    readership.add_views({article.pk: 3}, at)
    readership.add_views({article.pk: 4}, at)
    assert ViewCount.objects.get().views == 7


def test_the_beacon_counts_a_live_article_and_stores_no_row_for_an_invented_number(put_live: PutLive) -> None:
    article = put_live()
    for number in (article.pk, 900_001):
        response = look(number)
        assert (response.status_code, response.cookies) == (204, {})
    assert views_of(article) == 1
    assert ViewCount.objects.count() == ViewKey.objects.count() == 1


def test_views_are_counted_without_a_query_until_there_are_five_hundred(
    put_live: PutLive, django_assert_num_queries: Callable[[int], object]
) -> None:
    article = put_live()
    readership.record_view(article.pk, "192.0.2.1")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        for number in range(readership.FLUSH_VIEWS - 1):
            readership.record_view(article.pk, f"198.51.100.{number}")
    readership.record_view(article.pk, "203.0.113.1")
    assert ViewCount.objects.get().views == readership.FLUSH_VIEWS + 1


# --- Made up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ailleurs.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.ailleurs.example"},
        {"Origin": "https://testserver"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://ailleurs.example"},
        {"Accept": "*/*"},
    ],
)
def test_a_view_that_no_page_of_ours_sends_is_not_counted(put_live: PutLive, headers: dict[str, str]) -> None:
    article = put_live()

    assert look(article.pk, **headers).status_code == 204
    assert views_of(article) == 0


@pytest.mark.parametrize(
    "headers",
    [OURS, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-origin", "Origin": settings.SITE_URL}],
)
def test_a_view_from_a_page_of_ours_is_counted(put_live: PutLive, headers: dict[str, str]) -> None:
    article = put_live()
    look(article.pk, **headers)

    assert views_of(article) == 1


def test_one_network_counts_once_an_hour_for_an_article_however_often_it_asks(put_live: PutLive) -> None:
    read, pushed = put_live(), put_live()
    with time_machine.travel(ELEVEN, tick=False) as clock:
        for number in range(3):
            look(read.pk, f"198.51.100.{number}")
        for time in range(1_600):
            look(pushed.pk)
            if time % 400 == 0:
                readership.flush()
        assert views_of(pushed) == 1

        clock.shift(timedelta(hours=1))
        look(pushed.pk)
        assert views_of(pushed) == 2
        readership.refresh_top_reads()

    assert TopRead.objects.get(rank=1).article == read


def test_the_addresses_of_one_home_count_once_in_ipv6(put_live: PutLive) -> None:
    article = put_live()
    for host in range(20):
        look(article.pk, f"2001:db8:1:2::{host:x}")
    look(article.pk, "2001:db8:1:3::1")

    assert views_of(article) == 2


def test_two_processes_count_one_network_once(put_live: PutLive, monkeypatch: pytest.MonkeyPatch) -> None:
    article = put_live()
    with time_machine.travel(ELEVEN, tick=False):
        look(article.pk)
        assert views_of(article) == 1
        monkeypatch.setattr(readership, "_salt", None)  # a process that has just begun
        look(article.pk)
        assert views_of(article) == 1


# --- Forgotten ----------------------------------------------------------------------------------------------------


def test_nothing_that_is_stored_names_a_network(put_live: PutLive) -> None:
    article = put_live()
    look(article.pk, "203.0.113.77")
    readership.flush()

    assert re.fullmatch(r"[0-9a-f]{32}", ViewKey.objects.get().key)
    assert [field.name for field in ViewKey._meta.fields] == ["key", "hour"]


def test_keys_are_forgotten_after_their_hour_and_the_secret_after_its_day(put_live: PutLive) -> None:
    article = put_live()
    with time_machine.travel(ELEVEN, tick=False) as clock:
        look(article.pk)
        readership.flush()
        readership.forget_readers()
        assert (ViewKey.objects.count(), DaySalt.objects.count()) == (1, 1)

        clock.shift(timedelta(hours=2))
        readership.forget_readers()
        assert (ViewKey.objects.count(), DaySalt.objects.count()) == (0, 1)

        clock.shift(timedelta(hours=12))
        readership.forget_readers()
        assert DaySalt.objects.count() == 0

    assert ViewCount.objects.get().views == 1


def test_another_day_has_another_secret(put_live: PutLive) -> None:
    article = put_live()
    with time_machine.travel(ELEVEN, tick=False) as clock:
        look(article.pk)
        clock.shift(timedelta(days=1))
        look(article.pk)

    first, second = DaySalt.objects.order_by("day").values_list("salt", flat=True)
    assert bytes(first) != bytes(second)


def test_many_keys_are_forgotten_a_part_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readership, "MOST_FORGOTTEN", 10)
    ViewKey.objects.bulk_create(ViewKey(key=f"{number:032}", hour=ELEVEN) for number in range(25))

    assert [readership.forget_readers() for _beat in range(4)] == [10, 10, 5, 0]


# --- The ranking --------------------------------------------------------------------------------------------------


def test_the_beacon_refuses_a_get(client: Client, db: None) -> None:
    assert client.get("/lu/1/").status_code == 405


def test_the_most_read_of_the_day_come_first_and_the_newest_articles_fill_the_ranking(put_live: PutLive) -> None:
    old, read, newest = put_live(), put_live(), put_live()
    now = timezone.now()
    readership.add_views({read.pk: 5}, now)
    readership.add_views({old.pk: 99}, now - timedelta(days=3))
    readership.refresh_top_reads(now)
    assert list(TopRead.objects.values_list("article_id", flat=True)) == [read.pk, newest.pk, old.pk]
