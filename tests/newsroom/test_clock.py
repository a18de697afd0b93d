"""What is due goes out once, by the clock, and nothing else does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Correction, Section
from newsroom import clock, deeds, publishing, writing
from newsroom.access import Role
from newsroom.clock import Clock
from newsroom.deeds import Told
from newsroom.models import Beat, Dispatch, Move, Photo, Story
from newsroom.staff import set_standing
from newsroom.wall_time import WallTime
from newsroom.workflow import ChangeKind, Stage

pytestmark = pytest.mark.django_db
Schedule = Callable[..., Story]


def hour_of(moment: datetime) -> WallTime:
    local = timezone.localtime(moment)
    return WallTime(moment, f"{local:%Y-%m-%d %H:%M} {timezone.get_default_timezone()}")


def let_hour_come(*stories: Story, ago: timedelta = timedelta(seconds=1)) -> None:
    """The clock goes by the database's hour, which no test moves: their own hour is moved instead."""
    past = timezone.now() - ago
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(publish_at=past, due_at=past)


@pytest.fixture
def schedule(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User, chief: User
) -> Schedule:
    """A story scheduled by the editor for an hour that is past (or, with `come=False`, that is still to come)."""

    def go_through(
        story: Story | None = None, *, come: bool = True, change: Told | None = None, **fields: Any
    ) -> Story:
        story = story or make_story(by=journalist, **fields)
        deeds.submit(story, revision=story.version, by=journalist)
        deeds.approve(story, revision=story.version, by=sub_editor)
        when = hour_of(timezone.now() + timedelta(hours=1))
        deeds.schedule(story, revision=story.version, by=editor, when=when, change=change)
        if come:
            let_hour_come(story)
        story.refresh_from_db()
        return story

    return go_through


def test_a_story_goes_out_when_its_hour_has_come_by_the_clock_on_behalf_of_who_scheduled_it(
    schedule: Schedule, editor: User
) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    move = story.moves.get(deed="publish")
    assert story.stage == Stage.PUBLISHED
    assert Article.objects.filter(pk=story.pk).exists()
    assert (move.by, move.by_clock) == (editor, True)


def test_what_was_scheduled_is_forgotten_once_it_is_out(schedule: Schedule) -> None:
    story = schedule()

    Clock().beat()

    story.refresh_from_db()
    assert {name: getattr(story, name) for name in deeds.NOT_SCHEDULED} == deeds.NOT_SCHEDULED


def test_a_story_does_not_go_out_before_its_hour(schedule: Schedule) -> None:
    story = schedule(come=False)

    Clock().beat()

    story.refresh_from_db()
    assert story.stage == Stage.SCHEDULED
    assert not Article.objects.exists()


def test_its_writer_is_told_once(schedule: Schedule, journalist: User) -> None:
    story = schedule(come=False)
    Clock().beat()
    mail.outbox.clear()
    let_hour_come(story)

    Clock().beat()
    Clock().beat()

    move = Move.objects.get(deed="publish")
    assert Dispatch.objects.filter(key=f"move-{move.pk}-{journalist.pk}").count() == 1
    assert [letter.to for letter in mail.outbox].count([journalist.email]) == 1


def test_a_new_version_of_a_live_article_goes_out_with_what_its_readers_are_told(
    schedule: Schedule, make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User
) -> None:
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    story.headline = "Le budget de la commune tient en quatre lignes"
    story.save()
    writing.record_text(story, by=journalist)
    schedule(story, change=Told(ChangeKind.CORRECTION, "Le budget a quatre lignes, et non trois."))

    Clock().beat()

    article = Article.objects.get(pk=story.pk)
    assert article.headline == "Le budget de la commune tient en quatre lignes"
    assert article.has_corrections
    assert Correction.objects.get(article=article).text == "Le budget a quatre lignes, et non trois."


def test_it_goes_out_though_who_scheduled_it_was_switched_off_since(schedule: Schedule, editor: User) -> None:
    story = schedule()
    User.objects.filter(pk=editor.pk).update(is_active=False)

    Clock().beat()

    move = story.moves.get(deed="publish")
    assert (move.by, move.by_clock) == (editor, True)


