"""A body of any shape is cleaned at a cost in proportion to its length, or is refused with a sentence."""

import re
import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.body import text_of
from newsroom import body
from newsroom.body import cleaning, reading
from newsroom.models import Autosave, Story

from .autosaves import keeping
from .hostile_bodies import SHAPES
from .story_post import address, typed

SMALL, LARGE = 4_000, 16_000  # characters
MOST_STEPS = 50  # for one character: a paragraph of one letter has five, and takes most
TAG = re.compile(r"<(/?)([a-z0-9]+)")
TAGS = [
    "b",
    "i",
    "a href=/x",
    "p",
    "div",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "blockquote",
    "h2",
    "span",
    "svg",
    "s",
    "br",
]


def steps_of(html: str) -> int:
    """The calls that the cleaning of `html` makes of our own functions."""
    calls = 0

    def count(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call" and "/newsroom/body/" in frame.f_code.co_filename

    cleaning.cleaned.cache_clear()
    sys.setprofile(count)
    try:
        body.clean(html)
    finally:
        sys.setprofile(None)
    return calls


def nesting_of(html: str) -> tuple[int, int]:
    """How deep the elements of well-formed markup stand in one another, and how many there are."""
    depth = deepest = elements = 0
    for end, name in TAG.findall(html):
        if name != "br":
            depth += -1 if end else 1
        elements += not end
        deepest = max(deepest, depth)
    return deepest, elements


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_costs_four_times_the_steps(shape: str) -> None:
    small, large = steps_of(SHAPES[shape](SMALL)), steps_of(SHAPES[shape](LARGE))

    assert large <= 5 * small + 1_000
    assert large <= MOST_STEPS * LARGE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "x"]), max_size=12))
def test_any_mixture_of_tags_repeated_costs_steps_in_proportion(pieces: list[str]) -> None:
    mixture = "".join(pieces)

    assert steps_of(mixture * 80) <= 5 * steps_of(mixture * 20) + 2_000


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_html_parser_is_given_is_shallow_and_has_a_bounded_number_of_elements(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_to_parser: list[str] = []
    clean = cleaning.nh3.clean
    monkeypatch.setattr(cleaning.nh3, "clean", lambda html, **how: given_to_parser.append(html) or clean(html, **how))
    cleaning.cleaned.cache_clear()

    body.clean(SHAPES[shape](60_000))

    assert given_to_parser
    for html in given_to_parser:
        deepest, elements = nesting_of(html)
        assert deepest <= 2 * reading.DEEPEST + reading.MOST_FORMATS
        assert elements <= 2 * reading.MOST_ELEMENTS


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_text_settles_and_keeps_its_words(shape: str) -> None:
    html = SHAPES[shape](6_000)
    cleaned = body.clean(html)

    assert body.clean(cleaned) == cleaned
    never_text = {"scripts", "scripts that never end", "choices", "struck words", "comments that never end"}
    if ">x" in html and shape not in never_text:
        assert text_of(cleaned).count("x") == html.count(">x")


def test_a_text_of_too_many_elements_keeps_its_words_without_markup() -> None:
    made = body.cleaned("<p>un <b>mot</b></p>" * reading.MOST_ELEMENTS)

    assert made.is_intricate
    assert made.html.startswith("<p>un mot un mot un mot")
    assert "<strong>" not in made.html


@pytest.mark.django_db
def test_a_text_with_more_markup_than_any_article_is_refused_with_a_sentence_and_comes_back(
    writing: Client, story: Story
) -> None:
    too_much = "<p>x" * (reading.MOST_ELEMENTS + 1)

    page = writing.post(address(story), typed(story, body=too_much)).content.decode()

    assert "plus de balises qu’aucun article n’en demande" in page
    assert "&lt;p&gt;x&lt;p&gt;x" in page
    story.refresh_from_db()
    assert story.version == 1


@pytest.mark.django_db
def test_a_text_that_is_too_long_once_it_is_cleaned_is_refused(writing: Client, story: Story) -> None:
    ampersands = "&" * (body.LONGEST // 2)

    page = writing.post(address(story), typed(story, body=ampersands)).content.decode()

    assert "ce n’est plus un article" in page
    story.refresh_from_db()
    assert story.version == 1


@pytest.mark.django_db
def test_an_autosave_is_stored_as_the_cleaner_leaves_it(writing: Client, story: Story) -> None:
    page = "page-of-a-hostile-text"
    writing.post(keeping(story), typed(story, page=page, body="<p>" + "<b a=1>" * 50 + "mots<script>x</script>"))

    assert Autosave.objects.get(page=page).fields["body"] == ["<p><strong>mots</strong></p>"]


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["paragraphs", "ampersands"])
def test_an_autosave_of_a_text_that_no_form_would_take_is_refused_with_a_sentence(
    shape: str, writing: Client, story: Story
) -> None:
    answer = writing.post(keeping(story), typed(story, page="page-of-a-hostile-text", body=SHAPES[shape](250_000)))

    assert answer.status_code == 413
    assert "il n’est gardé que dans ce navigateur" in answer.json()["message"]
    assert not Autosave.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["save", "autosave"])
def test_one_request_reads_the_same_text_once_and_what_it_makes_of_it_once(
    where: str, writing: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()
    read = reading.read
    monkeypatch.setattr(cleaning, "read", lambda html: seen.update([html]) or read(html))
    cleaning.cleaned.cache_clear()
    fields = typed(story, body="<div>Un <b>autre</b> texte</div>", page="page-of-nadia")

    writing.post(address(story) if where == "save" else keeping(story), fields)

    assert seen["<div>Un <b>autre</b> texte</div>"] == 1
    assert seen["<p>Un <strong>autre</strong> texte</p>"] <= 2
