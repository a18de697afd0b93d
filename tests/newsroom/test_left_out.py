"""Words that their source does not count as text are left out of a body, and a line says so; inserted ones stay."""

import pytest
from django.test import Client

from articles.body import text_of
from newsroom import body
from newsroom.models import Story

from .desk import messages_of
from .marked_texts import SAMPLES, WORD, WORD_COMMENT
from .story_post import address, typed


@pytest.mark.parametrize(("pasted", "kept"), SAMPLES)
def test_what_the_source_does_not_count_as_text_is_left_out_and_what_was_inserted_stays(pasted: str, kept: str) -> None:
    assert text_of(body.clean(pasted)) == kept


def test_a_mark_that_is_left_open_ends_where_a_browser_ends_it() -> None:
    assert text_of(body.clean("<p>a <del>b</p><p>c</p>")) == "a c"
    assert text_of(body.clean("<p>a <span style='display:none'>b</p><p>c</p>")) == "a c"


def test_the_passages_that_were_left_out_are_counted_by_kind() -> None:
    counts = body.cleaned(WORD + WORD_COMMENT + "<p>a <span hidden>b <b>c</b></span> <del> </del></p>").left_out

    assert counts == {body.Mark.DELETED: 1, body.Mark.COMMENT: 2, body.Mark.HIDDEN: 1}


@pytest.mark.django_db
def test_a_line_says_what_was_left_out_of_the_text_that_was_saved(writing: Client, story: Story) -> None:
    answer = writing.post(address(story), typed(story, body=WORD + WORD_COMMENT), follow=True)

    story.refresh_from_db()
    assert text_of(story.body) == "Le maire a obtenu trois millions. Le maire a obtenu trois millions."
    assert any("1 passage barré ou supprimé et 2 commentaires" in message for message in messages_of(answer))


@pytest.mark.django_db
def test_the_save_of_a_plain_text_says_nothing_of_what_was_left_out(writing: Client, story: Story) -> None:
    answer = writing.post(address(story), typed(story, body="<p>Le maire a obtenu.</p>"), follow=True)

    assert not any("repris" in message for message in messages_of(answer))


# --- Levels of crossheads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<h3>Un</h3><p>a</p>", "<h2>Un</h2>\n<p>a</p>"),
        ("<p>a</p><h3>Un</h3><h3>Deux</h3><h2>Trois</h2><h3>Quatre</h3>", None),
        ("<h4>Un</h4><p>a</p>", "<h2>Un</h2>\n<p>a</p>"),
        ("<h2>Un</h2><h3>Deux</h3>", "<h2>Un</h2>\n<h3>Deux</h3>"),
    ],
)
def test_no_crosshead_of_the_lower_level_comes_before_one_of_the_higher(pasted: str, kept: str | None) -> None:
    cleaned = body.clean(pasted)

    expected = kept or "<p>a</p>\n<h2>Un</h2>\n<h2>Deux</h2>\n<h2>Trois</h2>\n<h3>Quatre</h3>"
    assert cleaned == expected
    assert body.clean(cleaned) == cleaned
