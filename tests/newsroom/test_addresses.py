"""Every address of the desk × every role × every state of its story, over HTTP. The addresses are found in the site
itself; what each role gets there, and what becomes of what it posts, is written by hand in `address_table`. An address
that is not in the table fails.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from PIL import Image as Picture

from articles.models import Author, ImageCredit, Page, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.editing import autosave, presence
from newsroom.models import Check, Note, Photo, Story
from newsroom.photos import renditions
from newsroom.review import notes, share_links
from newsroom.stories import saving
from tests.english import english_in, english_on

from .address_table import (
    CHIEF,
    COLLEAGUE,
    EDITOR,
    EVERYBODY,
    FAR_COLLEAGUE,
    FAR_EDITOR,
    PHOTO,
    READERS,
    STATES,
    SUB,
    TABLE,
    WRITER,
    Row,
    World,
)
from .desk import undone
from .mails import words_of_mails
from .stages import bring_to

pytestmark = pytest.mark.django_db

ACTORS = sorted(EVERYBODY)
# of a pattern that names its choices: the choices do not matter, the address does
CHOICES = re.compile(r"\(\?P<(deed|app_label)>[^)]*\)")
CHANGES = re.compile(r'(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(?!django_session")(\w+)"')


@pytest.fixture
def people(
    journalist: User, sub_editor: User, editor: User, photo_editor: User, chief: User, outsider: User, superuser: User
) -> dict[str, User | None]:
    def hire(login: str, role: Role, *sections: Section) -> User:
        user = User.objects.create_user(login)
        set_standing(user, roles=[role], sections=sections)
        return user

    elsewhere = Section.objects.create(name="Ailleurs", slug="ailleurs")
    return {
        WRITER: journalist,
        COLLEAGUE: hire("colleague", Role.JOURNALIST),
        SUB: sub_editor,
        EDITOR: editor,
        PHOTO: photo_editor,
        CHIEF: chief,
        FAR_COLLEAGUE: hire("far", Role.JOURNALIST, elsewhere),
        FAR_EDITOR: hire("far-editor", Role.EDITOR, elsewhere),
        "signed out": None,
        "outsider": outsider,
        "superuser without a role": superuser,
    }


@pytest.fixture
def make_world(people: dict[str, User | None], make_story: Callable[..., Story]) -> Callable[..., World]:
    """A story of two versions in a given state, and one row of each kind that its addresses may name."""

    def build(state: str, *, photo: Photo | None = None) -> World:
        writer, sub_editor, chief = people[WRITER], people[SUB], people[CHIEF]
        assert writer is not None
        assert sub_editor is not None
        assert chief is not None
        story = make_story(by=writer)
        story.headline, story.lead_photo = "Un autre titre", photo
        story.save()
        saving.record_text(story, by=writer)
        link = share_links.make_link(story, revision=2, reader="Maître Laâlej", lasts=timedelta(days=2), by=chief)
        story = bring_to(state, story, people)
        if state == "scheduled":
            Story.objects.filter(pk=story.pk).update(failure="La photo a perdu ses droits.")
        kept = autosave.new_page()
        autosave.keep({"headline": ["Gardé"]}, by=writer, page=kept, story=story, based_on=2)
        settled = Note.objects.create(story=story, by=writer, text="C’est fait.")
        notes.resolve(settled, by=chief)
        for writing_it in (writer, sub_editor, chief):  # so that there is somebody to take the hand from
            presence.record_presence(story, by=writing_it, page=autosave.new_page(), field="body")
        asked = Check.objects.create(story=story, kind=Check.Kind.LEGAL, asked_by=writer, asked_at=timezone.now())
        return {
            "story": story,
            "note": Note.objects.create(story=story, by=writer, text="Un mot."),
            "settled": settled,
            "link": link,
            "token": share_links.token_of(link),
            "kept": kept,
            "check": asked,
            "photo": photo,
            "section": story.section,
            "user": writer,
        }

    return build


@pytest.fixture
def clients(people: dict[str, User | None]) -> dict[str, Client]:
    """A client for each actor, signed in."""
    found = {actor: Client(raise_request_exception=False) for actor in ACTORS}
    for actor, client in found.items():
        if (user := people[actor]) is not None:
            client.force_login(user)
    return found


def routes(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """Every address of the desk, as the site's URL patterns list them."""
    for entry in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield CHOICES.sub(r"(?P<\1>)", prefix + str(entry.pattern))


def address(row: Row, world: World) -> str:
    """A real address for a pattern: its parameters are the keys of rows in the world."""
    path = row.route.strip("^$")
    if found := re.match(r"(?:articles|auth|newsroom)/(\w+)/<path:object_id>", path):
        path = path.replace("<path:object_id>", str(world[found[1]].pk))
    if path.startswith("newsroom/photo/"):
        path = path.replace("<int:number>", str(world["photo"].pk))
    number = str(world["story"].pk)
    note = world["settled"] if path.endswith("reopen/") else world["note"]
    named = {
        "<int:number>": number,
        r"(?P<number>\d{1,18})": number,
        r"^(\d{1,18})": number,
        "(correct)": "correct",
        "(?P<deed>)": "submit",
        "(?P<app_label>)": "articles",
        "(?P<url>.*)": "rien/ici",
        "<int:version>": "1",
        "<int:note>": str(note.pk),
        "<int:link>": str(world["link"].pk),
        "<slug:preset>": "lead",
        "<str:token>": world["token"],
        "<path:token>": world["token"],
        "<str:page>": world["kept"],
    }
    if world["photo"] is not None:
        named["<int:photo>"] = str(world["photo"].pk)
    for parameter, value in named.items():
        path = path.replace(parameter, value)
    return f"/redaction/{path}"


