"""`make bench`: how long the desk's screens take and how many queries they make, with 100 000 articles and 200 drafts.

It asserts no time, because machines differ. Django's test client measures in this process.
"""

import statistics
import time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from articles.models import Section
from tests.newsroom.archive import fill

ARTICLES = 100_000
IN_WORK = 200
REPETITIONS = 15
SCREENS = {
    "home": "/redaction/",
    "a section’s desk": "/redaction/?rubrique=politique",
    "board": "/redaction/tableau/",
    "calendar": "/redaction/calendrier/",
    "list": "/redaction/newsroom/story/",
    "list of failures": "/redaction/newsroom/story/?etat=echec",
}

pytestmark = pytest.mark.django_db


def test_the_screens_of_the_desk_are_measured_over_a_full_archive(
    settings: Settings, journalist: User, editor: User, section: Section, client: Client,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tests.")]
    fill(journalist, section, published=ARTICLES)
    fill(editor, section, in_work=IN_WORK)
    client.force_login(editor)
    lines = []
    for name, address in SCREENS.items():
        client.get(address)  # compiles the templates
        times, queries = [], 0
        for _repetition in range(REPETITIONS):
            with CaptureQueriesContext(connection) as captured:
                began = time.perf_counter()
                response = client.get(address)
                times.append((time.perf_counter() - began) * 1000)
            assert response.status_code == 200
            queries = len(captured)
        size = len(response.content) / 1024
        took = f"median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms"
        lines.append(f"  {name}: {took}, {queries} queries, {size:.0f} KiB")
    with capsys.disabled():
        print(f"\nThe desk, {ARTICLES} articles, {IN_WORK} texts in work, {connection.vendor}", *lines, sep="\n")
