"""What the clock could not do stands on the home of editors and chiefs, and beside the photo that it is about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from articles.models import Image
from newsroom import publishing
from newsroom.admin.overview import clockwork
from newsroom.clock import Clock
from newsroom.clock.duties import jobs
from newsroom.models import SIZES, Dispatch, Fault, Photo
from newsroom.models.photo import originals
from newsroom.photos import renditions
from newsroom.refusals import Refused

from .desk import at_the_desk

pytestmark = pytest.mark.django_db
LETTER = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
HOME = "/redaction/"


def queue_letters(number: int, *, ago: timedelta = timedelta()) -> None:
    Dispatch.objects.bulk_create(
        Dispatch(kind="mail", key=f"letter-{place}", payload=LETTER, due_at=timezone.now()) for place in range(number)
    )
    Dispatch.objects.update(created_at=timezone.now() - ago)


def home_of(login: User) -> str:
    text: str = at_the_desk(login).get(HOME).content.decode()
    return " ".join(text.replace("\u202f", " ").split())


def test_the_letters_that_wait_and_why_are_shown_to_editors_and_chiefs_only(
    journalist: User, sub_editor: User, editor: User, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(575)
    monkeypatch.setattr(EmailBackend, "open", lambda _server: (_ for _ in ()).throw(ConnectionRefusedError()))
    Clock().beat()

    for login in (editor, chief):
        home = home_of(login)
        assert "575 lettres attendent" in home
        assert "Le serveur est injoignable." in home
        assert "rien n’est perdu" in home
    for login in (journalist, sub_editor):
        assert "lettres attendent" not in home_of(login)


def test_letters_that_have_only_just_been_queued_are_no_news(editor: User) -> None:
    queue_letters(3)
    assert "lettres attendent" not in home_of(editor)

    queue_letters_again = Dispatch.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assert queue_letters_again == 3
    assert "3 lettres attendent" in home_of(editor)


def test_very_many_letters_are_not_counted_one_by_one(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockwork, "MOST_COUNTED", 5)
    queue_letters(9, ago=timedelta(hours=1))

    assert "Plus de 5 lettres attendent" in home_of(editor)


def test_a_photo_whose_sizes_fail_says_so_in_the_library_on_its_page_and_on_the_home(
    make_photo: Callable[..., Photo], editor: User, photo_editor: User, client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    photo = make_photo()

    def fail(_photo: Photo) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(renditions, "make", fail)
        Clock().beat()
    page, words = f"/redaction/newsroom/photo/{photo.pk}/change/", "La rédaction n’a pas le droit de lire ou d’écrire"

    assert words in home_of(editor)
    assert page in home_of(editor)
    client.force_login(photo_editor)
    assert words in client.get(page).content.decode()
    library = client.get("/redaction/newsroom/photo/?etat=illisible").content.decode()
    assert page in library
    assert "Illisible" in library

    Fault.objects.update(next_try=timezone.now())
    Clock().beat()

    assert words not in home_of(editor)
    assert words not in client.get(page).content.decode()


def test_the_home_asks_as_many_questions_for_many_faults_as_for_few(editor: User) -> None:
    asked = []
    client = at_the_desk(editor)
    for more in (3, 400):
        known = Fault.objects.count()
        Fault.objects.bulk_create(
            Fault(job=SIZES, ref=known + place + 1, failure="?", first_at=timezone.now(), next_try=timezone.now())
            for place in range(more)
        )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_a_publication_says_why_its_picture_cannot_be_made_ready(
    make_photo: Callable[..., Photo], approve_story: Callable[..., Any], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo()
    story = approve_story(lead_photo=photo)

    def fail(_photo: Photo) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(renditions, "make", fail)
    Clock().beat()

    with pytest.raises(Refused, match="n’a pas le droit de lire ou d’écrire"):
        publishing.publish(story, revision=story.version, by=editor)


def test_a_picture_that_cannot_be_copied_after_a_restore_keeps_no_other_from_its_place(
    make_photo: Callable[..., Photo], make_story: Callable[..., Any], publish_story: Callable[..., Any],
    journalist: User,
) -> None:  # fmt: skip
    photos = [make_photo() for _photo in range(3)]
    for photo in photos:
        publish_story(make_story(by=journalist, lead_photo=photo))
    names = [Image.objects.get(pk=photo.pk).renditions[0]["name"] for photo in photos]
    for name in names:
        default_storage.delete(name)
    originals().delete(names[1])

    with pytest.raises(CommandError, match=rf"1 pictures .*Numbers: {photos[1].pk}$"):
        call_command("copy_pictures")

    assert [default_storage.exists(name) for name in names] == [True, False, True]


def test_the_home_names_the_faults_of_every_job(editor: User) -> None:
    now = timezone.now()
    every = [job for job in jobs() if job.name != "letters"]
    Fault.objects.bulk_create(
        Fault(job=job.name, ref=ref, failure="Une panne.", first_at=now, next_try=now)
        for job in every
        for ref in ([Fault.WHOLE, 12] if job.page else [Fault.WHOLE])
    )

    home = home_of(editor)

    assert [str(job.title) for job in every if escape(str(job.title)) not in home] == []
    assert home.count("n° 12") == len([job for job in every if job.page])
