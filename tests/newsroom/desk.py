"""The desk over HTTP: somebody signed in, the pages of the deeds, notes, and the messages of an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from newsroom.models import Story

NINES = "9" * 30  # no number of any row: the database holds none so large


def at_the_desk(user: User | None) -> Client:
    """A browser of its own in which `user` is signed in, or nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def deed_address(deed: str, story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/{deed}/"


def post_deed(user: User, story: Story, deed: str, **fields: Any) -> Any:
    """Do a deed on a story as it now stands, from the page of the deed."""
    story.refresh_from_db()
    response = at_the_desk(user).post(deed_address(deed, story), {"revision": story.version, **fields})
    story.refresh_from_db()
    return response


def read_page(user: User, story: Story, name: str = "change") -> str:
    """The page of a story, or one of its others, as `user` sees it."""
    response = at_the_desk(user).get(deed_address(name, story))
    assert response.status_code == 200
    return response.content.decode()


def post_note(client: Client, story: Story, text: str, **fields: str) -> str:
    """Post a note as the read-only page does, and return the page that follows."""
    response = client.post(deed_address("note", story), {"new_note": text, **fields}, follow=True)
    return response.content.decode()


def messages_of(answer: Any) -> list[str]:
    """The messages on the page that was answered."""
    return [str(message) for message in answer.context["messages"]]


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back. The desk's own transactions are the outermost ones there, as in production."""
    block = transaction.atomic()
    block._from_testcase = True  # as Django's TestCase marks the one around each test
    with block:
        yield
        transaction.set_rollback(True)
