"""Fixtures that several tests of the private room share."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from articles.models import Author, Section, Topic
from newsroom import deeds, notifications
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, ShareLink, Story
from newsroom.review import share_links
from newsroom.stories.content import BLANK, ContentDict
from tests.english import english_in

from .autosaves import THE_TEXT, keeping
from .checklist_texts import LONG
from .correcting import ADDED, BODY, open_next_version
from .desk import at_the_desk
from .scheduling import hour_of, let_hour_come
from .story_post import typed

# --- What every test of this room stands on -----------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every mail and every message that is not in French, in whatever test it is written."""
    queue, add_message = notifications.queue, messages.add_message

    def queue_in_french(
        key: str, people: Iterable[User], subject: str, lines: Sequence[str], story: Story | None = None, **more: Any
    ) -> None:
        assert english_in(subject, *lines, *notifications._letter(lines, story).split("\n")) == []
        queue(key, people, subject, lines, story, **more)

    def add_in_french(request: HttpRequest, level: int, message: Any, *args: Any, **more: Any) -> None:
        assert english_in(str(message)) == []
        add_message(request, level, message, *args, **more)

    monkeypatch.setattr(notifications, "queue", queue_in_french)
    monkeypatch.setattr(messages.api, "add_message", add_in_french)
    monkeypatch.setattr(messages, "add_message", add_in_french)


# --- Logins -------------------------------------------------------------------------------------------------------


@pytest.fixture
def writing(client: Client, journalist: User) -> Client:
    """The journalist at the desk."""
    client.force_login(journalist)
    return client


@pytest.fixture
def editing(editor: User) -> Client:
    """An editor at the desk."""
    return at_the_desk(editor)


@pytest.fixture
def colleague(db: None) -> User:
    """Another journalist."""
    user = User.objects.create_user("collegue", "collegue@fanal.example", first_name="Rim", last_name="El Fassi")
    set_standing(user, roles=[Role.JOURNALIST], sections=[])
    return user


@pytest.fixture
def editor_here(section: Section) -> User:
    """An editor tied to the section of the tests."""
    user = User.objects.create_user("editrice-politique", "politique@fanal.example", "x")
    set_standing(user, roles=[Role.EDITOR], sections=[section])
    return user


@pytest.fixture
def editor_elsewhere(db: None) -> User:
    """An editor tied to another section, Sport, who may not read the stories of the tests."""
    sport = Section.objects.create(name="Sport", slug="sport")
    user = User.objects.create_user("sportif", "sportif@fanal.example", first_name="Selim", last_name="Bakkali")
    set_standing(user, roles=[Role.EDITOR], sections=[sport])
    return user


@pytest.fixture
def guest() -> Client:
    """The client of somebody without an account, without a cookie."""
    return Client(enforce_csrf_checks=True)


# --- Stories ------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(db: None) -> Section:
    return Section.objects.create(name="Ailleurs", slug="ailleurs")


@pytest.fixture
def live(make_story: Callable[..., Story], journalist: User, publish_story: Callable[..., Story]) -> Story:
    """An article of the journalist's."""
    return publish_story(make_story(by=journalist, headline="La criée passe à l’aube"))


@pytest.fixture
def opened(make_story: Callable[..., Story], journalist: User, chief: User) -> Callable[..., Story]:
    """Publishes an article and brings its next version, with another text, to a stage."""

    def open_at(stage: str, body: str = ADDED, **fields: Any) -> Story:
        return open_next_version(make_story(by=journalist, body=BODY), stage, journalist, chief, body, **fields)

    return open_at


@pytest.fixture
def next_version(live: Story, journalist: User, approve_story: Callable[..., Story]) -> Story:
    """A live article whose next version is approved."""
    deeds.revise(live, revision=live.version, by=journalist)
    return approve_story(live)


@pytest.fixture
def whole(section: Section, author: Author, topic: Topic, make_photo: Callable[..., Photo]) -> ContentDict:
    """A text that passes every rule of the checklist."""
    return {
        **BLANK,
        "headline": "Le budget de la commune tient en trois lignes",
        "standfirst": "Réuni mardi, le conseil a voté sans débat ; la trésorière, elle, a tout compté.",
        "body": LONG,
        "section": section.pk,
        "authors": [author.pk],
        "topics": [topic.pk],
        "lead_photo": make_photo().pk,
    }


@pytest.fixture
def left(writing: Client, story: Story) -> str:
    """The key of a page in which the writer typed and did not save."""
    page = str(uuid4())
    answer = writing.post(keeping(story), typed(story, body=THE_TEXT, page=page))
    assert answer.json()["kept"] is True
    return page


@pytest.fixture
def link(story: Story, sub_editor: User) -> ShareLink:
    """A link to version 1 that the sub-editor made for two days."""
    return share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=2), by=sub_editor)


@pytest.fixture
def flash(section: Section, author: Author, make_photo: Callable[..., Photo]) -> dict[str, Any]:
    """The fields of a flash that passes every rule."""
    return {
        "headline": "La digue du port a cédé",
        "paragraph": "L’eau est montée à 4 heures, rue des Cordiers. Il n’y a pas de blessé.",
        "section": section.pk,
        "author": author.pk,
        "lead_photo": make_photo().pk,
        "note": "L’eau monte.",
    }


@pytest.fixture
def schedule(approve_story: Callable[..., Story], editor: User) -> Callable[..., Story]:
    """Schedules a story, a new draft unless one is given, by the editor: for an hour that is past, or (`come=False`)
    still to come.
    """

    def go_through(
        story: Story | None = None, *, come: bool = True, change: ChangeNotice | None = None, **fields: Any
    ) -> Story:
        story = approve_story(story, **fields)
        when = hour_of(timezone.now() + timedelta(hours=1))
        deeds.schedule(story, revision=story.version, by=editor, when=when, change=change)
        if come:
            let_hour_come(story)
        story.refresh_from_db()
        return story

    return go_through
