"""The body of an article: its references, its plain text, and its HTML as readers get it.

A stored body is plain HTML with empty elements for what can change (`newsroom.body.clean` leaves exactly these):

    <aside class="lire-aussi" data-article="123"></aside>
    <figure class="image" data-image="45"></figure>            or with a <figcaption>
    <figure class="embed" data-embed="https://…"></figure>

They are filled in when the page is read. A reference whose target is not public shows nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Article, Image
from .pictures import caption_of, draw, is_portrait, mention_of
from .wording import one_spaced, sentence

# The blocks that a body may hold beside text, lists, tables and quotations, as they are stored.
BLOCKS = {
    "read also": '<aside class="lire-aussi" data-article="1"></aside>',
    "image": '<figure class="image" data-image="1"></figure>',
    "embed": '<figure class="embed" data-embed="https://www.youtube.com/watch?v=1"></figure>',
    "pull quote": '<blockquote class="exergue"><p>Une phrase.</p></blockquote>',
}
ARTICLE = re.compile(r'<aside class="lire-aussi" data-article="(\d+)"></aside>')
IMAGE = re.compile(r'<figure class="image" data-image="(\d+)">(?:<figcaption>(.*?)</figcaption>)?</figure>', re.DOTALL)
EMBED = re.compile(r'<figure class="embed" data-embed="([^"]+)"></figure>')
TAG = re.compile(r"<[^>]*>")
TABLE = re.compile(r"^<table>.*</table>$", re.MULTILINE)
LAST_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class References:
    """The numbers a body refers to, each once, in the order of the text."""

    articles: list[int]
    images: list[int]


def references(body: str) -> References:
    """List the articles and images that a cleaned body refers to."""
    return References(
        articles=list(dict.fromkeys(int(number) for number in ARTICLE.findall(body))),
        images=list(dict.fromkeys(int(number) for number, _caption in IMAGE.findall(body))),
    )


def text_of(body: str) -> str:
    """The words of a body without its elements, one space between them."""
    return one_spaced(unescape(TAG.sub(" ", body)))


def render(body: str, *, articles: Mapping[int, Article], images: Mapping[int, Image]) -> SafeString:
    """The HTML that readers get. A reference whose target is not public leaves no trace in it.

    `body` is cleaned HTML; `articles` and `images` are the live targets by number, from the caller's queries.
    """
    text = ARTICLE.sub(lambda match: _lire_aussi(articles.get(int(match[1]))), body)
    text = IMAGE.sub(lambda match: _figure(images.get(int(match[1])), match[2]), text)
    text = with_scrolling_tables(EMBED.sub(lambda match: _embed(unescape(match[1])), text))
    return mark_safe(LAST_PARAGRAPH.sub(r'<p class="fin">\1</p>', text))  # noqa: S308  (cleaned by newsroom.body.clean)


def with_scrolling_tables(body: str) -> str:
    """`body` with each table in a frame: a wide one scrolls there, with the keyboard too, and not the page."""
    opening = format_html('<div class="table" role="group" tabindex="0" aria-label="{}">', pgettext("passage", "Table"))
    return TABLE.sub(lambda match: f"{opening}{match[0]}</div>", body)


def takes_drop_cap(body: str) -> bool:
    """Whether the text starts with a letter. A drop cap would swallow an opening « or dash."""
    return text_of(body)[:1].isalpha()


def _lire_aussi(target: Article | None) -> str:
    if target is None:
        return ""
    return format_html(
        '<aside class="lire-aussi"><a href="{}"><span>{}</span> {}</a></aside>',
        target.get_absolute_url(),
        _("Read also:"),
        target.headline,
    )


def _figure(image: Image | None, caption: str | None) -> str:
    if image is None or not (picture := draw(image, "full", "text")):
        return ""
    return format_html(
        '<figure class="image{}">{}{}<figcaption>{}</figcaption></figure>',
        " image--portrait" if is_portrait(image) else "",
        picture,
        mention_of(image),
        caption_of(image, mark_safe(sentence(caption)) if caption else ""),  # noqa: S308  (part of the cleaned body)
    )


def _embed(address: str) -> str:
    """A plain link, so that the page asks nothing of another site. Empty for an address that is not https."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme != "https" or not parts.hostname:
        return ""
    return format_html(
        '<figure class="embed"><p class="embed__do"><a href="{}" rel="noopener nofollow">{}</a></p></figure>',
        address,
        _("See on %(site)s") % {"site": parts.hostname.removeprefix("www.")},
    )
