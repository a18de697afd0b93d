"""Comparing two texts: changed words, special spaces, kinds of block, and lists by name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo, Story
from newsroom.stories.content import content_of
from newsroom.versions.comparison import BlockKind, Difference, Fold, Passage, Run, compare, compare_bodies, runs
from newsroom.versions.names import Names

BEFORE = "<p>Un.</p>\n<p>Deux.</p>\n<p>Le relevé publié hier ne laisse aucun doute.</p>"


def side(found: list[Run], difference: Difference) -> str:
    """Rebuild one of the two texts from their runs: the older (with what is REMOVED) or the newer (ADDED)."""
    return "".join(run.text for run in found if run.difference in (Difference.SAME, difference))


def drawn(found: list[Run]) -> str:
    return Template("{% load differences %}{{ runs|marked }}").render(Context({"runs": found}))


def side_of(found: list[Run], which: str) -> str:
    page = Template("{% load differences %}{% side runs which %}")
    return page.render(Context({"runs": found, "which": which}))


def bodies(before: str, after: str) -> list[Passage | Fold]:
    return compare_bodies(before, after, Names(AnonymousUser(), []))


# --- Words --------------------------------------------------------------------------------------------------------


@given(st.text("ab ’,.\u00a0\u202f", max_size=60), st.text("ab ’,.\u00a0\u202f", max_size=60))
def test_a_difference_holds_both_texts_whole(before: str, after: str) -> None:
    found = runs(before, after)

    assert (side(found, Difference.REMOVED), side(found, Difference.ADDED)) == (before, after)


def test_only_the_replaced_word_is_marked() -> None:
    assert runs("La dune a reculé de dix mètres.", "La dune a reculé de neuf mètres.") == [
        Run(Difference.SAME, "La dune a reculé de"),
        Run(Difference.REMOVED, " dix"),
        Run(Difference.ADDED, " neuf"),
        Run(Difference.SAME, " mètres."),
    ]


def test_a_space_that_became_a_no_break_space_is_marked_and_named() -> None:
    page = drawn(runs("Il dit : non", "Il dit\u00a0: non"))

    assert "<del>" in page
    assert '<i class="space"' in page
    assert "·</i>" in page
    assert page.count("visually-hidden") == 3  # removed, added, and the name of the space


@pytest.mark.parametrize("character", ["\u00a0", "\u202f", "\u2011", "\t"])
def test_each_special_character_has_its_own_mark(character: str) -> None:
    assert 'class="space"' in drawn(runs("a b", f"a{character}b"))
    assert 'class="space"' not in drawn(runs("a b", "a c"))


def test_typed_html_is_escaped_in_a_difference() -> None:
    page = drawn(runs("a", "<script>"))

    assert "<script>" not in page
    assert "&lt;script&gt;" in page.replace("<ins>", "")


@pytest.mark.parametrize("difference", Difference)
def test_typed_html_is_escaped_in_each_run_of_each_side(difference: Difference) -> None:
    found = [Run(difference, " <b>&\u00a0\"'</b>")]

    for page in (drawn(found), side_of(found, "before"), side_of(found, "after")):
        assert "<b>" not in page
        assert '&"' not in page
    assert "&lt;b&gt;&amp;" in drawn(found)


def test_an_overlong_text_is_shown_as_replaced() -> None:
    before, after = "a b " * 20_000, "b a " * 20_000 + "c"

    assert [run.difference for run in runs(before, after)] == [Difference.REMOVED, Difference.ADDED]


# --- Bodies -------------------------------------------------------------------------------------------------------


def test_long_unchanged_passages_are_folded() -> None:
    fold, passage = bodies(BEFORE, BEFORE.replace("hier", "mardi"))

    assert isinstance(fold, Fold)
    assert len(fold.passages) == 2
    assert isinstance(passage, Passage)
    assert passage.changes == 1


def test_a_passage_whose_kind_changed_names_both_kinds() -> None:
    text = "Le relevé publié hier ne laisse aucun doute."

    passage = bodies(BEFORE, BEFORE.replace(f"<p>{text}</p>", f"<h2>{text}</h2>"))[-1]

    assert isinstance(passage, Passage)
    assert (passage.kind, passage.former_kind, passage.changes) == (BlockKind.CROSSHEAD, BlockKind.PARAGRAPH, 1)


def test_a_wholly_rewritten_paragraph_is_shown_as_removed_and_added() -> None:
    found = bodies("<p>Le conseil s’est réuni mardi.</p>", "<p>Aucun bateau ne sort du port.</p>")

    assert [passage.difference for passage in found if isinstance(passage, Passage)] == [
        Difference.REMOVED,
        Difference.ADDED,
    ]


def test_words_that_only_became_bold_are_marked_as_changed() -> None:
    passage = bodies("<p>Un mot fort.</p>", "<p>Un mot <strong>fort</strong>.</p>")[0]

    assert isinstance(passage, Passage)
    assert passage.restyled
    assert side(passage.runs, Difference.ADDED) == "Un mot fort."


def test_a_change_of_a_links_address_is_a_change_of_the_text() -> None:
    before = '<p>Voir <a href="https://a.example/">la page</a>.</p>'

    passage = bodies(before, before.replace("a.example", "b.example"))[0]

    assert isinstance(passage, Passage)
    assert side(passage.runs, Difference.ADDED) == "Voir la page [https://b.example/]."
    assert not passage.restyled


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        ("<ul><li>Un</li><li>Deux<ol><li>Trois</li></ol></li></ul>", BlockKind.LIST, "– Un\n– Deux\n– Trois"),
        (
            "<blockquote><p>Oui.</p><p>Non.</p><footer>Elle</footer></blockquote>",
            BlockKind.QUOTATION,
            "Oui.\nNon.\n— Elle",
        ),
        ('<blockquote class="exergue"><p>Oui.</p></blockquote>', BlockKind.PULL_QUOTE, "Oui."),
        ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", BlockKind.TABLE, "a | b\nc"),
        (
            "<table><caption>t</caption><tbody><tr><td><p>a</p><ul><li>b</li><li>c</li></ul><p>d</p></td><td>e</td></tr>"
            "<tr><td></td><td>f</td></tr></tbody></table>",
            BlockKind.TABLE,
            "t\na\n– b\n– c\nd | e\n | f",
        ),
        (
            "<ul><li><p>a</p><ul><li>b</li></ul><p>c</p></li><li><ul><li>d</li></ul></li></ul>",
            BlockKind.LIST,
            "– a\n– b\nc\n– \n– d",
        ),
        (
            "<blockquote><p>a</p><ul><li>b</li></ul><p>c</p></blockquote>",
            BlockKind.QUOTATION,
            "a\n– b\nc",
        ),
        ('<figure class="embed" data-embed="https://youtu.be/x"></figure>', BlockKind.EMBED, "https://youtu.be/x"),
        ("<p>Un<br>deux &amp; trois</p>", BlockKind.PARAGRAPH, "Un\ndeux & trois"),
    ],
)
def test_every_kind_of_block_is_read_as_text(html: str, kind: BlockKind, text: str) -> None:
    passage = bodies("", html)[0]

    assert isinstance(passage, Passage)
    assert (passage.kind, passage.runs) == (kind, [Run(Difference.ADDED, text)])


# --- Whole texts --------------------------------------------------------------------------------------------------


def changes(user: User, before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[tuple[Difference, str]]]:
    found = compare(before, after, Names(user, [before, after])).changed
    return {field.name: [(run.difference, run.text) for run in field.runs] for field in found}


@pytest.mark.django_db
def test_pictures_sections_topics_and_labels_are_compared_by_name(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, topic: Topic
) -> None:
    before = content_of(make_story(by=journalist))
    photo = make_photo()
    other = Section.objects.create(name="Culture", slug="culture")
    more = {"lead_photo": photo.pk, "section": other.pk, "topics": [topic.pk], "label": "opinion"}

    found = changes(journalist, before, before | more)

    assert found["lead_photo"] == [(Difference.ADDED, str(photo))]
    assert found["section"] == [(Difference.REMOVED, "Politique"), (Difference.ADDED, "Culture")]
    assert found["topics"] == [(Difference.ADDED, "Sécheresse")]
    assert [difference for difference, _text in found["label"]] == [Difference.REMOVED, Difference.ADDED]
    assert "opinion" not in [text for _how, text in found["label"]]


@pytest.mark.django_db
def test_a_deleted_topic_or_picture_does_not_break_a_comparison(
    make_story: Callable[..., Story], journalist: User
) -> None:
    before = content_of(make_story(by=journalist))

    found = changes(journalist, before | {"lead_photo": 999, "section": 998, "topics": [997]}, before)

    assert "999" in found["lead_photo"][0][1]


@pytest.mark.django_db
def test_unchanged_fields_are_named_and_fields_that_an_older_version_lacks_are_left_out(
    make_story: Callable[..., Story], journalist: User
) -> None:
    content = content_of(make_story(by=journalist))
    older = {name: value for name, value in content.items() if name != "follows"}

    comparison = compare(older, content, Names(journalist, [older, content]))

    assert not comparison.changed
    assert len(comparison.same) == len(content)


@pytest.mark.django_db
def test_the_headline_of_a_draft_one_may_not_read_is_not_shown(
    make_story: Callable[..., Story], journalist: User, section: Section
) -> None:
    secret = make_story(
        by=journalist, headline="Un titre secret", section=Section.objects.create(name="Ailleurs", slug="ailleurs")
    )
    before = content_of(make_story(by=journalist))
    after = before | {"body": f'<aside class="lire-aussi" data-article="{secret.pk}"></aside>'}
    tied = User.objects.create_user("tenu")
    set_standing(tied, roles=[Role.JOURNALIST], sections=[section])

    def title_for(user: User) -> str:
        names = Names(user, [before, after])
        added = compare_bodies("", after["body"], names)[0]
        assert isinstance(added, Passage)
        return added.runs[0].text

    assert title_for(journalist) == "Un titre secret"
    assert "secret" not in title_for(tied)
