"""A form sent twice, by a double click or after a broken connection, is carried out once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from articles.models import Article, Author, Section
from newsroom.models import Autosave, Photo, PlanChange, Story
from newsroom.workflow import Deed

from .desk import at_the_desk
from .racing import at_once
from .sending_twice import PAGE, key_on, says_already_done, twice
from .story_post import ADD, address, new

pytestmark = pytest.mark.django_db

FLASH = "/redaction/flash/"
ORDER = "/redaction/commande/"


# --- A new article ------------------------------------------------------------------------------------------------


def test_a_new_story_sent_twice_is_started_once(journalist: User, section: Section) -> None:
    client = at_the_desk(journalist)

    first, second = twice(client, ADD, new(section, page=key_on(client, ADD)))

    story = Story.objects.get()
    assert first["Location"] == second["Location"] == address(story)
    assert story.revisions.count() == 1
    assert says_already_done(second)


def test_two_pages_start_two_stories(journalist: User, section: Section) -> None:
    client = at_the_desk(journalist)

    for _page in range(2):
        client.post(ADD, new(section, page=key_on(client, ADD)))

    assert Story.objects.count() == 2


def test_a_new_story_submitted_twice_is_submitted_once(
    journalist: User, section: Section, author: Author, make_photo: Callable[..., Photo]
) -> None:
    client = at_the_desk(journalist)
    signed = {"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk, "bylines-0-order": 0}
    whole = new(
        section, standfirst="Elle tient.", lead_photo=make_photo().pk, page=str(uuid4()), _deed="submit", **signed
    )

    _first, second = twice(client, ADD, whole)

    story = Story.objects.get()
    assert second["Location"] == address(story)
    assert story.moves.filter(deed=Deed.SUBMIT).count() == 1


def test_text_changed_before_a_second_sending_is_kept_beside_the_story(journalist: User, section: Section) -> None:
    client, page = at_the_desk(journalist), str(uuid4())
    client.post(ADD, new(section, page=page))

    again = client.post(ADD, new(section, page=page, body="<p>Elle tient, dit le maire.</p>"))

    story = Story.objects.get()
    assert again["Location"] == address(story)
    kept = Autosave.objects.get(story=story, user=journalist)
    assert kept.fields["body"] == ["<p>Elle tient, dit le maire.</p>"]
    assert "texte-garde" in client.get(address(story)).content.decode()


def test_the_key_of_a_colleagues_form_does_not_open_their_story(
    journalist: User, sub_editor: User, section: Section
) -> None:
    fields = new(section, page=str(uuid4()))
    at_the_desk(journalist).post(ADD, fields)

    answer = at_the_desk(sub_editor).post(ADD, fields)

    own = Story.objects.get(revisions__by=sub_editor)
    assert answer["Location"] == address(own)
    assert Story.objects.count() == 2


@pytest.mark.parametrize("page", ["", "pas-une-clef", "9" * 30, "\x00"])
def test_a_forged_form_key_is_ignored(page: str, journalist: User, section: Section) -> None:
    answer = at_the_desk(journalist).post(ADD, new(section, page=page))

    assert answer["Location"] == address(Story.objects.get(key=None))


# --- A flash, an order -------------------------------------------------------------------------------------------


def test_a_flash_sent_twice_is_published_once(chief: User, flash: dict[str, Any]) -> None:
    client = at_the_desk(chief)

    first, second = twice(client, FLASH, flash | {"page": key_on(client, FLASH)})

    article = Article.objects.get()
    assert first["Location"] == second["Location"] == address(Story.objects.get(pk=article.pk))
    assert says_already_done(second)


def test_a_second_flash_in_other_words_asks_for_confirmation(chief: User, flash: dict[str, Any]) -> None:
    client = at_the_desk(chief)
    client.post(FLASH, flash | {"page": (page := key_on(client, FLASH))})
    other = flash | {"headline": "La digue du port a cédé, rue coupée", "page": page}

    asked = client.post(FLASH, other)

    shown = asked.content.decode()
    assert (asked.status_code, Article.objects.count()) == (409, 1)
    assert address(Story.objects.get()) in shown
    assert "rue coupée</textarea>" in shown
    client.post(FLASH, other | {"page": PAGE.findall(shown)[0]})
    assert Article.objects.count() == 2, "pressed again, knowingly"


def test_an_order_sent_twice_makes_one_story(sub_editor: User, section: Section) -> None:
    client = at_the_desk(sub_editor)
    fields = {"headline": "La digue, un an après", "section": section.pk, "characters": 4000}

    first, second = twice(client, ORDER, fields | {"page": key_on(client, ORDER)})

    story = Story.objects.get()
    assert first["Location"] == second["Location"] == address(story)
    assert PlanChange.objects.count() == 1
    assert says_already_done(second)


def test_a_second_order_under_another_headline_asks_for_confirmation(sub_editor: User, section: Section) -> None:
    client, page = at_the_desk(sub_editor), str(uuid4())
    client.post(ORDER, {"headline": "La digue", "section": section.pk, "page": page})

    asked = client.post(ORDER, {"headline": "Le port", "section": section.pk, "page": page}).content.decode()

    assert Story.objects.count() == 1
    assert 'value="Le port"' in asked
    client.post(ORDER, {"headline": "Le port", "section": section.pk, "page": PAGE.findall(asked)[0]})
    assert Story.objects.count() == 2


# --- A connection that falls --------------------------------------------------------------------------------------


@contextmanager
def falling_once_it_is_in() -> Iterator[None]:
    """Makes the connection break after the database committed and before it answered."""
    commit = connection.commit

    def fall() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "commit", fall)
        yield


def sent_again(client: Client, where: str, fields: dict[str, Any]) -> Any:
    """Post, lose the answer, and press the button of the page of the outage."""
    client.raise_request_exception = False
    with falling_once_it_is_in():
        lost = client.post(where, fields)
    assert lost.status_code == 503
    assert lost.context["is_made_once"]
    return client.post(where, dict(lost.context["fields_to_send_again"]))


@pytest.mark.django_db(transaction=True)
def test_a_story_stored_before_the_connection_broke_is_not_started_again(journalist: User, section: Section) -> None:
    answer = sent_again(at_the_desk(journalist), ADD, new(section, page=str(uuid4())))

    assert answer["Location"] == address(Story.objects.get())


@pytest.mark.django_db(transaction=True)
def test_the_page_of_an_outage_does_not_promise_that_a_form_without_a_key_is_stored_once(editor: User) -> None:
    client = at_the_desk(editor)
    client.raise_request_exception = False
    with falling_once_it_is_in():
        lost = client.post("/redaction/articles/topic/add/", {"name": "Port", "slug": "port"})

    assert lost.status_code == 503
    assert not lost.context["is_made_once"]


@pytest.mark.django_db(transaction=True)
def test_a_flash_stored_before_the_connection_broke_is_not_published_again(chief: User, flash: dict[str, Any]) -> None:
    answer = sent_again(at_the_desk(chief), FLASH, flash | {"page": str(uuid4())})

    assert answer["Location"] == address(Story.objects.get())
    assert Article.objects.count() == 1


# --- At the same moment -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_clicks_at_once_publish_one_flash(round_: int, chief: User, flash: dict[str, Any]) -> None:
    fields = flash | {"page": str(uuid4())}
    clients = [at_the_desk(chief) for _click in range(2)]

    answers: list[Any] = at_once(*(lambda client=client: client.post(FLASH, fields) for client in clients))

    story = Story.objects.get()
    assert [answer["Location"] for answer in answers] == [address(story)] * 2
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_clicks_at_once_start_one_story(round_: int, journalist: User, section: Section) -> None:
    fields = new(section, page=str(uuid4()))
    clients = [at_the_desk(journalist) for _click in range(2)]

    answers: list[Any] = at_once(*(lambda client=client: client.post(ADD, fields) for client in clients))

    story = Story.objects.get()
    assert [answer["Location"] for answer in answers] == [address(story)] * 2
    assert story.revisions.count() == 1
