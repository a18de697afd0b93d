"""The desk's home: the queues of each role, and the day with its views."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Section, ViewCount
from newsroom import deeds, planning, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.overview.home import Waiting
from newsroom.models import Check, Note, Story, name_of
from newsroom.planning import Subject
from newsroom.review import checks
from newsroom.review.notes import resolve, write_note
from newsroom.templatetags.desk import short_when

from .home import HOME, queues
from .scheduling import hour_of

pytestmark = pytest.mark.django_db


# --- What waits for whom ------------------------------------------------------------------------------------------


def test_assigned_stories_stand_apart_from_other_drafts_the_soonest_due_first(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    own, later, sooner = (make_story(by=journalist, headline=name) for name in ("Le mien", "Plus tard", "D’abord"))
    for story, hours in ((later, 40), (sooner, 4)):
        wanted = {Subject.ASSIGNEE: journalist, Subject.DEADLINE: timezone.now() + timedelta(hours=hours)}
        planning.change_plan(story, by=editor, wanted=wanted)
    client.force_login(journalist)

    waiting = queues(client)

    assert waiting["assigned"] == [sooner, later]
    assert waiting["drafts"] == [own]


def test_a_story_past_its_deadline_is_shown_as_late(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: timezone.now() - timedelta(hours=1)})
    client.force_login(journalist)
    assert 'class="row-age late"' in client.get(HOME).content.decode()

    planning.change_plan(story, by=editor, wanted={Subject.DEADLINE: timezone.now() + timedelta(hours=1)})
    assert 'class="row-age late"' not in client.get(HOME).content.decode()


def test_a_row_says_who_asked_before_when_it_is_due_and_when_it_is_due_before_since_when_it_waits(
    journalist: User, make_story: Callable[..., Story]
) -> None:
    now = timezone.now()
    due, free = make_story(by=journalist, headline="Attendu"), make_story(by=journalist, headline="Libre")
    due.deadline = now + timedelta(hours=2)
    since = short_when(now)

    assert Waiting(due, now, note=Note(by=journalist, text="Relis.", at=now)).when == f"{name_of(journalist)}, {since}"
    assert Waiting(due, now, check=Check(asked_at=now)).when == since
    assert Waiting(due, now).when == f"à rendre\N{NO-BREAK SPACE}: {short_when(due.deadline)}"
    assert Waiting(free, now).when == since


def test_a_story_does_not_wait_for_the_review_of_its_own_writer(
    client: Client, journalist: User, sub_editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    own, other = make_story(by=sub_editor), make_story(by=journalist)
    for story in (own, other):
        deeds.submit(story, revision=1, by=story.writers.get())

    client.force_login(sub_editor)
    assert queues(client)["review"] == [other]

    client.force_login(chief)
    assert set(queues(client)["review"]) == {own, other}


def test_a_story_does_not_wait_for_the_review_of_whoever_submitted_it(
    client: Client, journalist: User, editor: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=editor)

    client.force_login(editor)
    assert queues(client)["review"] == []

    client.force_login(sub_editor)
    assert queues(client)["review"] == [story]


def test_a_note_that_mentions_somebody_waits_for_them_until_it_is_resolved(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    write_note(story, by=journalist, text=f"@{sub_editor.username} le chiffre est-il bon ?")
    client.force_login(sub_editor)

    page = client.get(HOME)
    assert [queue.stories for queue in page.context["queues"] if queue.code == "asked"] == [[story]]
    assert "le chiffre est-il bon" in page.content.decode()

    resolve(Note.objects.get(), by=sub_editor)
    assert queues(client)["asked"] == []


def test_a_check_waits_only_for_those_who_may_give_it(
    client: Client, journalist: User, sub_editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    checks.ask(story, Check.Kind.LEGAL, by=journalist, question="Peut-on le nommer ?")

    client.force_login(chief)
    assert queues(client)["checks"] == [story]
    assert "Peut-on le nommer" in client.get(HOME).content.decode()

    client.force_login(sub_editor)
    assert queues(client)["checks"] == []


def test_a_flash_does_not_wait_for_the_second_look_of_who_published_it(
    client: Client, chief: User, sub_editor: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=chief)
    publishing.flash(story, revision=1, by=chief, note="Le pont s’est effondré.")

    client.force_login(sub_editor)
    assert queues(client)["look"] == [story]
    client.force_login(chief)
    assert queues(client)["look"] == []
    client.force_login(journalist)
    assert "look" not in queues(client)

    deeds.look(story, revision=1, by=sub_editor)
    client.force_login(sub_editor)
    assert queues(client)["look"] == []


def test_a_failed_publication_gives_the_reason_and_offers_to_try_again(
    client: Client, editor: User, sub_editor: User, approve_story: Callable[..., Story]
) -> None:
    story = approve_story()
    deeds.schedule(story, revision=1, by=editor, when=hour_of(timezone.now() + timedelta(hours=1)))
    Story.objects.filter(pk=story.pk).update(failure="La photo a perdu ses droits.")
    client.force_login(editor)

    page = client.get(HOME)

    assert queues(client)["failed"] == [story]
    assert "La photo a perdu ses droits." in page.content.decode()
    assert f'action="/redaction/newsroom/story/{story.pk}/retry/"' in page.content.decode()
    client.force_login(sub_editor)
    assert "failed" not in queues(client)


def test_no_story_of_another_section_stands_on_ones_home(
    client: Client, journalist: User, sub_editor: User, chief: User, approve_story: Callable[..., Story]
) -> None:
    elsewhere = User.objects.create_user("ailleurs")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    story = approve_story(headline="Un secret de la politique")
    note = Note.objects.create(story=story, by=chief, text="Un mot pour toi.")
    note.mentions.add(elsewhere)
    client.force_login(elsewhere)

    for address in (HOME, "/redaction/tableau/", "/redaction/calendrier/", f"{HOME}?rubrique=politique"):
        page = client.get(address).content.decode()
        assert "Un secret" not in page
        assert "Un mot pour toi" not in page
        assert "Politique" not in page


# --- The day ------------------------------------------------------------------------------------------------------


def test_the_day_shows_todays_departures_and_the_views_of_todays_articles(
    client: Client,
    editor: User,
    journalist: User,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
    approve_story: Callable[..., Story],
) -> None:
    published = publish_story(make_story(by=journalist, headline="Paru ce matin"))
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    ViewCount.objects.create(article_id=published.pk, hour=hour, views=1234)
    ViewCount.objects.create(article_id=published.pk, hour=hour - timedelta(days=2), views=5)
    today, tomorrow = approve_story(headline="Ce soir"), approve_story(headline="Demain")
    midnight = timezone.localtime().replace(hour=23, minute=59, second=59)
    deeds.schedule(today, revision=1, by=editor, when=hour_of(midnight))
    deeds.schedule(tomorrow, revision=1, by=editor, when=hour_of(midnight + timedelta(hours=5)))
    client.force_login(journalist)

    home = client.get(HOME).context["home"]

    assert [reading.story for reading in home.published] == [published]
    assert home.readings == 1234
    assert home.day.departures == [today]
    assert [mark.code for mark in home.day.marks] == ["published", "scheduled"]


def test_a_live_article_being_revised_is_listed_with_the_version_readers_see(
    client: Client, journalist: User, make_story: Callable[..., Story], publish_story: Callable[[Story], Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    client.force_login(journalist)
    assert client.get(HOME).context["home"].rewriting == []

    deeds.revise(story, revision=1, by=journalist)
    assert client.get(HOME).context["home"].rewriting == [story]
