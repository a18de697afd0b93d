"""Two texts are compared while nobody waits for the story: before it is locked, or after."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from newsroom.admin.panels import conflict
from newsroom.admin.story.page import ROUNDS
from newsroom.editing import merge
from newsroom.models import Autosave, Story
from newsroom.stories import saving
from newsroom.stories.content import content_of
from newsroom.versions import comparison

from .desk import at_the_desk
from .story_post import PAGE, address, typed

pytestmark = pytest.mark.django_db(transaction=True)


class UnderLockError(AssertionError):
    """Two texts are compared in a transaction, while others wait for it."""


@pytest.fixture(autouse=True)
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects the comparisons of words and blocks, and fails on one that is made in a transaction."""
    made: list[str] = []

    def watched(module: Any) -> None:
        compare = module.edits

        def edits(base: Any, changed: Any) -> Any:
            if connection.in_atomic_block:
                raise UnderLockError
            made.append(module.__name__)
            return compare(base, changed)

        monkeypatch.setattr(module, "edits", edits)

    watched(merge)
    watched(comparison)
    return made


def save_as(user: User, story: Story, **changes: Any) -> None:
    """Save `story` from another browser: a new version, whatever others are doing."""
    now = Story.objects.get(pk=story.pk)
    saving.put_text(now, {**content_of(now), **changes}, by=user)


def hidden_fields(page: str) -> dict[str, list[str]]:
    """What the page carries, as a browser posts it."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        fields.setdefault(name, []).append(unescape(value))
    return fields


def while_comparing(monkeypatch: pytest.MonkeyPatch, happens: Callable[[int], None]) -> list[int]:
    """Let `happens` happen in the middle of each comparison, with its number. Returns the list of these numbers."""
    rounds: list[int] = []
    compare = conflict.compare_with_stored

    def slow(story: Story, post: Any) -> Any:
        result = compare(story, post)
        rounds.append(len(rounds) + 1)
        happens(rounds[-1])
        return result

    monkeypatch.setattr(conflict, "compare_with_stored", slow)
    return rounds


def test_a_save_of_an_older_text_is_joined_outside_the_lock(
    writing: Client, story: Story, editor: User, compared: list[str]
) -> None:
    mine = typed(story, body=story.body.replace("mardi", "jeudi"))
    save_as(editor, story, body=story.body.replace("dirham", "centime"))

    assert writing.post(address(story), mine).status_code == 302

    body = story.body
    story.refresh_from_db()
    assert story.body == body.replace("mardi", "jeudi").replace("dirham", "centime")
    assert compared


def test_both_texts_are_shown_after_the_lock(writing: Client, story: Story, editor: User, compared: list[str]) -> None:
    mine = typed(story, body=story.body.replace("mardi", "jeudi"))
    save_as(editor, story, body=story.body.replace("mardi", "lundi"))

    response = writing.post(address(story), mine)

    assert response.status_code == 409
    assert comparison.__name__ in compared
    assert all(word in response.content.decode() for word in ("jeudi", "lundi"))


def test_choices_are_joined_outside_the_lock(writing: Client, story: Story, editor: User) -> None:
    chosen = {"_choices": "headline", "choice-headline": "mine", "mine-headline": "Mon titre entier"}
    mine = typed(story, body=story.body.replace("mardi", "jeudi"), **chosen)
    save_as(editor, story, body=story.body.replace("dirham", "centime"))

    writing.post(address(story), mine)

    body = story.body
    story.refresh_from_db()
    joined = body.replace("mardi", "jeudi").replace("dirham", "centime")
    assert (story.headline, story.body) == ("Mon titre entier", joined)


def test_a_text_that_is_not_theirs_any_more_is_shown_beside_the_stored_one_after_the_lock(
    writing: Client, story: Story, editor: User, compared: list[str]
) -> None:
    mine = typed(story, headline="Mon titre qui vient trop tard")
    Story.objects.filter(pk=story.pk).update(stage="ready")

    response = writing.post(address(story), mine)

    assert response.status_code == 409
    assert "Mon titre qui vient trop tard" in response.content.decode()
    assert compared


def test_a_correction_is_joined_outside_the_lock(
    story: Story, publish_story: Callable[[Story], Story], editor: User, chief: User, compared: list[str]
) -> None:
    live = publish_story(story)
    mine = typed(live, body=live.body.replace("mardi", "jeudi"), change_kind="typo", _deed="correct")
    save_as(chief, live, body=live.body.replace("dirham", "centime"))

    response = at_the_desk(editor).post(f"/redaction/newsroom/story/{live.pk}/correct/", mine)

    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert "jeudi" in page
    assert "centime" in page
    assert compared


def test_an_older_version_is_compared_outside_the_lock_when_restoring_it_comes_too_late(
    writing: Client, story: Story, editor: User, compared: list[str]
) -> None:
    save_as(editor, story, headline="Un autre titre, tout neuf")
    save_as(editor, story, headline="Un troisième titre, tout neuf")

    late = writing.post(f"/redaction/newsroom/story/{story.pk}/version/1/restore/", {"based_on": "2"})

    assert late.status_code == 409
    assert compared


def test_whoever_saves_during_the_comparison_does_not_wait_and_is_joined_too(
    writing: Client, story: Story, editor: User, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = typed(story, headline="Mon titre")
    save_as(editor, story, kicker="Commune")
    rounds = while_comparing(
        monkeypatch, lambda round_: save_as(chief, story, standfirst="Le chapô du chef.") if round_ == 1 else None
    )

    assert writing.post(address(story), mine).status_code == 302

    story.refresh_from_db()
    assert (story.headline, story.kicker, story.standfirst) == ("Mon titre", "Commune", "Le chapô du chef.")
    assert rounds == [1, 2]


def test_a_colleague_who_saves_at_each_comparison_has_the_joined_text_shown_and_nothing_is_lost(
    writing: Client, story: Story, journalist: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = typed(story, headline="Mon titre", page=PAGE)
    save_as(editor, story, standfirst="Chapô 0")
    rounds = while_comparing(monkeypatch, lambda round_: save_as(editor, story, standfirst=f"Chapô {round_}"))

    response = writing.post(address(story), mine)

    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert len(rounds) == ROUNDS
    assert "Mon titre" in page
    assert f"Chapô {ROUNDS - 1}" in page  # joined with what was compared last
    assert "?body-" not in page, "the texts are joined, and not set whole against each other"
    assert Autosave.objects.get(user=journalist, page=PAGE).fields["headline"] == ["Mon titre"]
    story.refresh_from_db()
    assert story.standfirst == f"Chapô {ROUNDS}"

    monkeypatch.undo()
    assert writing.post(address(story), hidden_fields(page)).status_code == 302
    story.refresh_from_db()
    assert (story.headline, story.standfirst) == ("Mon titre", f"Chapô {ROUNDS}")


def test_a_save_that_rests_on_the_stored_text_compares_nothing(
    writing: Client, story: Story, monkeypatch: pytest.MonkeyPatch, compared: list[str]
) -> None:
    rounds = while_comparing(monkeypatch, lambda _round: None)

    assert writing.post(address(story), typed(story, headline="Mon titre")).status_code == 302
    assert not rounds
    assert not compared


def test_a_text_of_another_section_is_not_compared_for_whoever_guesses_its_number(
    story: Story, editor_elsewhere: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = while_comparing(monkeypatch, lambda _round: None)

    response = at_the_desk(editor_elsewhere).post(address(story), typed(story, headline="Deviné", based_on="9"))

    assert story.headline not in response.content.decode()
    assert not rounds
