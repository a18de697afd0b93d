"""Presence: who has a story open is shown to those who may read it, and taking over is on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.editing import presence
from newsroom.models import Autosave, Presence, Story, Takeover

from .desk import at_the_desk
from .story_post import address, typed

pytestmark = pytest.mark.django_db


def heartbeat_address(story: Story) -> str:
    return f"/redaction/presence/{story.pk}/"


def taking(story: Story) -> str:
    return f"/redaction/presence/{story.pk}/prendre-la-main/"


class Seat:
    """Somebody with the page of a story open in a browser."""

    def __init__(self, user: User, story: Story) -> None:
        self.client, self.page, self.story = at_the_desk(user), str(uuid4()), story

    def send_heartbeat(self, field: str = "", **more: Any) -> Any:
        return self.client.post(heartbeat_address(self.story), {"page": self.page, "field": field, **more}).json()

    def take_over(self) -> Any:
        return self.client.post(taking(self.story), {"page": self.page}, headers={"Accept": "application/json"})


@pytest.fixture
def sit(story: Story) -> Callable[[User], Seat]:
    return lambda user: Seat(user, story)


def test_somebody_on_the_page_sees_the_others_but_not_themselves(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer, other = sit(journalist), sit(editor)
    assert writer.send_heartbeat()["people"] == {}

    answer = other.send_heartbeat()

    assert answer["people"] == {str(journalist.pk): presence.PresentColleague(journalist, "").sentence}
    assert "journaliste" in answer["here"]
    assert list(writer.send_heartbeat()["people"]) == [str(editor.pk)]


@pytest.mark.parametrize("field", [name for name in presence.WRITING_SENTENCES if name != "other"])
def test_the_page_names_the_field_that_a_colleague_edits(
    field: str, sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    sit(journalist).send_heartbeat(field)

    sentence = sit(editor).send_heartbeat()["people"][str(journalist.pk)]

    assert sentence == presence.PresentColleague(journalist, field).sentence
    assert sentence not in {
        presence.PresentColleague(journalist, "").sentence,
        presence.PresentColleague(journalist, "other").sentence,
    }


def test_an_unknown_field_counts_as_reading(sit: Callable[[User], Seat], journalist: User, editor: User) -> None:
    sit(journalist).send_heartbeat("x" * 5_000)

    assert (
        sit(editor).send_heartbeat()["people"][str(journalist.pk)] == presence.PresentColleague(journalist, "").sentence
    )


def test_two_pages_of_one_person_count_as_one_writer(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    sit(journalist).send_heartbeat("body")
    sit(journalist).send_heartbeat()

    assert sit(editor).send_heartbeat()["people"] == {
        str(journalist.pk): presence.PresentColleague(journalist, "body").sentence
    }


def test_somebody_who_leaves_the_page_is_gone_at_once(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer = sit(journalist)
    writer.send_heartbeat()
    assert sit(editor).send_heartbeat()["people"]

    writer.send_heartbeat(leaves="1")

    assert not sit(editor).send_heartbeat()["people"]


def test_somebody_without_a_heartbeat_is_gone_after_ninety_seconds(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    other = sit(editor)
    with time_machine.travel(timezone.now(), tick=False) as machine:
        sit(journalist).send_heartbeat()
        machine.shift(90)
        assert other.send_heartbeat()["people"]

        machine.shift(1)

        assert not other.send_heartbeat()["people"]


def test_without_javascript_the_page_lists_who_has_the_story_open(
    sit: Callable[[User], Seat], journalist: User, editor: User, story: Story
) -> None:
    sit(journalist).send_heartbeat("standfirst")

    page = sit(editor).client.get(address(story)).content.decode()

    assert presence.PresentColleague(journalist, "standfirst").sentence in page


def test_only_those_who_may_read_the_story_see_and_send_a_presence(
    story: Story, sit: Callable[[User], Seat], journalist: User, outsider: User, superuser: User
) -> None:
    sit(journalist).send_heartbeat("body")
    elsewhere = User.objects.create_user("elsewhere")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    for user in (elsewhere, outsider, superuser):
        client = at_the_desk(user)
        for where in (heartbeat_address(story), taking(story)):
            answer = client.post(where, {"page": str(uuid4())})
            assert answer.status_code in (302, 403, 404), user
            assert "journaliste" not in answer.content.decode()
    assert list(Presence.objects.values_list("user", flat=True)) == [journalist.pk]
    assert not Takeover.objects.exists()


def test_a_presence_with_a_forged_page_key_is_refused(
    story: Story, sit: Callable[[User], Seat], journalist: User
) -> None:
    client = sit(journalist).client

    assert client.post(heartbeat_address(story), {"page": "x" * 37}).status_code == 400
    assert client.get(heartbeat_address(story)).status_code == 405
    assert not Presence.objects.exists()


def test_presences_are_deleted_after_a_day(sit: Callable[[User], Seat], journalist: User, editor: User) -> None:
    sit(journalist).send_heartbeat()
    Presence.objects.update(seen_at=F("seen_at") - presence.FORGOTTEN_AFTER - timedelta(minutes=1))

    sit(editor).send_heartbeat()

    assert [row.user for row in Presence.objects.all()] == [editor]


def test_the_presences_of_many_stories_take_one_query(
    make_story: Callable[..., Story], journalist: User, editor: User
) -> None:
    stories = [make_story(by=journalist) for _number in range(4)]
    for story in stories[:3]:
        for user in (journalist, editor):
            presence.record_presence(story, by=user, page=str(uuid4()), field="body")

    with CaptureQueriesContext(connection) as queries:
        found = presence.of_stories([story.pk for story in stories])
        names = {number: [here.name for here in people] for number, people in found.items()}

    assert len(queries) == 1
    assert names == {story.pk: ["journaliste", "editeur"] for story in stories[:3]}


# --- Taking over --------------------------------------------------------------------------------------------------


def test_taking_over_is_on_record_and_the_former_writer_learns_of_it(
    story: Story, sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer, other = sit(journalist), sit(editor)
    writer.send_heartbeat("body")

    answer = other.take_over()

    assert answer.status_code == 200
    assert "editeur" in writer.send_heartbeat("body")["taken"]
    assert not other.send_heartbeat()["taken"]
    record = Takeover.objects.get()
    assert (record.story, record.taken_from, record.by) == (story, journalist, editor)
    assert "journaliste" in other.client.get(address(story)).context["takeovers"][0].taken_from.username


def test_a_writer_who_was_taken_over_counts_as_reading(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer, other = sit(journalist), sit(editor)
    writer.send_heartbeat("body")
    other.take_over()
    writer.send_heartbeat("body")

    assert other.send_heartbeat()["people"] == {str(journalist.pk): presence.PresentColleague(journalist, "").sentence}


def test_a_writer_who_was_taken_over_may_take_back(sit: Callable[[User], Seat], journalist: User, editor: User) -> None:
    writer, other = sit(journalist), sit(editor)
    writer.send_heartbeat("body")
    other.send_heartbeat()
    other.take_over()

    writer.take_over()

    assert not writer.send_heartbeat()["taken"]
    assert "journaliste" in other.send_heartbeat()["taken"]
    assert [(row.taken_from, row.by) for row in Takeover.objects.order_by("pk")] == [
        (journalist, editor),
        (editor, journalist),
    ]


def test_a_computer_that_slept_still_learns_of_the_takeover(
    sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer, other = sit(journalist), sit(editor)
    writer.send_heartbeat("body")
    other.take_over()
    Presence.objects.update(seen_at=F("seen_at") - timedelta(hours=3))

    assert "editeur" in writer.send_heartbeat()["taken"]


def test_a_save_by_a_writer_who_was_taken_over_is_still_taken(
    story: Story, sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    writer, other = sit(journalist), sit(editor)
    writer.send_heartbeat("body")
    other.take_over()

    writer.client.post(address(story), typed(story, headline="Enregistré quand même", page=writer.page))

    story.refresh_from_db()
    assert story.headline == "Enregistré quand même"


def test_taking_over_from_somebody_who_only_reads_is_refused(
    story: Story, sit: Callable[[User], Seat], journalist: User, photo_editor: User, editor: User
) -> None:
    sit(photo_editor).send_heartbeat()

    assert sit(editor).take_over().status_code == 200

    assert not Takeover.objects.exists()


@pytest.mark.parametrize("who", ["photo_editor", "colleague"])
def test_somebody_who_may_not_edit_the_text_may_not_take_over(
    who: str, story: Story, sit: Callable[[User], Seat], journalist: User, photo_editor: User
) -> None:
    colleague = User.objects.create_user("colleague")
    set_standing(colleague, roles=[Role.JOURNALIST], sections=[])
    writer = sit(journalist)
    writer.send_heartbeat("body")

    answer = sit({"photo_editor": photo_editor, "colleague": colleague}[who]).take_over()

    assert answer.status_code == 403
    assert not writer.send_heartbeat("body")["taken"]


def test_taking_over_a_read_only_story_is_refused(
    story: Story, sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    deeds.submit(story, revision=1, by=journalist)

    assert sit(journalist).take_over().status_code == 403


def test_without_javascript_taking_over_keeps_the_typed_text(
    story: Story, sit: Callable[[User], Seat], journalist: User, editor: User
) -> None:
    sit(journalist).send_heartbeat("body")
    other = sit(editor)

    answer = other.client.post(taking(story), typed(story, headline="Tapé avant", page=other.page))

    assert answer.url == address(story)
    assert Takeover.objects.get().by == editor
    assert Autosave.objects.get(user=editor).fields["headline"] == ["Tapé avant"]
