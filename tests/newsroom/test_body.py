"""The cleaner keeps the elements that `articles.body` reads, and removes all that runs, loads or hides."""

import re

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.body import references, text_of
from newsroom.body import clean
from newsroom.body.cleaning import KEPT_ATTRIBUTES, KEPT_TAGS
from newsroom.body.inline import EMBED_HOSTS

NO_BREAK = "\u00a0"

# --- What a text is made of ---------------------------------------------------------------------------------------

CANONICAL = [
    "<p>Un paragraphe, <strong>gras</strong>, <em>italique</em>, 1<sup>er</sup>, H<sub>2</sub>O.</p>",
    "<h2>Un intertitre</h2>\n<h3>Un sous-titre</h3>",
    "<p>Une ligne<br>et une autre.</p>",
    "<ul><li>un</li><li>deux<ul><li>deux et demi</li></ul></li></ul>\n<ol><li>premier</li></ol>",
    "<blockquote><p>Une citation.</p></blockquote>",
    '<blockquote class="exergue"><p>Une phrase mise en avant.</p><footer>La trésorière</footer></blockquote>',
    '<p><a href="https://exemple.ma/page?a=1&amp;b=2">un lien</a> et <a href="/politique/">un autre</a>.</p>',
    '<p><a href="mailto:redaction@fanal.example">écrire</a></p>',
    '<table><tbody><tr><th scope="col">An</th><td colspan="2">2027</td></tr>'
    "<tr><td>a</td><td>b</td><td>c</td></tr></tbody></table>",
    '<p>Avant.</p>\n<aside class="lire-aussi" data-article="123"></aside>\n<p>Après.</p>',
    '<figure class="image" data-image="45"></figure>',
    '<figure class="image" data-image="45"><figcaption>Le phare, <em>mardi</em>.</figcaption></figure>',
    '<figure class="embed" data-embed="https://www.youtube.com/watch?v=abc&amp;t=3"></figure>',
    f"<p>«{NO_BREAK}Vraiment\u202f?{NO_BREAK}», a-t-il dit.</p>",
]


@pytest.mark.parametrize("body", CANONICAL)
def test_clean_html_is_left_unchanged(body: str) -> None:
    assert clean(body) == body


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>a <b>b</b> <i>c</i></p>", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("<h1>Titre</h1>", "<h2>Titre</h2>"),
        ("<h2><strong>Titre</strong><br>en deux</h2>", "<h2>Titre en deux</h2>"),
        ("<p>&nbsp;</p><p>a</p><p><br></p><p><strong> </strong></p>", "<p>a</p>"),
        ("<p>Vraiment&nbsp;?</p>", f"<p>Vraiment{NO_BREAK}?</p>"),
        ("des mots nus", "<p>des mots nus</p>"),
        ("<div>un</div><div>deux</div>", "<p>un</p>\n<p>deux</p>"),
        ("<p>un<br><br>deux</p>", "<p>un</p>\n<p>deux</p>"),
        ("<blockquote>nue</blockquote>", "<blockquote><p>nue</p></blockquote>"),
        ("<ul><li><p>un</p></li><li></li></ul>", "<ul><li>un</li></ul>"),
        ("<ul><li>un</li><ul><li>dedans</li></ul></ul>", "<ul><li>un<ul><li>dedans</li></ul></li></ul>"),
        ("<p>a\r\n  b\u200b</p>\r\n\r\n<p>c</p>", "<p>a b</p>\n<p>c</p>"),
        ("<p><strong>a</strong><strong>b</strong></p>", "<p><strong>ab</strong></p>"),
        ("<p><u>souligné</u> <font color=red>rouge</font></p>", "<p>souligné rouge</p>"),
    ],
)
def test_other_markup_is_rewritten_to_our_elements(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_an_empty_text_becomes_an_empty_string() -> None:
    assert [clean(empty) for empty in ("", " \n", "<p></p>", "<div><p>&nbsp;</p></div>", "<!-- -->")] == [""] * 5


# --- References ---------------------------------------------------------------------------------------------------


def test_a_reference_loses_what_the_editor_drew_inside_it() -> None:
    shown = '<aside data-article="7" class="lire-aussi cke_widget"><a href="/x/">Le titre du jour</a></aside>'
    assert clean(shown) == '<aside class="lire-aussi" data-article="7"></aside>'


def test_a_picture_keeps_its_caption_as_inline_text() -> None:
    shown = '<figure data-image="7" class="image"><img src="/x"><figcaption><p>Le <b>port</b></p></figcaption></figure>'
    expected = '<figure class="image" data-image="7"><figcaption>Le <strong>port</strong></figcaption></figure>'
    assert clean(shown) == expected


@pytest.mark.parametrize("number", ["", "0", "-1", "1.5", "x", "١٢", "1 or 1=1", "9" * 19, "7&quot;"])
def test_a_reference_without_a_valid_number_is_removed(number: str) -> None:
    body = f'<aside class="lire-aussi" data-article="{number}"></aside><figure class="image" data-image="{number}">'
    assert clean(body) == ""


def test_an_unclosed_reference_does_not_swallow_the_text_after_it() -> None:
    body = '<aside class="lire-aussi" data-article="7"><p>La suite.</p>'
    assert clean(body) == '<aside class="lire-aussi" data-article="7"></aside>\n<p>La suite.</p>'


def test_a_reference_inside_a_paragraph_is_moved_after_it() -> None:
    aside = '<aside class="lire-aussi" data-article="7"></aside>'
    for around in ("<ul><li>un {}</li></ul>", "<blockquote><p>un</p>{}</blockquote>", "<table><tr><td>un {}</table>"):
        body = clean(around.format(aside))
        assert body.endswith(f"\n{aside}")
        assert references(body).articles == [7]


@pytest.mark.parametrize(
    "address",
    [
        "http://www.youtube.com/watch?v=1",
        "https://youtube.com.evil.example/",
        "https://evil.example/",
        "https://www.youtube.com@evil.example/",
        "https://www.youtube.com:8443/",
        "https://www.youtube.com/&quot;onload=x",
        "javascript:alert(1)",
        "//www.youtube.com/",
    ],
)
def test_an_embed_of_another_site_or_with_a_disguised_address_is_removed(address: str) -> None:
    assert clean(f'<figure class="embed" data-embed="{address}"></figure>') == ""


# --- Links --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " java&#9;script:alert(1)", "java&#x0A;script:alert(1)",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "//evil.example", "/\\evil.example", "\\\\evil",
        "#_ftn1", "#_Toc1", "relative.html", "ftp://x/", "file:///etc/passwd", "blob:x", "https:evil", "http://[", "",
        "https://www.google.com/url?q=javascript:alert(1)", "/&#9;/evil.example",
    ],
)  # fmt: skip
def test_a_link_with_a_forbidden_address_is_replaced_by_its_words(href: str) -> None:
    assert clean(f'<p><a href="{href}">mots</a></p>') == "<p>mots</p>"


