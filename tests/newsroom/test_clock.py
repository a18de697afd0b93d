"""The clock publishes each due story once, and no other."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import readership
from articles.models import Article, Correction, TopRead
from newsroom import deeds, publishing, refusals
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock, beat, departures, outbox, pace
from newsroom.deeds import ChangeNotice
from newsroom.models import Beat, Dispatch, Move, Photo, Story
from newsroom.models.photo import originals
from newsroom.photos import renditions
from newsroom.stories import saving
from newsroom.workflow import ChangeKind, Stage

from .scheduling import break_it, hour_of, let_hour_come

pytestmark = pytest.mark.django_db
Schedule = Callable[..., Story]


def test_the_clock_publishes_a_due_story_on_behalf_of_the_editor_who_scheduled_it(
    schedule: Schedule, editor: User
) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    move = story.moves.get(deed="publish")
    assert story.stage == Stage.PUBLISHED
    assert Article.objects.filter(pk=story.pk).exists()
    assert (move.by, move.by_clock) == (editor, True)


def test_a_published_story_has_no_schedule_left(schedule: Schedule) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    assert {name: getattr(story, name) for name in deeds.CLEARED_SCHEDULE} == deeds.CLEARED_SCHEDULE


def test_a_story_is_not_published_before_its_hour(schedule: Schedule) -> None:
    story = schedule(come=False)

    Clock().beat()

    story.refresh_from_db()
    assert story.stage == Stage.SCHEDULED
    assert not Article.objects.exists()


def test_the_writer_of_a_published_story_is_mailed_once(schedule: Schedule, journalist: User) -> None:
    story = schedule(come=False)
    Clock().beat()
    mail.outbox.clear()
    let_hour_come(story)

    Clock().beat()
    Clock().beat()

    move = Move.objects.get(deed="publish")
    assert Dispatch.objects.filter(key=f"move-{move.pk}-{journalist.pk}").count() == 1
    assert [letter.to for letter in mail.outbox].count([journalist.email]) == 1


def test_a_scheduled_new_version_is_published_with_its_change_notice(
    schedule: Schedule, make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User
) -> None:
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    story.headline = "Le budget de la commune tient en quatre lignes"
    story.save()
    saving.record_text(story, by=journalist)
    schedule(story, change=ChangeNotice(ChangeKind.CORRECTION, "Le budget a quatre lignes, et non trois."))

    Clock().beat()

    article = Article.objects.get(pk=story.pk)
    assert article.headline == "Le budget de la commune tient en quatre lignes"
    assert article.has_corrections
    assert Correction.objects.get(article=article).text == "Le budget a quatre lignes, et non trois."


def test_a_story_is_published_even_if_the_login_that_scheduled_it_was_closed(schedule: Schedule, editor: User) -> None:
    story = schedule()
    User.objects.filter(pk=editor.pk).update(is_active=False)

    Clock().beat()

    move = story.moves.get(deed="publish")
    assert (move.by, move.by_clock) == (editor, True)


# --- What was cancelled -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cancel", [deeds.unschedule, deeds.reopen])
def test_a_story_cancelled_after_the_clock_read_it_is_not_published(
    cancel: Callable[..., object], schedule: Schedule, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()
    publish = departures._publish

    def cancelled_first(number: int) -> bool:
        cancel(story, revision=story.version, by=editor)
        return publish(number)

    monkeypatch.setattr(departures, "_publish", cancelled_first)

    assert departures.publish_due() == 0
    assert not Article.objects.exists()
    assert not story.moves.filter(deed="publish").exists()


def test_withdrawing_an_article_cancels_its_scheduled_version(
    schedule: Schedule, make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User,
    editor: User,
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    story = schedule(Story.objects.get(pk=story.pk), change=ChangeNotice(ChangeKind.UPDATE))
    publishing.withdraw(story, revision=story.version, by=editor, note="Une erreur de fond.")

    Clock().beat()

    story.refresh_from_db()
    assert (story.stage, story.due_at) == (Stage.DRAFT, None)
    assert not Article.objects.exists()


def test_a_story_that_is_rescheduled_waits_for_the_later_hour(schedule: Schedule, editor: User) -> None:
    story = schedule()
    deeds.unschedule(story, revision=story.version, by=editor)
    deeds.schedule(story, revision=story.version, by=editor, when=hour_of(timezone.now() + timedelta(hours=2)))

    Clock().beat()

    assert not Article.objects.exists()


# --- Embargo ------------------------------------------------------------------------------------------------------


def test_an_embargo_set_after_the_schedule_keeps_the_clock_from_publishing(schedule: Schedule) -> None:
    story = schedule()
    Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() + timedelta(hours=3))

    Clock().beat()

    story.refresh_from_db()
    assert "embargo" in story.failure
    assert not Article.objects.exists()


def test_a_story_held_by_an_embargo_is_tried_again_when_it_ends(schedule: Schedule) -> None:
    end = timezone.now() + timedelta(minutes=10)
    story = schedule()
    # after five failures the next try would be in a quarter of an hour
    Story.objects.filter(pk=story.pk).update(embargo_until=end, attempts=5)

    Clock().beat()

    story.refresh_from_db()
    assert story.due_at == end


def test_a_story_due_when_its_embargo_ends_is_published_although_this_machines_clock_is_behind(
    schedule: Schedule,
) -> None:
    story = schedule()
    Story.objects.filter(pk=story.pk).update(embargo_until=F("due_at"))

    with time_machine.travel(timezone.now() - timedelta(seconds=30), tick=False):
        Clock().beat()

    assert Article.objects.filter(pk=story.pk).exists()


def test_scheduling_before_the_embargo_ends_is_refused(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    end = timezone.now() + timedelta(hours=3)
    Story.objects.filter(pk=story.pk).update(embargo_until=end)

    with pytest.raises(refusals.Refused):
        deeds.schedule(story, revision=1, by=editor, when=hour_of(end - timedelta(minutes=1)))
    deeds.schedule(story, revision=1, by=editor, when=hour_of(end))


# --- Beside publication -------------------------------------------------------------------------------------------


def test_the_clock_records_its_beat_but_not_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago, ticker = timezone.now() - timedelta(days=1), SimpleNamespace(seconds=0)
    monkeypatch.setattr(beat, "time", SimpleNamespace(monotonic=lambda: ticker.seconds))
    beating = Clock()
    beating.beat()
    assert Beat.objects.get().at > long_ago
    Beat.objects.update(at=long_ago)

    ticker.seconds = 4
    beating.beat()
    assert Beat.objects.get().at == long_ago

    ticker.seconds = 5
    beating.beat()
    assert Beat.objects.get().at > long_ago


def test_due_stories_are_published_before_the_mail_is_sent(schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule()
    public_at_the_first_letter = []
    monkeypatch.setattr(
        outbox, "send_mail", lambda *_letter: public_at_the_first_letter.append(Article.objects.exists())
    )

    Clock().beat()

    assert public_at_the_first_letter[0] is True


def test_the_clock_does_not_wait_for_somebody_who_reads_the_story(
    transactional_db: None, make_story: Callable[..., Story], journalist: User, client: Client
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/redaction/newsroom/story/{story.pk}/change/")

    begun = [query["sql"] for query in asked if query["sql"].startswith(("BEGIN", "INSERT", "UPDATE"))]
    assert not [sql for sql in begun if "session" not in sql]


# --- In what order, and how many ----------------------------------------------------------------------------------


def test_of_two_stories_that_are_due_the_one_with_the_earlier_hour_goes_out_first(schedule: Schedule) -> None:
    late, early = schedule(), schedule()
    let_hour_come(late, ago=timedelta(minutes=1))
    let_hour_come(early, ago=timedelta(minutes=5))

    Clock().beat()

    out = Move.objects.filter(deed="publish").order_by("pk").values_list("story", flat=True)
    assert list(out) == [early.pk, late.pk]


def test_many_stories_that_are_due_leave_the_clock_time_to_show_that_it_beats(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "AT_ONCE", 2)
    for _story in range(3):
        schedule()

    Clock().beat()
    assert Article.objects.count() == 2
    Clock().beat()
    assert Article.objects.count() == 3


def test_a_story_goes_out_on_behalf_of_who_scheduled_it_last(schedule: Schedule, editor: User, chief: User) -> None:
    story = schedule(come=False)
    deeds.unschedule(story, revision=story.version, by=editor)
    deeds.schedule(story, revision=story.version, by=chief, when=hour_of(timezone.now() + timedelta(hours=2)))
    let_hour_come(story)

    Clock().beat()

    assert story.moves.get(deed="publish").by == chief


def test_the_scheduler_of_a_failed_story_is_mailed_after_losing_the_section(schedule: Schedule, editor: User) -> None:
    story = schedule()
    break_it(story)
    set_standing(editor, roles=[Role.JOURNALIST], sections=[])

    Clock().beat()

    assert [editor.email] in [letter.to for letter in mail.outbox if letter.subject.startswith("Non paru")]


# --- Sizes, and what is read --------------------------------------------------------------------------------------


def test_a_photo_whose_sizes_cannot_be_made_keeps_no_other_waiting(make_photo: Callable[..., Photo]) -> None:
    lost, other = make_photo(), make_photo()
    originals().delete(lost.original.name)

    Clock().beat()

    lost.refresh_from_db()
    other.refresh_from_db()
    assert lost.failure
    assert other.renditions


def test_a_story_that_becomes_due_does_not_wait_for_the_sizes_of_many_photos(
    make_photo: Callable[..., Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [make_photo() for _photo in range(4)]
    now, make = [0.0], renditions.make_missing

    def take_a_while(photo: Photo) -> None:
        now[0] += pace.PATIENCE / 2 + 0.1
        make(photo)

    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(renditions, "make_missing", take_a_while)

    Clock().beat()

    assert [bool(Photo.objects.get(pk=photo.pk).renditions) for photo in photos] == [True, True, False, False]


def test_what_is_most_read_is_counted_at_the_first_beat_and_once_a_minute(
    make_story: Callable[..., Story], publish_story: Callable[[Story], Story], journalist: User
) -> None:
    first, second = (publish_story(make_story(by=journalist)) for _story in range(2))
    beating = Clock()

    def most_read() -> int:
        beating.beat()
        return TopRead.objects.get(rank=1).article_id

    with time_machine.travel(timezone.now(), tick=False) as machine:
        readership.add_views({first.pk: 3}, timezone.now())
        assert most_read() == first.pk
        readership.add_views({second.pk: 9}, timezone.now())
        machine.shift(timedelta(seconds=30))
        assert most_read() == first.pk
        machine.shift(timedelta(seconds=31))
        assert most_read() == second.pk
