"""The mail of each deed, as rows of the outbox: once, and only to those whom it concerns."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from articles.models import Author, Section
from newsroom import deeds, notifications, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock
from newsroom.models import StaffProfile, Story
from newsroom.notifications import Concern
from newsroom.scheduling.wall_time import wall_time
from newsroom.workflow import Stage

from .mails import mailed, mails
from .stages import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def hire_for() -> Callable[..., User]:
    """Makes a sub-editor tied to the given sections."""

    def hire(login: str, *sections: Section) -> User:
        user = User.objects.create_user(login, f"{login}@fanal.example")
        set_standing(user, roles=[Role.SUB_EDITOR], sections=sections)
        return user

    return hire


# --- The section's desk -------------------------------------------------------------------------------------------


def test_a_submitted_story_is_mailed_to_those_who_answer_for_its_section(
    journalist: User, sub_editor: User, section: Section, hire_for: Callable[..., User],
    make_story: Callable[..., Story],
) -> None:  # fmt: skip
    hire_for("politique", section)
    hire_for("sport", Section.objects.create(name="Sport", slug="sport"))
    submitted(make_story(by=journalist))

    assert mailed() == {"politique"}


def test_those_who_answer_for_a_section_are_mailed_of_its_subsections(
    journalist: User, sub_editor: User, section: Section, hire_for: Callable[..., User],
    make_story: Callable[..., Story],
) -> None:  # fmt: skip
    hire_for("politique", section)
    within = Section.objects.create(name="Communes", slug="communes", parent=section)
    submitted(make_story(by=journalist, section=within))

    assert mailed() == {"politique"}


def test_a_story_of_a_section_that_nobody_is_tied_to_is_mailed_to_the_whole_desk(
    journalist: User, sub_editor: User, editor: User, hire_for: Callable[..., User], make_story: Callable[..., Story]
) -> None:
    hire_for("sport", Section.objects.create(name="Sport", slug="sport"))
    submitted(make_story(by=journalist))

    assert mailed() == {"secretaire", "editeur"}


@pytest.mark.parametrize("choice", ["wants_mail", "mail_desk"])
def test_when_those_tied_to_a_section_want_no_mail_nobody_else_is_mailed(
    journalist: User, sub_editor: User, section: Section, hire_for: Callable[..., User],
    make_story: Callable[..., Story], choice: str,
) -> None:  # fmt: skip
    away = hire_for("politique", section)
    StaffProfile.objects.filter(user=away).update(**{choice: False})
    submitted(make_story(by=journalist))
    assert mailed() == set()

    hire_for("adjoint", section)
    submitted(make_story(by=journalist))
    assert mailed() == {"adjoint"}


def test_a_journalist_submits_only_in_their_own_section_whose_desk_is_mailed(
    client: Client, journalist: User, sub_editor: User, section: Section, author: Author,
    hire_for: Callable[..., User],
) -> None:  # fmt: skip
    sport = Section.objects.create(name="Sport", slug="sport")
    hire_for("politique", section)
    hire_for("sport", sport)
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[sport])
    client.force_login(journalist)
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 9, "0-author": author.pk}
    form = {
        "headline": "Le match nul", "standfirst": "Au stade, dimanche.", "body": "<p>Un texte.</p>",
        "label": "news", "_deed": "submit", "based_on": 0, **{f"bylines-{name}": value for name, value in rows.items()},
    }  # fmt: skip

    client.post("/redaction/newsroom/story/add/", {**form, "section": section.pk})
    assert not Story.objects.exists()
    client.post("/redaction/newsroom/story/add/", {**form, "section": sport.pk})

    assert Story.objects.get().stage == Stage.REVIEW
    assert mailed() == {"sport"}


def test_a_story_given_to_a_journalist_of_another_section_is_mailed_only_to_those_who_may_read_it(
    journalist: User, sub_editor: User, section: Section, hire_for: Callable[..., User],
    make_story: Callable[..., Story],
) -> None:  # fmt: skip
    sport = Section.objects.create(name="Sport", slug="sport")
    hire_for("sport", sport)
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[sport])
    submitted(make_story(by=User.objects.get(pk=journalist.pk), section=section))

    assert mailed() == {"secretaire"}


def test_a_story_by_the_only_editor_of_its_section_is_mailed_to_the_whole_desk(
    sub_editor: User, section: Section, hire_for: Callable[..., User], make_story: Callable[..., Story]
) -> None:
    submitted(make_story(by=hire_for("politique", section)))

    assert mailed() == {"secretaire"}


# --- Writers ------------------------------------------------------------------------------------------------------


def test_writers_are_mailed_each_deed_on_their_story_with_its_note(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez le chiffre.")
    (letter,) = mails()
    assert letter["to"] == journalist.email
    assert "Sourcez le chiffre." in letter["text"]
    assert letter["reply_to"] == [sub_editor.email]

    submitted(story)
    mails()
    deeds.approve(story, revision=story.version, by=sub_editor)
    assert mailed() == {"journaliste"}
    when = wall_time(timezone.make_naive(timezone.now()).replace(second=0, microsecond=0) + timedelta(days=2))
    deeds.schedule(story, revision=story.version, by=editor, when=when)
    (letter,) = mails()
    local = timezone.localtime(when.moment)
    assert f"{local:%M}" in letter["text"]
    assert str(local.day) in letter["text"]
    deeds.unschedule(story, revision=story.version, by=editor)
    assert mailed() == {"journaliste"}
    publishing.publish(story, revision=story.version, by=editor)
    (letter,) = mails()
    assert f"-{story.pk}/" in letter["text"]  # the address of the article
    publishing.withdraw(story, revision=story.version, by=editor, note="Une personne s’est reconnue.")
    (letter,) = mails()
    assert "Une personne s’est reconnue." in letter["text"]


def test_nobody_is_mailed_a_deed_of_their_own(editor: User, make_story: Callable[..., Story], sub_editor: User) -> None:
    story = make_story(by=editor)
    deeds.submit(story, revision=story.version, by=editor)

    assert mailed() == {"secretaire"}
    deeds.approve(story, revision=story.version, by=sub_editor)
    assert mailed() == {"editeur"}
    publishing.publish(story, revision=story.version, by=editor)
    assert mailed() == set()


def test_a_flash_is_mailed_once_to_the_desk_that_must_look_and_to_its_writers(
    journalist: User, sub_editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    story.writers.add(sub_editor)
    publishing.flash(story, revision=story.version, by=chief, note="Le barrage a cédé.")
    letters = mails()

    assert sorted(letter["to"].partition("@")[0] for letter in letters) == ["journaliste", "secretaire"]
    assert all("Le barrage a cédé." in letter["text"] for letter in letters)


# --- Nobody else --------------------------------------------------------------------------------------------------


def test_a_writer_who_may_no_longer_read_the_story_is_not_mailed(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    journalist.groups.clear()
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez.")

    assert mailed() == set()


@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": ""}])
def test_a_closed_login_or_one_without_an_address_is_not_mailed(
    fields: dict[str, object], journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    User.objects.filter(pk=journalist.pk).update(**fields)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez.")

    assert mailed() == set()


@pytest.mark.parametrize(
    ("choice", "hears"), [("wants_mail", False), ("mail_texts", False), ("mail_asked", True), ("mail_desk", True)]
)
def test_a_kind_of_mail_that_was_switched_off_is_not_sent(
    choice: str, hears: bool, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    StaffProfile.objects.filter(user=journalist).update(**{choice: False})
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez.")

    assert (mailed() == {"journaliste"}) is hears


def test_a_login_without_a_profile_is_mailed(sub_editor: User, make_story: Callable[..., Story], chief: User) -> None:
    StaffProfile.objects.filter(user=sub_editor).delete()
    notifications.queue("essai", [sub_editor], "Bonjour", ["Un mot."], make_story(by=chief))

    assert mailed() == {"secretaire"}


# --- The letters --------------------------------------------------------------------------------------------------


def test_a_line_break_in_a_headline_adds_no_mail_header(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    notifications.queue(
        "essai", [journalist], "Titre\r\nBcc: tous@fanal.example\u2028\x85\n" + "x" * 400, ["Un mot."], story
    )
    Clock().beat()

    (sent,) = mail.outbox
    assert "\n" not in sent.subject
    assert sent.recipients() == [journalist.email]
    assert len(sent.subject) <= 180


def test_the_same_letter_is_written_once(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    for _time in range(2):
        notifications.queue("essai", [journalist, journalist], "Bonjour", ["Un mot."], story, concern=Concern.DESK)

    assert len(mails()) == 1


def test_each_letter_ends_with_the_link_to_switch_it_off(journalist: User, make_story: Callable[..., Story]) -> None:
    notifications.queue("essai", [journalist], "Bonjour", ["Un mot."], make_story(by=journalist))

    assert mails()[0]["text"].rstrip().endswith("/redaction/mon-compte/")
