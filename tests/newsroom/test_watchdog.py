"""The line about the clock's last beat, on the pages of the desk and when their script asks again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models import DateTimeField, Value
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from articles.models import Section
from newsroom import access
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.overview import watchdog
from newsroom.admin.overview.watchdog import Watchdog, watch
from newsroom.clock import Clock
from newsroom.models import Beat, Hand, Story
from newsroom.workflow import Stage

pytestmark = pytest.mark.django_db
LINE = "/redaction/horloge/"


def beat(*, ago: timedelta = timedelta()) -> None:
    Beat.objects.update_or_create(pk=1, defaults={"at": timezone.now() - ago})


@pytest.fixture
def _hour_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stops the time of the database, as the watchdog asks for it, and that of this machine at one moment."""
    now = timezone.now()
    monkeypatch.setattr(watchdog, "Now", lambda: Value(now, output_field=DateTimeField()))
    with time_machine.travel(now, tick=False):
        yield


def plain(text: str) -> str:
    """The text with ordinary spaces instead of no-break ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def scheduled(make_story: Callable[..., Story], journalist: User) -> Story:
    """A story that goes out in three days."""
    story = make_story(by=journalist)
    at = timezone.now() + timedelta(days=3)
    Story.objects.filter(pk=story.pk).update(stage=Stage.SCHEDULED, publish_at=at, due_at=at)
    story.refresh_from_db()
    return story


@pytest.mark.usefixtures("_hour_that_stands_still")
def test_the_line_gives_the_last_beat_of_the_clock(editor: User) -> None:
    beat(ago=timedelta(seconds=12))

    seen = watch(editor)

    assert not seen.is_stopped
    assert "vue il y a 12 s" in plain(str(seen))
    assert "Rien n’est programmé." in str(seen)


@pytest.mark.usefixtures("_hour_that_stands_still")
def test_after_two_minutes_without_a_beat_the_line_warns_and_names_whom_to_tell(editor: User) -> None:
    beat(ago=timedelta(minutes=4, seconds=5))

    seen = watch(editor)

    assert seen.is_stopped
    assert plain(str(seen)) == "L’horloge est arrêtée depuis 4 min : rien ne paraît. Prévenez le technicien."


@pytest.mark.usefixtures("_hour_that_stands_still")
@pytest.mark.parametrize(("ago", "is_stopped"), [(119, False), (120, True)])
def test_the_line_warns_only_after_two_minutes(editor: User, ago: int, is_stopped: bool) -> None:
    beat(ago=timedelta(seconds=ago))

    assert watch(editor).is_stopped is is_stopped


def test_a_clock_that_never_beat_is_shown_as_stopped(editor: User) -> None:
    assert watch(editor).is_stopped
    assert "jamais" in str(watch(editor))


@pytest.mark.usefixtures("_hour_that_stands_still")
@pytest.mark.parametrize(
    ("ago", "length"),
    [
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=1), "1 jour :"),
        (timedelta(days=12), "12 jours"),
    ],
)
def test_a_long_silence_is_given_in_its_largest_unit(editor: User, ago: timedelta, length: str) -> None:
    beat(ago=ago)

    assert length in plain(str(watch(editor)))


@pytest.mark.usefixtures("_hour_that_stands_still")
def test_a_beat_from_a_machine_whose_clock_is_ahead_does_not_warn(editor: User) -> None:
    beat(ago=timedelta(seconds=-30))

    assert "il y a 0 s" in plain(str(watch(editor)))


def test_the_line_names_the_next_departure(editor: User, scheduled: Story) -> None:
    beat()
    local = timezone.localtime(scheduled.publish_at)

    assert f"{local:%-d} " in plain(str(watch(editor)))
    assert f"{local.hour} h {local:%M}" in plain(str(watch(editor)))
    assert str(watch(editor)).count("Prochain départ") == 1


def test_a_departure_of_today_is_given_by_its_hour_only() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 12, 0, tzinfo=UTC), tick=False):
        line = str(Watchdog(timedelta(seconds=12), datetime(2026, 11, 24, 19, 0, tzinfo=UTC)))

    assert plain(line) == "L’horloge bat, vue il y a 12 s. Prochain départ à 20 h 00."


def test_a_departure_of_another_section_is_not_named(editor: User, scheduled: Story) -> None:
    beat()
    set_standing(editor, roles=[Role.EDITOR], sections=[Section.objects.create(name="Sport", slug="sport")])

    assert watch(User.objects.get(pk=editor.pk)).next_departure is None


def test_the_line_takes_one_query(editor: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    beat()
    access.standing_of(editor)

    with django_assert_num_queries(1):
        str(watch(editor))


@pytest.mark.parametrize("page", ["/redaction/", "/redaction/newsroom/story/", "story"])
def test_the_pages_of_the_desk_show_the_line_about_the_clock(
    page: str, editor: User, journalist: User, client: Client, make_story: Callable[..., Story]
) -> None:
    beat(ago=timedelta(minutes=7))
    if page == "story":
        page = f"/redaction/newsroom/story/{make_story(by=journalist).pk}/change/"
    client.force_login(editor)

    text = client.get(page).content.decode()

    assert "L’horloge est arrêtée depuis 7" in text
    assert 'class="beat stopped"' in text


def test_a_script_can_ask_for_the_line_as_json(editor: User, client: Client) -> None:
    beat()
    client.force_login(editor)

    answer = client.get(LINE)

    assert answer.json()["stopped"] is False
    assert "L’horloge bat" in answer.json()["line"]
    assert "no-store" in answer["Cache-Control"]


def test_a_login_without_a_role_gets_no_line_about_the_clock(outsider: User, superuser: User, client: Client) -> None:
    assert client.get(LINE).status_code == 302
    for login in (outsider, superuser):
        client.force_login(login)
        assert client.get(LINE).status_code == 302


def test_a_post_to_the_line_about_the_clock_is_refused(editor: User, client: Client) -> None:
    client.force_login(editor)

    assert client.post(LINE).status_code == 405


# --- Moved times, and the other hands ----------------------------------------------------------------------------


@pytest.mark.usefixtures("_hour_that_stands_still")
@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(hours=3), timedelta(days=400)])
def test_a_beat_that_lies_ahead_is_not_taken_for_a_clock_that_beats(editor: User, ahead: timedelta) -> None:
    beat(ago=-ahead)

    seen = watch(editor)

    assert seen.is_stopped
    assert "dans l’avenir" in str(seen)
    assert "technicien" in str(seen)


def test_a_clock_that_beats_replaces_a_beat_that_lay_ahead(editor: User) -> None:
    beat(ago=-timedelta(days=3))

    Clock().beat()

    assert not watch(editor).is_stopped


@pytest.mark.usefixtures("_hour_that_stands_still")
@pytest.mark.parametrize("ago", [timedelta(minutes=4), -timedelta(hours=2)])
def test_a_hand_that_stands_still_is_named_while_publications_go_on(
    editor: User, client: Client, ago: timedelta
) -> None:
    beat()
    Beat.objects.create(pk=Hand.MAIL, at=timezone.now() - ago)
    Beat.objects.create(pk=Hand.PICTURES, at=timezone.now())
    client.force_login(editor)

    seen, answer = watch(editor), client.get(LINE).json()

    assert not seen.is_stopped
    assert seen.still == (Hand.MAIL,)
    assert "le courrier" in str(seen)
    assert answer["stopped"] is True
    assert 'class="beat stopped"' in client.get("/redaction/").content.decode()