def test_a_link_through_google_is_replaced_by_its_target() -> None:
    typed = '<p><a href="https://www.google.com/url?q=https://exemple.ma/a%3Fb%3D1&amp;sa=D&amp;ust=1">mots</a></p>'
    assert clean(typed) == '<p><a href="https://exemple.ma/a?b=1">mots</a></p>'


# --- Paste --------------------------------------------------------------------------------------------------------


def test_a_paste_from_word_becomes_plain_html() -> None:
    pasted = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style>
    <!--[if gte mso 9]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]--></head><body lang=FR>
    <p class=MsoNormal style='margin:0'><b><span style='font-size:14.0pt'>Le port</span></b><o:p></o:p></p>
    <p class=MsoNormal>Le conseil<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a> s’est
    r&eacute;uni.<o:p>&nbsp;</o:p></p></body></html>"""
    assert clean(pasted) == "<p><strong>Le port</strong></p>\n<p>Le conseil[1] s’est réuni.</p>"


def test_a_paste_from_google_docs_becomes_plain_html() -> None:
    pasted = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span
    style="font-weight:400;font-style:normal">Le </span><span style="font-weight:700">port</span><span
    style="font-style:italic"> franc</span></p><br /><h2 dir="ltr"><span>Suite</span></h2></b>"""
    assert clean(pasted) == "<p>Le <strong>port</strong><em> franc</em></p>\n<h2>Suite</h2>"


