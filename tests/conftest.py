"""The cast: who works at the newspaper of the tests, and the short ways to a text, a picture and a publication.

Each login is introduced by the access it has; none has more. All have the same password, `password`.
"""

import gc
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from hypothesis import HealthCheck
from hypothesis import settings as properties
from PIL import Image as Picture
from pytest_django import Settings
from pytest_django.plugin import blocking_manager_key
from zeal import zeal_context
from zeal.constants import initialize_app_registry
from zeal.patch import patch

from articles import readership
from articles.models import Author, CreditKind, ImageCredit, Section, Topic
from newsroom import deeds, publishing, urls
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, Story
from newsroom.photos import intake
from newsroom.stories import saving
from newsroom.workflow import ChangeKind
from tests.databases import creating_once, forget_what_was_copied

PASSWORD = "la-une-demain"
BODY = (
    "<p>Le conseil s’est réuni mardi soir, portes ouvertes, devant une cinquantaine d’habitants.</p>\n"
    "<h2>Un budget de trois lignes</h2>\n"
    "<p>« Nous avons compté chaque dirham », a dit la trésorière.</p>"
)


# --- What every test stands on ------------------------------------------------------------------------------------

# A property is held on a slow machine as on a quick one: no example is late.
properties.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("any machine")


def pytest_collection_finish() -> None:
    """Objects made by imports are left out of garbage collection, which saves seconds in a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that the workers of this run share, with the database that the first of them migrated."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    migrated_folder: Path,
    worker_id: str,
) -> Iterator[None]:
    """On SQLite, a file: what is tested then has the same journal and locks as what runs, and serves threads.

    On both engines the migrations run once, whatever the number of workers.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "newsroom.sqlite3")
    creation = type(connection.creation)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(creation, "create_test_db", creating_once(creation.create_test_db, migrated_folder, worker_id))
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the copied database. Only the main process does it."""
    config = session.config
    if not hasattr(config, "workerinput"):
        with config.stash[blocking_manager_key].unblock():
            forget_what_was_copied(connection.creation, config._tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", autouse=True)
def _watch_for_repeated_queries() -> None:
    initialize_app_registry()
    patch()


def refuse_repeated_queries(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """A middleware of the tests: a page that asks the database the same thing for each row raises."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            return get_response(request)
        with zeal_context():
            return get_response(request)

    return answer


