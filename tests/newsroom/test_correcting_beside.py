"""Correcting what readers see while the next version is open: at every stage, with and without a clash."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Section
from newsroom import deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock.departures import publish_due
from newsroom.deeds import ChangeNotice
from newsroom.models import Check, Dispatch, Photo, Story
from newsroom.refusals import Refused
from newsroom.stories import saving
from newsroom.stories.content import content_of
from newsroom.workflow import ChangeKind, Deed

from .correcting import (
    ADDED,
    BODY,
    CLASHING,
    CORRECTED,
    OPEN,
    article_of,
    corrected,
    in_two_hours,
    page_of,
    shown,
)
from .desk import at_the_desk
from .scheduling import let_hour_come
from .stages import CHIEF, WRITER, bring_to
from .story_post import address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", OPEN)
def test_the_page_of_a_correction_has_what_readers_see_and_not_the_open_version(
    stage: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage, headline="La criée de demain")

    fields = shown(editing, story)

    assert fields["headline"] == article_of(story).headline != "La criée de demain"
    assert fields["body"] == BODY
    assert fields["based_on"] == "1"
    assert fields["bylines-0-author"] == str(story.bylines.get().author_id)


@pytest.mark.parametrize("stage", OPEN)
def test_the_story_offers_the_correction_at_every_stage_of_the_next_version(
    stage: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage)

    assert page_of(story) in editing.get(address(story)).content.decode() or stage in ("draft", "review")
    assert Deed.CORRECT.value in editing.get(address(story)).content.decode()


@pytest.mark.parametrize("stage", OPEN)
def test_a_correction_reaches_readers_at_once_and_joins_the_open_version(
    stage: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage)

    response = corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    assert response.status_code == 302
    assert article_of(story).body == CORRECTED
    assert (story.stage, story.body) == (stage, ADDED.replace("400", "300"))
    assert story.live_revision is not None
    assert (story.live_revision.number, article_of(story).revision, story.version) == (3, 3, 4)
    assert story.revisions.get(number=4).content == content_of(story)
    assert story.missed_correction is None


@pytest.mark.parametrize("stage", ["ready", "scheduled"])
def test_what_was_approved_stays_approved_with_the_correction_in_it(
    stage: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage)

    corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    assert story.approved_revision == story.revisions.get(number=story.version)
    assert story.stage == stage


def test_the_clock_publishes_the_next_version_with_the_correction_in_it(
    editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened("scheduled")
    corrected(editing, story, body=CORRECTED)

    let_hour_come(story)

    assert publish_due() == 1
    assert article_of(story).body == ADDED.replace("400", "300")


@pytest.mark.parametrize("stage", OPEN)
def test_a_clash_leaves_the_open_version_as_it_was_and_has_it_wait_for_the_correction(
    stage: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage, CLASHING, kicker="Port")

    response = corrected(editing, story, body=CORRECTED, headline="Le mot juste")

    story.refresh_from_db()
    assert response.status_code == 302
    assert article_of(story).body == CORRECTED
    assert (story.body, story.kicker, story.headline) == (CLASHING, "Port", "Le mot juste")
    assert (story.missed_since, story.missed_correction) == (1, 3)
    assert story.stage == (stage if stage in ("draft", "review") else "review")
    assert story.approved_revision is None


def test_a_scheduled_version_that_clashes_leaves_the_schedule_and_its_people_get_mail(
    editing: Client, opened: Callable[..., Story], journalist: User, chief: User
) -> None:
    story = opened("scheduled", CLASHING)
    Dispatch.objects.all().delete()

    corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    move = story.moves.first()
    assert move is not None
    assert (move.deed, move.from_stage, move.to_stage) == ("reopen", "scheduled", "review")
    assert (story.publish_at, story.due_at, story.change_kind) == (None, None, "")
    letters = Dispatch.objects.filter(key__startswith=f"reopened-{move.pk}")
    assert {letter.payload["to"] for letter in letters} >= {journalist.email}
    assert "ne part plus" in letters[0].payload["text"]
    let_hour_come(story)
    assert publish_due() == 0


def test_nobody_takes_a_version_further_that_lacks_a_correction(
    editing: Client, opened: Callable[..., Story], journalist: User
) -> None:
    story = opened("draft", CLASHING)
    corrected(editing, story, body=CORRECTED)
    story.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        deeds.submit(story, revision=story.version, by=journalist)

    assert [problem.field for problem in refusal.value.problems] == ["correction"]


def test_a_writer_who_corrects_has_the_approved_version_read_again(
    opened: Callable[..., Story], journalist: User
) -> None:
    """An editor who wrote the next version cannot be the second pair of eyes of what the correction makes of it."""
    story = opened("ready")
    set_standing(journalist, roles=[Role.EDITOR], sections=[])

    corrected(at_the_desk(journalist), story, body=CORRECTED)

    story.refresh_from_db()
    assert (story.stage, story.approved_revision) == ("review", None)
    assert story.body == ADDED.replace("400", "300")
    assert story.missed_correction is None


def test_a_note_without_a_change_of_the_text_leaves_the_open_version_untouched(
    editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened("scheduled", CLASHING)
    before = (story.version, story.approved_revision_id, story.due_at, story.body, story.saved_at)

    corrected(editing, story, change_kind="clarification", change_text="Il s’agit du quai nord.")

    story.refresh_from_db()
    assert (story.version, story.approved_revision_id, story.due_at, story.body, story.saved_at) == before
    assert (story.stage, story.missed_correction) == ("scheduled", None)
    assert article_of(story).corrections.get().text == "Il s’agit du quai nord."


def test_an_untouched_next_version_becomes_the_corrected_text_itself(
    editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened("draft", BODY)

    corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    assert story.live_revision is not None
    assert (story.version, story.live_revision.number, story.body) == (2, 2, CORRECTED)


REFUSED: dict[str, dict[str, Any]] = {
    "no kind of change": {"change_kind": ""},
    "a typo that mends nothing": {"body": BODY, "headline": None},
    "no standfirst": {"standfirst": ""},
    "no headline": {"headline": ""},
    "a section that is none": {"section": "9" * 30},
    "the button that only saves": {"_deed": "", "_continue": "1"},
}


@pytest.mark.parametrize("why", REFUSED)
@pytest.mark.parametrize("stage", ["draft", "scheduled"])
def test_a_refused_correction_leaves_the_open_version_whole(
    stage: str, why: str, editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened(stage, CLASHING)
    before = Story.objects.filter(pk=story.pk).values().get()
    rows = (content_of(story), story.moves.count(), story.revisions.count())
    fields = {"body": CORRECTED, "headline": "Le mot juste", "note": "Vu par le desk.", **REFUSED[why]}
    fields = {name: value for name, value in fields.items() if value is not None}

    response = corrected(editing, story, **fields)

    story = Story.objects.get(pk=story.pk)
    assert response.status_code in (200, 409)
    assert "Vu par le desk." in response.content.decode()
    assert Story.objects.filter(pk=story.pk).values().get() == before
    assert (content_of(story), story.moves.count(), story.revisions.count()) == rows
    assert article_of(story).body == BODY


def test_an_embargo_or_a_check_of_the_next_version_does_not_keep_a_mistake_before_readers(
    editing: Client, opened: Callable[..., Story], chief: User
) -> None:
    story = opened("draft")
    Story.objects.filter(pk=story.pk).update(embargo_until=in_two_hours(), embargo_wall="demain")
    Check.objects.create(story=story, kind=Check.Kind.LEGAL, asked_by=chief, asked_at=timezone.now())

    corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    assert article_of(story).body == CORRECTED
    assert story.embargo_until is not None
    assert story.embargo_wall == "demain"


def test_a_check_of_the_live_text_keeps_the_correction_waiting(
    editing: Client, make_story: Callable[..., Story], journalist: User, chief: User
) -> None:
    story = bring_to("published+live", make_story(by=journalist, body=BODY), {WRITER: journalist, CHIEF: chief})
    Check.objects.create(story=story, kind=Check.Kind.LEGAL, asked_by=chief, asked_at=timezone.now())
    deeds.revise(story, revision=story.version, by=journalist)

    response = corrected(editing, story, body=CORRECTED)

    assert response.status_code == 409
    assert article_of(story).body == BODY


def test_the_corrections_of_one_version_add_up_where_they_clash(editing: Client, opened: Callable[..., Story]) -> None:
    story = opened("draft", CLASHING)
    corrected(editing, story, body=CORRECTED)
    corrected(editing, story, body=CORRECTED.replace("l’aube", "cinq heures"))

    story.refresh_from_db()
    assert (story.missed_since, story.missed_correction) == (1, 5)
    assert story.body == CLASHING.replace("l’aube", "cinq heures")


def test_another_section_of_the_next_version_does_not_widen_anybodys_rights(
    opened: Callable[..., Story], editor_elsewhere: User, chief: User
) -> None:
    """The editor of the section that the next version is moved to does not answer for the live article."""
    story = opened("draft")
    Story.objects.filter(pk=story.pk).update(section=Section.objects.get(slug="sport"))
    editing = at_the_desk(editor_elsewhere)

    response = editing.post(
        page_of(story), {**shown(editing, story), "body": CORRECTED, "_deed": "correct", "change_kind": "typo"}
    )

    assert response.status_code in (403, 409)
    assert article_of(story).body == BODY


def test_a_picture_of_the_live_text_alone_stays_in_its_correction(
    editing: Client, make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, chief: User
) -> None:  # fmt: skip
    first, second = make_photo(), make_photo()
    story = bring_to(
        "draft+live", make_story(by=journalist, body=BODY, lead_photo=first), {WRITER: journalist, CHIEF: chief}
    )
    saving.put_text(story, {**content_of(story), "lead_photo": second.pk}, by=journalist)

    corrected(editing, story, body=CORRECTED)

    story.refresh_from_db()
    assert article_of(story).lead_image_id == first.pk
    assert (story.lead_photo, story.body) == (second, CORRECTED)


# --- What was typed and not saved -------------------------------------------------------------------------------------


def test_an_unsaved_correction_is_offered_for_the_live_text_and_not_for_the_next_version(
    editing: Client, opened: Callable[..., Story]
) -> None:
    story = opened("draft")
    fields = {**shown(editing, story), "headline": "Le mot juste", "page": "0b6f1c52-8a4e-4d59-9d3a-6f7f8b1c2d3e"}
    editing.post(f"/redaction/sauvegarde/{story.pk}/", fields)

    look = editing.get(f"/redaction/texte-garde/lire/{fields['page']}/").content.decode()
    draft = editing.get(f"{address(story)}?texte={fields['page']}").content.decode()
    again = editing.get(f"{page_of(story)}?texte={fields['page']}").content.decode()

    assert f"{page_of(story)}?texte=" in look
    assert "buvette" not in look
    assert "Le mot juste</textarea>" not in draft
    assert "Le mot juste</textarea>" in again


def test_an_unchanged_page_of_a_correction_keeps_nothing(editing: Client, opened: Callable[..., Story]) -> None:
    story = opened("draft")
    fields = {**shown(editing, story), "page": "0b6f1c52-8a4e-4d59-9d3a-6f7f8b1c2d3e"}

    assert editing.post(f"/redaction/sauvegarde/{story.pk}/", fields).json()["kept"] is False


def test_publishing_is_never_asked_to_correct_the_text_of_the_next_version(
    opened: Callable[..., Story], editor: User
) -> None:
    """Called without the page, the deed still publishes what readers see, and nothing of the version in work."""
    story = opened("draft")
    notice = ChangeNotice(ChangeKind.CLARIFICATION, "Il s’agit du quai nord.")

    publishing.correct(story, revision=1, by=editor, change=notice)

    story.refresh_from_db()
    assert article_of(story).body == BODY
    assert (story.stage, story.body, story.version) == ("draft", ADDED, 2)