def answers(response: HttpResponse) -> bool:
    """Whether the desk took the request: it neither redirected to the login page nor answered 403 or 404."""
    to_the_door = response.status_code == 302 and "/redaction/login/" in response["Location"]
    return response.status_code < 500 and response.status_code not in (403, 404, 405, 410) and not to_the_door


def faults(row: Row, world: World, state: str, actor: str, client: Client) -> Iterator[str]:
    """The differences between the table and the answers, in one cell. All requests share one world."""
    where, posted = address(row, world), row.posted(world)
    with undone():
        before = row.writes(world) if row.writes else 0
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, row.method)(where, posted)
        made = row.writes(world) - before if row.writes else 0
        follows = client.get(response["Location"]) if made and response.status_code == 302 else response
        english = english_on(response) + english_on(follows) + english_in(*words_of_mails())
    cell = f"{row.method} {row.route}, {actor}, {state}: {response.status_code}"
    if answers(response) is not row.answers(actor, state):
        yield cell
    if made != row.is_done(actor, state):
        yield f"{cell}, wrote {made}"
    if english:
        yield f"{cell}, in English: {english}"
    written = {found[1] for query in queries if (found := CHANGES.match(query["sql"]))}
    if row.opens(actor, state) is not (row.method == "get" and "newsroom_story" in written):
        yield f"{cell}, on record as opened: {bool(written)}"
    if written and not (row.opens(actor, state) or (row.writes and row.answers(actor, state))):
        yield f"{cell}, changed {written}"


def every_fault(table: list[Row], world: World, state: str, clients: dict[str, Client]) -> list[str]:
    return [
        fault
        for actor, client in clients.items()
        for row in table
        for fault in faults(row, world, state, actor, client)
    ]


def test_every_address_of_the_desk_is_in_the_table() -> None:
    found, known = set(routes()), {row.route for row in TABLE}

    assert found - known == set(), "addresses nobody decided about"
    assert known - found == set(), "addresses that are not there any more"


def test_each_address_answers_only_the_roles_of_the_table(
    clients: dict[str, Client],
    make_world: Callable[..., World],
    make_photo: Callable[..., Photo],
    author: Author,
    topic: Topic,
    credit: ImageCredit,
) -> None:
    file = BytesIO()
    Picture.new("RGB", (320, 240), (200, 40, 40)).save(file, "JPEG")
    photo = make_photo(size=(320, 240))
    renditions.make_missing(photo)
    world = make_world("draft", photo=photo) | {
        "file": file.getvalue(),
        "author": author,
        "topic": topic,
        "imagecredit": credit,
        "page": Page.objects.create(title="Mentions", slug="mentions", body="<p>Ici.</p>"),
    }
    others = [row for row in TABLE if not row.is_of_a_story or "<int:photo>" in row.route]

    wrong = every_fault(others, world, "draft", clients)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_a_story_answers_only_the_roles_of_the_table_in_this_state(
    state: str, clients: dict[str, Client], make_world: Callable[..., World]
) -> None:
    world = make_world(state)
    of_a_story = [row for row in TABLE if row.is_of_a_story and "<int:photo>" not in row.route]

    wrong = every_fault(of_a_story, world, state, clients)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES)
def test_a_story_in_this_state_is_listed_only_for_those_who_may_read_it(
    state: str, clients: dict[str, Client], make_world: Callable[..., World]
) -> None:
    headline = make_world(state)["story"].headline

    def shows(actor: str, screen: str) -> bool:
        return headline in clients[actor].get(f"/redaction/{screen}").content.decode()

    assert {actor for actor in ACTORS if shows(actor, "newsroom/story/")} == READERS
    screens = ["", "tableau/", "calendrier/", "texte-garde/", "newsroom/story/?q=titre"]
    # what is live is everybody's to link to
    screens += [] if state.endswith("+live") else ["recherche/articles/?q=titre", "newsroom/story/add/"]
    leaking = [(actor, screen) for actor in sorted(EVERYBODY - READERS) for screen in screens if shows(actor, screen)]
    assert not leaking


@pytest.mark.parametrize("posted", [{}, {"_save": "x", "action": "x", "when": "x", "number": "x", "note": "x" * 9_000}])
@pytest.mark.parametrize("state", ["draft", "ready", "published+live"])
def test_a_form_that_is_empty_or_makes_no_sense_is_answered_in_french(
    state: str, posted: dict[str, str], clients: dict[str, Client], make_world: Callable[..., World],
    make_photo: Callable[..., Photo], author: Author, topic: Topic, credit: ImageCredit,
) -> None:  # fmt: skip
    world = make_world(state, photo=make_photo()) | {"author": author, "topic": topic, "imagecredit": credit}
    world["page"] = Page.objects.create(title="Mentions", slug="mentions", body="<p>Ici.</p>")
    found = {}
    for where in sorted({address(row, world) for row in TABLE if "logout" not in row.route}):
        with undone():
            response = clients[CHIEF].post(where, posted)
            follows = clients[CHIEF].get(response["Location"]) if response.status_code == 302 else response
            found[where] = english_on(follows)

    assert {where: english for where, english in found.items() if english} == {}
