"""An order: a story that the desk starts for somebody to write."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Dispatch, PlanChange, Story

from .scheduling import as_typed, in_hours

pytestmark = pytest.mark.django_db
ORDER = "/redaction/commande/"


def ordered(section: Section, **fields: Any) -> dict[str, Any]:
    return {"headline": "La digue, un an après", "section": section.pk, **fields}


def test_an_editor_who_ordered_a_story_may_still_approve_it(
    client: Client, editor: User, colleague: User, section: Section
) -> None:
    client.force_login(editor)

    client.post(
        ORDER,
        ordered(section, assignee=colleague.pk, deadline=as_typed(in_hours(30)), characters="5000", headline="A\nB"),
    )

    story = Story.objects.get()
    assert (story.headline, story.section, story.stage, story.assignee) == ("A B", section, "draft", colleague)
    assert (story.deadline, story.characters_ordered) == (in_hours(30).moment, 5000)
    assert list(story.writers.all()) == [colleague]
    assert {change.subject for change in PlanChange.objects.all()} == {"assignee", "deadline", "signs"}
    assert Dispatch.objects.get().payload["to"] == colleague.email


def test_an_ordered_story_is_signed_by_its_assignee(
    client: Client, editor: User, journalist: User, section: Section
) -> None:
    client.force_login(editor)

    client.post(ORDER, ordered(section, assignee=journalist.pk))

    assert [str(author) for author in Story.objects.get().authors.all()] == ["Nadia Berrahal"]


def test_a_journalist_may_not_order_a_story(client: Client, journalist: User, section: Section) -> None:
    client.force_login(journalist)

    assert client.get(ORDER).status_code == 403
    assert client.post(ORDER, ordered(section)).status_code == 403
    assert not Story.objects.exists()


def test_an_order_in_another_section_is_refused(client: Client, section: Section) -> None:
    elsewhere = User.objects.create_user("ailleurs")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    client.force_login(elsewhere)

    page = client.post(ORDER, ordered(section))

    assert not Story.objects.exists()
    assert "La digue, un an après" in page.content.decode()


@pytest.mark.parametrize("odd", [{"headline": ""}, {"headline": "x" * 201}, {"section": "9" * 30}, {"deadline": "?"}])
def test_an_invalid_order_comes_back_as_typed(
    client: Client, editor: User, section: Section, odd: dict[str, str]
) -> None:
    client.force_login(editor)

    page = client.post(ORDER, {**ordered(section, characters="777"), **odd})

    assert page.status_code == 200
    assert 'value="777"' in page.content.decode()
    assert not Story.objects.exists()
