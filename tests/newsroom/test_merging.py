"""Merging two people's changes of one text: which are merged, which are a conflict, and no word is lost."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsroom import body
from newsroom.editing.merge import Clash, blocks_of, body_of, merge_bodies, merge_contents, merge_words

BASE = (
    "<p>Le conseil s’est réuni mardi soir, portes ouvertes.</p>\n"
    "<h2>Un budget de trois lignes</h2>\n"
    "<p>La trésorière a compté chaque dirham devant les habitants.</p>"
)


def merged(base: str, mine: str, theirs: str) -> str | None:
    """The merged body, or None on a conflict."""
    passages = merge_bodies(base, mine, theirs)
    return None if any(isinstance(passage, Clash) for passage in passages) else body_of(passages)


# --- Bodies -------------------------------------------------------------------------------------------------------


def test_changes_of_two_paragraphs_are_merged() -> None:
    mine, theirs = BASE.replace("mardi", "jeudi"), BASE.replace("dirham", "centime")

    assert merged(BASE, mine, theirs) == BASE.replace("mardi", "jeudi").replace("dirham", "centime")


def test_changes_of_two_adjacent_paragraphs_are_merged() -> None:
    mine, theirs = BASE.replace("trois", "quatre"), BASE.replace("La trésorière", "Le trésorier")

    assert merged(BASE, mine, theirs) == BASE.replace("trois", "quatre").replace("La trésorière", "Le trésorier")


def test_two_separate_changes_in_one_paragraph_are_merged_word_by_word() -> None:
    mine, theirs = BASE.replace("mardi", "jeudi"), BASE.replace("portes ouvertes", "à huis clos")

    assert merged(BASE, mine, theirs) == BASE.replace("mardi", "jeudi").replace("portes ouvertes", "à huis clos")


def test_only_the_word_that_both_changed_is_a_conflict() -> None:
    mine = BASE.replace("mardi", "jeudi").replace("trois", "quatre")
    theirs = BASE.replace("mardi", "lundi").replace("dirham", "centime")

    clash, settled = merge_bodies(BASE, mine, theirs)

    assert clash == Clash(blocks_of(BASE)[:1], blocks_of(mine)[:1], blocks_of(theirs)[:1])
    assert settled == [blocks_of(mine)[1], blocks_of(theirs)[2]]


def test_adjacent_words_changed_by_two_people_are_a_conflict() -> None:
    assert merge_words("le chat noir dort", "le chien noir dort", "le chat blanc dort") is None


def test_paragraphs_that_both_added_in_one_place_are_a_conflict() -> None:
    assert merged(BASE, f"{BASE}\n<p>Mon ajout.</p>", f"{BASE}\n<p>Le leur.</p>") is None


def test_a_paragraph_that_both_added_appears_once() -> None:
    both = f"{BASE}\n<p>Le même ajout.</p>"

    assert merged(BASE, f"{both}\n<p>Et le mien.</p>", both) is None
    assert merged(BASE, both.replace("mardi", "jeudi"), both) == both.replace("mardi", "jeudi")


def test_a_paragraph_that_one_removed_and_the_other_changed_is_a_conflict() -> None:
    without = "\n".join(blocks_of(BASE)[:2])

    assert merged(BASE, without, BASE.replace("dirham", "centime")) is None
    assert merged(BASE, BASE.replace("dirham", "centime"), without) is None
    assert merged(BASE, without, BASE.replace("mardi", "jeudi")) == without.replace("mardi", "jeudi")


def test_an_addition_inside_a_passage_that_the_other_removed_is_a_conflict() -> None:
    first, second, third = blocks_of(BASE)
    mine = f"{first}"
    theirs = f"{first}\n{second}\n<p>Ajouté au milieu.</p>\n{third}"

    assert merged(BASE, mine, theirs) is None


def test_a_doubled_paragraph_of_which_each_removed_one_copy_is_not_lost() -> None:
    twice, between = "<p>Collé deux fois, par mégarde.</p>", "<p>Entre les deux copies.</p>"
    base = "\n".join([twice, between, twice])
    mine = "\n".join([between, twice])
    theirs = "\n".join([twice, between])

    assert merged(base, mine, theirs) is None


def test_two_people_who_each_removed_what_the_other_kept_leave_no_empty_text() -> None:
    first, second = "<p>Gardé par l’une.</p>", "<p>Gardé par l’autre.</p>"

    assert merge_bodies(f"{first}\n{second}", first, second) == [Clash([first, second], [first], [second])]


def test_a_paragraph_that_both_moved_to_different_places_is_not_doubled() -> None:
    one, two, three, four, five = (f"<p>Paragraphe {number} du texte, que voici.</p>" for number in "12345")
    base = "\n".join([one, two, three, four, five])
    mine = "\n".join([two, three, one, four, five])
    theirs = "\n".join([two, three, four, five, one])

    assert merged(base, mine, theirs) is None


def test_a_tag_is_never_split_and_overlapping_elements_are_a_conflict() -> None:
    base = "<p>un deux trois quatre cinq six sept</p>"
    bold = "<p>un <strong>deux trois quatre</strong> cinq six sept</p>"
    leaning = "<p>un deux trois <em>quatre cinq six</em> sept</p>"

    assert merged(base, bold, leaning) is None
    assert merged(base, bold, base.replace("sept", "huit")) == bold.replace("sept", "huit")


@pytest.mark.parametrize(
    "reference",
    [
        '<aside class="lire-aussi" data-article="{}"></aside>',
        '<figure class="image" data-image="{}"></figure>',
        '<figure class="image" data-image="7"><figcaption>Le phare, vu de {}, un mardi.</figcaption></figure>',
    ],
)
def test_a_reference_is_merged_as_a_whole(reference: str) -> None:
    base, mine, theirs = (f"{BASE}\n{reference.format(number)}" for number in (1, 2, 3))

    assert merged(base, mine, theirs) is None
    assert merged(base, mine, base.replace("mardi soir", "jeudi soir")) == mine.replace("mardi soir", "jeudi soir")


# --- Properties ---------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["le", "la", "phare", "mer", "digue", "« sel »", "l’eau", "mardi :", "dort.", "<em>vent</em>"])
LINES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
BLOCKS = st.one_of(
    LINES.map("<p>{}</p>".format),
    st.sampled_from(["phare", "mer"]).map("<h2>{}</h2>".format),
    st.sampled_from([1, 2]).map('<aside class="lire-aussi" data-article="{}"></aside>'.format),
    LINES.map("<ul><li>{}</li></ul>".format),
)
BODIES = st.lists(BLOCKS, max_size=6).map(lambda blocks: body.clean("\n".join(blocks)))


@st.composite
def three_texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text and two edits of it: words added and removed, and paragraphs moved."""
    base = draw(st.lists(BLOCKS, min_size=1, max_size=6))

    def rewrite() -> str:
        blocks = list(base)
        for _change in range(draw(st.integers(0, 3))):
            place = draw(st.integers(0, len(blocks)))
            match draw(st.sampled_from(["add", "remove", "word", "word", "word"])):
                case "add":
                    blocks.insert(place, draw(BLOCKS))
                case "remove" if place < len(blocks):
                    blocks.pop(place)
                case "word" if place < len(blocks) and " " in blocks[place]:
                    parts = blocks[place].split(" ")
                    parts[draw(st.integers(0, len(parts) - 1))] = draw(WORDS)
                    blocks[place] = " ".join(parts)
        return body.clean("\n".join(blocks))

    return body.clean("\n".join(base)), rewrite(), rewrite()


