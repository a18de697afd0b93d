"""What changed between two texts, as people read it: words, special spaces, passages by their sort, lists by name."""

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
    """One of both texts out of their runs: what was there before (REMOVED), or is there now (ADDED)."""
    return "".join(run.text for run in found if run.difference in (Difference.SAME, difference))


def drawn(found: list[Run]) -> str:
    return Template("{% load differences %}{{ runs|marked }}").render(Context({"runs": found}))


def bodies(before: str, after: str) -> list[Passage | Fold]:
    return compare_bodies(before, after, Names(AnonymousUser(), []))


# --- Words --------------------------------------------------------------------------------------------------------


@given(st.text("ab ’,.\u00a0\u202f", max_size=60), st.text("ab ’,.\u00a0\u202f", max_size=60))
def test_both_texts_can_be_read_whole_out_of_their_difference(before: str, after: str) -> None:
    found = runs(before, after)

    assert (side(found, Difference.REMOVED), side(found, Difference.ADDED)) == (before, after)


def test_a_word_that_was_replaced_is_alone_marked() -> None:
    assert runs("La dune a reculé de dix mètres.", "La dune a reculé de neuf mètres.") == [
        Run(Difference.SAME, "La dune a reculé de"),
        Run(Difference.REMOVED, " dix"),
        Run(Difference.ADDED, " neuf"),
        Run(Difference.SAME, " mètres."),
    ]


def test_a_space_that_became_special_is_a_change_that_is_seen_and_heard() -> None:
    page = drawn(runs("Il dit : non", "Il dit\u00a0: non"))

    assert "<del>" in page
    assert '<i class="space"' in page
    assert "·</i>" in page
    assert page.count("visually-hidden") == 3  # removed, added, and the name of the space


@pytest.mark.parametrize("sign", ["\u00a0", "\u202f", "\u2011", "\t"])
def test_each_special_sign_has_a_look_of_its_own(sign: str) -> None:
    assert 'class="space"' in drawn(runs("a b", f"a{sign}b"))
    assert 'class="space"' not in drawn(runs("a b", "a c"))


def test_what_was_typed_is_escaped() -> None:
    page = drawn(runs("a", "<script>"))

    assert "<script>" not in page
    assert "&lt;script&gt;" in page.replace("<ins>", "")


def test_a_text_without_measure_is_shown_as_replaced() -> None:
    before, after = "a b " * 20_000, "b a " * 20_000 + "c"

    assert [run.difference for run in runs(before, after)] == [Difference.REMOVED, Difference.ADDED]


# --- Bodies -------------------------------------------------------------------------------------------------------


def test_what_did_not_change_for_long_is_folded() -> None:
    fold, passage = bodies(BEFORE, BEFORE.replace("hier", "mardi"))

    assert isinstance(fold, Fold)
    assert len(fold.passages) == 2
    assert isinstance(passage, Passage)
    assert passage.changes == 1


def test_a_passage_says_its_sort_and_the_one_it_had() -> None:
    text = "Le relevé publié hier ne laisse aucun doute."

    passage = bodies(BEFORE, BEFORE.replace(f"<p>{text}</p>", f"<h2>{text}</h2>"))[-1]

    assert isinstance(passage, Passage)
    assert (passage.kind, passage.former_kind, passage.changes) == (BlockKind.CROSSHEAD, BlockKind.PARAGRAPH, 1)


def test_a_paragraph_of_which_no_word_is_left_is_removed_and_another_added() -> None:
    found = bodies("<p>Le conseil s’est réuni mardi.</p>", "<p>Aucun bateau ne sort du port.</p>")

    assert [passage.difference for passage in found if isinstance(passage, Passage)] == [
        Difference.REMOVED,
        Difference.ADDED,
    ]


def test_words_that_only_became_bold_are_told() -> None:
    passage = bodies("<p>Un mot fort.</p>", "<p>Un mot <strong>fort</strong>.</p>")[0]

    assert isinstance(passage, Passage)
    assert passage.restyled
    assert side(passage.runs, Difference.ADDED) == "Un mot fort."


def test_where_a_link_leads_is_part_of_the_text() -> None:
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
        ('<figure class="embed" data-embed="https://youtu.be/x"></figure>', BlockKind.EMBED, "https://youtu.be/x"),
        ("<p>Un<br>deux &amp; trois</p>", BlockKind.PARAGRAPH, "Un\ndeux & trois"),
    ],
)
def test_every_sort_of_passage_is_read_as_text(html: str, kind: BlockKind, text: str) -> None:
    passage = bodies("", html)[0]

    assert isinstance(passage, Passage)
    assert (passage.kind, passage.runs) == (kind, [Run(Difference.ADDED, text)])


# --- Whole texts --------------------------------------------------------------------------------------------------


def changes(user: User, before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[tuple[Difference, str]]]:
    found = compare(before, after, Names(user, [before, after])).changed
    return {field.name: [(run.difference, run.text) for run in field.runs] for field in found}


@pytest.mark.django_db
def test_pictures_sections_topics_and_choices_go_by_their_names(
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
def test_a_row_that_is_gone_is_no_fault(make_story: Callable[..., Story], journalist: User) -> None:
    before = content_of(make_story(by=journalist))

    found = changes(journalist, before | {"lead_photo": 999, "section": 998, "topics": [997]}, before)

    assert "999" in found["lead_photo"][0][1]


@pytest.mark.django_db
def test_fields_that_did_not_change_are_named_and_older_texts_lack_some(
    make_story: Callable[..., Story], journalist: User
) -> None:
    content = content_of(make_story(by=journalist))
    older = {name: value for name, value in content.items() if name != "follows"}

    comparison = compare(older, content, Names(journalist, [older, content]))

    assert not comparison.changed
    assert len(comparison.same) == len(content)


@pytest.mark.django_db
def test_the_title_of_a_draft_that_is_not_theirs_is_not_told(
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