# --- What was cancelled -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cancel", [deeds.unschedule, deeds.reopen])
def test_what_is_cancelled_after_the_clock_has_seen_it_does_not_go_out(
    cancel: Callable[..., object], schedule: Schedule, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = schedule()
    publish = clock._publish

    def cancelled_first(number: int) -> bool:
        cancel(story, revision=story.version, by=editor)
        return publish(number)

    monkeypatch.setattr(clock, "_publish", cancelled_first)

    assert clock.publish_due() == 0
    assert not Article.objects.exists()
    assert not story.moves.filter(deed="publish").exists()


def test_a_withdrawal_takes_the_scheduled_version_with_it(
    schedule: Schedule, make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User,
    editor: User,
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    story = schedule(Story.objects.get(pk=story.pk), change=Told(ChangeKind.UPDATE))
    publishing.withdraw(story, revision=story.version, by=editor, note="Une erreur de fond.")

    Clock().beat()

    story.refresh_from_db()
    assert (story.stage, story.due_at) == (Stage.DRAFT, None)
    assert not Article.objects.exists()


def test_what_is_unscheduled_and_scheduled_later_waits_for_the_later_hour(schedule: Schedule, editor: User) -> None:
    story = schedule()
    deeds.unschedule(story, revision=story.version, by=editor)
    deeds.schedule(story, revision=story.version, by=editor, when=hour_of(timezone.now() + timedelta(hours=2)))

    Clock().beat()

    assert not Article.objects.exists()


# --- What fails ---------------------------------------------------------------------------------------------------


def break_it(story: Story) -> None:
    """Take from a scheduled story what readers must have."""
    Story.objects.filter(pk=story.pk).update(standfirst="")


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


# --- Embargo ------------------------------------------------------------------------------------------------------


def test_an_embargo_put_on_after_it_was_scheduled_holds_the_clock_back(schedule: Schedule) -> None:
    story = schedule()
    Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() + timedelta(hours=3))

    Clock().beat()

    story.refresh_from_db()
    assert "embargo" in story.failure
    assert not Article.objects.exists()


def test_what_an_embargo_held_back_is_tried_again_when_it_ends_and_not_later(schedule: Schedule) -> None:
    end = timezone.now() + timedelta(seconds=10)
    story = schedule()
    Story.objects.filter(pk=story.pk).update(embargo_until=end)

    Clock().beat()

    story.refresh_from_db()
    assert story.due_at == end


def test_what_is_due_when_its_embargo_ends_goes_out_though_the_clock_of_this_machine_is_behind(
    schedule: Schedule,
) -> None:
    story = schedule()
    Story.objects.filter(pk=story.pk).update(embargo_until=F("due_at"))

    with time_machine.travel(timezone.now() - timedelta(seconds=30), tick=False):
        Clock().beat()

    assert Article.objects.filter(pk=story.pk).exists()


def test_nothing_is_scheduled_before_its_embargo_ends(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    end = timezone.now() + timedelta(hours=3)
    Story.objects.filter(pk=story.pk).update(embargo_until=end)

    with pytest.raises(deeds.Refused):
        deeds.schedule(story, revision=1, by=editor, when=hour_of(end - timedelta(minutes=1)))
    deeds.schedule(story, revision=1, by=editor, when=hour_of(end))


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


# --- Beside publication -------------------------------------------------------------------------------------------


def test_the_clock_shows_that_it_beats_and_does_not_write_it_every_time() -> None:
    beating = Clock()
    beating.beat()
    first = Beat.objects.get().at
    beating.beat()

    assert abs(timezone.now() - first) < timedelta(seconds=30)
    assert Beat.objects.get().at == first


def test_what_is_due_goes_out_before_the_mail(schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule()
    public_at_the_first_letter = []
    monkeypatch.setattr(clock, "send_mail", lambda _letter: public_at_the_first_letter.append(Article.objects.exists()))

    Clock().beat()

    assert public_at_the_first_letter[0] is True


def test_a_slow_mail_server_is_left_alone_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
        Dispatch.objects.create(kind="mail", key=f"letter-{number}", payload=letter, due_at=timezone.now())
    now = [0.0]

    def take_a_while(_letter: object) -> None:
        now[0] += clock.PATIENCE / 2 - 0.1

    monkeypatch.setattr(clock.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(clock, "send_mail", take_a_while)

    assert clock.deliver_due() == 3
    assert Dispatch.objects.filter(done_at=None).count() == 7


def test_a_letter_whose_clock_died_is_sent_by_another_later_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
    Dispatch.objects.create(kind="mail", key="letter", payload=letter, due_at=timezone.now())

    def die(_letter: object) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(clock, "send_mail", die)
        with pytest.raises(SystemExit):
            clock.deliver_due()
    assert clock.deliver_due() == 0
    with time_machine.travel(timezone.now() + clock.LEASE, tick=False):
        assert clock.deliver_due() == 1
    assert len(mail.outbox) == 1


def test_a_letter_is_sent_outside_any_transaction(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = {"to": "ines@fanal.example", "subject": "Paru", "text": "Paru."}
    Dispatch.objects.create(kind="mail", key="letter", payload=letter, due_at=timezone.now())
    within = []
    monkeypatch.setattr(clock, "send_mail", lambda _letter: within.append(connection.in_atomic_block))

    clock.deliver_due()

    assert within == [False]


def test_who_reads_a_story_takes_no_lock_that_a_clock_would_wait_for(
    transactional_db: None, make_story: Callable[..., Story], journalist: User, client: Client
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/redaction/newsroom/story/{story.pk}/change/")

    begun = [query["sql"] for query in asked if query["sql"].startswith(("BEGIN", "INSERT", "UPDATE"))]
    assert not [sql for sql in begun if "session" not in sql]