@given(BODIES, BODIES)
def test_a_change_by_one_person_only_is_taken(base: str, changed: str) -> None:
    assert merged(base, base, changed) == changed
    assert merged(base, changed, base) == changed
    assert merged(base, changed, changed) == changed


@given(three_texts())
def test_the_merge_does_not_depend_on_who_saved_first(texts: tuple[str, str, str]) -> None:
    base, mine, theirs = texts

    assert merged(base, mine, theirs) == merged(base, theirs, mine)


@given(three_texts())
def test_a_merged_body_is_clean_html(texts: tuple[str, str, str]) -> None:
    both = merged(*texts)
    assume(both is not None)

    assert body.clean(str(both)) == both


@given(three_texts())
def test_a_block_that_both_texts_hold_is_in_the_merged_body(texts: tuple[str, str, str]) -> None:
    base, mine, theirs = texts
    both = merged(base, mine, theirs)
    assume(both is not None)

    kept = Counter(blocks_of(mine)) & Counter(blocks_of(theirs))
    assert not kept - Counter(blocks_of(str(both)))


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\s<>]+", re.sub(r"</?(?:p|h2|ul|li|em)>", " ", text)))


def lost(base: str, mine: str, theirs: str, outcome: str) -> Counter[str]:
    """The words that somebody added and the outcome does not have."""
    put_in = (words_of(mine) - words_of(base)) | (words_of(theirs) - words_of(base))
    return put_in - words_of(outcome)


