"""`make bench`: how long the article page takes and how many queries it makes, over 200 articles.

It asserts no time, because machines differ. Django's test client measures in this process, without a network and
without the page cache of production.
"""

import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from articles.models import Article
from newsroom.models import Photo, Story

ARTICLES = 200
LINKS = 3  # « Lire aussi » in each
PARAGRAPH = "<p>" + "La commission a rendu son avis après trois heures de débats, sans vote. " * 12 + "</p>"

pytestmark = pytest.mark.django_db


def test_the_article_page_is_measured_over_two_hundred_articles(
    settings: Settings, journalist: User, make_story: Callable[..., Story], make_photo: Callable[..., Photo],
    publish_story: Callable[[Story], Story], client: Client, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tests.")]
    photo = make_photo(size=(1600, 1067))
    numbers: list[int] = []
    began = time.perf_counter()
    for place in range(ARTICLES):
        links = "".join(f'<aside class="lire-aussi" data-article="{number}"></aside>' for number in numbers[-LINKS:])
        body = f'{PARAGRAPH * 4}{links}<figure class="image" data-image="{photo.pk}"></figure>{PARAGRAPH * 4}'
        story = make_story(by=journalist, headline=f"Article numéro {place}", body=body, lead_photo=photo)
        numbers.append(publish_story(story).pk)
    publishing = (time.perf_counter() - began) / ARTICLES

    articles = Article.objects.select_related("section__parent")
    addresses = [article.get_absolute_url() for article in articles]
    client.get(addresses[0])  # compiles the templates
    times, queries, sizes = [], [], []
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200
        queries.append(len(captured))
        sizes.append(len(response.content))
    assert len(times) == ARTICLES

    cuts = statistics.quantiles(times, n=100)
    with capsys.disabled():
        print(
            f"\nArticle page, {ARTICLES} articles, {connection.vendor}, {statistics.mean(sizes) / 1024:.0f} KiB of HTML"
        )
        print(f"  milliseconds: median {statistics.median(times):.1f}, 95th {cuts[94]:.1f}, 99th {cuts[98]:.1f}")
        print(f"  queries: {min(queries)} to {max(queries)}")
        print(f"  draft, submit, approve, publish: {publishing * 1000:.0f} ms an article")
