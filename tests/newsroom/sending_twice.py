"""What is sent twice by a double click or a weak connection."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

PAGE = re.compile(r'name="page" value="([^"]+)"')


def at_the_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_told_so(response: Any) -> bool:
    """Whether the last that is said is no success and no reproach: it was in already."""
    return [message.level_tag for message in get_messages(response.wsgi_request)][-1] == "info"


def key_on(client: Client, where: str) -> str:
    """The key of the form that a browser is shown there."""
    found = PAGE.search(client.get(where).content.decode())
    assert found, where
    return found[1]


def twice(client: Client, where: str, fields: dict[str, Any]) -> tuple[Any, Any]:
    return client.post(where, fields), client.post(where, fields)
