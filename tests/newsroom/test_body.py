"""What the cleaner keeps, what it takes away, and that it says the same thing twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.body import references
from newsroom.body import clean

KEPT = [
    "<p>Un texte, <strong>gras</strong> et <em>italique</em>, le 1<sup>er</sup> novembre.</p>",
    "<h2>Un intertitre</h2>\n<p>Suite.</p>",
    '<p><a href="https://fanal.example/page?a=1&amp;b=2">ici</a> et <a href="/societe/">là</a></p>',
    '<aside class="lire-aussi" data-article="12"></aside>',
    '<figure class="image" data-image="45"></figure>',
    '<figure class="image" data-image="45"><figcaption>Une <em>légende</em>.</figcaption></figure>',
    '<figure class="embed" data-embed="https://www.youtube.com/watch?v=abc"></figure>',
    '<blockquote class="exergue"><p>« Oui. »</p><footer>Une passante</footer></blockquote>',
    '<blockquote lang="ar" dir="rtl"><p>الماء</p></blockquote>',
    "<ul><li>un</li><li>deux</li></ul>",
    '<table><tbody><tr><th scope="row">A</th><td colspan="2">B</td></tr></tbody></table>',
    "<p>Prix : 12\u202f000\u00a0DH &lt; 13\u202f000</p>",
]


@pytest.mark.parametrize("html", KEPT)
def test_what_a_body_may_hold_stays_to_the_letter(html: str) -> None:
    assert clean(html) == html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>a</p><script>alert(1)</script><p>b</p>", "<p>a</p><p>b</p>"),
        ('<p onclick="x()" style="color:red">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p>a</p>"),
        ('<p><a href="JaVa\tScript:alert(1)">a</a></p>', "<p>a</p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p>a</p>"),
        ('<p><a href="//evil.example/">a</a></p>', "<p>a</p>"),
        ('<p><a href="/\\evil.example/">a</a></p>', "<p>a</p>"),
        ('<p><a href="#_ftn1">1</a></p>', "<p>1</p>"),
        (
            '<p><a href="https://www.google.com/url?q=https://fanal.example/x&amp;sa=D">a</a></p>',
            '<p><a href="https://fanal.example/x">a</a></p>',
        ),
        ('<p>a<img src="https://evil.example/p.gif"></p>', "<p>a</p>"),
        ('<figure><img src="https://evil.example/p.gif"><figcaption>x</figcaption></figure><p>a</p>', "<p>a</p>"),
        ("<svg><script>alert(1)</script></svg><p>a</p>", "<p>a</p>"),
        ("<p>a <b>b</b> <i>c</i></p>", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("<h1>t</h1>", "<h2>t</h2>"),
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<p>&nbsp;</p><p>a</p><p><br></p><h2> </h2>", "<p>a</p>"),
        ("<p>a&nbsp;: b</p>", "<p>a\u00a0: b</p>"),
        ('<aside data-article="12" class="lire-aussi x"><p>Titre ancien</p></aside>', KEPT[3]),
        ('<aside class="lire-aussi" data-article="12;x"></aside><p>a</p>', "<p>a</p>"),
        ('<aside class="lire-aussi" data-article="１２"></aside><p>a</p>', "<p>a</p>"),
        ('<figure class="image" data-image="45"><img src="/x.jpg"></figure>', KEPT[4]),
        ('<figure class="embed" data-embed="https://evil.example/"></figure><p>a</p>', "<p>a</p>"),
    ],
)
def test_what_a_body_may_not_hold_is_taken_away_and_the_words_stay(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_the_references_of_a_cleaned_body_are_the_ones_readers_get() -> None:
    body = clean(
        '<p>a</p><aside data-article="3" class="lire-aussi">x</aside><figure data-image="4" class="image"></figure>'
    )

    assert references(body).articles == [3]
    assert references(body).images == [4]


TAGS = ["p", "b", "i", "div", "h1", "h2", "ul", "li", "a", "aside", "figure", "figcaption", "blockquote", "footer"]
TAGS += ["table", "tr", "td", "script", "svg", "style", "span", "em", "br"]
ATTRIBUTES = [
    "",
    ' href="javascript:x"', ' href="/a"', ' href="https://b.example/?q=&quot;"', ' class="lire-aussi"', ' onload="x"',
    ' class="lire-aussi" data-article="7"', ' class="image" data-image="8"', ' class="exergue"', ' data-article="<b>"',
]  # fmt: skip
pieces = st.one_of(
    st.builds(lambda tag, attribute: f"<{tag}{attribute}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds(lambda tag: f"</{tag}>", st.sampled_from(TAGS)),
    st.sampled_from(["mot", "&nbsp;", " ", "&lt;script&gt;", "<!-- x -->", "&#106;", "<", ">", '"', "«\u00a0"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
def test_cleaning_twice_changes_nothing_more(html: str) -> None:
    once = clean(html)

    assert clean(once) == once


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
def test_nothing_that_runs_comes_through(html: str) -> None:
    body = clean(html).lower()

    for danger in ("<script", "<svg", "<style", "<img", "javascript:", "onload=", "<iframe", "style="):
        assert danger not in body
