"""Sends a form twice, as a double click or a weak connection does."""

import re
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client

PAGE = re.compile(r'name="page" value="([^"]+)"')


def says_already_done(response: Any) -> bool:
    """Whether the last message is of level info: the form had been carried out already."""
    return [message.level_tag for message in get_messages(response.wsgi_request)][-1] == "info"


def key_on(client: Client, where: str) -> str:
    """The key of the form at an address."""
    match = PAGE.search(client.get(where).content.decode())
    assert match, where
    return match[1]


def twice(client: Client, where: str, fields: dict[str, Any]) -> tuple[Any, Any]:
    return client.post(where, fields), client.post(where, fields)
