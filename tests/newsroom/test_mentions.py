"""Colleagues mentioned in a note: they are mailed, unless they may not read the story."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from articles.models import Section
from newsroom import access
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Dispatch, Note, Story

from .desk import at_the_desk, deed_address, post_note
from .story_post import address, typed

pytestmark = pytest.mark.django_db


def test_a_colleague_mentioned_in_a_note_is_mailed(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    post_note(
        at_the_desk(sub_editor), story, f"@{journalist.username}, d’où vient ce chiffre ?", note_passage="trois lignes"
    )

    mail = Dispatch.objects.get(key__startswith="note-").payload
    assert Note.objects.get().mentions.get() == journalist
    assert mail["to"] == journalist.email
    assert mail["reply_to"] == [sub_editor.email]
    assert "«\u00a0trois lignes\u00a0»" in mail["text"]
    assert "d’où vient ce chiffre ?" in mail["text"]
    assert address(story) in mail["text"]
    assert "/redaction/mon-compte/" in mail["text"]


@pytest.mark.parametrize("typed", ["@journaliste.", "(@JOURnaliste)", "Vu par @journaliste !", "@journaliste…"])
def test_a_mention_is_read_next_to_any_punctuation(
    typed: str, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(sub_editor), story, typed)

    assert list(Note.objects.get().mentions.all()) == [journalist]


def test_an_email_address_in_a_note_is_not_a_mention(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(sub_editor), story, "Écrire à presse@journaliste.example")

    assert not Note.objects.get().mentions.exists()
    assert page.count("@journaliste") == 1  # no message names it


def test_an_unknown_mention_is_reported_and_the_note_is_written(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(sub_editor), story, "@jurnaliste, à toi")

    assert Note.objects.count() == 1
    assert page.count("@jurnaliste") == 2  # in the note, and in a message


def test_mentioning_somebody_who_may_not_read_the_story_is_refused_and_the_note_comes_back(
    journalist: User, editor_elsewhere: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(journalist), story, "@sportif tu confirmes ?", note_passage="débat")

    assert not Note.objects.exists()
    assert not Dispatch.objects.exists()
    assert "@sportif tu confirmes ?" in page
    assert 'value="débat"' in page
    assert "Selim Bakkali" in page


@pytest.mark.parametrize("who", ["outsider", "superuser"])
def test_a_login_without_a_role_cannot_be_mentioned(
    who: str, request: pytest.FixtureRequest, journalist: User, make_story: Callable[..., Story]
) -> None:
    user = request.getfixturevalue(who)
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, f"@{user.username} ?")

    assert not Note.objects.exists()


def test_a_refused_note_does_not_stop_the_save_of_the_text(
    journalist: User, editor_elsewhere: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    form = typed(story, _continue="1", headline="Un autre titre", new_note="@sportif vois ceci")
    page = at_the_desk(journalist).post(address(story), form, follow=True).content.decode()

    story.refresh_from_db()
    assert story.headline == "Un autre titre"
    assert "@sportif vois ceci</textarea>" in page


def test_mentioning_oneself_sends_no_mail(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, "@journaliste ne pas oublier")

    assert Note.objects.get().mentions.exists()
    assert not Dispatch.objects.exists()


def test_the_completion_offers_only_those_who_may_read_the_story(
    journalist: User, sub_editor: User, editor_elsewhere: User, outsider: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client = at_the_desk(journalist)

    def offered(typed: str) -> list[str]:
        return [row["login"] for row in client.get(deed_address("colleagues", story), {"q": typed}).json()["results"]]

    assert offered("") == ["secretaire"]
    assert offered("SECRÉ") == ["secretaire"]
    assert offered("sport") == []


def test_the_list_of_a_storys_readers_agrees_with_the_policy_for_each_login(
    journalist: User, sub_editor: User, photo_editor: User, outsider: User, superuser: User, editor_elsewhere: User,
    section: Section, make_story: Callable[..., Story],
) -> None:  # fmt: skip
    below = Section.objects.create(name="Communes", slug="communes", parent=section)
    for name, tied in (("above", section), ("below", below)):
        set_standing(User.objects.create_user(name), roles=[Role.SUB_EDITOR], sections=[tied])
    closed = User.objects.create_user("closed", is_active=False)
    set_standing(closed, roles=[Role.CHIEF], sections=[])
    stories = [make_story(by=journalist), make_story(by=journalist, section=below), make_story(by=editor_elsewhere)]

    for story in stories:
        one_by_one = {user.pk for user in User.objects.all() if access.may_view_story(user, story)}
        assert set(access.readers_of(story).values_list("pk", flat=True)) == one_by_one