# --- What attacks -------------------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.gif'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<title><img src=x onerror=alert(1)></title>",
    "<iframe src=javascript:alert(1)></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<p style='background:url(javascript:alert(1))' onclick=alert(1)>mots</p>",
    "<a href='javascript:alert(1)'>mots</a><a href=x onmouseover=alert(1)>mots</a>",
    "<base href=https://evil.example/><link rel=stylesheet href=//evil.example/x><meta http-equiv=refresh content=0>",
    "<form action=https://evil.example><input name=x autofocus onfocus=alert(1)><button formaction=javascript:1>x",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>mots</details><marquee onstart=alert(1)>mots</marquee>",
    "<figure class='embed' data-embed='https://www.youtube.com/\"><script>alert(1)</script>'></figure>",
    "<aside class='lire-aussi' data-article='1\" onclick=\"alert(1)'></aside>",
    "<figure class='image' data-image='1'><figcaption><img src=x onerror=alert(1)>mots</figcaption></figure>",
    "<blockquote class='exergue\" onclick=\"x'><p>mots</p></blockquote>",
    "<table background=javascript:alert(1)><td background=x onclick=alert(1)>mots</table>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "<p>mots</p\x00><scr\x00ipt>alert(1)</scr\x00ipt>",
    "<<script>alert(1)//<</script>",
    "<p id=x class=y data-z=1 contenteditable>mots</p>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<select><style><img src=x onerror=alert(1)></style></select>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def assert_harmless(body: str) -> None:
    """Fails unless a browser would find only allowed elements and attributes, and links to allowed addresses."""
    for element in html5lib.parseFragment(body, namespaceHTMLElements=False).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in KEPT_TAGS, body
        assert element.attrib.keys() <= KEPT_ATTRIBUTES.get(element.tag, set()), body
        if "href" in element.attrib:
            assert re.match(r"https?://[^/]|mailto:|/(?![/\\])", element.attrib["href"], re.IGNORECASE), body
        if "data-embed" in element.attrib:
            assert element.attrib["data-embed"].split("/")[2] in EMBED_HOSTS, body


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_cleaned_to_harmless_html_that_cleaning_no_longer_changes(attack: str) -> None:
    for around in ("{}", "<p>Avant {} après</p>", "<ul><li>{}</li></ul>", "<blockquote>{}"):
        body = clean(around.format(attack))
        assert_harmless(body)
        assert clean(body) == body


def test_the_control_an_uncleaned_attack_fails_the_assertion() -> None:
    with pytest.raises(AssertionError):
        assert_harmless("<p><img src=x onerror=alert(1)></p>")


@pytest.mark.parametrize("tag", ["script", "style", "iframe", "svg", "template", "noscript", "title", "object"])
def test_a_script_or_a_style_is_removed_with_its_contents(tag: str) -> None:
    assert clean(f"<p>avant</p><{tag}>dedans</{tag}><p>après</p>") == "<p>avant</p>\n<p>après</p>"


def test_a_deeply_nested_text_keeps_its_words() -> None:
    for tag in ("b", "blockquote", "div", "ul><li", "table><td"):
        assert text_of(clean(f"<{tag}>" * 3000 + "mots")) == "mots"


def test_markup_that_each_cleaning_changes_again_is_reduced_to_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroom.body.cleaning.PASSES", 0)
    assert clean("<p>a &amp; <b>b</b>\n c</p><script>x</script>") == "<p>a &amp; b c</p>"


# --- Properties ---------------------------------------------------------------------------------------------------

TAGS = [
    *sorted(KEPT_TAGS), "b", "i", "h1", "h4", "div", "span", "img", "script", "style", "svg", "math", "button", "form",
    "a href=javascript:x", "a href=/x", "a href=//x", "p onclick=x", 'aside class="lire-aussi" data-article="3"',
    'figure class="image" data-image="4"', 'figure class="embed" data-embed="https://youtu.be/x"',
    'blockquote class="exergue"', 'span style="font-weight:bold"', "select", "option", "col", "nobr", "font", "pre",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag.split()[0]}>"),
    st.sampled_from(["mots", " ", "&nbsp;", "\n", "&lt;", "&amp;amp;", "<!--", "-->", "<br>", "«", "<", '"', "]]>"]),
    st.text(max_size=6),
)
MARKUP = st.lists(PIECES, max_size=25).map("".join)


@settings(max_examples=400)
@given(MARKUP)
@example("<p>a<button><p>x</p>b</button>c</p>")
def test_cleaning_a_clean_text_changes_nothing(html: str) -> None:
    body = clean(html)
    assert clean(body) == body


@settings(max_examples=400)
@given(MARKUP)
def test_no_script_survives_the_cleaning_of_any_html(html: str) -> None:
    body = clean(html)
    assert_harmless(body)
    assert "\x00" not in body


@settings(max_examples=200)
@given(st.lists(st.text("abcé«» '’<>&", min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_no_word_is_lost_by_the_cleaning(paragraphs: list[str]) -> None:
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in paragraphs]
    body = clean("".join(f"<div><p>{text}</p></div>" for text in escaped))
    assert text_of(body).split() == " ".join(paragraphs).split()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>a <br> b</p>", "<p>a<br>b</p>"),
        ("<p>a<strong><br>b</strong></p>", "<p>a<br><strong>b</strong></p>"),
        ("<p><em>a <br></em> b</p>", "<p><em>a</em><br>b</p>"),
        ("<p><em>a<br></em><br>b</p>", "<p><em>a</em><br>b</p>"),
        ("<p><strong><br>a</strong><br></p>", "<p><strong>a</strong></p>"),
        (f"<p>a{NO_BREAK}<br>b</p>", f"<p>a{NO_BREAK}<br>b</p>"),
    ],
)
def test_a_line_break_stands_outside_the_formats_and_without_spaces_beside_it(typed: str, kept: str) -> None:
    assert clean(typed) == kept
    assert clean(kept) == kept
