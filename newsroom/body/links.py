"""The plain links of a body, and where each leads."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve

from .tree import Element, every_element, parse

MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Way(Enum):
    """Where a link leads."""

    ELSEWHERE = auto()
    NOWHERE = auto()
    MISSING = auto()  # to our own site, where there is no such page
    DESK = auto()
    ARTICLE = auto()


@dataclass(frozen=True)
class Link:
    """A link of a body: its address as written and, when it leads to an article of ours, the number of that."""

    address: str
    way: Way
    article: int = 0


def linked_articles(html: str) -> list[int]:
    """The articles of ours to which a body has plain links, by number, each once."""
    links = links_of(every_element(parse(html)))
    return list(dict.fromkeys(link.article for link in links if link.way is Way.ARTICLE))


def links_of(elements: Iterable[Element]) -> Iterator[Link]:
    return (_link(each.attributes.get("href", "")) for each in elements if each.tag == "a")


def _link(address: str) -> Link:
    nowhere, elsewhere = Link(address, Way.NOWHERE), Link(address, Way.ELSEWHERE)
    if any(sign.isspace() for sign in address.strip()):
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
        return Link(address, Way.DESK)
    if page.startswith((settings.STATIC_URL, settings.MEDIA_URL)):  # a file
        return Link(address, Way.ELSEWHERE)
    found = _page_at(page)
    if found is None:
        return Link(address, Way.MISSING)
    if found.url_name in ("article", "short"):
        return Link(address, Way.ARTICLE, found.kwargs["number"])
    return Link(address, Way.ELSEWHERE)


def _page_at(page: str) -> ResolverMatch | None:
    """What readers get at this path; they are sent on to it when the slash at the end is forgotten."""
    for path in (page or "/", f"{page}/"):
        try:
            return resolve(path, "articles.urls")
        except Resolver404:
            continue
    return None
