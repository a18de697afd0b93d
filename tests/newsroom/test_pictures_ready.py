"""Pictures are made before a publication, and copied at its end: no row is held while one is decoded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from articles.models import Article, Byline
from newsroom import deeds, publishing
from newsroom.clock import Clock
from newsroom.models import Dispatch, Photo, Story
from newsroom.photos import renditions, workshop
from newsroom.publishing import files
from newsroom.refusals import Refused

from .desk import at_the_desk, deed_address
from .scheduling import let_hour_come
from .story_post import address, typed

Make = Callable[..., Any]
FLASH = "/redaction/flash/"


@pytest.fixture
def public_files(settings: Settings) -> Callable[[], set[str]]:
    root = Path(settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


# --- The ways to readers ------------------------------------------------------------------------------------------


@pytest.fixture
def ways(
    approve_story: Make, publish_story: Make, make_story: Make, make_photo: Make, schedule: Make, flash: dict[str, Any],
    journalist: User, editor: User, chief: User, photo_editor: User,
) -> dict[str, Callable[[], Any]]:  # fmt: skip
    """Each way by which a picture whose sizes are not made comes before readers, ready to be gone."""

    def by_the_page_of_the_deed() -> Any:
        story = approve_story(lead_photo=make_photo())
        return lambda: at_the_desk(editor).post(deed_address("publish", story), {"revision": story.version})

    def by_the_button_beside_the_text() -> Any:
        story, photo = make_story(by=journalist), make_photo()
        posted = typed(story, lead_photo=photo.pk, _deed="flash", note_flash="L’eau monte.")
        return lambda: at_the_desk(chief).post(address(story), posted)

    def with_a_companion() -> Any:
        first = approve_story(lead_photo=make_photo())
        link = f'<p>Texte.</p><aside class="lire-aussi" data-article="{first.pk}"></aside>'
        story = approve_story(lead_photo=make_photo(), body=link)
        companions = [f"{first.pk}-{first.version}"]
        posted = {"revision": story.version, "companions": companions}
        return lambda: at_the_desk(editor).post(deed_address("publish", story), posted)

    def by_a_correction() -> Any:
        story = publish_story(make_story(by=journalist))
        mended = typed(story, headline="Le mot juste", lead_photo=make_photo().pk, _deed="correct", change_kind="typo")
        return lambda: at_the_desk(editor).post(f"/redaction/newsroom/story/{story.pk}/correct/", mended)

    def by_a_flash() -> Any:
        return lambda: at_the_desk(chief).post(FLASH, flash)

    def by_a_moved_focal_point() -> Any:
        photo = make_photo()
        publish_story(make_story(by=journalist, lead_photo=photo))
        photo.refresh_from_db()
        form = {
            "caption": photo.caption, "alt": photo.alt, "photographer": photo.photographer, "search_note": "",
            "credit": photo.credit_id, "focal_x": "0.1", "focal_y": "0.9",
        }  # fmt: skip
        return lambda: at_the_desk(photo_editor).post(reverse("admin:newsroom_photo_change", args=[photo.pk]), form)

    def at_its_hour() -> Any:
        schedule(lead_photo=make_photo())
        return lambda: Clock().beat()

    def by_sizes_made_anew() -> Any:
        photo = make_photo()
        publish_story(make_story(by=journalist, lead_photo=photo))
        Photo.objects.filter(pk=photo.pk).update(renditions=[], focal_x=0.1)
        return lambda: Clock().beat()

    ways = (
        by_the_page_of_the_deed, by_the_button_beside_the_text, with_a_companion, by_a_correction, by_a_flash,
        by_a_moved_focal_point, at_its_hour, by_sizes_made_anew,
    )  # fmt: skip
    return {way.__name__: way for way in ways}


WAYS = [
    "by_the_page_of_the_deed", "by_the_button_beside_the_text", "with_a_companion", "by_a_correction", "by_a_flash",
    "by_a_moved_focal_point", "at_its_hour", "by_sizes_made_anew",
]  # fmt: skip


def pictures_are_shown() -> bool:
    named = {r["name"] for article in Article.objects.all() if (i := article.lead_image) for r in i.renditions}
    return bool(named) and all(FileSystemStorage().exists(name) for name in named)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_no_picture_is_decoded_while_a_transaction_is_open(
    way: str, ways: dict[str, Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    go = ways[way]()
    decoded: list[bool] = []
    work = workshop._worked

    def note(*args: Any, **kwargs: Any) -> Any:
        decoded.append(connection.in_atomic_block)
        return work(*args, **kwargs)

    monkeypatch.setattr(workshop, "_worked", note)

    go()

    assert pictures_are_shown(), "the publication did not go through"
    assert decoded, "nothing was decoded: there was nothing to make"
    assert not any(decoded), "a picture was decoded in a transaction"
    assert not Dispatch.objects.filter(kind=Dispatch.Kind.ERASE, key__startswith="copied").exists()


@contextmanager
def refused_at_the_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the database refuse, at the commit, whatever is published or shown anew."""
    with monkeypatch.context() as patch:
        copy = publishing.pictures.copy_sizes

        def copy_and_break(images: Any) -> None:
            copy(images)
            article = Article.objects.order_by("pk").last()
            assert article is not None
            Byline.objects.create(article=article, author_id=2**31 - 1, order=9)

        patch.setattr(publishing.pictures, "copy_sizes", copy_and_break)
        patch.setattr(connections["default"], "check_constraints", lambda: None)
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_a_publication_that_the_database_refuses_at_its_commit_leaves_no_file_behind(
    way: str, ways: dict[str, Callable[[], Any]], monkeypatch: pytest.MonkeyPatch, public_files: Callable[[], set[str]]
) -> None:
    go = ways[way]()
    before, copied = public_files(), set[str]()
    save = FileSystemStorage.save

    def note(storage: FileSystemStorage, name: str, *args: Any, **kwargs: Any) -> str:
        copied.add(name)
        return save(storage, name, *args, **kwargs)

    with refused_at_the_commit(monkeypatch):
        monkeypatch.setattr(FileSystemStorage, "save", note)
        with suppress(IntegrityError):
            go()
        assert copied - before, "nothing was copied: there was nothing to take back"
        monkeypatch.setattr(FileSystemStorage, "save", save)
        Story.objects.update(due_at=timezone.now() + timedelta(days=1))
        Photo.objects.filter(renditions=[]).update(failure="Illisible.")

        Clock().beat()

    assert public_files() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["by_the_page_of_the_deed", "by_the_button_beside_the_text", "by_a_flash"])
