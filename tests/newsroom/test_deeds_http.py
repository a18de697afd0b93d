"""Deeds by their buttons: the text is saved with them, and a refused deed gives its note back."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from articles.models import Article, Withdrawal
from newsroom import deeds
from newsroom.models import Story

from .desk import at_the_desk, deed_address
from .story_post import ADD, address, new, typed

pytestmark = pytest.mark.django_db


def test_submitting_saves_the_typed_text_first(journalist: User, story: Story) -> None:
    at_the_desk(journalist).post(address(story), typed(story, headline="Le dernier mot", _deed="submit"))

    story.refresh_from_db()
    assert (story.headline, story.stage, story.version) == ("Le dernier mot", "review", 2)
    assert story.moves.get().revision.number == 2


def test_a_new_story_may_be_submitted_at_once(journalist: User, section, author) -> None:  # type: ignore[no-untyped-def]
    signed = {"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk, "bylines-0-order": 0}
    fields = new(section, standfirst="Elle tient, malgré tout.", _deed="submit", **signed)

    at_the_desk(journalist).post(ADD, fields)

    assert Story.objects.get().stage == "review"


def test_a_refused_save_does_no_deed(journalist: User, story: Story) -> None:
    at_the_desk(journalist).post(address(story), typed(story, headline="", _deed="submit"))

    story.refresh_from_db()
    assert story.stage == "draft"


def test_a_stale_save_does_no_deed(journalist: User, story: Story) -> None:
    client = at_the_desk(journalist)
    before = typed(story, headline="Première", _deed="submit")
    client.post(address(story), typed(story, headline="Seconde"))

    response = client.post(address(story), before)

    story.refresh_from_db()
    assert response.status_code == 409
    assert (story.stage, story.headline) == ("draft", "Seconde")


def test_a_deed_that_the_checklist_refuses_saves_the_text_and_lists_the_faults(journalist: User, story: Story) -> None:
    response = at_the_desk(journalist).post(
        address(story), typed(story, headline="Gardé", standfirst="", _deed="submit"), follow=True
    )

    story.refresh_from_db()
    assert (story.stage, story.headline) == ("draft", "Gardé")
    assert 'href="#row-standfirst"' in response.content.decode()


def test_sending_back_without_a_note_is_refused(sub_editor: User, journalist: User, story: Story) -> None:
    deeds.submit(story, revision=1, by=journalist)

    at_the_desk(sub_editor).post(address(story), typed(story, _deed="send-back", **{"note_send-back": "  "}))

    story.refresh_from_db()
    assert story.stage == "review"


def test_the_note_stands_at_the_top_of_a_story_sent_back(sub_editor: User, journalist: User, story: Story) -> None:
    deeds.submit(story, revision=1, by=journalist)

    at_the_desk(sub_editor).post(
        deed_address("send-back", story), {"revision": 1, "note": "La source des neuf mètres ?"}
    )

    page = at_the_desk(journalist).get(address(story)).content.decode()
    assert "<blockquote>La source des neuf mètres ?</blockquote>" in page


def test_a_refused_deed_gives_its_note_back(sub_editor: User, journalist: User, story: Story) -> None:
    deeds.submit(story, revision=1, by=journalist)
    client = at_the_desk(sub_editor)

    response = client.post(
        deed_address("send-back", story), {"revision": 7, "note": "Trois lignes de trop."}, follow=True
    )

    assert "Trois lignes de trop.</textarea>" in response.content.decode()
    assert "Trois lignes de trop." not in client.get(address(story)).content.decode()


def test_a_deed_that_somebody_may_not_do_is_refused_with_403_and_the_note_comes_back(
    journalist: User, story: Story
) -> None:
    response = at_the_desk(journalist).post(deed_address("spike", story), {"revision": 1, "note": "Plus d’actualité."})

    assert response.status_code == 403
    assert "Plus d’actualité." in response.content.decode()


def test_a_chief_who_approves_alone_is_asked_for_a_reason(chief: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=chief)
    deeds.submit(story, revision=1, by=chief)
    client = at_the_desk(chief)

    assert 'name="note_approve"' in client.get(address(story)).content.decode()
    client.post(deed_address("approve", story), {"revision": 1, "note": ""})
    story.refresh_from_db()
    assert story.stage == "review"
    client.post(deed_address("approve", story), {"revision": 1, "note": "Personne d’autre ce soir."})

    story.refresh_from_db()
    assert story.stage == "ready"
    assert story.moves.first().overrides_four_eyes


def test_a_sub_editor_sees_no_button_to_approve_what_they_wrote(
    sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=sub_editor)
    deeds.submit(story, revision=1, by=sub_editor)

    page = at_the_desk(sub_editor).get(address(story)).content.decode()

    assert 'value="approve"' not in page


def test_a_journalist_sees_no_button_of_an_editors_deeds(journalist: User, story: Story) -> None:
    page = at_the_desk(journalist).get(address(story)).content.decode()

    assert 'value="submit"' in page
    assert not [name for name in ("approve", "publish", "spike", "send-back") if f'value="{name}"' in page]


def test_the_buttons_take_a_story_from_draft_to_publication_and_withdrawal(
    journalist: User, sub_editor: User, editor: User, story: Story
) -> None:
    at_the_desk(journalist).post(address(story), typed(story, _deed="submit"))
    story.refresh_from_db()
    at_the_desk(sub_editor).post(address(story), typed(story, headline="Relu", _deed="approve"))
    story.refresh_from_db()
    at_the_desk(editor).post(deed_address("publish", story), {"revision": story.version, "note": ""})
    assert Article.objects.get(pk=story.pk).headline == "Relu"

    withdrawal = {"revision": story.version, "note": "La source s’est dédite.", "notice": "Article retiré."}
    at_the_desk(editor).post(deed_address("withdraw", story), withdrawal)

    assert not Article.objects.filter(pk=story.pk).exists()
    assert Withdrawal.objects.get(pk=story.pk).notice == "Article retiré."


def test_a_story_that_is_ready_is_read_only_for_everybody(
    chief: User, sub_editor: User, journalist: User, story: Story
) -> None:
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)

    for user in (chief, sub_editor, journalist):
        client = at_the_desk(user)
        assert 'name="headline"' not in client.get(address(story)).content.decode()
        assert client.post(address(story), typed(story, headline="Glissé")).status_code == 409
    story.refresh_from_db()
    assert story.headline != "Glissé"


def test_without_javascript_the_page_of_a_deed_asks_for_its_note(
    sub_editor: User, journalist: User, story: Story
) -> None:
    deeds.submit(story, revision=1, by=journalist)

    response = at_the_desk(sub_editor).get(deed_address("send-back", story))

    assert response.status_code == 200
    assert 'name="note"' in response.content.decode()
    story.refresh_from_db()
    assert story.stage == "review"


def test_the_page_of_a_deed_that_the_stage_does_not_allow_is_refused(journalist: User, story: Story) -> None:
    assert at_the_desk(journalist).get(deed_address("publish", story)).status_code == 403


def test_a_deed_on_a_story_one_may_not_read_answers_404(photo_editor: User, outsider: User) -> None:
    assert at_the_desk(photo_editor).post("/redaction/newsroom/story/999/submit/", {"revision": 1}).status_code == 404


def test_who_may_read_a_story_may_note(photo_editor: User, story: Story) -> None:
    at_the_desk(photo_editor).post(deed_address("note", story), {"new_note": "La photo arrive."})

    assert story.notes.get().text == "La photo arrive."


@pytest.mark.parametrize(
    ("name", "posted", "words"),
    [
        ("send-back", {"revision": 7, "note": "Trois lignes de trop."}, "Trois lignes de trop."),
        ("note", {"new_note": "é" * 20_000}, "é" * 20_000),
        ("checks", {"_check": "ask", "check_kind": "legal", "note_check": "q" * 9_000}, "q" * 9_000),
    ],
)
def test_a_head_request_does_not_lose_the_words_typed_for_what_was_refused(
    sub_editor: User, journalist: User, story: Story, name: str, posted: dict[str, str], words: str
) -> None:
    deeds.submit(story, revision=1, by=journalist)
    client = at_the_desk(sub_editor)
    client.post(deed_address(name, story), posted)

    client.head(address(story))

    assert words in client.get(address(story)).content.decode()
    assert words not in client.get(address(story)).content.decode(), "the control: given out once"
