"""Reads the site's answers: pages, structured data, feeds and sitemaps, cache headers."""

import json
import re
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponseBase
from django.test import Client

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def page(client: Client, path: str, status: int = 200) -> str:
    """The body of the answer at an address, which must have this status."""
    response = client.get(path)
    assert response.status_code == status, f"{path}: {response.status_code}"
    return str(response.content.decode())


def json_ld(html: str) -> dict[str, dict[str, Any]]:
    """The structured data of a page, by type."""
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert text
    return {thing["@type"]: thing for thing in json.loads(text[1])["@graph"]}


def xml(client: Client, path: str) -> ElementTree.Element:
    """The root of the feed or sitemap at an address."""
    return ElementTree.fromstring(page(client, path))  # noqa: S314 (our own words)


def cache_directives(response: HttpResponseBase) -> dict[str, str]:
    """The directives of `Cache-Control` with their values, empty where a directive has none."""
    parts = (part.strip().partition("=") for part in response["Cache-Control"].split(","))
    return {name: value for name, _equals, value in parts}
