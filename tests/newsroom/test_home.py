"""The desk's home: the queues of each role, the day and its views, in a fixed number of queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Image, Section, ViewCount
from newsroom import deeds, planning, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.overview.home import ROWS, Waiting
from newsroom.models import Check, Move, Note, Photo, Revision, SectionDesk, StaffProfile, Story, name_of
from newsroom.planning import Subject
from newsroom.review import checks
from newsroom.review.notes import resolve, write_note
from newsroom.stories import saving
from newsroom.templatetags.desk import short_when
from newsroom.workflow import Deed

from .archive import fill, reading
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


# --- A section's desk ---------------------------------------------------------------------------------------------


def test_the_home_of_a_section_shows_only_its_stories_and_those_of_its_subsections(
    client: Client, journalist: User, sub_editor: User, section: Section, make_story: Callable[..., Story]
) -> None:
    within = Section.objects.create(name="Parlement", slug="parlement", parent=section)
    other = Section.objects.create(name="Sports", slug="sports")
    here, below, there = (make_story(by=journalist, section=place) for place in (section, within, other))
    for story in (here, below, there):
        deeds.submit(story, revision=1, by=journalist)
    client.force_login(sub_editor)

    assert set(queues(client)["review"]) == {here, below, there}
    assert set(queues(client, f"{HOME}?rubrique=politique")["review"]) == {here, below}
    assert queues(client, f"{HOME}?rubrique=sports")["review"] == [there]
    assert queues(client, f"{HOME}?rubrique=rien")["review"], "a section that is not there narrows nothing"


def test_checks_of_other_sections_do_not_crowd_out_those_of_the_section_shown(
    client: Client, journalist: User, chief: User, section: Section, make_story: Callable[..., Story]
) -> None:
    sports = Section.objects.create(name="Sports", slug="sports")
    match = make_story(by=journalist, section=sports)
    others = [make_story(by=journalist) for _number in range(ROWS)]
    for story in (*others, match):
        checks.ask(story, Check.Kind.LEGAL, by=journalist)
    for story in (match, *others):
        write_note(story, by=journalist, text=f"@{chief.username} qu’en dites-vous ?")
    client.force_login(chief)

    everywhere, narrowed = queues(client), queues(client, f"{HOME}?rubrique=sports")
    for code in ("asked", "checks"):
        assert len(everywhere[code]) == ROWS
        assert match not in everywhere[code], "the control: elsewhere it is crowded out"
        assert narrowed[code] == [match]


def test_a_story_saved_long_ago_and_approved_today_counts_as_changed_today(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    lain, told_of_long_ago = make_story(by=journalist), make_story(by=journalist)
    for story in (lain, told_of_long_ago):
        deeds.submit(story, revision=1, by=journalist)
        story.refresh_from_db()
        story.headline = "Un titre repris par le bureau"
        story.save()
        saving.record_text(story, by=sub_editor)
        deeds.approve(story, revision=2, by=sub_editor)
    long_ago = timezone.now() - timedelta(days=20)
    Story.objects.update(saved_at=long_ago)
    Revision.objects.update(at=long_ago)
    Move.objects.exclude(story=lain, deed=Deed.APPROVE).update(at=long_ago)
    client.force_login(journalist)

    assert queues(client)["changed"] == [lain]


def test_the_home_of_a_section_names_those_who_answer_for_it(
    client: Client, journalist: User, sub_editor: User, section: Section
) -> None:
    tied = User.objects.create_user("tied", "tied@fanal.example", first_name="Mathieu", last_name="Kerbrat")
    set_standing(tied, roles=[Role.SUB_EDITOR], sections=[section])
    client.force_login(journalist)

    assert client.get(f"{HOME}?rubrique=politique").context["section_desk"] == [tied]
    assert client.get(HOME).context["section_desk"] == []
    StaffProfile.objects.filter(user=tied).update(wants_mail=False)
    assert client.get(f"{HOME}?rubrique=politique").context["section_desk"] == [tied], "whatever mail they want"


def test_the_picture_that_an_editor_chooses_for_a_section_is_not_on_its_public_page(
    client: Client, editor: User, section: Section, make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo()
    client.force_login(editor)
    address = f"/redaction/articles/section/{section.pk}/change/"
    typed = {"name": "Politique", "slug": "politique", "accent": "#35508f", "order": "0", "picture": str(photo.pk)}

    client.post(address, typed)
    assert SectionDesk.objects.get(section=section).photo == photo
    assert f'value="{photo.pk}"' in client.get(address).content.decode()
    assert not Image.objects.exists(), "nobody published it"

    refused = client.post(address, {**typed, "picture": "9" * 30})
    assert refused.status_code == 200
    client.post(address, {**typed, "picture": ""})
    assert SectionDesk.objects.get(section=section).photo is None


def test_a_journalist_sees_the_picture_of_a_section_but_may_not_choose_it(
    client: Client, journalist: User, section: Section, make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo(caption="Le phare de la rubrique")
    SectionDesk.objects.create(section=section, photo=photo)
    client.force_login(journalist)
    address = f"/redaction/articles/section/{section.pk}/change/"

    assert str(photo) in client.get(address).content.decode()
    assert client.post(address, {"name": "Autre", "slug": "autre", "picture": ""}).status_code == 403
    assert SectionDesk.objects.get().photo == photo


def test_deleting_the_photo_of_a_section_is_refused(
    client: Client, photo_editor: User, section: Section, make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo()
    SectionDesk.objects.create(section=section, photo=photo)
    client.force_login(photo_editor)

    client.post(f"/redaction/newsroom/photo/{photo.pk}/delete/", {"post": "yes"})
    assert Photo.objects.filter(pk=photo.pk).exists()

    SectionDesk.objects.all().delete()
    client.post(f"/redaction/newsroom/photo/{photo.pk}/delete/", {"post": "yes"})
    assert not Photo.objects.filter(pk=photo.pk).exists()


def test_links_between_the_screens_keep_the_filter(client: Client, editor: User, section: Section) -> None:
    client.force_login(editor)

    page = client.get(f"{HOME}?rubrique=politique&miens=1").content.decode()

    assert "/redaction/tableau/?rubrique=politique&amp;miens=1" in page


# --- How much is asked of the database ----------------------------------------------------------------------------

SCREENS = ("/redaction/", "/redaction/?rubrique=politique", "/redaction/tableau/", "/redaction/calendrier/")


def test_a_screen_takes_as_many_queries_for_8_stories_as_for_200_and_fewer_than_20(
    client: Client, journalist: User, chief: User, section: Section
) -> None:
    client.force_login(chief)
    asked = []
    for more in (8, 192):
        fill(journalist, section, in_work=more)
        Story.objects.filter(stage="review").update(awaits_second_look=True)
        asked.append({address: questions_of(client, address) for address in SCREENS})

    assert asked[0] == asked[1]
    assert max(asked[1].values()) < 20


def questions_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_no_screen_makes_the_database_read_the_archive(journalist: User, editor: User, section: Section) -> None:
    tied = User.objects.create_user("tied")
    set_standing(tied, roles=[Role.EDITOR], sections=[section])
    clients = {"over everything": Client(), "tied to a section": Client()}
    for client, user in zip(clients.values(), (editor, tied), strict=True):
        client.force_login(user)
    screens = [*SCREENS, "/redaction/?miens=1", "/redaction/newsroom/story/", "/redaction/newsroom/story/?etat=echec"]
    cells = [(who, address) for who in clients for address in screens]
    read, counted = [], []
    fill(journalist, section, in_work=40)
    for more, days_ago in ((3000, 0), (3000, 125)):
        fill(editor, section, published=more // 2, days_ago=days_ago)
        fill(tied, section, published=more // 2, days_ago=days_ago)
        read.append({cell: read_for(clients[cell[0]], cell[1]) for cell in cells})
        with reading() as so_far:
            assert Story.objects.filter(words__gt=3).count() == 0
        counted.append(so_far())

    assert not {cell: (read[0][cell], read[1][cell]) for cell in cells if read[1][cell] >= read[0][cell] * 1.1 + 5}
    assert counted[1] > counted[0] * 1.6, "the control: what does read the archive is seen"


def read_for(client: Client, address: str) -> int:
    """How many rows the database reads for a screen."""
    with reading() as so_far:
        assert client.get(address).status_code == 200
    return so_far()


def test_old_answered_checks_and_resolved_notes_cost_the_home_nothing(
    client: Client, journalist: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    client.force_login(chief)
    read = []
    for number in (20, 4000):
        settled = {"story": story, "by": journalist, "text": "Un mot.", "resolved_at": timezone.now()}
        notes = Note.objects.bulk_create([Note(**settled) for _number in range(number)])
        named = Note.mentions.through
        named.objects.bulk_create([named(note=note, user=chief) for note in notes])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with reading("newsroom_note") as so_far:
            assert queues(client)["asked"] == []
        read.append(so_far())

    assert read[1] < read[0] * 1.1 + 5
    connection.check_constraints()  # PostgreSQL drops no index while something of its table waits for the end
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX note_open")
    with reading("newsroom_note") as so_far:
        assert queues(client)["asked"] == []
    assert so_far() > read[1] * 1.6, "the control: without its index all the notes are read"
