"""The screens of the desk ask the database a fixed number of queries, however large the archive."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Note, Story

from .archive import fill, reading
from .home import queues

pytestmark = pytest.mark.django_db
SCREENS = ("/redaction/", "/redaction/?rubrique=politique", "/redaction/tableau/", "/redaction/calendrier/")


def test_a_screen_takes_as_many_queries_for_8_stories_as_for_200_and_fewer_than_20(
    client: Client, journalist: User, chief: User, section: Section
) -> None:
    client.force_login(chief)
    asked = []
    for more in (8, 192):
        fill(journalist, section, in_work=more)
        Story.objects.filter(stage="review").update(awaits_second_look=True)
        asked.append({address: questions_of(client, address) for address in SCREENS})

    assert asked[0] == asked[1]
    assert max(asked[1].values()) < 20


def questions_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_no_screen_makes_the_database_read_the_archive(journalist: User, editor: User, section: Section) -> None:
    tied = User.objects.create_user("tied")
    set_standing(tied, roles=[Role.EDITOR], sections=[section])
    clients = {"over everything": Client(), "tied to a section": Client()}
    for client, user in zip(clients.values(), (editor, tied), strict=True):
        client.force_login(user)
    screens = [*SCREENS, "/redaction/?miens=1", "/redaction/newsroom/story/", "/redaction/newsroom/story/?etat=echec"]
    cells = [(who, address) for who in clients for address in screens]
    read, counted = [], []
    fill(journalist, section, in_work=40)
    for more, days_ago in ((3000, 0), (3000, 125)):
        fill(editor, section, published=more // 2, days_ago=days_ago)
        fill(tied, section, published=more // 2, days_ago=days_ago)
        read.append({cell: read_for(clients[cell[0]], cell[1]) for cell in cells})
        with reading() as so_far:
            assert Story.objects.filter(words__gt=3).count() == 0
        counted.append(so_far())

    assert not {cell: (read[0][cell], read[1][cell]) for cell in cells if read[1][cell] >= read[0][cell] * 1.1 + 5}
    assert counted[1] > counted[0] * 1.6, "the control: what does read the archive is seen"


def read_for(client: Client, address: str) -> int:
    """How many rows the database reads for a screen."""
    with reading() as so_far:
        assert client.get(address).status_code == 200
    return so_far()


def test_old_answered_checks_and_resolved_notes_cost_the_home_nothing(
    client: Client, journalist: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(chief)
    read = []
    for number in (20, 4000):
        settled = {"story": story, "by": journalist, "text": "Un mot.", "resolved_at": timezone.now()}
        notes = Note.objects.bulk_create([Note(**settled) for _number in range(number)])
        named = Note.mentions.through
        named.objects.bulk_create([named(note=note, user=chief) for note in notes])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with reading("newsroom_note") as so_far:
            assert queues(client)["asked"] == []
        read.append(so_far())

    assert read[1] < read[0] * 1.1 + 5
    connection.check_constraints()  # PostgreSQL drops no index while something of its table waits for the end
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX note_open")
    with reading("newsroom_note") as so_far:
        assert queues(client)["asked"] == []
    assert so_far() > read[1] * 1.6, "the control: without its index all the notes are read"
