"""Checks, over HTTP: who may ask for one, give it or waive it, and who is mailed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom import access, deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Dispatch, Story
from newsroom.review.checks import ask, give, open_for, waive
from newsroom.stories import content, saving

from .desk import at_the_desk

pytestmark = pytest.mark.django_db

KINDS = ("legal", "pictures", "source")
WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF = "writer", "colleague", "sub-editor", "editor", "photo editor", "chief"
ELSEWHERE, OUTSIDER, SUPERUSER, NOBODY = "editor of another section", "outsider", "superuser", "signed out"
READERS = {WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF}
# Written by hand from the policy, not read from the code.
MAY_GIVE = {"legal": {CHIEF}, "pictures": {PHOTO, SUB, EDITOR, CHIEF}, "source": {EDITOR, CHIEF}}
MAY_WAIVE = {"legal": {CHIEF}, "pictures": {EDITOR, CHIEF}, "source": {EDITOR, CHIEF}}


@pytest.fixture
def people(
    journalist: User,
    sub_editor: User,
    editor: User,
    photo_editor: User,
    chief: User,
    outsider: User,
    superuser: User,
    section: Section,
) -> dict[str, User | None]:
    colleague, elsewhere = (
        User.objects.create_user(name, f"{name}@fanal.example") for name in ("collegue", "ailleurs")
    )
    set_standing(colleague, roles=[Role.JOURNALIST], sections=[])
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    return {
        WRITER: journalist, COLLEAGUE: colleague, SUB: sub_editor, EDITOR: editor, PHOTO: photo_editor, CHIEF: chief,
        ELSEWHERE: elsewhere, OUTSIDER: outsider, SUPERUSER: superuser, NOBODY: None,
    }  # fmt: skip


def press(user: User | None, story: Story, pressed: str, **typed: Any) -> int:
    """The answer to `user` who presses a button of the panel."""
    posted = {"_check": pressed, "check_version": story.version, **typed}
    return at_the_desk(user).post(f"/redaction/newsroom/story/{story.pk}/checks/", posted).status_code


def mailed() -> set[str]:
    return {row.payload["to"].split("@")[0] for row in Dispatch.objects.filter(key__startswith="check-")}


@pytest.mark.parametrize("kind", KINDS)
def test_only_those_who_may_read_a_story_may_ask_for_a_check(
    people: dict[str, User | None], make_story: Callable[..., Story], kind: str
) -> None:
    asked = set()
    for name, user in people.items():
        story = make_story(by=people[WRITER])
        press(user, story, "ask", check_kind=kind, note_check="Est-ce sûr ?")
        if story.checks.filter(kind=kind, question="Est-ce sûr ?", asked_by=user).exists():
            asked.add(name)

    assert asked == READERS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("how", "may", "outcome"), [("give", MAY_GIVE, "given"), ("waive", MAY_WAIVE, "waived")])
def test_only_the_roles_of_the_policy_may_answer_a_check(
    people: dict[str, User | None],
    make_story: Callable[..., Story],
    journalist: User,
    kind: str,
    how: str,
    may: dict[str, set[str]],
    outcome: str,
) -> None:
    answered = set()
    for name, user in people.items():
        story = make_story(by=journalist)
        check = ask(story, kind, by=journalist)
        status = press(user, story, f"{how}-{check.pk}", **{f"note_check_{check.pk}": "Vu avec l’avocate."})
        check.refresh_from_db()
        if check.outcome:
            answered.add(name)
            assert (check.outcome, check.reason, check.settled_by) == (outcome, "Vu avec l’avocate.", user)
        else:
            assert status in (302, 403, 404)

    assert answered == may[kind]


def test_an_editor_may_not_confirm_the_source_of_their_own_text(editor: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=editor)
    check = ask(story, "source", by=editor)

    status = press(editor, story, f"give-{check.pk}")

    check.refresh_from_db()
    assert (status, check.outcome) == (403, "")


def test_waiving_a_check_without_a_reason_is_refused(editor: User, journalist: User, story: Story) -> None:
    check = ask(story, "source", by=journalist)

    press(editor, story, f"waive-{check.pk}", **{f"note_check_{check.pk}": "  "})

    check.refresh_from_db()
    assert check.outcome == ""


def test_a_second_request_for_an_open_check_and_a_second_answer_are_refused(
    journalist: User, chief: User, story: Story
) -> None:
    press(journalist, story, "ask", check_kind="legal")
    press(journalist, story, "ask", check_kind="legal")
    check = story.checks.get()
    press(chief, story, f"give-{check.pk}")
    press(chief, story, f"waive-{check.pk}", **{f"note_check_{check.pk}": "Finalement non."})

    check.refresh_from_db()
    assert check.outcome == "given"


def test_the_question_of_a_refused_check_comes_back(client: Client, journalist: User, story: Story) -> None:
    ask(story, "legal", by=journalist)
    client.force_login(journalist)
    posted = {"_check": "ask", "check_kind": "legal", "note_check": "La citation de la page 2 ?"}

    client.post(f"/redaction/newsroom/story/{story.pk}/checks/", posted)
    page = client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()

    assert "La citation de la page 2 ?" in page


@pytest.mark.parametrize(
    "posted",
    [
        {"_check": "ask", "check_kind": "x" * 5000},
        {"_check": "ask", "check_kind": "legal", "note_check": "a" * 100_000},
        {"_check": "ask", "check_kind": "legal\x00", "note_check": "\x00"},
        {"_check": "give-" + "9" * 30},
        {"_check": "give-999999"},
        {"_check": "give-1", "check_version": "9" * 40},
        {"note_check_" + "9" * 30: "a"},
        {},
    ],
)
def test_a_forged_check_is_refused_without_an_error(
    client: Client, chief: User, journalist: User, story: Story, posted: dict[str, str]
) -> None:
    client.force_login(chief)

    answer = client.post(f"/redaction/newsroom/story/{story.pk}/checks/", posted)

    assert answer.status_code in (302, 404)
    assert not story.checks.exclude(outcome="").exists()


def test_a_check_of_another_story_cannot_be_answered_from_this_one(
    chief: User, journalist: User, story: Story, make_story: Callable[..., Story]
) -> None:
    check = ask(make_story(by=journalist), "legal", by=journalist)

    assert press(chief, story, f"give-{check.pk}") == 404


def test_a_check_is_recorded_for_the_version_that_was_on_the_screen(
    chief: User, journalist: User, make_story: Callable[..., Story], story: Story
) -> None:
    check = ask(story, "legal", by=journalist)
    seen = Story.objects.get(pk=story.pk)
    saving.put_text(story, {**content.content_of(story), "headline": "Le maire a menti"}, by=journalist)

    press(chief, seen, f"give-{check.pk}")

    check.refresh_from_db()
    assert check.revision is not None
    assert (check.revision.number, Story.objects.get(pk=story.pk).version) == (1, 2)


def test_asking_for_a_check_on_the_writing_page_saves_the_text_too(
    client: Client, journalist: User, story: Story, section: Section, author: Any
) -> None:
    client.force_login(journalist)
    posted = {
        "based_on": 1, "headline": "Le budget tient en quatre lignes, tout compté", "standfirst": story.standfirst,
        "body": story.body, "section": section.pk, "label": "news", "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0, "_check": "ask", "check_kind": "source", "note_check": "Qui d’autre l’a vu ?",
    }  # fmt: skip

    client.post(f"/redaction/newsroom/story/{story.pk}/change/", posted)

    story.refresh_from_db()
    assert story.headline == "Le budget tient en quatre lignes, tout compté"
    assert story.checks.get().question == "Qui d’autre l’a vu ?"


def test_a_check_asked_for_on_a_page_whose_story_was_submitted_meanwhile_is_still_recorded(
    client: Client, journalist: User, story: Story, section: Section
) -> None:
    deeds.submit(story, revision=story.version, by=journalist)
    client.force_login(journalist)
    posted = {
        "based_on": 1, "headline": story.headline, "standfirst": story.standfirst, "body": story.body,
        "section": section.pk, "label": "news", "_check": "ask", "check_kind": "legal", "note_check": "Le nom ?",
    }  # fmt: skip

    client.post(f"/redaction/newsroom/story/{story.pk}/change/", posted)

    assert story.checks.get().question == "Le nom ?"


def test_a_check_given_after_a_colleague_saved_is_recorded_for_the_version_that_the_page_showed(
    client: Client, chief: User, journalist: User, story: Story, section: Section
) -> None:
    check = ask(story, "legal", by=journalist)
    shown = {**content.content_of(story), "bylines-TOTAL_FORMS": 0, "bylines-INITIAL_FORMS": 0}
    posted = {name: value for name, value in shown.items() if value not in (None, [])}
    saving.put_text(story, {**content.content_of(story), "headline": "Le maire a menti au conseil"}, by=journalist)
    client.force_login(chief)

    press = {"based_on": 1, "check_version": 1, "_check": f"give-{check.pk}"}
    client.post(f"/redaction/newsroom/story/{story.pk}/change/", {**posted, **press})

    check.refresh_from_db()
    assert check.revision is not None
    assert (check.outcome, check.revision.number) == ("given", 1)


def test_an_open_check_does_not_keep_a_story_from_being_submitted_and_approved(
    journalist: User, sub_editor: User, story: Story
) -> None:
    ask(story, "pictures", by=journalist)

    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)

    story.refresh_from_db()
    assert story.stage == "ready"


def test_checks_are_on_record_on_the_page_of_the_story(
    client: Client, journalist: User, chief: User, story: Story
) -> None:
    check = ask(story, "legal", by=journalist, question="Le nom du mineur ?")
    give(check, revision=story.version, by=chief, note="Le prénom est changé.")
    client.force_login(journalist)

    page = client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()
    history = page.split('id="history"')[1]

    assert "Le nom du mineur ?" in page
    assert "Le prénom est changé." in history


# --- Who is mailed, and whose home shows it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "logins"), [("legal", {"chef"}), ("pictures", {"iconographe"}), ("source", {"editeur", "chef"})]
)
def test_a_check_is_mailed_to_those_who_may_give_it_and_the_answer_to_who_asked(
    people: dict[str, User | None], chief: User, journalist: User, story: Story, kind: str, logins: set[str]
) -> None:
    check = ask(story, kind, by=journalist)
    assert mailed() == logins

    waive(check, by=chief, reason="Trop tard ce soir.")

    assert mailed() == logins | {"journaliste"}


def test_the_check_of_pictures_is_mailed_to_the_rest_of_the_desk_when_there_is_no_photo_editor(
    people: dict[str, User | None], photo_editor: User, journalist: User, story: Story
) -> None:
    photo_editor.groups.clear()

    ask(story, "pictures", by=journalist)

    assert mailed() == {"secretaire", "editeur", "chef"}


def test_the_check_of_a_source_is_not_mailed_to_the_editor_who_wrote_the_text(
    people: dict[str, User | None], editor: User, make_story: Callable[..., Story]
) -> None:
    ask(make_story(by=editor), "source", by=editor)

    assert mailed() == {"chef"}


def test_the_open_checks_of_somebody_are_those_they_may_give(
    people: dict[str, User | None], editor: User, journalist: User, make_story: Callable[..., Story], section: Section
) -> None:
    sports = Section.objects.create(name="Sports", slug="sports")
    stories = [
        make_story(by=by, section=filed) for by in (journalist, editor) for filed in (section, sports)
    ]  # fmt: skip
    checks = [ask(story, kind, by=journalist) for story in stories for kind in KINDS]
    chief_of_sports = User.objects.create_user("chef-sports")
    set_standing(chief_of_sports, roles=[Role.CHIEF], sections=[sports])
    for user in [*filter(None, people.values()), chief_of_sports]:
        expected = [check for check in checks if access.rights_on(user, check.story).may_give_check(check.kind)]
        assert list(open_for(user, Story.objects.all())) == expected, user


def test_an_answered_check_or_one_of_a_spiked_story_is_open_for_nobody(
    journalist: User, editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    answered, spiked = make_story(by=journalist), make_story(by=journalist)
    give(ask(answered, "legal", by=journalist), revision=1, by=chief)
    ask(spiked, "legal", by=journalist)
    deeds.spike(spiked, revision=1, by=editor)

    assert list(open_for(chief, Story.objects.all())) == []
