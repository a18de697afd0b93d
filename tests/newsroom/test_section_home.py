"""The home of a section's desk: its stories, its checks and its picture."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Image, Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.overview.home import ROWS
from newsroom.models import Check, Move, Photo, Revision, SectionDesk, StaffProfile, Story
from newsroom.review import checks
from newsroom.review.notes import write_note
from newsroom.stories import saving
from newsroom.workflow import Deed

from .home import HOME, queues

pytestmark = pytest.mark.django_db


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
