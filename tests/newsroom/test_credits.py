"""A corrected credit is right at once; the clock brings it to its pictures in batches, however many they are."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import CreditKind, Image, ImageCredit
from newsroom.clock import Clock
from newsroom.clock.credits import CREDIT_WORDS
from newsroom.models import CreditChange, Fault, Hand, Photo
from newsroom.photos import intake
from newsroom.publishing import credits

pytestmark = pytest.mark.django_db
Add = Callable[[int], list[int]]


@pytest.fixture
def correcting(client: Client, photo_editor: User) -> Client:
    client.force_login(photo_editor)
    return client


@pytest.fixture
def add_pictures(credit: ImageCredit, photo_editor: User) -> Add:
    """Adds pictures that owe the credit to the library and to the site, and returns their numbers."""

    def add(number: int) -> list[int]:
        known = Photo.objects.count()
        photos = Photo.objects.bulk_create(
            Photo(
                original=f"{known + place}.jpg", sha256=f"{known + place:064}", width=640, height=480, credit=credit,
                added_by=photo_editor, folded="avant", renditions=[{"preset": "card", "name": "x"}],
            )
            for place in range(number)
        )  # fmt: skip
        Image.objects.bulk_create(Image(pk=photo.pk, credit=credit, credit_line="© Avant") for photo in photos)
        return [photo.pk for photo in photos]

    return add


def correct(client: Client, credit: ImageCredit, name: str = "Agence du Sud") -> str:
    response = client.post(page_of(credit), {"name": name, "kind": CreditKind.AGENCY}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def page_of(credit: ImageCredit) -> str:
    return f"/redaction/articles/imagecredit/{credit.pk}/change/"


def progress(client: Client, credit: ImageCredit) -> str:
    return " ".join(client.get(page_of(credit)).content.decode().replace("\u202f", " ").split())


def up_to_date(name: str = "Agence du Sud") -> int:
    lines = set(Image.objects.filter(credit_line=f"© {name}").values_list("pk", flat=True))
    found = set(Photo.objects.filter(folded__contains=name.lower()).values_list("pk", flat=True))
    assert lines == found
    return len(lines)


def beat() -> None:
    Clock([Hand.UPKEEP]).beat()


def test_a_credit_of_a_few_pictures_is_right_everywhere_at_once(
    correcting: Client, credit: ImageCredit, add_pictures: Add
) -> None:
    add_pictures(3)

    correct(correcting, credit)

    assert up_to_date() == 3
    assert not CreditChange.objects.exists()


def test_the_request_that_corrects_a_credit_asks_as_much_of_20_pictures_as_of_2000(
    correcting: Client, credit: ImageCredit, add_pictures: Add
) -> None:
    asked = []
    for more in (credits.HANDFUL + 5, 2000):
        add_pictures(more)
        with CaptureQueriesContext(connection) as queries:
            correct(correcting, credit, f"Agence {more}")
        asked.append([query["sql"] for query in queries])
        assert up_to_date(f"Agence {more}") == 0, "the request wrote what is the clock's"

    assert len(asked[1]) <= len(asked[0])
    assert not [sql for sql in asked[1] if 'UPDATE "newsroom_photo"' in sql or 'UPDATE "articles_image"' in sql]
    assert max(len(sql) for sql in asked[1]) < 5000, "a query that names many rows"
    credit.refresh_from_db()
    assert credit.name == "Agence 2000"


def test_the_clock_brings_it_to_all_in_batches_and_the_page_of_the_credit_shows_how_far_it_is(
    correcting: Client, credit: ImageCredit, add_pictures: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credits, "BATCH", 30)
    add_pictures(80)

    assert "se fait en quelques minutes" in correct(correcting, credit)
    assert "l’horloge va leur apporter la correction" in progress(correcting, credit)
    beat()
    assert up_to_date() == 30
    assert "30 photos sur 80 sont à jour" in progress(correcting, credit)
    beat()
    assert up_to_date() == 60
    beat()

    assert up_to_date() == 80
    assert "à jour" not in progress(correcting, credit)
    assert not CreditChange.objects.exists()


def test_a_clock_that_dies_in_a_batch_is_followed_by_one_that_goes_on_from_there(
    correcting: Client, credit: ImageCredit, add_pictures: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credits, "BATCH", 30)
    numbers = add_pictures(80)
    correct(correcting, credit)
    beat()
    refresh, seen = credits.refresh_words, []
    with monkeypatch.context() as killed:
        killed.setattr(credits, "refresh_words", lambda _numbers: exit(9))
        with pytest.raises(SystemExit):
            beat()

    monkeypatch.setattr(credits, "refresh_words", lambda these: seen.extend(these) or refresh(these))
    beat()
    beat()

    assert seen == numbers[30:]
    assert up_to_date() == 80


def test_a_credit_that_is_corrected_again_meanwhile_is_brought_to_all_of_them_anew(
    correcting: Client, credit: ImageCredit, add_pictures: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credits, "BATCH", 30)
    add_pictures(50)
    correct(correcting, credit)
    beat()
    correct(correcting, credit, "Agence de l’Est")

    for _beat in range(3):
        beat()

    assert set(Image.objects.values_list("credit_line", flat=True)) == {"© Agence de l’Est"}


def test_a_batch_that_was_begun_before_a_second_correction_does_not_end_it(
    correcting: Client, credit: ImageCredit, add_pictures: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_pictures(50)
    correct(correcting, credit)
    refresh = credits.refresh_words

    def corrected_again(numbers: list[int]) -> None:
        refresh(numbers)
        CreditChange.objects.update(asked_at=timezone.now() + timedelta(seconds=1), total=None, done=0, after=0)

    with monkeypatch.context() as patch:
        patch.setattr(credits, "refresh_words", corrected_again)
        beat()

    assert CreditChange.objects.get().after == 0


def test_a_picture_that_cannot_have_it_keeps_no_other_waiting_and_is_tried_again(
    correcting: Client, credit: ImageCredit, add_pictures: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = add_pictures(40)[7]
    correct(correcting, credit)
    searchable = intake.searchable

    def fail(photo: Photo) -> str:
        if photo.pk == bad:
            raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid")
        return searchable(photo)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "searchable", fail)
        beat()
    assert up_to_date() == 39
    assert Fault.objects.get(job=CREDIT_WORDS).ref == bad

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        beat()

    assert up_to_date() == 40
    assert not Fault.objects.exists()


def test_the_pictures_of_other_credits_are_left_alone(
    correcting: Client, credit: ImageCredit, add_pictures: Add
) -> None:
    first, second = add_pictures(30)[:2]
    other = ImageCredit.objects.create(name="Une autre", kind=CreditKind.AGENCY)
    Photo.objects.filter(pk__in=[first, second]).update(credit=other)
    Image.objects.filter(pk=first).update(credit=other)
    correct(correcting, credit)

    beat()

    assert Image.objects.get(pk=first).credit_line == "© Avant"
    assert Image.objects.get(pk=second).credit_line == "© Agence du Sud", "readers see it under this credit"


def test_the_pictures_of_a_credit_are_found_by_an_index_in_the_order_of_their_numbers() -> None:
    for model in (Photo, Image):
        assert ["credit", "id"] in [index.fields for index in model._meta.indexes]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_picture_that_somebody_holds_is_left_to_the_clock_and_nobody_waits(
    correcting: Client, credit: ImageCredit, add_pictures: Add
) -> None:
    number = add_pictures(1)[0]
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            list(Photo.objects.select_for_update().filter(pk=number))
            held.set()
            done.wait(30)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    held.wait(30)
    try:
        correct(correcting, credit)
        assert CreditChange.objects.exists()
    finally:
        done.set()
        holder.join()

    beat()

    assert up_to_date() == 1


def test_a_save_that_corrects_nothing_of_a_new_credit_asks_the_clock_for_nothing(correcting: Client) -> None:
    new: dict[str, Any] = {"name": "Agence neuve", "kind": CreditKind.AGENCY}

    correcting.post("/redaction/articles/imagecredit/add/", new)

    assert ImageCredit.objects.filter(name="Agence neuve").exists()
    assert not CreditChange.objects.exists()
