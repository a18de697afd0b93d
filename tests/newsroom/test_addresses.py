"""Every address of the desk × every role, over HTTP. The addresses are found in the site itself; what each role gets is
written here by hand. An address that is not in the table fails.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver

from articles.models import Author, ImageCredit, Page, Section, Topic
from newsroom import autosaving, checking, sharing, writing
from newsroom.access import Role
from newsroom.models import Check, Note, Photo, Story
from newsroom.photos import renditions
from newsroom.staff import set_standing

pytestmark = pytest.mark.django_db

# The story is a draft of the section; « elsewhere » are tied to another one.
WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF = "writer", "colleague", "sub-editor", "editor", "photo editor", "chief"
FAR_COLLEAGUE, FAR_EDITOR = "journalist elsewhere", "editor elsewhere"
READERS = {WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF}
STAFF = READERS | {FAR_COLLEAGUE, FAR_EDITOR}
NOBODY: set[str] = set()
EVERYBODY = STAFF | {"signed out", "outsider", "superuser without a role"}
TEXT = STAFF - {PHOTO}  # those who write
WRITES_IT = {WRITER, EDITOR, CHIEF}
DESK = {SUB, EDITOR, CHIEF}
ACTORS = sorted(EVERYBODY)


@dataclass(frozen=True)
class Row:
    """An address as the site says it, how it is asked, and who gets an answer. The others learn nothing."""

    route: str
    who: set[str]
    method: str = "get"
    data: dict[str, Any] | None = None
    number: str = "story"  # which story stands for the number


def reference(app: str, model: str, keepers: set[str]) -> list[Row]:
    """The four pages of a model that its `keepers` keep and all staff may look at; no log, as for every model."""
    root = f"{app}/{model}/"
    return [
        Row(root, STAFF),
        Row(f"{root}add/", keepers),
        Row(f"{root}<path:object_id>/change/", STAFF),
        Row(f"{root}<path:object_id>/delete/", keepers),
        Row(f"{root}<path:object_id>/history/", NOBODY),
        Row(f"{root}<path:object_id>/", STAFF),
    ]


EDITORS = {EDITOR, FAR_EDITOR, CHIEF}
LIBRARY = {PHOTO, SUB, EDITOR, FAR_EDITOR, CHIEF}
STORY = "newsroom/story/<int:number>/"
DEED = r"^newsroom/story/(?P<number>\d{1,18})/"
TEXTS = {"headline": "Tapé", "body": "<p>Tapé.</p>"}

TABLE = [
    # what each has: home, board, calendar, clock, account
    Row("", STAFF),
    Row("tableau/", STAFF),
    Row("calendrier/", STAFF),
    Row("horloge/", STAFF),
    Row("mon-compte/", STAFF),
    Row("password_change/", STAFF),
    Row("password_change/done/", STAFF),
    Row("jsi18n/", STAFF),
    Row("login/", EVERYBODY),
    Row("logout/", EVERYBODY, "post"),
    Row("autocomplete/", NOBODY),
    Row("^(?P<app_label>)/$", STAFF),
    Row(r"(?P<url>.*)$", NOBODY),
    # what begins a story
    Row("newsroom/story/add/", TEXT),
    Row("commande/", {SUB, EDITOR, FAR_EDITOR, CHIEF}),
    Row("flash/", {CHIEF}),
    # what the editor asks
    Row("recherche/articles/", STAFF),
    Row("recherche/photos/", STAFF),
    Row("references/", STAFF),
    # a story, its versions, its preview
    Row("newsroom/story/", STAFF),
    Row("newsroom/story/<path:object_id>/change/", READERS),
    Row("newsroom/story/<path:object_id>/", STAFF),
    Row("newsroom/story/<path:object_id>/delete/", NOBODY),
    Row("newsroom/story/<path:object_id>/history/", NOBODY),
    Row(f"{STORY}versions/", READERS),
    Row(f"{STORY}version/<int:version>/", READERS),
    Row(f"{STORY}version/<int:version>/preview/", READERS),
    Row(f"{STORY}version/<int:version>/restore/", WRITES_IT),
    Row(f"{STORY}version/<int:version>/restore/", WRITES_IT, "post", {"based_on": "2"}),
    Row(f"{STORY}compare/", READERS),
    Row(f"{STORY}desk-changes/", READERS),
    Row(f"{STORY}preview/", READERS),
    Row(f"{STORY}preview/draft/", WRITES_IT, "post", TEXTS),
    Row("newsroom/story/add/preview/", TEXT),
    Row("newsroom/story/add/preview/draft/", TEXT, "post", TEXTS),
    Row(f"{STORY}checklist/", WRITES_IT, "post", TEXTS),
    Row("newsroom/story/checklist/", TEXT, "post", TEXTS),
    # what is done to it: the deeds themselves are in test_matrix
    Row(f"{DEED}(?P<deed>)/$", WRITES_IT),
    Row(r"newsroom/story/^(\d{1,18})/(correct)/$", {EDITOR, CHIEF}, number="live"),
    Row(f"{DEED}reply/$", {EDITOR, CHIEF}, "post", number="live"),
    Row(f"{DEED}retry/$", {EDITOR, CHIEF}, "post"),
    Row(f"{STORY}plan/", READERS),
    Row(f"{STORY}plan/", READERS, "post"),  # what is not theirs to plan is not in their form: test_planning
    Row(f"{STORY}checks/", READERS),
    Row(f"{STORY}checks/", READERS, "post", {"_check": "ask", "kind": "source"}),
    # what is said of it
    Row(f"{STORY}note/", READERS, "post", {"text": "Un mot."}),
    Row(f"{STORY}note/<int:note>/resolve/", READERS, "post"),
    Row(f"{STORY}note/<int:note>/reopen/", READERS, "post"),
    Row(f"{STORY}colleagues/", READERS),
    Row(f"{STORY}share/", READERS),
    Row(f"{STORY}share/", DESK, "post", {"reader": "Maître", "revision": "2", "amount": "2", "unit": "days"}),
    Row(f"{STORY}share/<int:link>/revoke/", DESK, "post"),
    # those without an account, by their link alone
    Row("relecture/<str:token>/", EVERYBODY),
    Row("relecture/<str:token>/", EVERYBODY, "post", {"verdict": "approved", "name": "Maître Laâlej"}),
    Row("relecture/<str:token>/<int:photo>/<slug:preset>/", EVERYBODY),
    # what is being written
    Row("autosave/", TEXT, "post", {"page": "{page}", **TEXTS}),
    # who loses the right to write while writing loses no line: what is kept is their own
    Row("autosave/<int:number>/", READERS - {PHOTO}, "post", {"page": "{page}", "based_on": "2", **TEXTS}),
    Row("autosave/session/", STAFF),
    Row("presence/<int:number>/", READERS, "post", {"page": "{page}"}),
    Row("presence/<int:number>/prendre-la-main/", WRITES_IT, "post", {"page": "{page}"}),
    Row("texte-garde/", STAFF),
    Row("texte-garde/<int:number>/", READERS),
    Row("texte-garde/lire/<str:page>/", {WRITER}),
    Row("texte-garde/jeter/<str:page>/", {WRITER}, "post"),
    # the photo library
    Row("newsroom/photo/", STAFF),
    Row("newsroom/photo/add/", STAFF),
    Row("newsroom/photo/envoi/", STAFF, "post"),
    Row("newsroom/photo/<int:number>/taille/<slug:preset>/", STAFF),
    Row("newsroom/photo/<path:object_id>/change/", STAFF),
    Row("newsroom/photo/<path:object_id>/", STAFF),
    Row("newsroom/photo/<path:object_id>/delete/", LIBRARY),
    Row("newsroom/photo/<path:object_id>/history/", NOBODY),
    # what the newspaper is filed by, and the logins
    *reference("articles", "section", EDITORS),
    *reference("articles", "topic", EDITORS),
    *reference("articles", "author", EDITORS),
    *reference("articles", "page", EDITORS),
    *reference("articles", "imagecredit", LIBRARY),
    Row("auth/user/", {CHIEF}),
    Row("auth/user/add/", {CHIEF}),
    Row("auth/user/<path:object_id>/change/", {CHIEF}),
    Row("auth/user/<path:object_id>/", STAFF),
    Row("auth/user/<path:object_id>/delete/", NOBODY),
    Row("auth/user/<path:object_id>/history/", NOBODY),
]
# of a pattern that names its choices: the choices do not matter, the address does
CHOICES = re.compile(r"\(\?P<(deed|app_label)>[^)]*\)")


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
def world(
    people: dict[str, User | None],
    make_story: Callable[..., Story],
    make_photo: Callable[..., Photo],
    author: Author,
    topic: Topic,
    credit: ImageCredit,
    section: Section,
    publish_story: Callable[[Story], Story],
) -> dict[str, Any]:
    """One of each thing that an address may name."""
    writer, chief = people[WRITER], people[CHIEF]
    assert writer is not None
    assert chief is not None
    photo = make_photo()
    renditions.make_missing(photo)
    story = make_story(by=writer)
    story.lead_photo = photo
    story.save()
    writing.record_text(story, by=writer)
    kept = autosaving.new_page()
    autosaving.keep({"headline": ["Gardé"]}, by=writer, page=kept, story=story, based_on=2)
    checking.ask(story, Check.Kind.LEGAL, by=writer)
    link = sharing.make_link(story, revision=2, reader="Maître Laâlej", lasts=timedelta(days=2), by=chief)
    return {
        "story": story,
        "live": publish_story(make_story(by=writer, headline="Un texte en ligne")),
        "photo": photo,
        "note": Note.objects.create(story=story, by=writer, text="Un mot."),
        "link": link,
        "token": sharing.token_of(link),
        "kept": kept,
        "author": author,
        "topic": topic,
        "imagecredit": credit,
        "section": section,
        "page": Page.objects.create(title="Mentions", slug="mentions", body="<p>Ici.</p>"),
        "user": writer,
    }


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every address of the desk, as the site says it."""
    for entry in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield CHOICES.sub(r"(?P<\1>)", prefix + str(entry.pattern))


