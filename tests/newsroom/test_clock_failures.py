"""A story that cannot be published at its hour gives its reason, delays no other and is tried again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import IntegrityError, OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from articles.models import Article, Byline, Section, Topic
from newsroom import publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock, departures
from newsroom.models import Dispatch, Photo, Revision, Story
from newsroom.publishing import pictures, publication
from newsroom.stories.content import content_of
from newsroom.workflow import Stage

from .scheduling import break_it, let_hour_come

pytestmark = pytest.mark.django_db
Schedule = Callable[..., Story]


def test_a_story_that_fails_does_not_delay_the_others(schedule: Schedule) -> None:
    first, second, third = (schedule() for _story in range(3))
    break_it(first)

    Clock().beat()

    assert set(Article.objects.values_list("pk", flat=True)) == {second.pk, third.pk}


def test_a_story_that_fails_keeps_the_reason_and_is_tried_again_later(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)

    with time_machine.travel(timezone.now(), tick=False):
        Clock().beat()
        in_half_a_minute = timezone.now() + timedelta(seconds=30)

    story.refresh_from_db()
    assert story.stage == Stage.SCHEDULED
    assert story.attempts == 1
    assert "chapô" in story.failure
    assert story.due_at == in_half_a_minute
    assert not story.moves.filter(deed="publish").exists()


def test_the_delay_between_tries_grows_up_to_a_quarter_of_an_hour(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)
    waits = []
    with time_machine.travel(timezone.now(), tick=False):
        for _try in range(8):
            Clock().beat()
            story.refresh_from_db()
            assert story.due_at is not None
            waits.append((story.due_at - timezone.now()).total_seconds())
            let_hour_come(story)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_story_that_has_failed_for_years_is_tried_on(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)
    Story.objects.filter(pk=story.pk).update(attempts=32_767)

    Clock().beat()

    story.refresh_from_db()
    assert story.failure
    assert story.attempts == 1000


def test_a_corrected_story_is_published_at_the_next_try_and_loses_its_failure(schedule: Schedule) -> None:
    story = schedule()
    break_it(story)
    Clock().beat()
    Story.objects.filter(pk=story.pk).update(standfirst="Réuni mardi, le conseil a voté sans débat.")
    let_hour_come(story)

    Clock().beat()

    story.refresh_from_db()
    assert (story.stage, story.failure, story.attempts) == (Stage.PUBLISHED, "", 0)


def test_a_failure_is_mailed_once_to_the_scheduler_and_the_desk(
    schedule: Schedule, editor: User, chief: User, journalist: User
) -> None:
    story = schedule()
    break_it(story)
    for _try in range(3):
        Clock().beat()
        let_hour_come(story)

    told = [letter.to[0] for letter in mail.outbox if letter.subject.startswith("Non paru")]
    assert sorted(told) == sorted([editor.email, chief.email])


def test_an_exception_of_the_program_delays_no_other_story_and_is_explained_in_plain_words(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = schedule(), schedule()
    write = publishing.write_article

    def fail_for_first(story: Story, *args: Any, **kwargs: Any) -> Article:
        article = write(story, *args, **kwargs)
        if story.pk == first.pk:
            raise ZeroDivisionError("division by zero")
        return article

    monkeypatch.setattr(publication, "write_article", fail_for_first)

    Clock().beat()

    first.refresh_from_db()
    assert "technicien" in first.failure
    assert "division" not in first.failure
    assert list(Article.objects.values_list("pk", flat=True)) == [second.pk]


def test_a_failed_copy_of_a_picture_leaves_no_row_of_the_article(
    schedule: Schedule, make_photo: Callable[..., Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule(lead_photo=make_photo())

    class Full(FileSystemStorage):
        def _save(self, name: str, content: Any) -> str:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "default_storage", Full())

    Clock().beat()

    story.refresh_from_db()
    assert "photos" in story.failure or "images" in story.failure
    assert not Article.objects.exists()


def test_a_story_is_not_marked_as_failed_when_the_database_is_away(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()

    def gone(number: int) -> bool:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(departures, "_publish", gone)
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)

    with pytest.raises(OperationalError):
        Clock().beat()
    story.refresh_from_db()
    assert (story.attempts, story.failure) == (0, "")


def test_a_story_that_somebody_else_had_locked_is_not_a_failure_and_is_tried_at_the_next_beat(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = schedule(), schedule()
    write = publishing.write_article

    def in_the_way(story: Story, *args: Any, **kwargs: Any) -> Article:
        if story.pk == first.pk:
            raise OperationalError("deadlock detected")
        return write(story, *args, **kwargs)

    monkeypatch.setattr(publication, "write_article", in_the_way)
    Clock().beat()
    first.refresh_from_db()
    assert (first.attempts, first.failure) == (0, "")
    assert list(Article.objects.values_list("pk", flat=True)) == [second.pk]
    monkeypatch.undo()

    Clock().beat()

    assert Article.objects.filter(pk=first.pk).exists()


def test_a_follow_up_due_with_the_article_it_follows_waits_for_it_without_a_failure(
    schedule: Schedule, make_story: Callable[..., Story], journalist: User
) -> None:
    follow_up = schedule()
    followed = schedule(headline="Ce qui fut d’abord")
    Story.objects.filter(pk=follow_up.pk).update(follows=followed)
    Revision.objects.filter(story=follow_up).update(content={**content_of(follow_up), "follows": followed.pk})
    let_hour_come(follow_up, followed)
    mail.outbox.clear()

    Clock().beat()
    Clock().beat()

    assert set(Article.objects.values_list("pk", flat=True)) == {follow_up.pk, followed.pk}
    assert not Dispatch.objects.filter(key__startswith="failure-").exists()


def test_a_follow_up_of_an_article_that_cannot_be_published_is_a_failure_and_is_mailed(schedule: Schedule) -> None:
    follow_up = schedule()
    followed = schedule(headline="Ce qui fut d’abord")
    break_it(followed)
    Story.objects.filter(pk=follow_up.pk).update(follows=followed)
    let_hour_come(follow_up, followed)

    Clock().beat()
    Clock().beat()

    follow_up.refresh_from_db()
    assert follow_up.failure


def test_a_topic_deleted_after_the_approval_is_reported_and_delays_no_other_story(
    schedule: Schedule, topic: Topic
) -> None:
    first, second = schedule(topics=[topic.pk]), schedule()
    topic.delete()

    Clock().beat()

    first.refresh_from_db()
    assert (first.attempts, first.stage) == (1, Stage.SCHEDULED)
    assert first.failure
    assert list(Article.objects.values_list("pk", flat=True)) == [second.pk]


def name_nobody(monkeypatch: pytest.MonkeyPatch, story: Story) -> None:
    """Make the publication of `story` write a row that the database refuses only when the transaction commits."""
    write = publishing.write_article

    def sign_by_nobody(written: Story, *args: Any, **kwargs: Any) -> Article:
        article = write(written, *args, **kwargs)
        if written.pk == story.pk:
            Byline.objects.create(article=article, author_id=2**31 - 1, order=9)
        return article

    monkeypatch.setattr(publication, "write_article", sign_by_nobody)
    monkeypatch.setattr(connections["default"], "check_constraints", lambda: None)


@pytest.mark.django_db(transaction=True)
def test_a_story_that_the_database_refuses_at_commit_is_put_off_and_delays_no_other(
    schedule: Schedule, make_photo: Callable[..., Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make_photo()
    Clock().beat()  # makes its sizes
    first, second = schedule(lead_photo=photo), schedule()
    name_nobody(monkeypatch, first)
    with pytest.raises(IntegrityError):  # the control: it is refused, and at its end
        departures._publish(first.pk)
    copied = [default_storage.exists(rendition["name"]) for rendition in Photo.objects.get(pk=photo.pk).renditions]

    Clock().beat()

    first.refresh_from_db()
    assert all(copied)
    assert first.attempts == 1
    assert "technicien" in first.failure
    assert list(Article.objects.values_list("pk", flat=True)) == [second.pk]
    photo.refresh_from_db()
    assert photo.renditions
    assert not any(default_storage.exists(rendition["name"]) for rendition in photo.renditions)


@pytest.mark.django_db(transaction=True)
def test_a_constraint_is_checked_before_files_are_copied_where_the_database_can(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()
    checks = connection.check_constraints
    name_nobody(monkeypatch, story)
    monkeypatch.setattr(connections["default"], "check_constraints", checks)

    Clock().beat()

    story.refresh_from_db()
    assert story.attempts == 1
    assert ("technicien" in story.failure) is (connection.vendor == "sqlite")


def test_stories_that_somebody_holds_keep_no_others_waiting(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "AT_ONCE", 2)
    held = [schedule() for _story in range(4)]
    free = schedule()
    for place, story in enumerate([*held, free]):
        due = timezone.now() - timedelta(minutes=9 - place)
        Story.objects.filter(pk=story.pk).update(publish_at=due, due_at=due)
    hold = publishing.hold

    def fail(number: int, *args: Any, **kwargs: Any) -> bool:
        return number == free.pk and hold(number, *args, **kwargs)

    monkeypatch.setattr(publishing, "hold", fail)
    clock = Clock()

    for _beat in range(3):
        clock.beat()

    assert list(Article.objects.values_list("pk", flat=True)) == [free.pk]


def test_a_story_on_which_the_database_is_always_busy_is_a_failure_in_the_end(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()

    def busy(*_args: Any, **_kwargs: Any) -> Article:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(publication, "write_article", busy)
    clock = Clock()

    for _beat in range(departures.BUSY_AT_MOST + 1):
        clock.beat()

    story.refresh_from_db()
    assert story.attempts == 1
    assert story.failure


# --- To try again at once -----------------------------------------------------------------------------------------


@pytest.fixture
def failed(schedule: Schedule) -> Story:
    story = schedule()
    break_it(story)
    Clock().beat()
    return story


def test_an_editor_may_have_a_failed_story_tried_again_at_once(failed: Story, editor: User, client: Client) -> None:
    Story.objects.filter(pk=failed.pk).update(standfirst="Réuni mardi, le conseil a voté sans débat.")
    client.force_login(editor)

    page = client.get(f"/redaction/newsroom/story/{failed.pk}/change/")
    response = client.post(f"/redaction/newsroom/story/{failed.pk}/retry/", follow=True)
    Clock().beat()

    assert "chapô" in page.content.decode()
    assert f"/redaction/newsroom/story/{failed.pk}/retry/" in page.content.decode()
    assert "essaie de nouveau" in response.content.decode()
    assert Article.objects.filter(pk=failed.pk).exists()


def test_a_sub_editor_sees_the_failure_but_may_not_have_it_tried_again(
    failed: Story, sub_editor: User, client: Client
) -> None:
    client.force_login(sub_editor)
    failed.refresh_from_db()
    next_try = failed.due_at

    page = client.get(f"/redaction/newsroom/story/{failed.pk}/change/")
    response = client.post(f"/redaction/newsroom/story/{failed.pk}/retry/")

    assert "Parution en échec" in page.content.decode()
    assert "/retry/" not in page.content.decode()
    assert response.status_code == 403
    failed.refresh_from_db()
    assert failed.due_at == next_try


def test_an_editor_of_another_section_does_not_see_the_failure(failed: Story, editor: User, client: Client) -> None:
    set_standing(editor, roles=[Role.EDITOR], sections=[Section.objects.create(name="Sport", slug="sport")])
    client.force_login(editor)

    assert client.post(f"/redaction/newsroom/story/{failed.pk}/retry/").status_code == 404


def test_a_story_that_did_not_fail_cannot_be_tried_before_its_hour(
    schedule: Schedule, editor: User, client: Client
) -> None:
    story = schedule(come=False)
    client.force_login(editor)

    client.post(f"/redaction/newsroom/story/{story.pk}/retry/")
    Clock().beat()

    assert not Article.objects.exists()


def test_a_get_does_not_have_a_failed_story_tried_again(failed: Story, editor: User, client: Client) -> None:
    client.force_login(editor)

    assert client.get(f"/redaction/newsroom/story/{failed.pk}/retry/").status_code == 405
    assert client.post(f"/redaction/newsroom/story/{'9' * 30}/retry/", follow=True).status_code == 404
