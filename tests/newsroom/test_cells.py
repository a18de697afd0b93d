"""A cell or an item holds one line, or paragraphs and lists as they are shown, and no word of a table is lost."""

import pytest
from django.contrib.auth.models import User
from django.template import Context
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.body import render, text_of, with_scrolling_tables
from newsroom.body import clean
from newsroom.templatetags.desk import read_body

ASIDE = '<aside class="lire-aussi" data-article="7"></aside>'


def table(*cells: str) -> str:
    return f"<table><tbody><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></tbody></table>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>a</p>", "a"),
        ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>"),
        ("a<br>b", "a<br>b"),
        ("a<br> <br>b", "<p>a</p><p>b</p>"),
        ("<br>a<br>", "a"),
        ("a<p>b</p>", "<p>a</p><p>b</p>"),
        ("<p></p><p>a</p><p>&nbsp;</p>", "a"),
        ("<ul><li>a</li></ul>", "<ul><li>a</li></ul>"),
        ("a<ul><li>b</li></ul>c", "<p>a</p><ul><li>b</li></ul><p>c</p>"),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("<h2>a</h2>", "a"),
        ("<h3>a</h3><p>b</p>", "<p>a</p><p>b</p>"),
        ("<div>a</div><div><strong>b</strong></div>", "<p>a</p><p><strong>b</strong></p>"),
        ("<blockquote><p>a</p><footer>b</footer></blockquote>", "<p>a</p><p>b</p>"),
        ("a<table><caption>b</caption><tr><td>c</td><td><p>d</p><ul><li>e</li></ul></td></tr></table>f",
         "<p>a</p><p>b</p><p>c</p><p>d</p><ul><li>e</li></ul><p>f</p>"),
        ("", ""), (" ", ""), ("&nbsp;", ""), ("<br>", ""), ("<p><br></p>", ""), ("<ul><li></li></ul>", ""),
        ('<a href="/x/">a</a> b', '<a href="/x/">a</a> b'),
    ],
)  # fmt: skip
def test_a_cell_holds_one_line_or_paragraphs_and_lists(typed: str, kept: str) -> None:
    assert clean(table(typed, "z")) == table(kept, "z")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<ul><li><p>a</p></li></ul>", "<ul><li>a</li></ul>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<ul><li>a<br><br>b</li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<ul><li>a<ul><li>b</li></ul>c</li></ul>", "<ul><li><p>a</p><ul><li>b</li></ul><p>c</p></li></ul>"),
        ("<ul><li>a</li><ol><li>b</li></ol></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("<ul><li>a</li><li style='list-style-type: none'><ul><li>b</li></ul></li></ul>",
         "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ul><li>a</li><li><ul><li>b</li></ul></li></ul>", "<ul><li>a</li><li><ul><li>b</li></ul></li></ul>"),
        ("<ul>a <b>b</b> c<li>d</li></ul>", "<ul><li>a <strong>b</strong> c</li><li>d</li></ul>"),
        ("<ul><li><h2>a</h2><blockquote>b</blockquote></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<ul><li>a<table><td>b<td>c</table>d</li></ul>",
         f"<ul><li><p>a</p><p>d</p></li></ul>\n{table('b', 'c')}"),
    ],
)  # fmt: skip
def test_an_item_holds_one_line_with_its_nested_lists_or_paragraphs_and_lists(typed: str, kept: str) -> None:
    assert clean(typed) == kept
    assert clean(kept) == kept


@pytest.mark.parametrize("block", [ASIDE, '<blockquote class="exergue"><p>x</p></blockquote>'])
def test_what_has_a_place_of_its_own_is_moved_behind_the_table(block: str) -> None:
    assert clean(table(f"a{block}", "b")) == f"{table('a', 'b')}\n{block}"


def test_empty_rows_and_cells_stay_and_rows_without_cells_go() -> None:
    empty = "<table><tbody><tr><td></td><td></td></tr></tbody></table>"
    assert clean(empty) == empty
    assert clean("<table><tr></tr><tr><td> </td><td><br></td></tr></table>") == empty
    assert clean("<table><tr></tr></table>") == ""


