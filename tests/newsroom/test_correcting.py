"""Correcting a live article at once: the text is saved and published together, or neither happens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from articles.models import Article, Author, Section
from newsroom import planning, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.deeds import ChangeNotice
from newsroom.models import Change, Photo, Story
from newsroom.planning import Subject
from newsroom.stories import saving
from newsroom.stories.content import content_of
from newsroom.workflow import ChangeKind

from .desk import at_the_desk
from .story_post import address, typed

pytestmark = pytest.mark.django_db

AN_OTHER_BODY = "<p>Le quai n’a que 300 mètres.</p>"


@pytest.fixture
def story(journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]) -> Story:
    return publish_story(make_story(by=journalist))


@pytest.fixture
def client(editor: User) -> Client:
    """An editor at the desk."""
    return at_the_desk(editor)


def page_of(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/correct/"


def mended(story: Story, **changes: Any) -> dict[str, Any]:
    """The fields that a browser posts from the page, with a corrected text."""
    return typed(story, **{"headline": "Le mot juste", "_deed": "correct", "change_kind": "typo", **changes})


def corrected_meanwhile(story: Story, by: User, **content: Any) -> None:
    """A colleague's correction, published while the page is open."""
    held = Story.objects.get(pk=story.pk)
    saving.put_text(held, {**content_of(held), **content}, by=by)
    publishing.correct(held, revision=held.version, by=by, change=ChangeNotice(ChangeKind.TYPO))


def is_untouched(story: Story, *, version: int = 1) -> bool:
    story.refresh_from_db()
    article = Article.objects.get(pk=story.pk)
    return (story.version, story.stage, article.revision, article.headline) == (
        version, "published", version, story.headline,
    )  # fmt: skip


def test_the_page_of_a_correction_has_the_story_form_and_the_kind_of_change(client: Client, story: Story) -> None:
    page = client.get(page_of(story)).content.decode()

    assert 'name="headline"' in page
    assert 'name="bylines-TOTAL_FORMS"' in page
    assert page.count('name="change_kind"') == 5
    assert 'value="withdraw"' not in page


def test_the_page_of_a_correction_has_the_record_of_the_plan_and_not_its_form(
    client: Client, story: Story, editor: User
) -> None:
    (change,) = planning.change_plan(story, by=editor, wanted={Subject.CHARACTERS: 2500})

    page = client.get(page_of(story)).content.decode()

    assert str(escape(planning.sentence_of(change))) in page
    assert "plan-characters" not in page


def test_a_correction_publishes_the_new_text_in_one_step(client: Client, story: Story, editor: User) -> None:
    response = client.post(page_of(story), mended(story, note="Signalé par un lecteur."))

    story.refresh_from_db()
    assert response["Location"] == address(story)
    assert (story.stage, story.version, story.live_revision.number) == ("published", 2, 2)  # type: ignore[union-attr]
    assert Article.objects.get(pk=story.pk).headline == "Le mot juste"
    move = story.moves.first()
    assert move is not None
    assert (move.deed, move.by, move.note) == ("correct", editor, "Signalé par un lecteur.")


def test_a_correction_may_change_the_bylines(client: Client, story: Story) -> None:
    other = Author.objects.create(name="Driss Aouad", slug="driss-aouad")

    client.post(page_of(story), mended(story, **{"bylines-0-author": other.pk}))

    assert list(Article.objects.get(pk=story.pk).authors.all()) == [other]


def test_a_correction_leaves_a_public_note(client: Client, story: Story) -> None:
    notice = {"change_kind": "correction", "change_text": "Le quai n’a que 300 mètres."}
    client.post(page_of(story), mended(story, **notice))

    assert Article.objects.get(pk=story.pk).corrections.get().text == "Le quai n’a que 300 mètres."


def test_a_note_without_a_change_of_the_text_is_published(client: Client, story: Story) -> None:
    notice = {"change_kind": "clarification", "change_text": "Le quai dont il est question est celui du nord."}
    client.post(page_of(story), mended(story, headline=story.headline, **notice))

    story.refresh_from_db()
    assert story.version == 1
    assert Article.objects.get(pk=story.pk).corrections.count() == 1


@pytest.mark.parametrize("kind", ["typo", "update"])
def test_a_typo_or_an_update_without_a_change_of_the_text_is_refused(kind: str, client: Client, story: Story) -> None:
    before = Article.objects.get(pk=story.pk).updated_at

    response = client.post(page_of(story), mended(story, headline=story.headline, change_kind=kind))

    assert response.status_code == 409
    assert Article.objects.get(pk=story.pk).updated_at == before
    assert story.moves.count() == 3


