"""The files of published pictures: every file that a page names is public, and no other stays so."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from articles.models import Article, Image
from newsroom import deeds, publishing
from newsroom.clock import Clock
from newsroom.models import Dispatch, Photo, Story
from newsroom.workflow import Stage

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
MakePhoto = Callable[..., Photo]
PublishStory = Callable[..., Story]


@pytest.fixture
def public_files(settings: Settings) -> Callable[[], set[str]]:
    """The names of the files that readers can ask for."""
    root = Path(settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def fill_disk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[..., None]:
    """Make the disk of the public pictures full after `files` more: the next file is begun and breaks off."""

    def fill(*, files: int, error: BaseException | None = None) -> None:
        room, write = [files], FileSystemStorage._save

        def save(storage: FileSystemStorage, name: str, content: Any) -> Any:
            if Path(storage.location) != Path(settings.MEDIA_ROOT):
                return write(storage, name, content)
            room[0] -= 1
            if room[0] >= 0:
                return write(storage, name, content)
            begun = Path(storage.path(name))
            begun.parent.mkdir(parents=True, exist_ok=True)
            begun.write_bytes(content.read(100))
            raise error or OSError(28, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", save)

    return fill


def files_of(photo: Photo) -> set[str]:
    return {rendition["name"] for rendition in Photo.objects.get(pk=photo.pk).renditions}


def move_focal_point(client: Client, photo: Photo, editor: User) -> None:
    """Move the focal point with the photo's form, as the picture desk does."""
    client.force_login(editor)
    form = {
        "caption": photo.caption, "alt": photo.alt, "photographer": photo.photographer, "credit": photo.credit_id,
        "search_note": "", "focal_x": "0.1", "focal_y": "0.9",
    }  # fmt: skip
    answer = client.post(reverse("admin:newsroom_photo_change", args=[photo.pk]), form)
    assert answer.status_code == 302


def test_no_page_names_a_missing_file_after_the_focal_point_moved(
    client: Client, make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User,
    photo_editor: User,
) -> None:  # fmt: skip
    photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    before = files_of(photo)
    photo.refresh_from_db()
    move_focal_point(client, photo, photo_editor)
    assert before.isdisjoint(files_of(photo))

    page = client.get(Article.objects.get().get_absolute_url()).content.decode()

    named = set(re.findall(r'/media/[^\s",]+', page))
    assert named
    for address in named:
        answer = client.get(address)
        answer.close()
        assert answer.status_code == 200, f"{address} is not there"


