"""A preview and a review link say what their text is, and claim a publication only of the version on the site."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsroom.models import Story
from newsroom.review import share_links
from tests.page_text import on_one_line, plain

from .desk import at_the_desk
from .review_links import guest_page
from .stages import CHIEF, WRITER, bring_to
from .story_post import typed

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]

# What stands in place of the day of publication, for each state that a story may be in.
STANDINGS = {
    "draft": "Version 1, en brouillon, pas publiée.",
    "review": "Version 1, en relecture, pas publiée.",
    "ready": "Version 1, approuvée, pas publiée.",
    "scheduled": "Version 1, programmée pour le ",
    "spiked": "Version 1, écartée, pas publiée.",
    "published+live": "Publié le",
    "flashed+live": "Publié le",
    "draft+live": "Publié le",  # its present version is the live one until somebody changes it
}


def dates_of(page: str) -> str:
    """What stands where readers find the day of publication."""
    found = re.search(r'<p class="dates">(.*?)Lecture :', plain(on_one_line(page)))
    assert found is not None
    return found[1]


def claims_of_publication(page: str) -> list[str]:
    return re.findall(r"Publié le|Mis à jour le|datePublished|published_time", page)


@pytest.mark.parametrize("state", STANDINGS)
def test_the_preview_says_what_the_text_is_at_each_stage(
    state: str, make_story: MakeStory, journalist: User, chief: User
) -> None:
    story = bring_to(state, make_story(by=journalist), {WRITER: journalist, CHIEF: chief})

    page = at_the_desk(chief).get(f"/redaction/newsroom/story/{story.pk}/preview/").content.decode()

    assert STANDINGS[state] in dates_of(page)
    if not state.endswith("+live"):
        assert claims_of_publication(page) == []


@pytest.mark.parametrize("state", [state for state in STANDINGS if state != "spiked"])
def test_a_review_link_says_what_its_text_is_at_each_stage(
    state: str, make_story: MakeStory, journalist: User, chief: User, guest: Client
) -> None:
    story = bring_to(state, make_story(by=journalist), {WRITER: journalist, CHIEF: chief})
    link = share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=chief)

    page = guest.get(guest_page(link)).content.decode()

    assert STANDINGS[state] in dates_of(page)
    if not state.endswith("+live"):
        assert claims_of_publication(page) == []


def test_the_open_version_of_a_live_article_is_not_said_to_be_published(
    make_story: MakeStory, journalist: User, chief: User
) -> None:
    story = bring_to("draft+live", make_story(by=journalist), {WRITER: journalist, CHIEF: chief})
    browser = at_the_desk(journalist)
    address = f"/redaction/newsroom/story/{story.pk}/"
    browser.post(f"{address}change/", typed(story, headline="Un autre titre"))

    open_version = browser.get(f"{address}preview/").content.decode()
    live_version = browser.get(f"{address}version/1/preview/").content.decode()

    assert "Version 2, en brouillon, pas publiée. Les lecteurs voient la version 1." in dates_of(open_version)
    assert claims_of_publication(open_version) == []
    assert "Publié le" in dates_of(live_version)


def test_an_older_version_and_a_text_that_is_being_typed_say_so(story: Story, writing: Client) -> None:
    address = f"/redaction/newsroom/story/{story.pk}/"
    writing.post(f"{address}change/", typed(story, headline="Un autre titre"))

    older = writing.get(f"{address}version/1/preview/").content.decode()
    as_typed = writing.post(f"{address}preview/draft/", typed(story, headline="Encore")).content.decode()
    new = writing.get("/redaction/newsroom/story/add/preview/").content.decode()

    assert "Version 1, plus ancienne que le texte d’aujourd’hui." in dates_of(older)
    assert "Tel qu’il est saisi, ni enregistré ni publié." in dates_of(as_typed)
    assert "Nouvel article, pas enregistré." in dates_of(new)
