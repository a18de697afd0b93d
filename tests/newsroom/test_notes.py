"""Notes on a story and its passages: written, addressed to colleagues, resolved, and hidden from other sections."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Section
from newsroom import access, deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Dispatch, Note, NoteTurn, StaffProfile, Story
from newsroom.review import share_links
from newsroom.review.notes import last_return

from .desk import at_the_desk, deed_address, post_note, read_page
from .rewriting import rewrite
from .story_post import address, typed

pytestmark = pytest.mark.django_db


# --- Writing them -------------------------------------------------------------------------------------------------


def test_a_note_on_a_passage_shows_that_passage(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(sub_editor), story, "Qui l’a dit ?", note_passage="portes\n ouvertes,")

    assert "Qui l’a dit ?" in page
    assert 'data-passage title="' in page
    assert Note.objects.get().passage == "portes ouvertes,"


def test_a_note_sent_twice_is_written_once(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, client, key = make_story(by=journalist), at_the_desk(sub_editor), str(uuid4())
    post_note(client, story, f"@{journalist.username} Le chiffre ?", note_key=key)
    post_note(client, story, f"@{journalist.username} Le chiffre ?", note_key=key)

    assert Note.objects.count() == 1
    assert Dispatch.objects.filter(key__startswith="note-").count() == 1


def test_the_control_two_forms_write_two_notes(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, client = make_story(by=journalist), at_the_desk(sub_editor)
    post_note(client, story, "Le chiffre ?", note_key=str(uuid4()))
    post_note(client, story, "Le chiffre ?", note_key=str(uuid4()))

    assert Note.objects.count() == 2


@pytest.mark.parametrize("key", ["", "pas-une-clef", "9" * 400])
def test_a_forged_form_key_does_not_break_a_note(key: str, journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, "Voilà.", note_key=key)

    assert Note.objects.get().key is None


def test_a_note_sent_with_the_key_of_somebody_elses_form_is_still_written(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story, key = make_story(by=journalist), str(uuid4())
    post_note(at_the_desk(sub_editor), story, "La première.", note_key=key)
    page = post_note(at_the_desk(journalist), story, "La seconde.", note_key=key)

    assert "La seconde." in page
    assert Note.objects.count() == 2


def test_each_page_has_a_key_of_its_own(journalist: User, make_story: Callable[..., Story]) -> None:
    story, client = make_story(by=journalist), at_the_desk(journalist)
    keys = {client.get(address(story)).context["note_key"] for _page in range(2)}

    assert len(keys) == 2


def test_a_note_written_beside_the_text_is_kept_with_it(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    form = typed(story, _continue="1", headline="Un autre titre", new_note="Mieux ?", note_passage="Un autre titre")
    response = at_the_desk(journalist).post(address(story), form)

    story.refresh_from_db()
    assert response.url.endswith("#notes")
    assert story.headline == "Un autre titre"
    assert (Note.objects.get().text, Note.objects.get().passage) == ("Mieux ?", "Un autre titre")


def test_an_overlong_note_is_refused_and_comes_back_whole(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(journalist), story, "é" * 4001, note_passage="débat")

    assert "é" * 4001 in page
    assert 'value="débat"' in page
    assert not Note.objects.exists()


def test_a_passage_without_a_note_is_refused(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    page = post_note(at_the_desk(journalist), story, " ", note_passage="débat")

    assert 'value="débat"' in page
    assert not Note.objects.exists()


def test_an_empty_note_is_not_written(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(journalist), story, "   ")

    assert not Note.objects.exists()


# --- Naming colleagues --------------------------------------------------------------------------------------------


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


# --- Settling them ------------------------------------------------------------------------------------------------


def test_whoever_may_read_the_story_may_resolve_a_note_on_record(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=sub_editor, text="Le chiffre ?")
    page = at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story), follow=True).content.decode()

    note.refresh_from_db()
    assert (note.resolved_by, note.resolved_at is not None) == (journalist, True)
    assert [(turn.settles, turn.by) for turn in NoteTurn.objects.all()] == [(True, journalist)]
    assert '<details class="notes-settled">' in page


def test_a_resolved_note_can_be_reopened_and_both_are_on_record(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=sub_editor, text="Le chiffre ?")
    at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story))
    at_the_desk(sub_editor).post(deed_address(f"note/{note.pk}/reopen", story))

    note.refresh_from_db()
    assert (note.resolved_by, note.resolved_at) == (None, None)
    assert [(turn.settles, turn.by) for turn in note.turns.all()] == [(True, journalist), (False, sub_editor)]


def test_resolving_a_note_twice_is_recorded_once(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    for _click in range(2):
        at_the_desk(journalist).post(deed_address(f"note/{note.pk}/resolve", story))

    assert NoteTurn.objects.count() == 1


def test_resolving_a_note_on_the_writing_page_saves_the_text(
    journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    form = typed(story, _continue="1", headline="Un autre titre", _resolve=note.pk)
    at_the_desk(journalist).post(address(story), form)

    story.refresh_from_db()
    note.refresh_from_db()
    assert (story.headline, note.resolved_by) == ("Un autre titre", journalist)


def test_a_script_that_resolves_a_note_gets_the_new_list(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Le chiffre ?")
    client = at_the_desk(journalist)
    answer = client.post(deed_address(f"note/{note.pk}/resolve", story), headers={"X-Requested-With": "fetch"}).json()

    assert f'id="note-{note.pk}"' in answer["html"]
    assert "notes-settled" in answer["html"]


# --- Whose they are -----------------------------------------------------------------------------------------------


def test_the_notes_of_a_story_of_another_section_are_shown_nowhere(
    journalist: User, editor_elsewhere: User, outsider: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    note = Note.objects.create(story=story, by=journalist, text="Entre nous.")

    for user, refusal in ((editor_elsewhere, 404), (outsider, 403)):
        client = at_the_desk(user)
        answers = [
            client.post(deed_address("note", story), {"new_note": "Coucou"}),
            client.post(deed_address(f"note/{note.pk}/resolve", story)),
            client.post(deed_address(f"note/{note.pk}/reopen", story)),
        ]
        reads = [client.get(deed_address(name, story)) for name in ("colleagues", "desk-changes")]
        assert {answer.status_code for answer in answers} <= {refusal, 302}
        assert all(answer.status_code == 404 or "/login/" in answer.url for answer in reads)
    note.refresh_from_db()
    assert Note.objects.count() == 1
    assert note.resolved_at is None


def test_a_guest_with_a_review_link_sees_no_note(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    post_note(at_the_desk(sub_editor), story, "Entre nous seulement.", note_passage="portes ouvertes")
    link = share_links.make_link(story, revision=story.version, reader="Maître A.", lasts=timedelta(1), by=sub_editor)
    page = Client().get(reverse("admin:shared", args=[share_links.token_of(link)])).content.decode()

    assert "portes ouvertes" in page  # the text is there
    assert "Entre nous seulement." not in page


def test_a_note_of_another_story_cannot_be_resolved_from_this_one(
    journalist: User, editor_elsewhere: User, section: Section, make_story: Callable[..., Story]
) -> None:
    note = Note.objects.create(story=make_story(by=journalist), by=journalist, text="Entre nous.")
    theirs = make_story(by=editor_elsewhere, section=Section.objects.get(slug="sport"))
    client = at_the_desk(editor_elsewhere)

    assert client.post(deed_address(f"note/{note.pk}/resolve", theirs)).status_code == 404
    client.post(address(theirs), typed(theirs, _continue="1", _resolve=note.pk))
    note.refresh_from_db()
    assert note.resolved_at is None


@pytest.mark.parametrize("number", ["9" * 30, "0", "999999"])
def test_an_unknown_story_or_note_answers_404(number: str, journalist: User, make_story: Callable[..., Story]) -> None:
    story, client = make_story(by=journalist), at_the_desk(journalist)

    assert client.post(f"/redaction/newsroom/story/{number}/note/", {"new_note": "x"}).status_code == 404
    assert client.post(deed_address(f"note/{number}/resolve", story)).status_code == 404
    assert client.get(f"/redaction/newsroom/story/{number}/colleagues/").status_code == 404
    assert client.get(f"/redaction/newsroom/story/{number}/desk-changes/").status_code == 404


def test_a_page_with_forty_notes_takes_no_more_queries_than_one_with_two(
    journalist: User, make_story: Callable[..., Story], django_assert_max_num_queries: Callable[..., object]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story, client = make_story(by=journalist), at_the_desk(journalist)
    counts = []
    for number in (2, 38):
        for place in range(number):
            Note.objects.create(story=story, by=journalist, text=f"Note {place}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address(story))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- Why a text came back -----------------------------------------------------------------------------------------


def test_the_reason_for_sending_back_stands_at_the_top_until_the_next_submission(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Sourcez le deuxième chiffre.")
    story.refresh_from_db()
    # another deed while it is in draft hides nothing
    publishing.withdraw(story, revision=story.version, by=editor, note="À la demande de la commune.")
    page = read_page(journalist, story)

    assert "Sourcez le deuxième chiffre." in page.split('id="rail"')[0]

    deeds.submit(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    assert last_return(story, story.moves.all()) is None


def test_open_notes_on_passages_stand_beside_the_reason_for_sending_back(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    post_note(at_the_desk(sub_editor), story, "Combien ?", note_passage="une cinquantaine d’habitants")
    post_note(at_the_desk(sub_editor), story, "Sans passage.")
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Deux précisions.")
    top = at_the_desk(journalist).get(address(story)).content.decode().split('id="rail"')[0]

    assert "Combien ?" in top
    assert "une cinquantaine d’habitants</a>" in top
    assert "Sans passage." not in top


# --- What the desk changed ----------------------------------------------------------------------------------------


def test_the_changes_by_the_desk_are_linked_for_the_writer_and_shown_word_by_word(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    deeds.approve(story, revision=story.version, by=sub_editor)
    client = at_the_desk(journalist)

    assert deed_address("desk-changes", story) in client.get(address(story)).content.decode()
    page = client.get(deed_address("desk-changes", story)).content.decode()
    assert "<ins>" in page
    assert "communal" in page
    assert deed_address("desk-changes", story) not in read_page(sub_editor, story)


def test_the_recent_changes_by_the_desk_stand_only_on_the_writers_home(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    untouched, story = make_story(by=journalist), make_story(by=journalist)
    for one in (untouched, story):
        deeds.submit(one, revision=one.version, by=journalist)
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    before = at_the_desk(journalist).get("/redaction/").content.decode()
    for one in (untouched, story):
        one.refresh_from_db()
        deeds.approve(one, revision=one.version, by=sub_editor)

    page = at_the_desk(journalist).get("/redaction/").content.decode()
    assert deed_address("desk-changes", story) not in before  # they are shown with the deed
    assert deed_address("desk-changes", story) in page
    assert deed_address("desk-changes", untouched) not in page
    assert "desk-changes" not in at_the_desk(sub_editor).get("/redaction/").content.decode()


def test_changes_by_the_writers_do_not_count_as_changes_by_the_desk(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    rewrite(story, by=journalist, headline="Le budget communal tient en trois lignes")
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert deed_address("desk-changes", story) not in read_page(journalist, story)
    assert at_the_desk(journalist).get(deed_address("desk-changes", story)).status_code == 200


# --- One's own account --------------------------------------------------------------------------------------------


def choices_of(user: User) -> tuple[bool, ...]:
    profile = StaffProfile.objects.get(user=user)
    return (profile.wants_mail, profile.mail_asked, profile.mail_texts, profile.mail_desk)


def test_mail_is_switched_off_by_kind(sub_editor: User) -> None:
    at_the_desk(sub_editor).post("/redaction/mon-compte/", {"wants_mail": "on", "mail_asked": "on"})

    assert choices_of(sub_editor) == (True, True, False, False)


def test_mail_is_switched_off_as_a_whole(sub_editor: User) -> None:
    form = {"mail_asked": "on", "mail_texts": "on", "mail_desk": "on"}
    at_the_desk(sub_editor).post("/redaction/mon-compte/", form)

    assert choices_of(sub_editor) == (False, True, True, True)


def test_a_login_without_a_profile_can_choose_its_mail(journalist: User) -> None:
    StaffProfile.objects.all().delete()
    client = at_the_desk(journalist)

    assert client.get("/redaction/mon-compte/").status_code == 200
    client.post("/redaction/mon-compte/", {"mail_asked": "on"})
    assert choices_of(journalist) == (False, True, False, True)


def test_a_journalist_is_not_offered_the_mail_of_the_desk(journalist: User) -> None:
    client = at_the_desk(journalist)
    client.post("/redaction/mon-compte/", {"wants_mail": "on"})

    assert choices_of(journalist) == (True, False, False, True)
    assert "mail_desk" not in client.get("/redaction/mon-compte/").content.decode()


def test_ones_account_is_linked_from_the_menu_and_names_the_author_one_signs_as(journalist: User) -> None:
    client = at_the_desk(journalist)

    assert 'href="/redaction/mon-compte/"' in client.get("/redaction/").content.decode()
    assert "Nadia Berrahal" in client.get("/redaction/mon-compte/").content.decode()


def test_a_forged_post_to_ones_account_changes_no_standing(journalist: User, section: Section) -> None:
    form = {"wants_mail": "on", "sections": section.pk, "author": "", "user": "1", "roles": Role.CHIEF}
    at_the_desk(journalist).post("/redaction/mon-compte/", form)

    journalist = User.objects.get(pk=journalist.pk)
    assert access.standing_of(journalist).roles == {Role.JOURNALIST}
    assert journalist.staff_profile.author is not None
    assert not journalist.staff_profile.sections.exists()


def test_a_login_without_a_role_has_no_account_page(outsider: User) -> None:
    assert "/login/" in at_the_desk(outsider).get("/redaction/mon-compte/").url
