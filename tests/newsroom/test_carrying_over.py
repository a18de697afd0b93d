"""A correction that the next version lacks: said, carried over place by place, or left out; and what is told of it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsroom import deeds
from newsroom.models import Dispatch, Story

from .correcting import ADDED, BODY, CLASHING, CORRECTED, corrected
from .desk import at_the_desk
from .story_post import address, typed

pytestmark = pytest.mark.django_db


# --- Carrying it over -----------------------------------------------------------------------------------------------


def choose_page(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/correction/"


@pytest.fixture
def lacking(editing: Client, opened: Callable[..., Story]) -> Story:
    """A draft that lacks a correction: both changed the same figure."""
    story = opened("draft", CLASHING)
    corrected(editing, story, body=CORRECTED)
    story.refresh_from_db()
    return story


def chosen(html: str, pick: str) -> dict[str, Any]:
    """The fields of the page of two texts, with one choice everywhere."""
    fields: dict[str, Any] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', html):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        fields.setdefault(unescape(named["name"]), []).append(unescape(named["value"]))
    for name in re.findall(r'name="(choice-[^"]*)"', html):
        fields[name] = [pick]
    return fields


@pytest.mark.parametrize(("pick", "figure"), [("mine", "300"), ("theirs", "450")])
def test_a_writer_carries_the_correction_over_and_goes_on(
    pick: str, figure: str, lacking: Story, journalist: User
) -> None:
    writer = at_the_desk(journalist)
    page = writer.get(choose_page(lacking))

    response = writer.post(address(lacking), chosen(page.content.decode(), pick))

    lacking.refresh_from_db()
    assert page.status_code == 200
    assert response.status_code == 302
    assert lacking.body == BODY.replace("400", figure)
    assert lacking.missed_correction is None
    deeds.submit(lacking, revision=lacking.version, by=journalist)


def test_the_page_of_the_story_says_who_corrected_it_and_leads_to_the_choice(
    lacking: Story, journalist: User, editor: User
) -> None:
    writer = at_the_desk(journalist)
    page = writer.get(address(lacking)).content.decode()

    response = writer.post(address(lacking), typed(lacking, kicker="Port", _carry="1"))

    lacking.refresh_from_db()
    assert 'name="_carry"' in page
    assert response["Location"] == choose_page(lacking)
    assert lacking.kicker == "Port"
    assert lacking.missed_correction is not None


def test_a_version_may_do_without_the_correction_if_its_people_say_so(lacking: Story, journalist: User) -> None:
    writer = at_the_desk(journalist)

    wrong = writer.post(choose_page(lacking), {"correction": "1"})
    lacking.refresh_from_db()
    kept = lacking.missed_correction
    right = writer.post(choose_page(lacking), {"correction": str(kept)})

    lacking.refresh_from_db()
    assert wrong["Location"] == choose_page(lacking)
    assert kept is not None
    assert right["Location"] == address(lacking)
    assert lacking.missed_correction is None
    assert lacking.body == CLASHING


def test_whoever_may_not_write_the_text_does_not_settle_it(lacking: Story, colleague: User, sub_editor: User) -> None:
    for user in (colleague, sub_editor):
        answers = [
            at_the_desk(user).get(choose_page(lacking)).status_code,
            at_the_desk(user).post(choose_page(lacking), {"correction": "3"}).status_code,
        ]
        assert answers == [403, 403]
    lacking.refresh_from_db()
    assert lacking.missed_correction == 3


def test_abandoning_the_version_forgets_what_it_lacked(lacking: Story, journalist: User) -> None:
    deeds.abandon(lacking, revision=lacking.version, by=journalist)

    lacking.refresh_from_db()
    assert (lacking.stage, lacking.missed_correction, lacking.body) == ("published", None, CORRECTED)


def test_restoring_a_version_from_before_a_correction_does_not_bring_the_mistake_back_unseen(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    story = opened("draft")
    corrected(editing, story, body=CORRECTED)
    story.refresh_from_db()

    at_the_desk(journalist).post(
        f"/redaction/newsroom/story/{story.pk}/version/2/restore/", {"based_on": story.version}
    )

    story.refresh_from_db()
    assert story.body == ADDED
    assert (story.missed_since, story.missed_correction) == (1, 3)


def test_restoring_a_version_that_lacked_a_correction_does_not_bring_the_mistake_back_unseen(
    lacking: Story, journalist: User
) -> None:
    lacked, missed = lacking.version, (lacking.missed_since, lacking.missed_correction)
    writer = at_the_desk(journalist)
    writer.post(address(lacking), chosen(writer.get(choose_page(lacking)).content.decode(), "mine"))
    lacking.refresh_from_db()
    assert lacking.missed_correction is None

    restored = f"/redaction/newsroom/story/{lacking.pk}/version/{lacked}/restore/"
    writer.post(restored, {"based_on": lacking.version})

    lacking.refresh_from_db()
    assert lacking.body == CLASHING
    assert (lacking.missed_since, lacking.missed_correction) == missed


# --- What is told of it ----------------------------------------------------------------------------------------------


def test_the_report_of_a_correction_compares_what_readers_saw_with_what_they_see(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    story = opened("review")

    corrected(editing, story, body=CORRECTED)

    letter = Dispatch.objects.get(key__startswith=f"move-{story.moves.get(deed='correct').pk}").payload["text"]
    page = at_the_desk(journalist).get(f"/redaction/newsroom/story/{story.pk}/desk-changes/").content.decode()
    assert "buvette" not in letter
    assert "300" in letter
    assert "buvette" not in page


def test_the_report_after_a_correction_is_of_the_next_version(
    editing: Client, opened: Callable[..., Story], editor: User
) -> None:
    story = opened("review")
    corrected(editing, story, body=CORRECTED)
    story.refresh_from_db()
    Dispatch.objects.all().delete()

    deeds.send_back(story, revision=story.version, by=editor, note="À revoir.")

    letter = Dispatch.objects.get(key__startswith="move-").payload["text"]
    assert "buvette" not in letter


def test_the_heartbeat_of_a_correction_names_the_live_version(editing: Client, opened: Callable[..., Story]) -> None:
    story = opened("draft")
    beat = {"page": "0b6f1c52-8a4e-4d59-9d3a-6f7f8b1c2d3e", "field": "body"}

    of_live = editing.post(f"/redaction/presence/{story.pk}/", {**beat, "correcting": "1"}).json()["version"]
    of_draft = editing.post(f"/redaction/presence/{story.pk}/", beat).json()["version"]

    assert (of_live, of_draft) == (1, 2)