def test_a_process_that_is_killed_before_its_commit_leaves_files_that_the_clock_erases(
    way: str, ways: dict[str, Callable[[], Any]], monkeypatch: pytest.MonkeyPatch, public_files: Callable[[], set[str]]
) -> None:
    go = ways[way]()
    with refused_at_the_commit(monkeypatch):
        monkeypatch.setattr(files, "_settle", lambda announced: None)  # nobody is left to do it
        with pytest.raises(IntegrityError):
            go()
    assert public_files(), "nothing was copied: there was nothing to take back"

    Clock().beat()
    assert public_files(), "files are erased while a publication may still be at work"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        Clock().beat()

    assert public_files() == set()


# --- What is not ready --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_due_story_whose_picture_is_not_made_waits_for_it_and_keeps_no_other_waiting(
    schedule: Make, make_photo: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.clock.departures.AT_ONCE", 2)
    within = f'<p>Texte.</p><figure class="image" data-image="{make_photo().pk}"></figure>'
    waiting = [schedule(lead_photo=make_photo()), schedule(body=within), schedule(lead_photo=make_photo())]
    other = schedule()
    let_hour_come(*waiting, ago=timedelta(seconds=40))
    with monkeypatch.context() as patch:
        patch.setattr(renditions, "_made", lambda photo: (_ for _ in ()).throw(workshop.Busy()))

        Clock().beat()

    assert set(Article.objects.values_list("pk", flat=True)) == {other.pk}
    assert set(Story.objects.values_list("attempts", flat=True)) == {0}

    Clock().beat()
    Clock().beat()  # two at once

    assert Article.objects.count() == 4
    assert all(article.lead_image or article.images.exists() for article in Article.objects.exclude(pk=other.pk))


@pytest.mark.django_db
def test_a_picture_that_is_not_ready_two_minutes_after_the_hour_is_a_failure_that_the_desk_sees(
    schedule: Make, make_photo: Make, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    story = schedule(lead_photo=make_photo())
    let_hour_come(story, ago=timedelta(minutes=3))
    monkeypatch.setattr(renditions, "_made", lambda photo: (_ for _ in ()).throw(workshop.Busy()))

    Clock().beat()

    story.refresh_from_db()
    assert (story.attempts, story.is_live) == (1, False)
    assert "Le phare, mardi." in story.failure
    assert mailoutbox


@pytest.mark.django_db
def test_an_editor_who_publishes_before_the_sizes_can_be_made_is_told_to_try_again(
    approve_story: Make, make_photo: Make, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo()
    story = approve_story(lead_photo=photo)
    with monkeypatch.context() as patch:
        patch.setattr(renditions, "_made", lambda photo: (_ for _ in ()).throw(workshop.Busy()))
        with pytest.raises(Refused) as refusal:
            publishing.publish(story, revision=story.version, by=editor)
    assert "Le phare, mardi." in str(refusal.value.message)
    assert not Article.objects.exists()

    publishing.publish(story, revision=story.version, by=editor)

    assert Article.objects.get().lead_image_id == photo.pk


@pytest.mark.django_db
def test_the_sizes_of_a_text_that_appears_soon_are_made_first(
    make_photo: Make, approve_story: Make, schedule: Make
) -> None:
    others = [make_photo() for _photo in range(2)]
    lead, within = make_photo(), make_photo()
    approve_story(lead_photo=lead)
    schedule(body=f'<p>Texte.</p><figure class="image" data-image="{within.pk}"></figure>', come=False)

    assert list(renditions.waiting()) == [lead, within, *others]


@pytest.mark.django_db
def test_a_publication_with_many_unmade_pictures_takes_a_bounded_time(
    approve_story: Make, make_photo: Make, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [make_photo() for _photo in range(4)]
    figures = "".join(f'<figure class="image" data-image="{photo.pk}"></figure>' for photo in photos)
    story = approve_story(body=f"<p>Texte.</p>{figures}")
    monkeypatch.setattr(files, "LONGEST_MAKING", 0.0)
    made: list[Photo] = []
    make = renditions.make_missing
    monkeypatch.setattr(renditions, "make_missing", lambda photo: (made.append(photo), make(photo)))

    with pytest.raises(Refused):
        publishing.publish(story, revision=story.version, by=editor)

    assert len(made) <= 1


@pytest.mark.django_db
def test_a_refused_publication_announces_nothing_that_stays(
    make_story: Make, make_photo: Make, journalist: User, editor: User, client: Client
) -> None:
    story = make_story(by=journalist, lead_photo=make_photo())
    with pytest.raises(Refused):
        publishing.publish(story, revision=story.version, by=editor)
    assert not Dispatch.objects.filter(kind=Dispatch.Kind.ERASE).exists()
    deeds.submit(story, revision=story.version, by=journalist)
