"""The sitemaps: which addresses they name, with which dates (sitemaps.org 0.9)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from articles.models import Article, Author, Page, Section, Topic

from .conftest import NOON
from .reading import SITEMAP, page, xml

pytestmark = pytest.mark.django_db
PutLive = Callable[..., Article]


def entries_of(client: Client, path: str) -> dict[str, str | None]:
    """The paths that a sitemap names, each with the date of its last change."""
    entries = {}
    for entry in xml(client, path):
        address = str(entry.findtext("s:loc", namespaces=SITEMAP))
        assert address.startswith(f"{settings.SITE_URL}/")
        entries[address.removeprefix(settings.SITE_URL)] = entry.findtext("s:lastmod", namespaces=SITEMAP)
    return entries


def test_a_sitemap_dates_an_article_by_its_last_update(client: Client, put_live: PutLive) -> None:
    updated = put_live(pk=101, first_published_at=NOON, updated_at=NOON + timedelta(hours=3))
    untouched = put_live(pk=102, first_published_at=NOON)

    entries = entries_of(client, "/sitemap/articles-0.xml")

    assert entries == {
        updated.get_absolute_url(): (NOON + timedelta(hours=3)).isoformat(),
        untouched.get_absolute_url(): NOON.isoformat(),
    }


def test_the_index_dates_each_file_by_the_last_update_in_it(client: Client, put_live: PutLive) -> None:
    put_live(pk=101, first_published_at=NOON, updated_at=NOON + timedelta(hours=3))
    put_live(pk=102, first_published_at=NOON + timedelta(hours=1))
    put_live(pk=7_001, first_published_at=NOON)

    entries = entries_of(client, "/sitemap.xml")

    assert entries == {
        "/sitemap/pages.xml": None,
        "/sitemap/articles-0.xml": (NOON + timedelta(hours=3)).isoformat(),
        "/sitemap/articles-1.xml": NOON.isoformat(),
    }


def test_every_article_stands_in_one_file_and_a_file_without_articles_answers_404(
    client: Client, put_live: PutLive
) -> None:
    last, first = put_live(pk=4_999), put_live(pk=5_000)

    assert set(entries_of(client, "/sitemap/articles-0.xml")) == {last.get_absolute_url()}
    assert set(entries_of(client, "/sitemap/articles-1.xml")) == {first.get_absolute_url()}
    page(client, "/sitemap/articles-2.xml", 404)


def test_a_sitemap_names_every_list_that_has_an_article_and_the_newspapers_own_pages(
    client: Client, put_live: PutLive, parliament: Section, writers: list[Author]
) -> None:
    topic = Topic.objects.create(name="Eau", slug="eau")
    put_live(section=parliament, authors=writers[:1], topics=[topic])
    legal = Page.objects.create(title="Mentions légales", slug="mentions-legales")

    entries = entries_of(client, "/sitemap/pages.xml")

    assert set(entries) == {
        "/", "/auteurs/", "/corrections/", "/politique/", "/politique/parlement/", "/auteurs/auteur-0/", "/sujets/eau/",
        "/mentions-legales/",
    }  # fmt: skip
    assert entries["/mentions-legales/"] == legal.updated_at.isoformat()


def test_all_sitemaps_carry_the_same_cache_key(client: Client, put_live: PutLive) -> None:
    put_live(pk=101)
    for path in ("/sitemap.xml", "/sitemap/pages.xml", "/sitemap/articles-0.xml"):
        assert client.get(path)["Surrogate-Key"] == "sitemaps"