def test_the_parts_of_a_table_stand_in_the_order_in_which_browsers_show_them() -> None:
    row = "<tr><td>{}</td></tr>"
    typed = (
        f"<table><tfoot>{row.format('foot')}</tfoot><tbody>{row.format('one')}</tbody>"
        f"<thead>{row.format('head')}</thead><tbody>{row.format('two')}</tbody><thead>{row.format('three')}</thead>"
        "<caption>first</caption><caption>second</caption></table>"
    )

    kept = clean(typed)

    assert text_of(kept) == "first second head one two three foot"
    assert kept.count("<thead>") == kept.count("<caption>") == 1
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        # beyond the last row
        ("<tr><td rowspan=9>a<td rowspan=2>b</tr><tr><td rowspan=3>c</tr>",
         '<tr><td rowspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td></tr>'),
        # over a row without cells, which goes
        ("<tr><td rowspan=2>a<td rowspan=2>b</tr><tr></tr><tr><td>c<td>d</tr>",
         "<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>"),
        # over columns in which no cell begins
        ("<tr><td colspan=3>a</tr><tr><td colspan=2>b<td>c</tr>",
         '<tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr>'),
        ("<tr><td colspan=99>a</tr>", "<tr><td>a</td></tr>"),
        # over another cell
        ("<tr><td>a<td rowspan=2>b</tr><tr><td colspan=2>c</tr>",
         '<tr><td>a</td><td rowspan="2">b</td></tr><tr><td>c</td></tr>'),
        # as they should be
        ("<tr><td rowspan=2>a<td colspan=2>b</tr><tr><td>c<td>d</tr>",
         '<tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr>'),
    ],
)  # fmt: skip
def test_cells_span_what_browsers_show_of_them(typed: str, kept: str) -> None:
    kept = f"<table><tbody>{kept}</tbody></table>"
    assert clean(f"<table>{typed}</table>") == kept
    assert clean(kept) == kept


def test_columns_are_those_of_all_parts_of_a_table() -> None:
    typed = '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>b</td><td>c</td></tr></tbody></table>'
    assert clean(typed) == typed


def test_a_table_of_more_columns_than_any_article_has_keeps_its_words_and_loses_its_spans() -> None:
    typed = "<table><tr><td rowspan=2>x</tr><tr>" + "<td colspan=9>x" * 50 + "</table>"
    assert "span" not in clean(typed)
    assert text_of(clean(typed)).count("x") == 51


def test_the_words_after_a_table_whose_cells_were_left_open_stand_outside_it() -> None:
    assert clean("<table><td>a<td>b</table>c") == f"{table('a', 'b')}\n<p>c</p>"


def test_every_source_of_a_quotation_keeps_its_words() -> None:
    typed = "<blockquote><p>a</p><footer>b</footer><blockquote>c<footer>d</footer></blockquote><footer>e</footer>"
    assert clean(typed) == "<blockquote><p>a</p><p>c</p><footer>b<br>e<br>d</footer></blockquote>"


BLOCKS = [
    "p",
    "h2",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "caption",
    "thead",
    "blockquote",
    "footer",
    "div",
    "b",
]
SIGNS = [*(f"<{tag}>" for tag in BLOCKS), *(f"</{tag}>" for tag in BLOCKS), "<br>", " ", "&nbsp;", ASIDE]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=30))
def test_tables_and_lists_of_any_shape_keep_every_word_and_settle(pieces: list[str]) -> None:
    words = [f"m{number}m" for number in range(len(pieces))]
    html = "".join(f"{piece}{word}" for piece, word in zip(pieces, words, strict=True))

    cleaned = clean(html)

    assert clean(cleaned) == cleaned
    assert sorted(text_of(cleaned).replace("mm", "m m").replace("\u00a0", " ").split()) == sorted(words)


# --- Readers ------------------------------------------------------------------------------------------------------


def test_a_table_stands_in_a_frame_that_scrolls_for_the_keyboard_too() -> None:
    body = clean(f"<p>a</p>{table('b')}<p>c</p>{table('d')}")

    shown = render(body, articles={}, images={})

    assert shown.count('<div class="table" role="group" tabindex="0" aria-label="Tableau"><table>') == 2
    assert shown.count("</table></div>") == 2
    assert with_scrolling_tables("<p>a</p>") == "<p>a</p>"


def test_the_plain_text_of_cells_glues_no_words_together() -> None:
    body = clean(table("<p>un</p><p>deux</p>", "<ul><li>trois</li><li>quatre</li></ul>", "cinq"))
    assert text_of(body) == "un deux trois quatre cinq"


@pytest.mark.django_db
def test_staff_who_only_read_a_text_see_its_tables_in_such_frames_too(journalist: User) -> None:
    request = RequestFactory().get("/redaction/")
    request.user = journalist

    shown = read_body(Context({"request": request}), table("<p>a</p><p>b</p>", "c"))

    assert '<div class="table" role="group" tabindex="0" aria-label="Tableau"><table>' in shown
