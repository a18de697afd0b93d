"""Closed logins and lost rights: who gets no mail, who may not look at their own flash, which review links are open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail

from articles.models import Section
from newsroom import deeds, notifications, planning, publishing, refusals
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import outbox
from newsroom.deeds import ChangeNotice
from newsroom.editing import autosave, presence
from newsroom.models import Dispatch, PlanChange, Presence, ShareLink, Story
from newsroom.review import share_links
from newsroom.stories import saving
from newsroom.workflow import ChangeKind

from .desk import at_the_desk

pytestmark = pytest.mark.django_db


def test_mail_for_a_login_that_was_closed_meanwhile_is_not_sent(editor: User, journalist: User) -> None:
    notifications.queue("un-mot", [journalist, editor], "Un mot", ["Bonjour."])
    User.objects.filter(pk=journalist.pk).update(is_active=False)

    outbox.send_letters()

    assert [letter.to for letter in mail.outbox] == [[editor.email]]
    assert not Dispatch.objects.filter(done_at=None).exists()


def test_somebody_who_may_no_longer_read_a_story_is_not_mailed_its_headline(
    editor: User, make_story: Callable[..., Story], journalist: User
) -> None:
    former = User.objects.create_user("ailleurs", "ailleurs@fanal.example")
    set_standing(former, roles=[Role.JOURNALIST], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    story = make_story(by=journalist, headline="La mort du ministre")
    planning.change_plan(story, by=editor, wanted={PlanChange.Subject.ASSIGNEE: former})
    Dispatch.objects.all().delete()

    planning.change_plan(story, by=editor, wanted={PlanChange.Subject.ASSIGNEE: None})

    letter = Dispatch.objects.get(payload__to=former.email).payload
    assert "ministre" not in letter["subject"] + letter["text"]


def test_a_reply_starts_from_the_published_headline(
    editor: User, make_story: Callable[..., Story], journalist: User, publish_story: Callable[..., Story]
) -> None:
    story = publish_story(make_story(by=journalist, headline="Un titre public"))
    deeds.revise(story, revision=story.version, by=journalist)
    Story.objects.filter(pk=story.pk).update(headline="Un titre de travail")
    client = at_the_desk(editor)

    client.post(f"/redaction/newsroom/story/{story.pk}/reply/")

    assert Story.objects.get(replies_to=story).headline.endswith("Un titre public")


def test_whoever_corrected_a_flash_may_not_give_its_second_look(
    editor: User, chief: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=chief)
    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")
    story.refresh_from_db()
    story.headline = "Un tout autre titre"
    story.save()
    saving.record_text(story, by=editor)
    publishing.correct(story, revision=story.version, by=editor, change=ChangeNotice(ChangeKind.TYPO))
    story.refresh_from_db()

    with pytest.raises(refusals.Refused):
        deeds.look(story, revision=story.version, by=editor)
    deeds.look(story, revision=story.version, by=sub_editor)

    assert not Story.objects.get(pk=story.pk).awaits_second_look


def test_every_open_review_link_is_listed_and_can_be_closed(chief: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=chief)
    first = share_links.make_link(story, revision=1, reader="Le premier", lasts=timedelta(days=30), by=chief)
    for number in range(60):
        link = share_links.make_link(story, revision=1, reader=f"Lecteur {number}", lasts=timedelta(days=1), by=chief)
        share_links.revoke(link, by=chief)
    client = at_the_desk(chief)

    page = client.get(f"/redaction/newsroom/story/{story.pk}/share/").content.decode()

    assert f"/share/{first.pk}/revoke/" in page


def test_a_twenty_first_open_review_link_of_a_story_is_refused(chief: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=chief)
    for number in range(share_links.MOST_OPEN):
        share_links.make_link(story, revision=1, reader=f"Lecteur {number}", lasts=timedelta(days=1), by=chief)

    with pytest.raises(refusals.Refused):
        share_links.make_link(story, revision=1, reader="Un de trop", lasts=timedelta(days=1), by=chief)
    share_links.revoke(ShareLink.objects.filter(story=story)[0], by=chief)

    assert share_links.make_link(story, revision=1, reader="À sa place", lasts=timedelta(days=1), by=chief)


def test_forged_page_keys_leave_few_rows(editor: User, journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)

    for _time in range(presence.MOST_PAGES + 5):
        presence.record_presence(story, by=editor, page=autosave.new_page(), field="")

    assert Presence.objects.filter(user=editor).count() == presence.MOST_PAGES
