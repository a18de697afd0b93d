"""What cannot go out at its hour says why, waits, keeps no other waiting, and is tried again at once when asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from articles.models import Article, Section
from newsroom import clock, publishing
from newsroom.access import Role
from newsroom.clock import Clock
from newsroom.models import Photo, Story
from newsroom.staff import set_standing
from newsroom.workflow import Stage

from .scheduling import break_it, let_hour_come

pytestmark = pytest.mark.django_db
Schedule = Callable[..., Story]


def test_one_that_fails_does_not_keep_the_others_waiting(schedule: Schedule) -> None:
    first, second, third = (schedule() for _story in range(3))
    break_it(first)

    Clock().beat()

    assert set(Article.objects.values_list("pk", flat=True)) == {second.pk, third.pk}


def test_one_that_fails_says_why_and_is_tried_again_later(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)

    Clock().beat()

    story.refresh_from_db()
    assert story.stage == Stage.SCHEDULED
    assert story.attempts == 1
    assert "chapô" in story.failure
    assert story.due_at is not None
    assert timedelta(seconds=20) < story.due_at - timezone.now() < timedelta(seconds=31)
    assert not story.moves.filter(deed="publish").exists()


def test_the_longer_it_fails_the_later_it_is_tried_and_never_later_than_a_quarter_of_an_hour(
    schedule: Schedule,
) -> None:
    story = schedule()
    break_it(story)
    waits = []
    for _try in range(8):
        Clock().beat()
        story.refresh_from_db()
        assert story.due_at is not None
        waits.append(round((story.due_at - timezone.now()).total_seconds() / 30) * 30)
        let_hour_come(story)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_one_that_is_mended_goes_out_at_the_next_try_and_its_failure_is_forgotten(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)
    Clock().beat()
    Story.objects.filter(pk=story.pk).update(standfirst="Réuni mardi, le conseil a voté sans débat.")
    let_hour_come(story)

    Clock().beat()

    story.refresh_from_db()
    assert (story.stage, story.failure, story.attempts) == (Stage.PUBLISHED, "", 0)


def test_who_scheduled_it_and_the_desk_are_told_once_of_a_failure(
    schedule: Schedule, editor: User, chief: User, journalist: User
) -> None:
    story = schedule()
    break_it(story)
    for _try in range(3):
        Clock().beat()
        let_hour_come(story)

    told = [letter.to[0] for letter in mail.outbox if letter.subject.startswith("Non paru")]
    assert sorted(told) == sorted([editor.email, chief.email])


def test_a_fault_of_the_program_keeps_no_other_waiting_and_says_so_in_plain_words(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = schedule(), schedule()
    write = publishing.write_article

    def fail_for_first(story: Story, *args: Any, **kwargs: Any) -> Article:
        article = write(story, *args, **kwargs)
        if story.pk == first.pk:
            raise ZeroDivisionError("division by zero")
        return article

    monkeypatch.setattr(publishing, "write_article", fail_for_first)

    Clock().beat()

    first.refresh_from_db()
    assert "technicien" in first.failure
    assert "division" not in first.failure
    assert list(Article.objects.values_list("pk", flat=True)) == [second.pk]


def test_pictures_that_cannot_be_copied_leave_nothing_of_the_article(
    schedule: Schedule, make_photo: Callable[..., Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule(lead_photo=make_photo())

    class Full(FileSystemStorage):
        def _save(self, name: str, content: Any) -> str:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "default_storage", Full())

    Clock().beat()

    story.refresh_from_db()
    assert "photos" in story.failure or "images" in story.failure
    assert not Article.objects.exists()


def test_a_database_that_is_away_is_no_failure_of_the_story(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()

    def gone(number: int) -> bool:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(clock, "_publish", gone)

    with pytest.raises(OperationalError):
        Clock().beat()
    story.refresh_from_db()
    assert (story.attempts, story.failure) == (0, "")


# --- To try again at once -----------------------------------------------------------------------------------------


@pytest.fixture
def failed(schedule: Schedule) -> Story:
    story = schedule()
    break_it(story)
    Clock().beat()
    return story


def test_an_editor_has_it_tried_again_at_once(failed: Story, editor: User, client: Client) -> None:
    Story.objects.filter(pk=failed.pk).update(standfirst="Réuni mardi, le conseil a voté sans débat.")
    client.force_login(editor)

    page = client.get(f"/redaction/newsroom/story/{failed.pk}/change/")
    response = client.post(f"/redaction/newsroom/story/{failed.pk}/retry/", follow=True)
    Clock().beat()

    assert "chapô" in page.content.decode()
    assert f"/redaction/newsroom/story/{failed.pk}/retry/" in page.content.decode()
    assert "essaie de nouveau" in response.content.decode()
    assert Article.objects.filter(pk=failed.pk).exists()


def test_a_sub_editor_sees_the_failure_and_cannot_have_it_tried_again(
    failed: Story, sub_editor: User, client: Client
) -> None:
    client.force_login(sub_editor)

    page = client.get(f"/redaction/newsroom/story/{failed.pk}/change/")
    response = client.post(f"/redaction/newsroom/story/{failed.pk}/retry/")

    assert "Parution en échec" in page.content.decode()
    assert "/retry/" not in page.content.decode()
    assert response.status_code == 403
    failed.refresh_from_db()
    assert failed.due_at is not None
    assert failed.due_at > timezone.now()


def test_an_editor_of_another_section_is_told_nothing_of_it(failed: Story, editor: User, client: Client) -> None:
    set_standing(editor, roles=[Role.EDITOR], sections=[Section.objects.create(name="Sport", slug="sport")])
    client.force_login(editor)

    assert client.post(f"/redaction/newsroom/story/{failed.pk}/retry/").status_code == 404


def test_what_did_not_fail_is_not_tried_again_earlier(schedule: Schedule, editor: User, client: Client) -> None:
    story = schedule(come=False)
    client.force_login(editor)

    client.post(f"/redaction/newsroom/story/{story.pk}/retry/")
    Clock().beat()

    assert not Article.objects.exists()


def test_only_a_form_has_it_tried_again(failed: Story, editor: User, client: Client) -> None:
    client.force_login(editor)

    assert client.get(f"/redaction/newsroom/story/{failed.pk}/retry/").status_code == 405
    assert client.post(f"/redaction/newsroom/story/{'9' * 30}/retry/", follow=True).status_code == 404
