"""The dialog that schedules: hours that are past, skipped or unreadable, and what comes back when one is refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import User

from newsroom.models import Story
from tests.page_text import on_one_line, plain

from .desk import at_the_desk, deed_address, messages_of, post_deed, read_page

pytestmark = pytest.mark.django_db
Make = Callable[..., Story]


def confirmed(day: str, hour: str) -> dict[str, str]:
    """An hour that is more than thirty days away, and the box that confirms it."""
    return {"when": f"{day}T{hour}", "when-sure_of": f"{day} {hour} Africa/Casablanca"}


CONFIRMED = confirmed("2027-06-01", "20:30")


def test_a_story_is_scheduled_at_the_wall_time_that_was_typed(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", **CONFIRMED, note="Après le vote.")

    assert response.status_code == 302
    assert story.stage == "scheduled"
    assert story.publish_at == datetime(2027, 6, 1, 19, 30, tzinfo=UTC)
    assert story.publish_wall == "2027-06-01 20:30 Africa/Casablanca"
    assert story.moves.first().note == "Après le vote."


def test_an_hour_that_the_clocks_skip_is_refused_with_an_explanation(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when="2027-03-14T02:30", note="Avant l’aube.")

    page = response.content.decode()
    assert response.status_code == 409
    assert "n’existe pas ce jour-là" in page
    assert 'value="2027-03-14T02:30"' in page
    assert "Avant l’aube.</textarea>" in page
    assert story.stage == "ready"


def test_an_hour_that_comes_twice_asks_which_one_is_meant(editor: User, approve_story: Make) -> None:
    story = approve_story()

    asked = post_deed(editor, story, "schedule", when="2027-02-07T02:30").content.decode()
    assert 'name="when-which"' in asked
    assert story.stage == "ready"
    post_deed(editor, story, "schedule", **confirmed("2027-02-07", "02:30"), **{"when-which": "second"})

    assert story.publish_at == datetime(2027, 2, 7, 2, 30, tzinfo=UTC)


def test_an_hour_in_the_past_is_refused(editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when="2026-01-01T08:00")

    assert response.status_code == 409
    assert 'value="2026-01-01T08:00"' in response.content.decode()
    assert story.stage == "ready"


@pytest.mark.parametrize("when", ["", "demain", "2027-02-31T08:00", "0001-01-01T00:00", "9999-12-31T23:59", "9" * 400])
def test_an_unreadable_hour_is_refused_with_a_sentence(when: str, editor: User, approve_story: Make) -> None:
    story = approve_story()

    response = post_deed(editor, story, "schedule", when=when, note="Gardée.")

    assert response.status_code == 409
    assert "errorlist" in response.content.decode()
    assert "Gardée.</textarea>" in response.content.decode()
    assert story.stage == "ready"


def test_an_hour_before_the_end_of_the_embargo_is_refused_and_the_embargo_shown(
    editor: User, approve_story: Make
) -> None:
    story = approve_story()
    Story.objects.filter(pk=story.pk).update(embargo_until=datetime(2027, 6, 1, 11, tzinfo=UTC))

    assert "12 h 00" in read_page(editor, story, "schedule")
    assert post_deed(editor, story, "schedule", **confirmed("2027-06-01", "11:00")).status_code == 409
    assert story.stage == "ready"
    post_deed(editor, story, "schedule", **confirmed("2027-06-01", "12:00"))
    assert story.stage == "scheduled"


def test_a_new_version_is_scheduled_with_its_kind_of_change(editor: User, next_version: Story) -> None:
    refused = post_deed(editor, next_version, "schedule", **CONFIRMED)
    assert refused.status_code == 409
    assert next_version.stage == "ready"

    notice = {"change_kind": "correction", "change_text": "Le quai n’a que 300 mètres."}
    post_deed(editor, next_version, "schedule", **CONFIRMED, **notice)

    assert next_version.stage == "scheduled"
    assert (next_version.change_kind, next_version.change_text) == ("correction", "Le quai n’a que 300 mètres.")


@time_machine.travel("2026-12-01T09:00:00Z", tick=False)
def test_an_hour_more_than_thirty_days_away_is_asked_a_second_time_with_its_year(
    editor: User, approve_story: Make
) -> None:
    story = approve_story()

    asked = post_deed(editor, story, "schedule", when="2031-12-05T08:00", note="Une faute de frappe.")

    page = plain(on_one_line(asked.content.decode()))
    assert asked.status_code == 409
    assert "plus de trente jours" in page
    assert "Oui, publier le vendredi 5 décembre 2031, 8 h 00" in page
    assert 'value="2031-12-05T08:00"' in page
    assert "Une faute de frappe.</textarea>" in page
    assert story.stage == "ready"

    fields = {"revision": story.version, **confirmed("2031-12-05", "08:00")}
    done = at_the_desk(editor).post(deed_address("schedule", story), fields, follow=True)

    story.refresh_from_db()
    assert story.stage == "scheduled"
    assert any("Vendredi 5 décembre 2031, 8 h 00." in plain(message) for message in messages_of(done))


@time_machine.travel("2026-12-01T09:00:00Z", tick=False)
def test_the_confirmation_of_one_far_hour_does_not_stand_for_another(editor: User, approve_story: Make) -> None:
    story = approve_story()

    other = post_deed(
        editor, story, "schedule", when="2031-12-05T08:00", **{"when-sure_of": "2031-12-04 08:00 Africa/Casablanca"}
    )

    assert other.status_code == 409
    assert story.stage == "ready"


@time_machine.travel("2026-12-01T09:00:00Z", tick=False)
def test_an_hour_thirty_days_away_is_not_asked_twice(editor: User, approve_story: Make) -> None:
    story = approve_story()

    post_deed(editor, story, "schedule", when="2026-12-31T10:00")

    assert story.stage == "scheduled"
