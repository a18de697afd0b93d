"""Whatever is renamed, the request reads and writes as much for a newspaper of years as for one of a day."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Author, Section, Topic

from .archive import publish_many, reading

pytestmark = pytest.mark.django_db
KINDS = ("section", "author", "topic")


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