@given(three_texts())
def test_no_added_word_is_lost_by_the_merge(texts: tuple[str, str, str]) -> None:
    both = merged(*texts)
    assume(both is not None)

    base, mine, theirs = texts
    removed = (words_of(base) - words_of(mine)) + (words_of(base) - words_of(theirs))
    assert not lost(base, mine, theirs, str(both)) - removed


def test_the_control_overwriting_loses_words_where_the_merge_does_not() -> None:
    mine, theirs = BASE.replace("mardi", "jeudi"), BASE.replace("dirham", "centime")

    assert lost(BASE, mine, theirs, outcome=mine) == Counter(["centime"])
    assert not lost(BASE, mine, theirs, outcome=str(merged(BASE, mine, theirs)))


@given(st.text("a <>&\n\u00a0'", max_size=40), st.text("a <>&\n\u00a0'", max_size=40))
def test_the_text_of_a_field_is_merged_without_changing_a_character(base: str, changed: str) -> None:
    assert merge_words(base, changed, base) == changed
    assert merge_words(base, base, changed) == changed


# --- Whole texts --------------------------------------------------------------------------------------------------

CONTENT: dict[str, Any] = {
    "headline": "Le budget de la commune tient en trois lignes",
    "label": "news",
    "body": BASE,
    "section": 1,
    "lead_photo": None,
    "topics": [1, 2],
    "authors": [5],
}


def joined(mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any] | None = CONTENT) -> tuple[Any, set[str]]:
    outcome = merge_contents(base, CONTENT | mine, CONTENT | theirs)
    return outcome.content, set(outcome.clashes)


def test_each_field_is_merged_by_itself() -> None:
    content, clashes = joined({"headline": "Un budget"}, {"label": "analysis", "lead_photo": 9})

    assert not clashes
    assert content == CONTENT | {"headline": "Un budget", "label": "analysis", "lead_photo": 9}


def test_a_choice_that_two_people_changed_differently_is_a_conflict() -> None:
    assert joined({"label": "opinion", "lead_photo": 8}, {"label": "analysis", "lead_photo": 9})[1] == {
        "label", "lead_photo",
    }  # fmt: skip


def test_topics_are_merged_as_a_set() -> None:
    content, clashes = joined({"topics": [2, 3]}, {"topics": [1, 2, 4]})

    assert not clashes
    assert content["topics"] == [2, 3, 4]


def test_authors_keep_their_order_and_sign_once() -> None:
    assert joined({"authors": [4, 5]}, {"authors": [5, 6]}) == (CONTENT | {"authors": [4, 5, 6]}, set())
    assert joined({"authors": [6, 5]}, {"authors": [5, 6]})[1] == {"authors"}
    assert joined({"authors": [5, 7]}, {"authors": [5, 6]})[1] == {"authors"}


def test_a_field_that_older_versions_lack_is_one_choice() -> None:
    outcome = merge_contents(CONTENT, CONTENT, CONTENT | {"follows": 12})
    assert not outcome.clashes
    assert outcome.content["follows"] == 12

    assert set(merge_contents(CONTENT, CONTENT | {"follows": 11}, CONTENT | {"follows": 12}).clashes) == {"follows"}


def test_without_a_common_version_every_difference_is_a_conflict() -> None:
    mine = {"headline": "Le mien", "lead_photo": 3, "body": "<p>Le mien.</p>"}

    assert joined(mine, {"label": "analysis"}, base=None)[1] == {"headline", "lead_photo", "body", "label"}