def test_correcting_a_caption_moves_no_file(
    make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User,
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    before = public_files()
    Photo.objects.filter(pk=photo.pk).update(caption="Le phare, mercredi.")

    publishing.refresh_image(photo.pk)
    Clock().beat()

    assert before
    assert public_files() == before


def test_an_interrupted_copy_leaves_no_file_of_an_unpublished_story_public(
    approve_story: Callable[..., Story], make_photo: MakePhoto, editor: User, fill_disk: Callable[..., None],
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    story = approve_story(lead_photo=make_photo())
    fill_disk(files=3)

    with pytest.raises(deeds.Refused, match="No space"):
        publishing.publish(story, revision=story.version, by=editor)

    assert public_files() == set()
    assert not Article.objects.exists()


def test_an_interrupted_copy_keeps_the_files_that_were_public_already(
    approve_story: Callable[..., Story], make_photo: MakePhoto, publish_story: PublishStory, make_story: MakeStory,
    journalist: User, editor: User, fill_disk: Callable[..., None], public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    shown, new = make_photo(), make_photo()
    publish_story(make_story(by=journalist, lead_photo=shown))
    story = approve_story(lead_photo=shown, body=f'<p>Texte.</p><figure class="image" data-image="{new.pk}"></figure>')
    fill_disk(files=1)

    with pytest.raises(deeds.Refused, match="No space"):
        publishing.publish(story, revision=story.version, by=editor)

    assert public_files() == files_of(shown)


def test_the_interrupted_publication_succeeds_once_the_disk_has_room(
    approve_story: Callable[..., Story], make_photo: MakePhoto, editor: User, fill_disk: Callable[..., None],
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    """The control of the two tests above."""
    photo = make_photo()
    story = approve_story(lead_photo=photo)
    fill_disk(files=1000)

    publishing.publish(story, revision=story.version, by=editor)

    assert public_files() == files_of(photo)
    assert Story.objects.get(pk=story.pk).stage == Stage.PUBLISHED


def test_the_files_of_a_withdrawn_picture_are_deleted_before_any_waiting_mail_is_sent(
    make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User, editor: User,
    public_files: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A mail server that takes its time must not keep the face of a minor on the site."""
    story = publish_story(make_story(by=journalist, lead_photo=make_photo()))
    letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
    Dispatch.objects.bulk_create(
        Dispatch(kind=Dispatch.Kind.MAIL, key=f"m{place}", payload=letter, due_at=timezone.now())
        for place in range(300)
    )
    files_at_each_letter: list[set[str]] = []
    monkeypatch.setattr(EmailMessage, "send", lambda _letter: files_at_each_letter.append(public_files()))
    assert public_files()
    publishing.withdraw(story, revision=story.version, by=editor, note="Photo d’un mineur.")

    Clock().beat()

    assert files_at_each_letter, "no mail was sent: there was nothing to wait behind"
    assert files_at_each_letter == [set()] * len(files_at_each_letter)
    waiting = Dispatch.objects.filter(done_at=None)
    assert set(waiting.values_list("kind", flat=True)) == {Dispatch.Kind.MAIL}, "one beat sent all the mail"


def test_a_killed_publication_leaves_no_public_picture(
    approve_story: Callable[..., Story], make_photo: MakePhoto, editor: User, fill_disk: Callable[..., None],
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    story = approve_story(lead_photo=make_photo())
    fill_disk(files=3, error=SystemExit())

    with pytest.raises(SystemExit):
        publishing.publish(story, revision=story.version, by=editor)

    assert public_files() == set()


def test_a_file_queued_for_erasure_stays_when_it_is_published_again_first(
    make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User, editor: User,
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    photo = make_photo()
    story = publish_story(make_story(by=journalist, lead_photo=photo))
    publishing.withdraw(story, revision=story.version, by=editor, note="Une erreur de nom.")
    publish_story(story)

    Clock().beat()

    assert public_files() == files_of(photo)


@pytest.mark.parametrize("place", ["at the head", "in the text"])
def test_a_picture_stays_as_long_as_another_article_shows_it_wherever_that_is(
    place: str, make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User,
    editor: User, public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    photo = make_photo()
    within: dict[str, Any] = {"body": f'<p>Texte.</p><figure class="image" data-image="{photo.pk}"></figure>'}
    publish_story(make_story(by=journalist, **within if place == "in the text" else {"lead_photo": photo}))
    for fields in ({"lead_photo": photo}, within):
        story = publish_story(make_story(by=journalist, **fields))
        publishing.withdraw(story, revision=story.version, by=editor, note="Doublon.")
        Clock().beat()

        assert Image.objects.filter(pk=photo.pk).exists()
        assert public_files() == files_of(photo)


def test_readers_see_a_picture_with_all_that_the_library_says_of_it(
    make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User
) -> None:
    photo = make_photo(focal_x=0.2, focal_y=0.7)
    publish_story(make_story(by=journalist, lead_photo=photo))
    corrected = {
        "alt": "Un phare.", "is_decorative": True, "caption": "Le phare.", "photographer": "Omar Tazi",
        "focal_x": 0.9, "focal_y": 0.1, "colour": "#123456",
    }  # fmt: skip
    names = [field.attname for field in Image._meta.concrete_fields]
    assert set(corrected) < set(names)
    for change in ({}, corrected):
        Photo.objects.filter(pk=photo.pk).update(**change)
        publishing.refresh_image(photo.pk)

        image, kept = Image.objects.get(pk=photo.pk), Photo.objects.get(pk=photo.pk)
        assert {name: getattr(image, name) for name in names} == {name: getattr(kept, name) for name in names}
        assert {name: getattr(image, name) for name in change} == change


def test_the_clock_brings_sizes_that_it_makes_anew_before_readers(
    make_story: MakeStory, make_photo: MakePhoto, publish_story: PublishStory, journalist: User,
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    before = files_of(photo)
    Photo.objects.filter(pk=photo.pk).update(renditions=[], focal_x=0.1)

    Clock().beat()
    Clock().beat()

    assert before.isdisjoint(files_of(photo))
    assert public_files() == files_of(photo) | before
    assert Image.objects.get(pk=photo.pk).renditions == Photo.objects.get(pk=photo.pk).renditions