def address(row: Row, world: dict[str, Any]) -> str:
    """A real address for a row: each of its parameters names what is in the world."""
    path = row.route.strip("^$")
    if found := re.match(r"(?:articles|auth|newsroom)/(\w+)/", path):
        path = path.replace("<path:object_id>", str(world[found[1]].pk))
    if path.startswith("newsroom/photo/"):
        path = path.replace("<int:number>", str(world["photo"].pk))
    number = str(world[row.number].pk)
    named = {
        "<int:number>": number,
        r"(?P<number>\d{1,18})": number,
        r"^(\d{1,18})": number,
        "(correct)": "correct",
        "(?P<deed>)": "submit",
        "(?P<app_label>)": "articles",
        "(?P<url>.*)": "rien/ici",
        "<int:version>": "1",
        "<int:note>": str(world["note"].pk),
        "<int:link>": str(world["link"].pk),
        "<int:photo>": str(world["photo"].pk),
        "<slug:preset>": "lead",
        "<str:token>": world["token"],
        "<str:page>": world["kept"],
    }
    for parameter, value in named.items():
        path = path.replace(parameter, value)
    return f"/redaction/{path}"


def answers(response: HttpResponse) -> bool:
    """Whether the desk heard what was asked: not the door, not « not yours », not « nothing here »."""
    to_the_door = response.status_code == 302 and "/redaction/login/" in response["Location"]
    return response.status_code < 500 and response.status_code not in (403, 404, 405, 410) and not to_the_door


def test_every_address_of_the_desk_is_in_the_table() -> None:
    found, known = set(routes()), {row.route for row in TABLE}

    assert found - known == set(), "addresses nobody decided about"
    assert known - found == set(), "addresses that are not there any more"


@pytest.mark.parametrize("actor", ACTORS)
def test_each_address_answers_those_it_is_for_and_nobody_else(
    actor: str, people: dict[str, User | None], world: dict[str, Any]
) -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    for row in TABLE:
        data = {name: world["kept"] if value == "{page}" else value for name, value in (row.data or {}).items()}
        if actor != WRITER and "page" in data:
            data["page"] = autosaving.new_page()
        with transaction.atomic():  # each answer is asked of the same world
            if people[actor] is not None:
                client.force_login(people[actor])
            response = getattr(client, row.method)(address(row, world), data)
            transaction.set_rollback(True)
        if answers(response) is not (actor in row.who):
            wrong.append(f"{row.method} {row.route}: {response.status_code}")
    assert not wrong
