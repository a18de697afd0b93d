"""The plan of a story: assignee, deadline, length, embargo, sensitivity. None of it is part of the text."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Section
from newsroom import deeds, planning, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Dispatch, PlanChange, Story
from newsroom.planning import Subject
from newsroom.refusals import NotAllowed, Refused

from .scheduling import as_typed, in_hours, plan_of
from .scheduling import typed_plan as typed
from .story_post import address
from .story_post import typed as text

pytestmark = pytest.mark.django_db


# --- Who it is given to -------------------------------------------------------------------------------------------


def test_assigning_a_story_makes_a_writer_who_is_mailed(
    client: Client, editor: User, journalist: User, colleague: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(editor)

    client.post(plan_of(story), typed(assignee=str(colleague.pk), characters="4500"))

    story.refresh_from_db()
    assert (story.assignee, story.characters_ordered) == (colleague, 4500)
    assert set(story.writers.all()) == {journalist, colleague}
    mail = Dispatch.objects.get(kind=Dispatch.Kind.MAIL).payload
    assert mail["to"] == colleague.email
    assert story.headline in mail["subject"]
    assert "4\u202f500" in mail["text"]


def test_an_assignee_who_wrote_nothing_is_no_longer_a_writer_once_another_is_assigned(
    editor: User, journalist: User, colleague: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: colleague})

    planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: journalist})
    assert list(story.writers.all()) == [journalist]

    planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: None})
    assert list(story.writers.all()) == [journalist], "she wrote it"


def test_unsaved_text_stays_open_to_its_owner_after_another_is_assigned(
    client: Client, editor: User, journalist: User, colleague: User, make_story: Callable[..., Story]
) -> None:
    story, page = make_story(by=journalist), "page-of-the-colleague"
    planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: colleague})
    set_standing(colleague, roles=[Role.JOURNALIST], sections=[Section.objects.create(name="Sport", slug="sport")])
    client.force_login(colleague)
    unsaved = {**text(story, body="<p>Tapé, pas enregistré.</p>"), "page": page}
    assert client.post(f"/redaction/sauvegarde/{story.pk}/", unsaved).json()["kept"]

    planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: journalist})

    assert colleague in story.writers.all()
    assert "Tapé, pas enregistré." in client.get(f"/redaction/texte-garde/lire/{page}/").content.decode()


def test_assigning_a_story_to_somebody_who_may_not_write_is_refused(
    client: Client, editor: User, journalist: User, photo_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(editor)

    page = client.post(plan_of(story), typed(assignee=str(photo_editor.pk), characters="900"))
    with pytest.raises(Refused):
        planning.change_plan(story, by=editor, wanted={Subject.ASSIGNEE: photo_editor})

    story.refresh_from_db()
    assert (story.assignee, story.characters_ordered) == (None, None)
    assert 'value="900"' in page.content.decode()


def test_a_journalist_may_not_change_the_deadline_of_her_story(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    page = client.get(plan_of(story)).content.decode()
    client.post(plan_of(story), typed(deadline="2026-11-30T18:00", characters="10"))
    with pytest.raises(NotAllowed):
        planning.change_plan(story, by=journalist, wanted={Subject.CHARACTERS: 10})

    story.refresh_from_db()
    assert "plan-deadline" not in page
    assert (story.deadline, story.characters_ordered) == (None, None)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_plan_of_a_story_of_another_section_answers_404(
    client: Client, journalist: User, make_story: Callable[..., Story], method: str
) -> None:
    story = make_story(by=journalist)
    elsewhere = User.objects.create_user("ailleurs")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    client.force_login(elsewhere)

    assert getattr(client, method)(plan_of(story), typed(sensitive="on")).status_code == 404
    assert not PlanChange.objects.exists()


# --- Caution ------------------------------------------------------------------------------------------------------


def test_a_writer_may_add_an_embargo_or_sensitivity_but_only_an_editor_may_remove_it(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=journalist, wanted={Subject.EMBARGO: in_hours(5), Subject.SENSITIVE: True})
    planning.change_plan(story, by=journalist, wanted={Subject.EMBARGO: in_hours(9)})

    for less in ({Subject.EMBARGO: in_hours(6)}, {Subject.EMBARGO: None}, {Subject.SENSITIVE: False}):
        for who in (journalist, sub_editor):
            with pytest.raises(NotAllowed):
                planning.change_plan(story, by=who, wanted=less)
    story.refresh_from_db()
    assert (story.embargo_until, story.is_sensitive) == (in_hours(9).moment, True)

    planning.change_plan(story, by=editor, wanted={Subject.EMBARGO: None, Subject.SENSITIVE: False})
    story.refresh_from_db()
    assert (story.embargo_until, story.embargo_wall, story.is_sensitive) == (None, "", False)


def test_a_plan_with_one_forbidden_change_changes_nothing(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)

    with pytest.raises(NotAllowed):
        planning.change_plan(story, by=journalist, wanted={Subject.SENSITIVE: True, Subject.CHARACTERS: 100})

    story.refresh_from_db()
    assert not story.is_sensitive
    assert not PlanChange.objects.exists()


def test_marking_a_live_article_as_sensitive_reaches_readers_at_once(
    client: Client,
    journalist: User,
    editor: User,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:
    story = publish_story(make_story(by=journalist))
    client.force_login(editor)

    client.post(plan_of(story), typed(sensitive="on"))
    assert Article.objects.get(pk=story.pk).is_sensitive

    client.post(plan_of(story), {"plan-sensitive-was": "on"})
    assert not Article.objects.get(pk=story.pk).is_sensitive


def test_an_embargo_keeps_its_wall_time_and_refuses_publication(
    client: Client, journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)
    until = in_hours(3)
    client.post(plan_of(story), typed(embargo=as_typed(until)))
    story.refresh_from_db()
    assert story.embargo_until == until.moment
    assert story.embargo_wall.startswith(as_typed(until).replace("T", " "))

    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    with pytest.raises(Refused):
        publishing.publish(story, revision=1, by=editor)


def test_an_hour_that_the_clocks_skip_or_repeat_is_explained(
    client: Client, settings: LazySettings, journalist: User, make_story: Callable[..., Story]
) -> None:
    settings.TIME_ZONE = "Europe/Paris"  # its rules are known for good
    timezone.get_default_timezone.cache_clear()
    try:
        story = make_story(by=journalist)
        client.force_login(journalist)

        missing = client.post(plan_of(story), typed(embargo="2027-03-28T02:30"))
        double = client.post(plan_of(story), typed(embargo="2027-10-31T02:30"))
        story.refresh_from_db()
        assert story.embargo_until is None
        assert 'value="2027-03-28T02:30"' in missing.content.decode()
        assert 'name="plan-embargo-which"' in double.content.decode()
        assert 'name="plan-embargo-which"' not in missing.content.decode()

        sure = {"plan-embargo-which": "second", "plan-embargo-sure_of": "2027-10-31 02:30 Europe/Paris"}
        client.post(plan_of(story), {**typed(embargo="2027-10-31T02:30"), **sure})
        story.refresh_from_db()
        assert story.embargo_until is not None
        assert f"{story.embargo_until:%d %H:%M %z}" == "31 01:30 +0000"
    finally:
        timezone.get_default_timezone.cache_clear()


def test_an_embargo_that_ends_after_the_scheduled_hour_is_saved_with_a_warning(
    client: Client, journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    deeds.schedule(story, revision=1, by=editor, when=in_hours(2))
    client.force_login(editor)

    response = client.post(plan_of(story), typed(embargo=as_typed(in_hours(4))), follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["success", "warning"]


# --- What it is not, and what stays of it -------------------------------------------------------------------------


def test_changing_the_plan_keeps_the_version_and_the_approval(
    client: Client, journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    client.force_login(editor)

    client.post(plan_of(story), typed(deadline="2026-12-24T18:00", sensitive="on"))

    story.refresh_from_db()
    assert story.deadline is not None
    assert (story.version, story.stage, story.revisions.count()) == (1, "ready", 1)
    assert story.approved_revision is not None


def test_each_change_of_the_plan_is_on_record_with_its_old_and_new_value(
    client: Client, editor: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(editor)
    client.post(plan_of(story), typed(characters="4000"))
    client.post(plan_of(story), {**typed(characters="2500"), "plan-characters-was": "4000"})

    changes = [(change.subject, change.before, change.after, change.by) for change in PlanChange.objects.all()]
    page = client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()

    assert changes == [("signs", "4000", "2500", editor), ("signs", "", "4000", editor)]
    assert "4\u202f000" in page
    assert "2\u202f500" in page


def test_an_untouched_field_of_the_plan_does_not_undo_a_colleagues_change(
    client: Client, editor: User, chief: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=editor, wanted={Subject.CHARACTERS: 4000})
    stale = {**typed(characters="4000", sensitive="on"), "plan-characters-was": "4000"}
    planning.change_plan(story, by=chief, wanted={Subject.CHARACTERS: 9000})
    client.force_login(editor)

    client.post(plan_of(story), stale)

    story.refresh_from_db()
    assert (story.characters_ordered, story.is_sensitive) == (9000, True)


def test_on_the_writing_page_the_plan_is_saved_with_the_text(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    client.post(address(story), {**text(story, headline="Un autre titre"), **typed(sensitive="on")})

    story.refresh_from_db()
    assert (story.headline, story.version, story.is_sensitive) == ("Un autre titre", 2, True)


def test_an_invalid_plan_comes_back_and_the_text_is_still_saved(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    page = client.post(address(story), {**text(story, headline="Un autre titre"), **typed(embargo="demain")})

    story.refresh_from_db()
    assert (story.headline, story.embargo_until) == ("Un autre titre", None)
    assert 'value="demain"' in page.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"characters": "9" * 30}, {"characters": "-4"}, {"characters": "9" * 6000},
        {"assignee": "9" * 30}, {"assignee": "x\x00"},
        {"deadline": "9999-99-99T99:99"}, {"deadline": "0001-01-01T00:00"}, {"deadline": "9999-12-31T23:59"},
        {"embargo": "a" * 9000}, {"deadline": "\x00"},
    ],
)  # fmt: skip
def test_a_forged_plan_is_refused_with_a_sentence(
    client: Client, editor: User, journalist: User, make_story: Callable[..., Story], odd: dict[str, str]
) -> None:
    story = make_story(by=journalist)
    client.force_login(editor)

    response = client.post(plan_of(story), typed(**odd), follow=True)

    assert response.status_code == 200
    story.refresh_from_db()
    assert (story.characters_ordered, story.assignee, story.deadline, story.embargo_until) == (None, None, None, None)
