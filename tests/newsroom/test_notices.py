"""The mail of each deed, as rows of the outbox: once, and only to those whom it concerns."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from articles.models import Author, Section, Topic
from newsroom import deeds, notifications, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock
from newsroom.deeds import ChangeNotice
from newsroom.models import StaffProfile, Story
from newsroom.notifications import WIDTH, Concern
from newsroom.scheduling.wall_time import wall_time
from newsroom.versions.comparison import BlockKind
from newsroom.workflow import ChangeKind, Stage

from .mails import mailed, mails
from .rewriting import rewrite
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


# --- What the desk changed ----------------------------------------------------------------------------------------


def test_the_letter_shows_what_the_desk_changed_in_short_lines(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    paragraph = " ".join(f"mot{number}" for number in range(60))
    story = submitted(make_story(by=journalist, body=f"<p>{paragraph}</p>\n<p>Une phrase à retirer.</p>"))
    mails()
    body = f"<p>{paragraph.replace('mot30', 'parole')}</p>\n<h2>Un intertitre</h2>"
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes", body=body)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Voyez.")
    (letter,) = mails()
    lines = letter["text"].splitlines()

    removed = " ".join(line for line in lines if line.startswith("− "))
    added = " ".join(line for line in lines if line.startswith("+ "))
    assert "mot30" in removed
    assert "parole" in added
    assert "communal" in added
    assert "Une phrase à retirer." in removed
    assert "Un intertitre" in added
    assert "mot5 " not in letter["text"]  # far from the change
    assert all(len(line) <= WIDTH for line in lines if "://" not in line)
    assert f"/{story.pk}/desk-changes/" in letter["text"]


def test_a_letter_names_changed_blocks_by_kind_and_choices_by_name(
    journalist: User, sub_editor: User, make_story: Callable[..., Story], topic: Topic
) -> None:
    first, second, named = "<p>Un premier.</p>", "<p>Un second.</p>", make_story(by=journalist, headline="La suite")
    story = submitted(make_story(by=journalist, body=f"{first}\n{second}", topics=[topic.pk]))
    mails()
    link = f'<aside class="lire-aussi" data-article="{named.pk}"></aside>'
    story.topics.clear()
    rewrite(story, by=sub_editor, body=f"{first}\n<h2>Un second.</h2>\n{link}")
    deeds.approve(story, revision=story.version, by=sub_editor)
    lines = mails()[0]["text"].splitlines()

    assert f"~ [{BlockKind.PARAGRAPH.label} → {BlockKind.CROSSHEAD.label}] Un second." in lines
    assert f"+ [{BlockKind.READ_ALSO.label}] La suite" in lines
    assert "− Sécheresse" in lines


def test_a_letter_about_a_text_changed_everywhere_stays_short(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    def text(word: str) -> str:
        return "\n".join(f"<p>{word} {number} {' '.join(word * 3 for _ in range(9))}</p>" for number in range(200))

    story = submitted(make_story(by=journalist, body=text("avant")))
    mails()
    rewrite(story, by=sub_editor, body=text("autre"))
    deeds.approve(story, revision=story.version, by=sub_editor)

    (letter,) = mails()
    assert len(letter["text"].splitlines()) < 120


def test_changes_that_were_mailed_are_not_mailed_again(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    deeds.approve(story, revision=story.version, by=sub_editor)
    assert "communal" in "".join(line for line in mails()[0]["text"].splitlines() if line.startswith("+"))
    publishing.publish(story, revision=story.version, by=editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_the_control_a_text_nobody_touched_has_no_differences(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_a_text_changed_and_changed_back_has_no_differences(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    headline = story.headline
    rewrite(story, by=sub_editor, headline="Un autre titre")
    rewrite(story, by=sub_editor, headline=headline)
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_a_correction_at_once_is_mailed_with_its_differences(
    journalist: User, editor: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    mails()
    rewrite(story, by=editor, headline="Le budget communal tient en quatre lignes")
    publishing.correct(
        story,
        revision=story.version,
        by=editor,
        change=ChangeNotice(ChangeKind.CORRECTION, "Quatre lignes, et non trois."),
    )
    (letter,) = mails()

    assert "quatre" in "".join(line for line in letter["text"].splitlines() if line.startswith("+"))


def test_a_change_of_spaces_only_is_described_as_such(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist, headline="Où va le budget ?"))
    mails()
    rewrite(story, by=sub_editor, headline="Où va le budget\u202f?")
    deeds.approve(story, revision=story.version, by=sub_editor)
    (letter,) = mails()

    assert any(line.startswith("~ ") for line in letter["text"].splitlines())


def test_a_link_to_a_draft_the_reader_may_not_see_has_no_headline_in_the_letter(
    journalist: User, sub_editor: User, section: Section, make_story: Callable[..., Story]
) -> None:
    elsewhere = Section.objects.create(name="Sport", slug="sport")
    secret = make_story(by=sub_editor, section=elsewhere, headline="Un mystère bien gardé")
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[section])
    story = submitted(make_story(by=journalist))
    mails()
    link = f'\n<aside class="lire-aussi" data-article="{secret.pk}"></aside>'
    rewrite(story, by=sub_editor, body=story.body + link)
    deeds.approve(story, revision=story.version, by=sub_editor)
    (letter,) = mails()

    assert "+ " in letter["text"]
    assert "mystère" not in letter["text"]


def test_an_abandoned_version_is_not_mailed_as_a_change_by_the_desk(
    journalist: User, editor: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    rewrite(story, by=journalist, headline="Un titre abandonné plus tard")
    deeds.abandon(story, revision=story.version, by=editor)
    story.refresh_from_db()
    mails()
    rewrite(
        story, by=editor, standfirst="Un chapô corrigé, avec le bon chiffre dedans et tout ce qu’il faut pour tenir."
    )
    publishing.correct(story, revision=story.version, by=editor, change=ChangeNotice(ChangeKind.TYPO))
    (letter,) = mails()

    assert "corrigé" in letter["text"]
    assert "abandonné" not in letter["text"]


def test_a_publication_by_the_clock_is_mailed_to_the_editor_who_scheduled_their_own_story(
    editor: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=editor))
    deeds.approve(story, revision=story.version, by=sub_editor)
    when = wall_time(datetime(2099, 1, 4, 8, 0))
    deeds.schedule(story, revision=story.version, by=editor, when=when)
    mails()
    publishing.publish(story, revision=story.version, by=editor, by_clock=True)

    assert mailed() == {"editeur"}
