"""The body of an article: its references, its plain text, and its HTML as readers get it.

A stored body is plain HTML with empty elements for what can change (`newsroom.body.clean` leaves exactly these):

    <aside class="lire-aussi" data-article="123"></aside>
    <figure class="image" data-image="45"></figure>            or with a <figcaption>
    <figure class="embed" data-embed="https://…"></figure>

They are filled in when the page is read; one whose target is not public shows nothing.
"""

import re
from dataclasses import dataclass
from html import unescape

ARTICLE = re.compile(r'<aside class="lire-aussi" data-article="(\d+)"></aside>')
IMAGE = re.compile(r'<figure class="image" data-image="(\d+)">(?:<figcaption>(.*?)</figcaption>)?</figure>', re.DOTALL)
EMBED = re.compile(r'<figure class="embed" data-embed="([^"]+)"></figure>')
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class References:
    """The numbers a body refers to, each once, in the order of the text."""

    articles: list[int]
    images: list[int]


def references(body: str) -> References:
    """What a cleaned body refers to."""
    return References(
        articles=list(dict.fromkeys(int(number) for number in ARTICLE.findall(body))),
        images=list(dict.fromkeys(int(number) for number, _caption in IMAGE.findall(body))),
    )


def text_of(body: str) -> str:
    """The words of a body, without its elements."""
    return " ".join(unescape(TAG.sub(" ", body)).split())
