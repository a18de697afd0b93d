"""The plain links of a body, and the destination of each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve

from .tree import Element, every_element, parse

MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Destination(Enum):
    """What kind of page a link leads to."""

    ELSEWHERE = auto()  # another site, a mailbox, or a page of ours that is no article
    NOWHERE = auto()  # the address is not a whole one
    MISSING = auto()  # our own site has no such page
    DESK = auto()
    ARTICLE = auto()


@dataclass(frozen=True)
class Link:
    """A link of a body: its address as written, and the number of the article of ours that it leads to (0: none)."""

    address: str
    destination: Destination
    article: int = 0


def linked_articles(html: str) -> list[int]:
    """The numbers of our articles that a body has plain links to, each once."""
    links = links_of(every_element(parse(html)))
    return list(dict.fromkeys(link.article for link in links if link.destination is Destination.ARTICLE))


def links_of(elements: Iterable[Element]) -> Iterator[Link]:
    return (_link(each.attributes.get("href", "")) for each in elements if each.tag == "a")


def _link(address: str) -> Link:
    nowhere, elsewhere = Link(address, Destination.NOWHERE), Link(address, Destination.ELSEWHERE)
    if any(character.isspace() for character in address.strip()):
        return nowhere
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return nowhere
    if parts.scheme == "mailto":
        return elsewhere if MAILBOX.fullmatch(parts.path) else nowhere
    if parts.scheme not in ("", "http", "https"):
        return nowhere
    if parts.netloc and parts.netloc != urlsplit(settings.SITE_URL).netloc:
        has_site = "." in host.strip(".") or ":" in host  # a name with its domain, or an IPv6 address
        return elsewhere if parts.scheme and has_site else nowhere
    if not parts.netloc and (parts.scheme or not parts.path.startswith("/")):
        return nowhere
    return _link_to_us(address, parts.path)


def _link_to_us(address: str, page: str) -> Link:
    if page.startswith(settings.SESSION_COOKIE_PATH):
        return Link(address, Destination.DESK)
    if page.startswith((settings.STATIC_URL, settings.MEDIA_URL)):  # a file
        return Link(address, Destination.ELSEWHERE)
    match = _page_at(page)
    if match is None:
        return Link(address, Destination.MISSING)
    if match.url_name in ("article", "short"):
        return Link(address, Destination.ARTICLE, match.kwargs["number"])
    return Link(address, Destination.ELSEWHERE)


def _page_at(page: str) -> ResolverMatch | None:
    """The page that readers get at this path. When the last slash is missing, they are redirected to it."""
    for path in (page or "/", f"{page}/"):
        try:
            return resolve(path, "articles.urls")
        except Resolver404:
            continue
    return None