REFUSED: dict[str, dict[str, Any]] = {
    "no kind of change": {"change_kind": ""},
    "a forged kind": {"change_kind": "miracle"},
    "a correction without its note": {"change_kind": "correction"},
    "a reply that is none": {"change_kind": "reply", "change_reply": "9" * 30},
    "no standfirst": {"standfirst": ""},
    "no headline": {"headline": ""},
    "a forged section": {"section": "9" * 30},
    "the button that only saves": {"_deed": "", "_continue": "1"},
    "a note without measure": {"change_text": "x" * 5000, "change_kind": "correction"},
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_correction_comes_back_whole_and_saves_nothing(why: str, client: Client, story: Story) -> None:
    fields = {"body": AN_OTHER_BODY, "note": "Vu par le desk.", "kicker": "Port", **REFUSED[why]}

    response = client.post(page_of(story), mended(story, **fields))

    page = response.content.decode()
    assert response.status_code == 409
    assert "errornote" in page
    assert "Le quai n’a que 300 mètres." in page
    assert "Vu par le desk.</textarea>" in page
    assert 'value="Port"' in page
    assert is_untouched(story)
    assert not Change.objects.exists()


def test_a_correction_with_an_uncredited_picture_is_refused(
    client: Client, story: Story, make_photo: Callable[..., Photo], settings: Any
) -> None:
    owed = make_photo(credit=None)

    response = client.post(page_of(story), mended(story, lead_photo=owed.pk))

    assert response.status_code == 409
    assert "La photo n’a pas de crédit." in response.content.decode()
    assert is_untouched(story)
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_two_corrections_of_different_passages_are_merged_and_shown_before_publication(
    client: Client, story: Story, chief: User
) -> None:
    fields = mended(story)
    corrected_meanwhile(story, chief, standfirst="Un autre chapô, bien plus juste que le premier.")

    response = client.post(page_of(story), fields)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Le mot juste</textarea>" in page
    assert "Un autre chapô, bien plus juste que le premier.</textarea>" in page
    assert 'name="based_on" value="2"' in page
    assert is_untouched(story, version=2)
    story.refresh_from_db()
    client.post(page_of(story), mended(story))
    assert Article.objects.get(pk=story.pk).headline == "Le mot juste"


def test_two_corrections_of_the_same_words_are_a_conflict_that_shows_both(
    client: Client, story: Story, chief: User
) -> None:
    fields = mended(story, headline="Le port de Casablanca à l’arrêt")
    corrected_meanwhile(story, chief, headline="Une grève au port de Tanger")

    response = client.post(page_of(story), fields)

    page = response.content.decode()
    assert response.status_code == 409
    assert f'action="{page_of(story)}"' in page
    assert is_untouched(story, version=2)
    chosen = {"_choices": "headline", "choice-headline": "mine", "mine-headline": "Le port de Casablanca à l’arrêt"}
    story.refresh_from_db()
    again = client.post(page_of(story), {**mended(story), **chosen})
    assert again.status_code == 409
    assert "Le port de Casablanca à l’arrêt</textarea>" in again.content.decode()
    assert is_untouched(story, version=2)


def test_a_correction_of_an_article_withdrawn_meanwhile_is_given_back(
    client: Client, story: Story, chief: User
) -> None:
    fields = mended(story, headline="Juste", change_text="Le quai n’a que 300 mètres.")
    publishing.withdraw(story, revision=1, by=chief, note="À vérifier.")

    response = client.post(page_of(story), fields)

    assert response.status_code == 409
    assert "Juste" in response.content.decode()
    assert "Le quai n’a que 300 mètres.</textarea>" in response.content.decode()
    assert client.get(page_of(story)).status_code == 403
    assert not Article.objects.filter(pk=story.pk).exists()


def test_writers_and_sub_editors_may_not_correct_at_once(
    journalist: User, sub_editor: User, photo_editor: User, story: Story
) -> None:
    for user in (journalist, sub_editor, photo_editor):
        assert at_the_desk(user).get(page_of(story)).status_code == 403
        assert at_the_desk(user).post(page_of(story), mended(story)).status_code == 403
    assert is_untouched(story)


def test_correcting_an_article_of_another_section_answers_404(story: Story) -> None:
    editor = User.objects.create_user("ailleurs")
    set_standing(editor, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])

    assert at_the_desk(editor).get(page_of(story)).status_code == 404
    assert at_the_desk(editor).post(page_of(story), mended(story)).status_code == 404


def test_the_page_of_a_live_story_stays_read_only(client: Client, story: Story) -> None:
    assert 'name="headline"' not in client.get(address(story)).content.decode()
    assert client.post(address(story), mended(story)).status_code == 409
    assert is_untouched(story)
