"""What others do while the page of a correction is open: the next version begun, abandoned, written, corrected."""

from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsroom import deeds
from newsroom.models import Story
from newsroom.stories import saving
from newsroom.stories.content import content_of

from .correcting import (
    ADDED,
    BODY,
    CORRECTED,
    article_of,
    corrected,
    corrected_fields,
    page_of,
    shown,
)
from .desk import at_the_desk
from .story_post import address, typed

pytestmark = pytest.mark.django_db


def test_a_stale_correction_is_joined_with_the_one_before_it_and_read_again(
    editing: Client, opened: Callable[..., Story], chief: User
) -> None:
    story = opened("draft")
    fields = shown(editing, story)
    corrected(at_the_desk(chief), story, body=BODY.replace("l’aube", "cinq heures"))

    response = editing.post(page_of(story), {**fields, "body": CORRECTED, "_deed": "correct", "change_kind": "typo"})

    assert response.status_code == 409
    page = unescape(response.content.decode())
    assert "300 mètres" in page
    assert "cinq heures" in page
    assert article_of(story).body == BODY.replace("l’aube", "cinq heures")


def test_a_page_that_was_open_before_the_next_version_was_begun_still_corrects(
    editing: Client, make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User
) -> None:
    story = publish_story(make_story(by=journalist, body=BODY))
    fields = shown(editing, story)
    deeds.revise(story, revision=1, by=journalist)
    story.refresh_from_db()
    saving.put_text(story, {**content_of(story), "body": ADDED, "authors": content_of(story)["authors"]}, by=journalist)

    response = editing.post(page_of(story), {**fields, "body": CORRECTED, "_deed": "correct", "change_kind": "typo"})

    story.refresh_from_db()
    assert response.status_code == 302
    assert (article_of(story).body, story.stage) == (CORRECTED, "draft")
    assert story.body == ADDED.replace("400", "300")


def test_a_version_that_is_abandoned_meanwhile_keeps_no_correction_waiting(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    story = opened("draft")
    fields = corrected_fields(editing, story, body=CORRECTED)
    deeds.abandon(story, revision=story.version, by=journalist)

    response = editing.post(page_of(story), fields)

    assert response.status_code == 302
    assert article_of(story).body == CORRECTED


def test_a_version_that_is_begun_again_meanwhile_keeps_no_correction_waiting(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    story = opened("draft")
    deeds.abandon(story, revision=story.version, by=journalist)
    fields = corrected_fields(editing, story, body=CORRECTED)
    story.refresh_from_db()
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    saving.put_text(story, {**content_of(story), "body": ADDED}, by=journalist)

    response = editing.post(page_of(story), fields)

    story.refresh_from_db()
    assert response.status_code == 302
    assert (article_of(story).body, story.body) == (CORRECTED, ADDED.replace("400", "300"))


def test_a_correction_sent_twice_is_done_once(editing: Client, opened: Callable[..., Story]) -> None:
    story = opened("review")
    fields = {**shown(editing, story), "body": CORRECTED, "_deed": "correct", "change_kind": "typo"}

    answers = [editing.post(page_of(story), fields).status_code for _ in range(2)]

    story.refresh_from_db()
    assert answers == [302, 302]
    assert (story.version, story.changes.count(), story.stage) == (4, 1, "review")


def test_a_draft_that_is_written_meanwhile_is_joined_with_the_correction(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    """The writer has the page open, and saves after the correction: theirs and the correction are both there."""
    story = opened("draft")
    fields = typed(story, body=ADDED.replace("buvette", "terrasse"))
    corrected(editing, story, body=CORRECTED)

    response = at_the_desk(journalist).post(address(story), fields)

    story.refresh_from_db()
    assert response.status_code == 302
    assert story.body == ADDED.replace("buvette", "terrasse").replace("400", "300")