@pytest.fixture(autouse=True)
def _a_house_of_its_own(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in a folder of this test, quick passwords, static files as they lie, N+1 refused."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.VAR = tmp_path  # with its lock: tests in other processes decode pictures meanwhile
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIDDLEWARE = [f"{__name__}.refuse_repeated_queries", *settings.MIDDLEWARE]
    settings.STORAGES = {
        **settings.STORAGES,
        "originals": {
            **settings.STORAGES["originals"],
            "OPTIONS": {"location": tmp_path / "private", "allow_overwrite": True},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # a field asks for its storage once, when the model is made; an address for its folder, when it is read
    monkeypatch.setattr(Photo._meta.get_field("original"), "storage", storages["originals"])
    for address in urls.urlpatterns:
        if "document_root" in (getattr(address, "default_args", None) or {}):
            monkeypatch.setitem(address.default_args, "document_root", settings.MEDIA_ROOT)
    # views of another test that were counted and not written yet
    monkeypatch.setattr(readership, "_waiting", set())
    monkeypatch.setattr(readership, "_salt", None)
    monkeypatch.setattr(readership, "_flushed_at", -readership.FLUSH_SECONDS)


# --- Logins -------------------------------------------------------------------------------------------------------


@pytest.fixture
def password() -> str:
    """The password of every login here."""
    return PASSWORD


def hire(login: str, *roles: Role, author: Author | None = None, superuser: bool = False) -> User:
    user = User.objects.create_user(login, f"{login}@fanal.example", PASSWORD, is_superuser=superuser)
    if roles:
        set_standing(user, roles=roles, sections=[], author_id=author.pk if author else None)
    return user


@pytest.fixture
def journalist(db: None, author: Author) -> User:
    """Writes her own texts, in draft; reads those of every section."""
    return hire("journaliste", Role.JOURNALIST, author=author)


@pytest.fixture
def sub_editor(db: None) -> User:
    """Reads again, mends, sends back, approves; does not publish."""
    return hire("secretaire", Role.SUB_EDITOR)


@pytest.fixture
def editor(db: None) -> User:
    """Publishes and withdraws, keeps sections, authors, topics and pages."""
    return hire("editeur", Role.EDITOR)


@pytest.fixture
def photo_editor(db: None) -> User:
    """Keeps the photo library and the credits; writes no text."""
    return hire("iconographe", Role.PHOTO_EDITOR)


@pytest.fixture
def chief(db: None) -> User:
    """All that an editor may, the accounts, and approving alone with a reason."""
    return hire("chef", Role.CHIEF)


@pytest.fixture
def outsider(db: None) -> User:
    """Can sign in, has no role: may nothing."""
    return hire("passant")


@pytest.fixture
def superuser(db: None) -> User:
    """Django's superuser, without a role: may nothing either."""
    user = hire("admin", superuser=True)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.refresh_from_db()
    return user


# --- What they write about ----------------------------------------------------------------------------------------


@pytest.fixture
def section(db: None) -> Section:
    return Section.objects.create(name="Politique", slug="politique", accent="#35508f", description="La vie publique.")


@pytest.fixture
def author(db: None) -> Author:
    return Author.objects.create(name="Nadia Berrahal", slug="nadia-berrahal", role="Journaliste")


@pytest.fixture
def topic(db: None) -> Topic:
    return Topic.objects.create(name="Sécheresse", slug="secheresse")


@pytest.fixture
def credit(db: None) -> ImageCredit:
    return ImageCredit.objects.create(name="Agence du Large", kind=CreditKind.AGENCY)


@pytest.fixture
def make_photo(credit: ImageCredit, photo_editor: User) -> Callable[..., Photo]:
    """Takes a small real JPEG into the library, whole and credited; `by=` and the fields of Photo change that.

    `size=` is in pixels. No two calls take in the same file.
    """
    shades = count(1)

    def take_in(*, by: User = photo_editor, size: tuple[int, int] = (640, 480), **fields: Any) -> Photo:
        shade = next(shades)
        file = BytesIO()
        Picture.new("RGB", size, (shade % 256, 90 + shade // 256, 140)).save(file, "JPEG")
        written = {
            "alt": "Le phare d’El Hank au petit matin.",
            "caption": "Le phare, mardi.",
            "credit": credit,
            "photographer": "Salma Idrissi",
            **fields,
        }
        return intake.take_in(ContentFile(file.getvalue(), name=f"IMG_{shade:04}.jpg"), by=by, **written)

    return take_in


@pytest.fixture
def make_story(section: Section, author: Author) -> Callable[..., Story]:
    """Starts a draft that passes both checklists, written by `by`; `fields` are those of `saving.start_story`."""

    def start(*, by: User, **fields: Any) -> Story:
        written: dict[str, Any] = {
            "headline": "Le budget de la commune tient en trois lignes",
            "standfirst": "Réuni mardi, le conseil a voté sans débat ; la trésorière, elle, a tout compté.",
            "body": BODY,
            "section": section,
            "authors": [author.pk],
            "topics": [],
            **fields,
        }
        return saving.start_story(by=by, **written)

    return start


@pytest.fixture
def story(make_story: Callable[..., Story], journalist: User) -> Story:
    """A draft of the journalist's."""
    return make_story(by=journalist)


@pytest.fixture
def approve_story(journalist: User, sub_editor: User, make_story: Callable[..., Story]) -> Callable[..., Story]:
    """Has a draft approved, and returns it as it now stands: the one that is given, or a new one with `fields`.

    The journalist, who is its writer, submits it; the sub-editor approves it.
    """

    def go_through(story: Story | None = None, **fields: Any) -> Story:
        story = story or make_story(by=journalist, **fields)
        story.refresh_from_db()
        deeds.submit(story, revision=story.version, by=journalist)
        deeds.approve(story, revision=story.version, by=sub_editor)
        story.refresh_from_db()
        return story

    return go_through


@pytest.fixture
def publish_story(sub_editor: User, editor: User, chief: User) -> Callable[..., Story]:
    """Brings a draft before readers by the real deeds, and returns it as it now stands.

    Its writer submits, the sub-editor approves (the chief what the sub-editor wrote), the editor publishes; a new
    version of a live article as an update, unless `notice` says what else it is.
    """

    def go_through(story: Story, notice: ChangeNotice | None = None) -> Story:
        story.refresh_from_db()
        writer = story.writers.order_by("pk").first()
        assert writer is not None
        reader = chief if writer == sub_editor else sub_editor
        deeds.submit(story, revision=story.version, by=writer)
        deeds.approve(story, revision=story.version, by=reader)
        change = (notice or ChangeNotice(ChangeKind.UPDATE)) if story.is_live else None
        publishing.publish(story, revision=story.version, by=editor, change=change)
        story.refresh_from_db()
        return story

    return go_through
