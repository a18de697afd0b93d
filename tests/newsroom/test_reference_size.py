"""Whatever is renamed, the request reads and writes as much for a newspaper of years as for one of a day."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Author, Byline, Listing, ListingKind, Section, Topic
from newsroom.models import Story, StoryByline

from .archive import fill, reading

pytestmark = pytest.mark.django_db
KINDS = ("section", "author", "topic")


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


@pytest.mark.parametrize("kind", KINDS)
def test_renaming_costs_as_much_for_20_articles_as_for_2000(
    kind: str, section: Section, author: Author, topic: Topic, journalist: User, chief: User, client: Client
) -> None:
    row = {"section": section, "author": author, "topic": topic}[kind]
    client.force_login(chief)
    address = f"/redaction/articles/{kind}/{row.pk}/change/"
    read, asked = [], []
    for number in (20, 2000):
        publish_many(journalist, section, author, topic, number)
        form = client.get(address).context["adminform"].form
        posted = {name: form[name].value() for name in form.fields} | {"name": f"Nom {number}", "accent": "#35508f"}
        posted = {name: value for name, value in posted.items() if value is not None and value is not False}
        with reading() as so_far, CaptureQueriesContext(connection) as queries:
            response = client.post(address, posted)
        assert response.status_code == 302, response.context["adminform"].form.errors
        read.append(so_far())
        asked.append(len(queries))
        row.refresh_from_db()
        assert row.name == f"Nom {number}"

    assert asked[1] <= asked[0] + 1
    assert read[1] <= read[0] * 1.5 + 50
