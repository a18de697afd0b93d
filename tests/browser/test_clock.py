"""The clock stops and restarts while pages of the desk stay open: they show it, and a due story goes out once."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Article
from newsroom import deeds
from newsroom.clock import Clock
from newsroom.models import Beat, Story
from newsroom.scheduling.wall_time import WallTime
from tests.torture.house import CLOCK, ROOT, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HALF_A_MINUTE = 31_000  # milliseconds: a little more, so that the page's timer has fired


@pytest.fixture
def start_clock(tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts `manage.py clock` on the database of the test, in its own process."""
    name = str(connection.settings_dict["NAME"])
    server = os.environ.get("DATABASE_URL", "").rpartition("/")[0]
    address = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{server}/{name}"
    environment = {**os.environ, "NEWSROOM_MODE": "demo", "NEWSROOM_VAR": str(tmp_path), "DATABASE_URL": address}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        Beat.objects.all().delete()
        started.append(subprocess.Popen(CLOCK, cwd=ROOT, env=environment, stderr=sys.stderr))
        wait_until(Beat.objects.exists)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def scheduled(make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User) -> Story:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    later = timezone.now() + timedelta(hours=1)
    deeds.schedule(story, revision=1, by=editor, when=WallTime(later, ""))
    return story


def test_a_killed_clock_is_reported_and_a_restarted_one_publishes_the_due_story_once(
    page: Page,
    editor: User,
    scheduled: Story,
    start_clock: Callable[[], "subprocess.Popen[bytes]"],
    sign_in: Callable[[Page, User], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    clock = start_clock()
    page.clock.install()
    sign_in(page, editor)
    page.goto("/redaction/")
    line = page.locator(".beat")
    expect(line).to_contain_text("L’horloge bat")

    clock.kill()
    clock.wait()
    past = timezone.now() - timedelta(minutes=4, seconds=5)
    Beat.objects.update(at=past)
    Story.objects.filter(pk=scheduled.pk).update(publish_at=past, due_at=past)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(line).to_have_text(re.compile(r"L’horloge est arrêtée depuis 4\smin"))
    expect(line).to_have_class("beat stopped")
    expect(line.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    assert not Article.objects.exists()

    start_clock()
    wait_until(Article.objects.exists)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(line).to_contain_text("L’horloge bat")
    expect(line).to_have_class("beat")
    assert scheduled.moves.filter(deed="publish").count() == 1
    assert page.goto(f"/a/{scheduled.pk}/").status == 200  # type: ignore[union-attr]


def test_an_offline_page_does_not_report_that_the_clock_runs(
    page: Page, editor: User, sign_in: Callable[[Page, User], None]
) -> None:
    Clock().beat()
    page.clock.install()
    sign_in(page, editor)
    page.goto("/redaction/")
    line = page.locator(".beat")
    expect(line).to_contain_text("L’horloge bat")

    page.context.set_offline(True)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(line).to_contain_text("Hors connexion")

    page.context.set_offline(False)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(line).to_contain_text("L’horloge bat")


def test_a_failed_publication_is_explained_on_the_page_of_its_story_and_retried_from_there(
    page: Page,
    editor: User,
    scheduled: Story,
    sign_in: Callable[[Page, User], None],
    assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    standfirst = scheduled.standfirst
    Story.objects.filter(pk=scheduled.pk).update(standfirst="", publish_at=past, due_at=past)
    Clock().beat()
    sign_in(page, editor)

    opened = page.goto(f"/redaction/newsroom/story/{scheduled.pk}/change/")
    expect(page.locator(".departure")).to_contain_text("Écrivez un chapô")
    assert_accessible(page)
    assert_valid_html(opened.text())  # type: ignore[union-attr]
    Story.objects.filter(pk=scheduled.pk).update(standfirst=standfirst)
    page.get_by_role("button", name="Réessayer maintenant").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("L’horloge essaie de nouveau")

    Clock().beat()
    assert Article.objects.filter(pk=scheduled.pk).exists()
