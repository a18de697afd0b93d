"""The tags and the words of any markup, in order, each character looked at a fixed number of times."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

# What is in them is no markup.
RAW = frozenset({
    "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp",
})  # fmt: skip
READ_ATTRIBUTES = frozenset({
    "class", "colspan", "data-article", "data-embed", "data-image", "hidden", "href", "rowspan", "scope", "style",
})  # fmt: skip

NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
NO_TAG = re.compile(r"<(?:<(?![a-zA-Z!?/]))*")
PLAIN_END = re.compile(r"[\s/]*>")
ATTRIBUTE = re.compile(r"[\s/]*([^\s/>][^\s/>=]*)(\s*=\s*)?")
BARE_VALUE = re.compile(r"[^\s>]*")
COMMENT_END = re.compile(r"--!?>")


class Tag(NamedTuple):
    """A start tag with the attributes that are read, or an end tag."""

    name: str
    is_end: bool
    attributes: dict[str, str]


def tokens(html: str) -> Iterator[Tag | str]:
    """The tags and the words of `html`, in order, without comments and without what stands in scripts and the like.

    A `<` that begins no tag is a word. So is one that no `>` follows, and a quote that never ends is none: no word is
    lost to a tag that was left open.
    """
    last = html.rfind(">")
    place = 0
    while True:
        start = html.find("<", place)
        if start < 0 or start > last:
            break
        if start > place:
            yield unescape(html[place:start])
        if match := NAME.match(html, start):
            tag, place = _tag(html, match, last)
            yield tag
            if tag.name in RAW and not tag.is_end:
                place = _end_of_raw(html, tag.name, place)
        elif html.startswith("<!--", start):
            place = _end_of_comment(html, start)
        elif html.startswith(("<!", "<?", "</"), start):
            place = html.find(">", start) + 1
        else:
            run = NO_TAG.match(html, start)
            place = run.end() if run else start + 1
            yield html[start:place]
    if place < len(html):
        yield unescape(html[place:])


def _tag(html: str, match: re.Match[str], last: int) -> tuple[Tag, int]:
    """The tag that starts at `match`, and where it ends."""
    name, place = match[2].lower(), match.end()
    attributes: dict[str, str] = {}
    while not (end := PLAIN_END.match(html, place)):
        found = ATTRIBUTE.match(html, place)
        if found is None:  # the text ends within the tag
            return Tag(name, bool(match[1]), attributes), len(html)
        value, place = "", found.end()
        if found[2]:
            value, place = _value(html, place, last)
        if (attribute := found[1].lower()) in READ_ATTRIBUTES:
            attributes.setdefault(attribute, unescape(value))
    return Tag(name, bool(match[1]), attributes), end.end()


def _value(html: str, place: int, last: int) -> tuple[str, int]:
    quote = html[place : place + 1]
    if quote in ("'", '"'):
        end = html.find(quote, place + 1)
        if 0 <= end < last:
            return html[place + 1 : end], end + 1
        place += 1  # a quote that never ends
    bare = BARE_VALUE.match(html, place)
    assert bare is not None  # noqa: S101 (it matches the empty string)
    return bare[0], bare.end()


def _end_of_raw(html: str, name: str, place: int) -> int:
    """Where the end tag of a raw element begins; the end of the text when it has none."""
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, place)
    return end.start() if end else len(html)


def _end_of_comment(html: str, start: int) -> int:
    for abrupt in ("<!-->", "<!--->"):
        if html.startswith(abrupt, start):
            return start + len(abrupt)
    end = COMMENT_END.search(html, start + 4)
    return end.end() if end else len(html)
