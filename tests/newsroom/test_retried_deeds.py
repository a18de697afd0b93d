"""A save, a plan, a reply or a deed sent twice is done once; a deed on a text that changed asks for confirmation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Correction
from newsroom import deeds
from newsroom.models import Change, Photo, PlanChange, Story
from newsroom.workflow import TRANSITIONS, Deed

from .desk import at_the_desk, deed_address
from .sending_twice import key_on, says_already_done, twice
from .story_post import address, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(journalist: User, make_story: Callable[..., Story]) -> Story:
    return make_story(by=journalist)


@pytest.fixture
def live(draft: Story, publish_story: Callable[..., Story]) -> Story:
    return publish_story(draft)


@pytest.fixture
def ready(draft: Story, approve_story: Callable[..., Story]) -> Story:
    return approve_story(draft)


def test_a_reply_started_twice_is_one_story(editor: User, live: Story) -> None:
    client = at_the_desk(editor)
    page = key_on(client, deed_address("correct", live))

    first, second = twice(client, deed_address("reply", live), {"page": page})

    reply = Story.objects.get(replies_to=live)
    assert first["Location"] == second["Location"] == address(reply)


# --- A save, a plan, a deed ---------------------------------------------------------------------------------------


def test_a_save_sent_twice_makes_one_version_and_says_so(journalist: User, draft: Story) -> None:
    _first, second = twice(at_the_desk(journalist), address(draft), typed(draft, headline="Le mot juste"))

    draft.refresh_from_db()
    assert draft.version == 2
    assert says_already_done(second)


def test_a_story_saved_and_submitted_twice_is_submitted_once_and_says_so(
    journalist: User, make_story: Callable[..., Story], make_photo: Callable[..., Photo]
) -> None:
    story = make_story(by=journalist, lead_photo=make_photo())
    fields = typed(story, headline="Le mot juste", _deed="submit")

    first, second = twice(at_the_desk(journalist), address(story), fields)

    assert first["Location"] == second["Location"] == address(story)
    assert story.moves.filter(deed=Deed.SUBMIT).count() == 1
    assert says_already_done(second)


def test_a_plan_sent_twice_is_recorded_once(editor: User, draft: Story) -> None:
    fields = {"plan-characters": "4500", "plan-characters-was": "", "plan-sensitive": "on", "plan-sensitive-was": ""}

    first, second = twice(at_the_desk(editor), deed_address("plan", draft), fields)

    assert (first.status_code, second.status_code) == (302, 302)
    assert PlanChange.objects.filter(story=draft).count() == 2  # the length, the caution


def hour_from_now(hours: int) -> str:
    return f"{timezone.localtime(timezone.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def test_scheduling_twice_with_the_same_hour_is_done_once_without_a_refusal(editor: User, ready: Story) -> None:
    fields = {"revision": ready.version, "when": hour_from_now(2)}

    first, second = twice(at_the_desk(editor), deed_address("schedule", ready), fields)

    assert (first.status_code, second.status_code) == (302, 302)
    assert ready.moves.filter(deed=Deed.SCHEDULE).count() == 1
    assert says_already_done(second)


def test_scheduling_a_second_time_with_another_hour_is_refused(editor: User, ready: Story) -> None:
    client, where = at_the_desk(editor), deed_address("schedule", ready)
    client.post(where, {"revision": ready.version, "when": hour_from_now(2)})

    answer = client.post(where, {"revision": ready.version, "when": hour_from_now(3)})

    assert answer.status_code == 409


def test_publishing_twice_is_done_once_without_a_refusal(editor: User, ready: Story) -> None:
    first, second = twice(at_the_desk(editor), deed_address("publish", ready), {"revision": ready.version})

    assert (first.status_code, second.status_code) == (302, 302)
    assert ready.moves.filter(deed=Deed.PUBLISH).count() == 1
    assert says_already_done(second)


def test_publishing_what_a_colleague_just_published_says_that_somebody_was_quicker(
    editor: User, chief: User, ready: Story
) -> None:
    at_the_desk(chief).post(deed_address("publish", ready), {"revision": ready.version})

    answer = at_the_desk(editor).post(deed_address("publish", ready), {"revision": ready.version})

    assert answer.status_code == 409
    assert "plus rapide" in answer.content.decode()


def test_a_withdrawal_sent_twice_is_done_once(editor: User, live: Story) -> None:
    fields = {"revision": live.version, "note": "Erreur de personne."}

    _first, second = twice(at_the_desk(editor), deed_address("withdraw", live), fields)

    assert second.status_code == 302
    assert live.moves.filter(deed=Deed.WITHDRAW).count() == 1


# --- A correction -------------------------------------------------------------------------------------------------

A_NOTE = "Le quai a 300 mètres, et non 3 000."


def corrected(story: Story, **changes: Any) -> dict[str, Any]:
    notice = {"_deed": "correct", "change_kind": "correction", "change_text": A_NOTE}
    return typed(story, **{"headline": "Le mot juste", **notice, **changes})


def test_a_correction_sent_twice_is_published_once(editor: User, live: Story) -> None:
    first, second = twice(at_the_desk(editor), deed_address("correct", live), corrected(live))

    assert first["Location"] == second["Location"] == address(live)
    assert (Change.objects.filter(story=live).count(), Correction.objects.count()) == (1, 1)
    assert live.moves.filter(deed=Deed.CORRECT).count() == 1
    assert says_already_done(second)


def test_a_clarification_of_an_unchanged_text_sent_twice_is_published_once(editor: User, live: Story) -> None:
    fields = corrected(live, headline=live.headline, change_kind="clarification")

    _first, second = twice(at_the_desk(editor), deed_address("correct", live), fields)

    assert second["Location"] == address(live)
    assert Change.objects.filter(story=live).count() == 1


def test_repeating_the_last_note_word_for_word_publishes_no_second_one(editor: User, live: Story) -> None:
    client = at_the_desk(editor)
    client.post(deed_address("correct", live), corrected(live))
    live.refresh_from_db()

    answer = client.post(deed_address("correct", live), corrected(live, headline="Un autre mot"))

    assert answer.status_code == 409
    assert Correction.objects.count() == 1


def test_the_same_correction_by_a_colleague_is_not_taken_for_ones_own(editor: User, chief: User, live: Story) -> None:
    at_the_desk(chief).post(deed_address("correct", live), corrected(live))

    answer = at_the_desk(editor).post(deed_address("correct", live), corrected(live))

    assert answer.status_code == 409
    assert Change.objects.filter(story=live).count() == 1


def test_ones_own_correction_from_another_window_is_not_attributed_to_somebody_else(editor: User, live: Story) -> None:
    client, before = at_the_desk(editor), corrected(live, standfirst="Un autre chapeau.", change_text="Autre chose.")
    client.post(deed_address("correct", live), corrected(live))

    answer = client.post(deed_address("correct", live), before)

    assert answer.status_code == 409
    assert "quelqu’un d’autre" not in answer.content.decode()


def test_a_refused_correction_keeps_the_browsers_copy(editor: User, live: Story) -> None:
    page = str(uuid4())

    answer = at_the_desk(editor).post(deed_address("correct", live), corrected(live, change_text="", page=page))

    assert answer.status_code == 409
    assert answer.context["writing_page"]["savedPage"] == ""


def test_a_published_correction_tells_the_browser_to_drop_its_copy(editor: User, live: Story) -> None:
    client, page = at_the_desk(editor), str(uuid4())

    client.post(deed_address("correct", live), corrected(live, page=page))

    assert client.get(address(live)).context["writing_page"]["savedPage"] == page


# --- Notes for the record -----------------------------------------------------------------------------------------


def test_the_note_typed_for_one_deed_is_not_used_for_another(editor: User, live: Story, journalist: User) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    deeds.submit(live, revision=live.version, by=journalist)
    client = at_the_desk(editor)
    client.post(address(live), typed(live, **{"note_send-back": "Le chapeau est faux.", "_continue": "1"}))

    withdrawing = client.get(deed_address("withdraw", live)).content.decode()

    assert "Le chapeau est faux." not in withdrawing
    assert "Le chapeau est faux." in client.get(address(live)).content.decode(), "kept for its own deed"


# --- The text changed meanwhile -----------------------------------------------------------------------------------


def test_after_a_change_the_page_shows_it_and_the_button_names_the_version(
    editor: User, journalist: User, live: Story
) -> None:
    seen = live.version
    deeds.revise(live, revision=seen, by=journalist)
    at_the_desk(journalist).post(address(live), typed(live, headline="Un mot de trop"))
    live.refresh_from_db()

    answer = at_the_desk(editor).post(deed_address("withdraw", live), {"revision": seen, "note": "Erreur."})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"?avant={seen}&amp;apres={live.version}" in page
    assert answer.context["dialog"]["note"].label == TRANSITIONS[Deed.WITHDRAW].question, "the question stays"
    foot = page[page.index('class="deed-foot"') :]
    assert f"version {live.version}" in foot[: foot.index("</button>")]


def test_the_button_names_no_version_while_nothing_changed(editor: User, live: Story) -> None:
    page = at_the_desk(editor).get(deed_address("withdraw", live)).content.decode()

    assert "?avant=" not in page
