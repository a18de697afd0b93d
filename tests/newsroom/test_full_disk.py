"""A disk without room: what is sent is refused with a sentence, and no part of a file stays behind."""

import errno
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from pytest_django import Settings

from articles.models import Image
from newsroom.admin.photos.library import NOT_COPIED
from newsroom.models import Photo, Story
from newsroom.models.photo import originals
from newsroom.photos import intake, renditions, workshop

from .autosaves import keeping
from .pictures import encoded
from .story_post import address, typed

FULL = OSError(errno.ENOSPC, "No space left on device")
CAPTION = "Le phare d’El Hank, mardi."


@pytest.fixture
def private_files(tmp_path: Path) -> Callable[[], list[Path]]:
    return lambda: [path for path in (tmp_path / "private").rglob("*") if path.is_file()]


@pytest.fixture(params=["at once", "after some bytes"])
def fill_disk(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Make the disk full: a file is begun, and breaks off."""

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        begun = Path(storage.path(name))
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.write_bytes(content.read(100) if request.param == "after some bytes" else b"")
        raise FULL

    return lambda: monkeypatch.setattr(FileSystemStorage, "_save", save)


def uploaded() -> ContentFile[bytes]:
    return ContentFile(encoded(Picture.new("RGB", (640, 480), (9, 90, 40))), name="IMG_0001.jpg")


def test_a_full_disk_is_named_on_the_form_which_keeps_what_was_typed(
    client: Client, journalist: User, private_files: Callable[[], list[Path]], fill_disk: Callable[[], None]
) -> None:
    fill_disk()
    client.force_login(journalist)
    answer = client.post(reverse("admin:newsroom_photo_add"), {"file": uploaded(), "caption": CAPTION})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["file"] == [str(intake.NOT_KEPT)]
    assert CAPTION in page
    assert not Photo.objects.exists()
    assert private_files() == []


def test_a_full_disk_is_named_for_each_file_sent_to_the_library(
    client: Client, journalist: User, private_files: Callable[[], list[Path]], fill_disk: Callable[[], None]
) -> None:
    fill_disk()
    client.force_login(journalist)
    answer = client.post(
        reverse("admin:newsroom_photo_receive"), {"files": uploaded()}, headers={"accept": "application/json"}
    )
    assert answer.json()["files"] == [
        {"name": "IMG_0001.jpg", "state": "failed", "message": str(intake.NOT_KEPT), "url": ""}
    ]
    assert not Photo.objects.exists()
    assert private_files() == []


@pytest.mark.parametrize("step", ["new_file", "receive_data_chunk"])
def test_a_folder_of_uploads_without_room_is_named_like_a_full_disk(
    step: str, client: Client, journalist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise FULL

    monkeypatch.setattr(TemporaryFileUploadHandler, step, fail)
    client.force_login(journalist)
    answer = client.post(reverse("admin:newsroom_photo_add"), {"file": uploaded(), "caption": CAPTION})
    assert answer.context["adminform"].form.errors["file"] == [str(intake.NOT_KEPT)]
    assert CAPTION in answer.content.decode()


def test_a_decoder_without_room_for_its_result_is_named_like_a_full_disk(
    photo_editor: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = iter([io.FileIO("/dev/full", "r+"), io.FileIO(tmp_path / "complaints", "w+")])
    monkeypatch.setattr(workshop, "TemporaryFile", lambda: next(files))
    with pytest.raises(intake.Unfit) as refusal:
        intake.take_in(uploaded(), by=photo_editor)
    assert str(refusal.value.message) == str(intake.NOT_KEPT)


def test_sizes_that_cannot_be_written_leave_nothing_and_are_made_later(
    make_photo: Any, fill_disk: Callable[[], None], private_files: Callable[[], list[Path]]
) -> None:
    photo = make_photo()
    before = private_files()
    fill_disk()
    with pytest.raises(OSError, match="No space"):
        renditions.make_missing(photo)
    assert private_files() == before
    photo.refresh_from_db()
    assert photo in renditions.waiting()


def test_a_new_crop_that_cannot_be_copied_to_the_site_gives_the_typed_words_back(
    client: Client, photo_editor: User, journalist: User, make_photo: Any, make_story: Any, publish_story: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    photo.refresh_from_db()
    shown = Image.objects.get(pk=photo.pk)

    save = FileSystemStorage._save

    def fail(storage: FileSystemStorage, name: str, content: Any) -> Any:
        if storage.location == default_storage.location:
            raise FULL
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", fail)
    client.force_login(photo_editor)
    posted = {
        "caption": CAPTION, "alt": photo.alt, "photographer": "", "credit": photo.credit_id, "search_note": "",
        "focal_x": "0.1", "focal_y": "0.9",
    }  # fmt: skip

    answer = client.post(reverse("admin:newsroom_photo_change", args=[photo.pk]), posted)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors() == [str(NOT_COPIED)]
    assert CAPTION in answer.content.decode()
    now = Image.objects.get(pk=photo.pk)
    assert (now.renditions, now.caption) == (shown.renditions, shown.caption)
    assert all(default_storage.exists(rendition["name"]) for rendition in now.renditions)


@pytest.mark.parametrize("page", ["autosave", "save"])
def test_a_database_without_room_gives_a_typed_text_back(page: str, journalist: User, story: Story) -> None:
    """On SQLite and PostgreSQL alike, a full disk is an OperationalError."""

    def refuse(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE")) and ("newsroom_autosave" in sql or "newsroom_revision" in sql):
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)

    browser = Client(raise_request_exception=False)
    browser.force_login(journalist)
    posted = typed(story, body="<p>Trois heures de travail.</p>", page=str(uuid4()))
    with connection.execute_wrapper(refuse):
        answer = browser.post(keeping(story) if page == "autosave" else address(story), posted)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Trois heures de travail" in answer.content.decode()
    story.refresh_from_db()
    assert "Trois heures" not in story.body


@pytest.mark.parametrize("storage", ["public", "private"])
def test_a_file_that_cannot_be_written_over_another_leaves_the_other_whole(
    storage: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    files = default_storage if storage == "public" else originals()
    files.save("photos/a.jpg", ContentFile(b"whole"))

    class Breaking(ContentFile[bytes]):
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"half"
            raise FULL

    with pytest.raises(OSError, match="No space"):
        files.save("photos/a.jpg", Breaking(b"half of it"))
    with files.open("photos/a.jpg") as kept:
        assert kept.read() == b"whole"
    assert files.listdir("photos")[1] == ["a.jpg"]


def test_a_process_that_is_killed_while_it_writes_leaves_no_file_under_the_name(tmp_path: Path) -> None:
    """The copy for readers is made once: half of one would be taken for the whole."""
    seen: list[list[str]] = []

    class Watching(ContentFile[bytes]):
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"half"
            seen.append(default_storage.listdir("photos")[1])

    default_storage.save("photos/b.jpg", Watching(b"half"))
    assert "b.jpg" not in seen[0]
    assert default_storage.listdir("photos")[1] == ["b.jpg"]
