"""A save of a page that is older than the story: merged where it can be, and else refused with both texts."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from html5lib import parse

from articles.models import Author, Topic
from newsroom.models import Autosave, Note, Story
from newsroom.workflow import Deed

from .desk import at_the_desk, messages_of
from .story_post import PAGE, address, typed

pytestmark = pytest.mark.django_db


def saved_meanwhile(by: User, story: Story, **changes: Any) -> None:
    """Save `story` as somebody else, from another browser."""
    other = at_the_desk(by)
    assert other.post(address(story), typed(story, **changes)).status_code == 302


def hidden_and_typed(page: str, **chosen: str) -> dict[str, Any]:
    """The fields of the form of a refused save, as a browser would post them again; `chosen` are the choices made."""
    tree = parse(page, namespaceHTMLElements=False)
    form = tree.find(".//form[@class='clash']")
    fields: dict[str, list[str]] = {}
    for element in [*form.iter("input"), *form.iter("textarea")]:
        if (name := element.get("name")) and (element.get("type") != "radio" or element.get("checked") is not None):
            fields.setdefault(name, []).append(element.get("value") or element.text or "")
    return fields | {name.replace("_", "-"): [value] for name, value in chosen.items()}


def test_a_stale_save_of_another_field_is_merged_and_names_the_colleague(
    writing: Client, story: Story, editor: User
) -> None:
    mine = typed(story, headline="Mon titre")
    saved_meanwhile(editor, story, standfirst="Le chapô de l’éditeur.")

    response = writing.post(address(story), mine, follow=True)

    story.refresh_from_db()
    assert (story.headline, story.standfirst, story.version) == ("Mon titre", "Le chapô de l’éditeur.", 3)
    assert story.revisions.first().by.username == "journaliste"
    page = response.content.decode()
    assert "editeur" in page
    assert f"/redaction/newsroom/story/{story.pk}/compare/?avant=1&amp;apres=2" in page


def test_a_stale_save_of_another_paragraph_is_merged(writing: Client, story: Story, editor: User) -> None:
    mine = typed(story, body=story.body.replace("mardi", "jeudi"))
    saved_meanwhile(editor, story, body=story.body.replace("dirham", "centime"))

    writing.post(address(story), mine)

    body = story.body
    story.refresh_from_db()
    assert story.body == body.replace("mardi", "jeudi").replace("dirham", "centime")


def test_a_deed_sent_with_a_text_that_had_to_be_merged_is_not_done(writing: Client, story: Story, editor: User) -> None:
    mine = typed(story, headline="Mon titre", _deed="submit")
    saved_meanwhile(editor, story, standfirst="Le chapô de l’éditeur.")

    response = writing.post(address(story), mine, follow=True)

    story.refresh_from_db()
    assert (story.stage, story.headline) == ("draft", "Mon titre")
    assert str(Deed.SUBMIT.label) in " ".join(messages_of(response))


def test_a_note_sent_with_a_text_that_had_to_be_merged_is_kept(writing: Client, story: Story, editor: User) -> None:
    mine = typed(story, headline="Mon titre", new_note="À relire.")
    saved_meanwhile(editor, story, standfirst="Le chapô de l’éditeur.")

    writing.post(address(story), mine)

    assert [note.text for note in Note.objects.all()] == ["À relire."]


def test_a_stale_save_of_the_same_field_is_refused_with_both_texts_on_the_screen(
    writing: Client, story: Story, editor: User
) -> None:
    mine = typed(story, headline="Mon titre", standfirst="Mon chapô.")
    saved_meanwhile(editor, story, headline="Le titre de l’éditeur")

    response = writing.post(address(story), mine)

    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert all(text in page for text in ("Mon titre", "Le titre de l’éditeur", "Mon chapô."))
    story.refresh_from_db()
    assert (story.headline, story.version) == ("Le titre de l’éditeur", 2)


def test_a_refused_text_is_kept_aside_even_if_the_page_is_closed(
    writing: Client, story: Story, editor: User, journalist: User
) -> None:
    mine = typed(story, headline="Mon titre", page=PAGE)
    saved_meanwhile(editor, story, headline="Le titre de l’éditeur")

    writing.post(address(story), mine)

    kept = Autosave.objects.get(user=journalist, story=story)
    assert (kept.page, kept.based_on) == (PAGE, 1)
    assert kept.fields["headline"] == ["Mon titre"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("mine", "Mon titre"), ("theirs", "Le leur"), ("hand", "Un troisième titre")],
)
def test_after_a_conflict_one_chooses_field_by_field(
    writing: Client, story: Story, editor: User, choice: str, expected: str
) -> None:
    theirs = Author.objects.create(name="Samuel Oyono", slug="samuel-oyono")
    topic = Topic.objects.create(name="Digues", slug="digues")
    mine = typed(story, headline="Mon titre", topics=[topic.pk])
    saved_meanwhile(editor, story, headline="Le leur", **{"bylines-0-author": theirs.pk})
    page = writing.post(address(story), mine).content.decode()

    made = hidden_and_typed(page, choice_headline=choice, hand_headline="Un troisième titre")
    response = writing.post(address(story), made)

    story.refresh_from_db()
    assert response.status_code == 302
    assert story.headline == expected
    assert [byline.author for byline in story.bylines.all()] == [theirs]
    assert list(story.topics.all()) == [topic]
    assert not Autosave.objects.exists()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("mine", "<p>Réuni jeudi.</p>"),
        ("theirs", "<p>Réuni lundi.</p>"),
        ("hand", "<p>Réuni à 5 h &lt; 6 h.</p>\n<p>Puis parti.</p>"),
    ],
)
def test_after_a_conflict_one_chooses_passage_by_passage(
    writing: Client, make_story: Callable[..., Story], journalist: User, editor: User, choice: str, expected: str
) -> None:
    story = make_story(by=journalist, body="<h2>Un</h2>\n<p>Réuni mardi.</p>\n<p>Deux.</p>")
    mine = typed(story, body=story.body.replace("mardi", "jeudi").replace("Un", "Le premier"))
    saved_meanwhile(editor, story, body=story.body.replace("mardi", "lundi").replace("Deux", "Le second"))
    page = writing.post(address(story), mine).content.decode()

    made = hidden_and_typed(page, **{"choice-body-1": choice, "hand-body-1": "Réuni à 5 h < 6 h.\r\n\r\nPuis parti."})
    writing.post(address(story), made)

    story.refresh_from_db()
    assert story.body == f"<h2>Le premier</h2>\n{expected}\n<p>Le second.</p>"


@pytest.mark.parametrize("clashes", [90, 400])
def test_a_text_that_clashes_in_many_places_can_be_settled(
    writing: Client, make_story: Callable[..., Story], journalist: User, editor: User, clashes: int
) -> None:
    def body(word: str) -> str:
        return "\n".join(f"<p>Avis {word} {number}.</p>\n<p>Entre deux.</p>" for number in range(clashes))

    story = make_story(by=journalist, body=body("ancien"))
    mine = typed(story, body=body("mien"))
    saved_meanwhile(editor, story, body=body("leur"))
    page = writing.post(address(story), mine).content.decode()

    response = writing.post(address(story), hidden_and_typed(page))

    assert response.status_code == 302
    story.refresh_from_db()
    assert story.body == body("mien")


def test_choices_that_are_stale_in_their_turn_are_merged(writing: Client, story: Story, editor: User) -> None:
    mine = typed(story, headline="Mon titre")
    saved_meanwhile(editor, story, headline="Le leur")
    made = hidden_and_typed(writing.post(address(story), mine).content.decode())
    story.refresh_from_db()
    saved_meanwhile(editor, story, standfirst="Un chapô de plus.")

    writing.post(address(story), made)

    story.refresh_from_db()
    assert (story.headline, story.standfirst, story.version) == ("Mon titre", "Un chapô de plus.", 4)


def test_postponing_a_conflict_keeps_the_choices_aside_and_saves_nothing(
    writing: Client, story: Story, editor: User, journalist: User
) -> None:
    mine = typed(story, headline="Mon titre", page=PAGE)
    saved_meanwhile(editor, story, headline="Le leur")
    page = writing.post(address(story), mine).content.decode()

    made = hidden_and_typed(page, choice_headline="hand", hand_headline="Récrit à la main") | {"_later": "1"}
    response = writing.post(address(story), made)

    story.refresh_from_db()
    assert response.status_code == 302
    assert (story.headline, story.version) == ("Le leur", 2)
    kept = Autosave.objects.get(user=journalist)
    assert (kept.fields["headline"], kept.based_on) == (["Récrit à la main"], 2)


def test_a_save_based_on_an_unknown_version_is_a_conflict_and_not_an_error(writing: Client, story: Story) -> None:
    for number in ("", "9" * 30, "-1", "7", "x"):
        response = writing.post(address(story), typed(story, headline="Mon titre", based_on=number))

        assert response.status_code == 409
        assert "Mon titre" in response.content.decode()


def test_the_same_save_twice_is_no_conflict(writing: Client, story: Story) -> None:
    mine = typed(story, headline="Deux clics")
    writing.post(address(story), mine)

    response = writing.post(address(story), mine)

    story.refresh_from_db()
    assert response.status_code == 302
    assert story.version == 2
