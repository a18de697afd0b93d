"""The desk over HTTP: somebody signed in, the address of a deed, and the messages of an answer."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from newsroom.models import Story


def at_the_desk(user: User | None) -> Client:
    """A browser of its own in which `user` is signed in, or nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def deed_address(deed: str, story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/{deed}/"


def messages_of(answer: Any) -> list[str]:
    """The messages on the page that was answered."""
    return [str(message) for message in answer.context["messages"]]
