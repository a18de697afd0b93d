"""An hour of a plan or an order that is far away, most often by a slip in its year, is asked a second time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django import forms
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom.admin.deeds.pages import DIALOGS
from newsroom.admin.forms.datetimes import HourField, HourInput
from newsroom.admin.panels.plan import CommissionForm, PlanForm
from newsroom.models import Story
from tests.page_text import on_one_line, plain

from .scheduling import plan_of
from .scheduling import typed_plan as typed
from .story_post import address
from .story_post import typed as text

Make = Callable[..., Story]
NOW = "2026-12-01T09:00:00Z"
FIELDS = {"embargo": "embargo_until", "deadline": "deadline"}


def shown(response: Any) -> str:
    return plain(on_one_line(response.content.decode()))


@pytest.fixture
def story(client: Client, journalist: User, editor: User, make_story: Make) -> Story:
    client.force_login(editor)
    return make_story(by=journalist)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FIELDS)
@time_machine.travel(NOW, tick=False)
def test_an_hour_of_a_plan_in_another_year_is_asked_a_second_time(client: Client, story: Story, name: str) -> None:
    asked = client.post(plan_of(story), typed(**{name: "2027-12-05T08:00", "characters": "3500"}))

    page = shown(asked)
    assert "plus de trente jours" in page
    assert "Oui, dimanche 5 décembre 2027, 8 h 00" in page
    assert 'value="2027-12-05T08:00"' in page
    assert 'value="3500"' in page
    story.refresh_from_db()
    assert (getattr(story, FIELDS[name]), story.characters_ordered) == (None, None)

    sure = {f"plan-{name}-sure_of": "2027-12-05 08:00 Africa/Casablanca"}
    done = client.post(plan_of(story), {**typed(**{name: "2027-12-05T08:00"}), **sure}, follow=True)

    story.refresh_from_db()
    assert getattr(story, FIELDS[name]) == datetime(2027, 12, 5, 7, tzinfo=UTC)
    assert any("dimanche 5 décembre 2027, 8 h 00" in plain(str(each)) for each in done.context["messages"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "hour"),
    [("embargo", "2025-12-05T08:00"), ("embargo", "2026-12-01T08:00"), ("deadline", "2025-12-05T08:00")],
)
@time_machine.travel(NOW, tick=False)
def test_an_embargo_that_is_over_and_a_deadline_of_last_year_are_asked_a_second_time(
    client: Client, story: Story, name: str, hour: str
) -> None:
    asked = client.post(plan_of(story), typed(**{name: hour}))

    assert "Cette heure est passée" in shown(asked)
    story.refresh_from_db()
    assert getattr(story, FIELDS[name]) is None

    client.post(
        plan_of(story), {**typed(**{name: hour}), f"plan-{name}-sure_of": f"{hour[:10]} 08:00 Africa/Casablanca"}
    )
    story.refresh_from_db()
    assert getattr(story, FIELDS[name]) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("name", FIELDS)
@time_machine.travel(NOW, tick=False)
def test_the_confirmation_of_one_hour_does_not_stand_for_another(client: Client, story: Story, name: str) -> None:
    sure = {f"plan-{name}-sure_of": "2027-12-04 08:00 Africa/Casablanca"}

    client.post(plan_of(story), {**typed(**{name: "2027-12-05T08:00"}), **sure})

    story.refresh_from_db()
    assert getattr(story, FIELDS[name]) is None


@pytest.mark.django_db
@pytest.mark.parametrize("name", FIELDS)
@time_machine.travel(NOW, tick=False)
def test_an_hour_of_this_month_is_not_asked_twice(client: Client, story: Story, name: str) -> None:
    client.post(plan_of(story), typed(**{name: "2026-12-31T09:00"}))

    story.refresh_from_db()
    assert getattr(story, FIELDS[name]) is not None


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_an_hour_that_was_there_before_is_not_asked_about(client: Client, story: Story) -> None:
    over = {"embargo_until": datetime(2026, 1, 1, tzinfo=UTC), "deadline": datetime(2028, 1, 1, tzinfo=UTC)}
    Story.objects.filter(pk=story.pk).update(**over)
    page = client.get(plan_of(story)).context["plan"]
    as_shown = {**dict(page.original_values())}

    client.post(plan_of(story), {**as_shown, **{k.removesuffix("-was"): v for k, v in as_shown.items()},
                                 "plan-characters": "3500"})  # fmt: skip

    story.refresh_from_db()
    assert story.characters_ordered == 3500


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_text_is_saved_whose_embargo_is_asked_a_second_time(client: Client, story: Story, journalist: User) -> None:
    client.force_login(journalist)

    asked = client.post(address(story), {**text(story, headline="Un autre titre"), **typed(embargo="2027-12-05T08:00")})

    story.refresh_from_db()
    assert (story.headline, story.embargo_until) == ("Un autre titre", None)
    assert 'name="plan-embargo-sure_of"' in asked.content.decode()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_deadline_of_an_order_in_another_year_is_asked_a_second_time(
    client: Client, editor: User, section: Section
) -> None:
    client.force_login(editor)
    order = {"headline": "La digue", "section": section.pk, "deadline": "2027-12-05T08:00"}

    asked = client.post("/redaction/commande/", order)

    assert "Oui, dimanche 5 décembre 2027, 8 h 00" in shown(asked)
    assert not Story.objects.exists()
    client.post("/redaction/commande/", {**order, "deadline-sure_of": "2027-12-05 08:00 Africa/Casablanca"})
    assert Story.objects.get().deadline == datetime(2027, 12, 5, 7, tzinfo=UTC)


def forms_with_hours() -> set[tuple[str, str]]:
    """Every form of the desk that has a field for an hour, with the name of the field."""
    kinds: list[type[forms.BaseForm]] = [forms.BaseForm]
    for kind in kinds:
        kinds.extend(each for each in kind.__subclasses__() if each not in kinds)
    return {
        (kind.__qualname__, name)
        for kind in kinds
        if kind.__module__.startswith("newsroom.")
        for name, field in getattr(kind, "base_fields", {}).items()
        if isinstance(field, HourField | forms.DateField | forms.DateTimeField)
        or isinstance(field.widget, HourInput | forms.DateInput | forms.DateTimeInput)
    }


def test_every_form_in_which_an_hour_is_typed_asks_twice() -> None:
    """Whoever adds a field for an hour or a day tries it above, in a schedule or in an order, then names it here."""
    assert {PlanForm.__name__, CommissionForm.__name__} <= {form for form, _name in forms_with_hours()}
    assert forms_with_hours() == {
        ("OrderForm", "deadline"), ("CommissionForm", "deadline"), ("PlanForm", "deadline"), ("PlanForm", "embargo"),
        *((dialog.__qualname__, "when") for dialog in DIALOGS.values() if "when" in dialog.base_fields),
    }  # fmt: skip
