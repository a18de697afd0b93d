"""Words that their source does not count as text are left out of a body, and a line says so; inserted ones stay."""

import pytest
from django.test import Client

from articles.body import text_of
from newsroom import body
from newsroom.models import Story

from .desk import messages_of
from .story_post import address, typed

WORD = (
    "<p>Le maire a <span class=msoDel><del>détourné</del></span><span class=msoIns><ins>obtenu</ins></span> "
    "trois millions.</p>"
)
WORD_COMMENT = """<p class=MsoNormal>Le maire a <a
style='mso-comment-reference:NB_1;mso-comment-date:20261201T0900'>obtenu </a><span
class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]><a class=msocomanchor
id="_anchor_1" href="#_msocom_1" name="_msoanchor_1">[NB1]</a><![endif]><span
style='mso-special-character:comment'>&nbsp;</span></span></span> trois millions.</p>
<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1
width="33%"><![endif]><div style='mso-element:comment'><div id="_com_1" class=msocomtxt><span
style='mso-comment-author:"Nadia"'><p class=MsoCommentText>Source : Karim, du cabinet.</p></span></div></div></div>"""


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (WORD, "Le maire a obtenu trois millions."),
        (WORD_COMMENT, "Le maire a obtenu trois millions."),
        ("<p>a <del>b</del> c</p>", "a c"),
        ("<p>a <del>b <ins>bis</ins></del> c</p>", "a c"),
        ("<p>a <ins>b <del>bis</del></ins> c</p>", "a b c"),
        ("<p>a <s>b</s> <strike>c</strike> d</p>", "a d"),
        ("<del><p>un</p><p>deux</p></del><p>trois</p>", "trois"),
        ("<p>un</p><ul><li><del>deux</del></li><li>trois</li></ul>", "un trois"),
        ("<p>a <span style='text-decoration:line-through'>b</span> c</p>", "a c"),
        ("<p>a <span style='TEXT-DECORATION : underline LINE-THROUGH'>b</span> c</p>", "a c"),
        ("<p>a <span style='color:red;text-decoration-line: line-through'>b</span> c</p>", "a c"),
        ("<p>a <font style='text-decoration: line-through'><font color=red>b</font> b</font> c</p>", "a c"),
        ("<p>a <b style='text-decoration:line-through'>b</b> <b>c</b></p>", "a c"),
        ('<p>a <del cite="mailto:x" datetime="2026-12-01T09:00">b</del> c</p>', "a c"),
        ("<p>a <span style='display:none'>b</span> c</p>", "a c"),
        ("<p>a <span style='display : none !important'>b</span> c</p>", "a c"),
        ("<p>a <span style='mso-hide:all'>b</span> c</p>", "a c"),
        ("<p>a <span style='visibility:hidden'>b</span> c</p>", "a c"),
        ("<p>a <span style='font-size:0'>b</span> <span style='font-size:0px;x:y'>b</span> c</p>", "a c"),
        ("<p>a <span style='font-size:0.9em'>b</span> c</p>", "a b c"),
        ("<p>a <span style='opacity:0'>b</span> <span style='opacity:0.5'>c</span></p>", "a c"),
        ("<p>a <span hidden>b</span> c</p>", "a c"),
        ("<p hidden>a</p><p>b</p>", "b"),
        ("<div style='display:none'><p>a</p><table><tr><td>b</td></tr></table></div><p>c</p>", "c"),
        ("<table><tr><td>a</td><td><del>b</del></td></tr></table>", "a"),
        ("<p>a <!--[if gte mso 9]><b>b</b><![endif]--> c</p>", "a c"),
        ("<p>a <![if !supportLists]>b<![endif]> c</p>", "a b c"),
        ("<p>a <span style='mso-comment-reference:NB_1'>b</span> c</p>", "a b c"),
        ("<p>a <u>b</u> <span style='text-decoration:underline'>c</span></p>", "a b c"),
        ("<p>a <span class=delicat>b</span></p>", "a b"),
    ],
)
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
