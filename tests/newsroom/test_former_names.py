"""Former files of a picture: they answer until all that named them has expired, and go at once with a withdrawal."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from articles.models import Article, Image
from newsroom import deeds, publishing
from newsroom.clock import Clock
from newsroom.deeds import ChangeNotice
from newsroom.models import Dispatch, Photo, Story
from newsroom.photos import renditions
from newsroom.stories import saving
from newsroom.stories.content import content_of
from newsroom.workflow import ChangeKind

pytestmark = pytest.mark.django_db
Made = Callable[..., Any]
A_DAY = timedelta(days=1)
TYPO = ChangeNotice(ChangeKind.TYPO)


@pytest.fixture
def public_files(settings: Settings) -> Callable[[], set[str]]:
    """The names of the files that readers can ask for."""
    root = Path(settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def shown(make_story: Made, make_photo: Made, publish_story: Made, journalist: User) -> Story:
    """An article with a picture at its head and one in its text."""
    lead, within = make_photo(), make_photo()
    body = f'<p>Texte.</p><figure class="image" data-image="{within.pk}"></figure>'
    story: Story = publish_story(make_story(by=journalist, lead_photo=lead, body=body))
    return story


def files_of(photo: Photo) -> set[str]:
    return {rendition["name"] for rendition in Photo.objects.get(pk=photo.pk).renditions}


def move_focal_point(client: Client, photo: Photo, photo_editor: User) -> None:
    photo.refresh_from_db()
    client.force_login(photo_editor)
    form = {
        "caption": photo.caption, "alt": photo.alt, "photographer": photo.photographer, "credit": photo.credit_id,
        "search_note": "", "focal_x": "0.1", "focal_y": "0.9",
    }  # fmt: skip
    assert client.post(reverse("admin:newsroom_photo_change", args=[photo.pk]), form).status_code == 302


def publish_another_lead(story: Story, photo: Photo | None, journalist: User, publish_story: Made, **text: str) -> None:
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    saving.put_text(story, {**content_of(story), "lead_photo": photo.pk if photo else None, **text}, by=journalist)
    publish_story(story)


WAYS: dict[str, Callable[..., None]] = {
    "a moved focal point": lambda story, **with_: move_focal_point(
        with_["client"], story.lead_photo, with_["photo_editor"]
    ),
    "another picture at the head": lambda story, **with_: publish_another_lead(
        story, with_["make_photo"](), with_["journalist"], with_["publish_story"]
    ),
    "no picture any more": lambda story, **with_: publish_another_lead(
        story, None, with_["journalist"], with_["publish_story"], body="<p>Texte.</p>"
    ),
}


@pytest.fixture
def change(
    client: Client, photo_editor: User, make_photo: Made, journalist: User, publish_story: Made
) -> Callable[[str, Story], None]:
    """Changes which files an article names, in one of the WAYS."""
    with_ = {
        "client": client, "photo_editor": photo_editor, "make_photo": make_photo, "journalist": journalist,
        "publish_story": publish_story,
    }  # fmt: skip
    return lambda way, story: WAYS[way](story, **with_)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_a_cached_page_names_answers_for_a_week_after_the_page_changed(
    way: str, shown: Story, change: Made, public_files: Callable[[], set[str]], client: Client
) -> None:
    before = public_files()
    assert before

    change(way, shown)
    Clock().beat()
    with time_machine.travel(timezone.now() + 6 * A_DAY):
        Clock().beat()

    for name in before:
        answer = client.get(f"/media/{name}")
        answer.close()
        assert answer.status_code == 200, f"{name} vanished"


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_nothing_can_name_any_more_is_erased(
    way: str, shown: Story, change: Made, public_files: Callable[[], set[str]]
) -> None:
    change(way, shown)

    with time_machine.travel(timezone.now() + 8 * A_DAY):
        Clock().beat()

    named = {rendition["name"] for image in Image.objects.all() for rendition in image.renditions}
    assert public_files() == named


@pytest.mark.parametrize("way", WAYS)
def test_a_withdrawal_erases_former_files_at_once_too(
    way: str, shown: Story, change: Made, editor: User, public_files: Callable[[], set[str]]
) -> None:
    change(way, shown)
    shown.refresh_from_db()

    publishing.withdraw(shown, revision=shown.version, by=editor, note="Photo d’un mineur.")
    Clock().beat()

    assert public_files() == set()


def test_a_withdrawal_leaves_the_files_that_another_article_names_or_named(
    shown: Story, make_story: Made, publish_story: Made, journalist: User, editor: User, client: Client,
    photo_editor: User, public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    photo = shown.lead_photo
    assert photo is not None
    publish_story(make_story(by=journalist, lead_photo=photo))
    before = files_of(photo)
    move_focal_point(client, photo, photo_editor)

    publishing.withdraw(shown, revision=shown.version, by=editor, note="Doublon.")
    Clock().beat()

    assert public_files() == before | files_of(photo)


def test_a_withdrawn_picture_that_is_published_again_keeps_its_files(
    shown: Story, editor: User, publish_story: Made, public_files: Callable[[], set[str]], client: Client,
    photo_editor: User,
) -> None:  # fmt: skip
    photo = shown.lead_photo
    assert photo is not None
    move_focal_point(client, photo, photo_editor)
    publishing.withdraw(shown, revision=shown.version, by=editor, note="Une erreur de nom.")
    publish_story(shown)

    Clock().beat()

    assert files_of(photo) <= public_files()


def test_a_focal_point_that_moves_back_keeps_the_files_that_it_names_again(
    shown: Story, client: Client, photo_editor: User, public_files: Callable[[], set[str]]
) -> None:
    photo = shown.lead_photo
    assert photo is not None
    before = files_of(photo)
    move_focal_point(client, photo, photo_editor)
    Photo.objects.filter(pk=photo.pk).update(focal_x=0.5, focal_y=0.5, renditions=[])

    Clock().beat()
    with time_machine.travel(timezone.now() + 8 * A_DAY):
        Clock().beat()

    assert files_of(photo) == before
    assert before <= public_files()


def test_deleting_a_photo_from_the_library_erases_its_former_public_files_at_once(
    shown: Story, journalist: User, publish_story: Made, client: Client, photo_editor: User,
    public_files: Callable[[], set[str]],
) -> None:  # fmt: skip
    publish_another_lead(shown, None, journalist, publish_story, body="<p>Texte.</p>")
    Story.objects.update(lead_photo=None)
    Story.body_photos.through.objects.all().delete()  # type: ignore[attr-defined]
    client.force_login(photo_editor)
    assert public_files()
    for photo in Photo.objects.all():
        client.post(reverse("admin:newsroom_photo_delete", args=[photo.pk]), {"post": "yes"})
    assert not Photo.objects.exists()

    Clock().beat()

    assert public_files() == set()


def test_a_correction_of_a_credit_renames_no_file(
    shown: Story, client: Client, photo_editor: User, public_files: Callable[[], set[str]]
) -> None:
    photo = shown.lead_photo
    assert photo is not None
    before = public_files()
    Photo.objects.filter(pk=photo.pk).update(photographer="Omar Tazi")
    publishing.refresh_image(photo.pk)
    Clock().beat()
    assert public_files() == before
    assert not Dispatch.objects.filter(kind=Dispatch.Kind.ERASE).exists()


def test_the_page_shows_the_former_crop_until_the_new_sizes_are_made(
    shown: Story, client: Client, photo_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that has no time, or a disk without room, costs a crop that comes later and never a picture."""
    photo = shown.lead_photo
    assert photo is not None
    before = Image.objects.get(pk=photo.pk)
    with monkeypatch.context() as patch:
        patch.setattr(renditions, "_made", lambda photo: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        move_focal_point(client, photo, photo_editor)
        after = Image.objects.get(pk=photo.pk)
        assert (after.renditions, after.focal_x) == (before.renditions, before.focal_x)

    Clock().beat()

    assert Image.objects.get(pk=photo.pk).focal_x == 0.1
    assert Article.objects.get().lead_image_id == photo.pk
