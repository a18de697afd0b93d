"""Rights of reply: on whose page they appear, who may announce them there, and who is mailed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Correction, Section
from newsroom import deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock
from newsroom.deeds import ChangeNotice
from newsroom.models import Dispatch, Story
from newsroom.refusals import Refused
from newsroom.stories import saving
from newsroom.workflow import ChangeKind, Stage

from .scheduling import hour_of, let_hour_come

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
PublishStory = Callable[..., Story]


@pytest.fixture
def sport(db: None) -> Section:
    return Section.objects.create(name="Sport", slug="sport")


@pytest.fixture
def live(make_story: MakeStory, journalist: User, publish_story: PublishStory) -> Story:
    """An article of Politique."""
    return publish_story(make_story(by=journalist, headline="Le budget du port"))


@pytest.fixture
def of_sport(editor: User, sport: Section, live: Story) -> User:
    """The editor, who answers for Sport and for no other section from now on."""
    set_standing(editor, roles=[Role.EDITOR], sections=[sport])
    return User.objects.get(pk=editor.pk)


def readdress(reply: Story, other: Story | None, by: User) -> Story:
    """Open the next version of a live reply, which answers another article."""
    deeds.revise(reply, revision=reply.version, by=by)
    reply.refresh_from_db()
    reply.replies_to = other
    reply.save()
    saving.record_text(reply, by=by)
    return reply


def replies_shown(story: Story) -> list[int | None]:
    shown = list(Correction.objects.filter(article=story.pk).values_list("reply", flat=True))
    assert Article.objects.get(pk=story.pk).has_corrections is bool(shown)
    return shown


# --- What readers are shown ---------------------------------------------------------------------------------------


def test_a_reply_moved_to_another_article_disappears_from_the_page_of_the_first(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    other = publish_story(make_story(by=journalist, headline="Le budget de la gare"))
    reply = publish_story(make_story(by=journalist, headline="Le port répond", replies_to=live))
    assert replies_shown(live) == [reply.pk]

    publish_story(readdress(reply, other, journalist))

    assert replies_shown(live) == []
    assert replies_shown(other) == [reply.pk]


def test_a_reply_that_no_longer_answers_an_article_disappears_from_its_page(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    reply = publish_story(make_story(by=journalist, headline="Le port répond", replies_to=live))

    publish_story(readdress(reply, None, journalist))

    assert replies_shown(live) == []


def test_publishing_the_first_article_again_does_not_bring_a_moved_reply_back(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    reply = publish_story(make_story(by=journalist, headline="Le port répond", replies_to=live))
    publish_story(readdress(reply, None, journalist))
    live.refresh_from_db()
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()

    publish_story(live)

    assert replies_shown(live) == []


def test_the_next_version_of_a_reply_changes_nothing_until_it_is_published(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory, editor: User
) -> None:
    other = publish_story(make_story(by=journalist, headline="Le budget de la gare"))
    reply = publish_story(make_story(by=journalist, headline="Le port répond", replies_to=live))
    readdress(reply, other, journalist)
    assert replies_shown(live) == [reply.pk]

    publishing.withdraw(reply, revision=reply.version, by=editor, note="À sa demande.")

    assert replies_shown(live) == []
    assert replies_shown(other) == []


# --- Who says so there --------------------------------------------------------------------------------------------


def test_an_editor_may_not_publish_a_reply_to_an_article_of_another_section_alone(
    live: Story, approve_story: Callable[..., Story], of_sport: User, sport: Section, client: Client
) -> None:
    reply = approve_story(headline="Le port répond", section=sport, replies_to=live)
    client.force_login(of_sport)
    Story.objects.filter(pk=live.pk).update(headline="Un titre que nul ne connaît")

    response = client.post(f"/redaction/newsroom/story/{reply.pk}/publish/", {"revision": reply.version}, follow=True)

    page = response.content.decode()
    assert "Le budget du port" in page
    assert "Politique" in page
    assert "Un titre que nul ne connaît" not in page
    assert not Article.objects.filter(pk=reply.pk).exists()
    assert replies_shown(live) == []


def test_an_editor_of_both_sections_may_publish_the_reply(
    live: Story, approve_story: Callable[..., Story], of_sport: User, sport: Section, chief: User
) -> None:
    reply = approve_story(headline="Le port répond", section=sport, replies_to=live)

    publishing.publish(reply, revision=reply.version, by=chief)

    assert replies_shown(live) == [reply.pk]


def test_a_reply_that_the_articles_section_announced_may_be_published_and_corrected_by_the_other(
    live: Story, approve_story: Callable[..., Story], of_sport: User, sport: Section, chief: User, journalist: User
) -> None:
    reply = approve_story(headline="Le port répond", section=sport, replies_to=live)
    publishing.correct(live, revision=live.version, by=chief, change=ChangeNotice(ChangeKind.REPLY, reply=reply))
    assert replies_shown(live) == []

    publishing.publish(reply, revision=reply.version, by=of_sport)
    reply.refresh_from_db()
    publishing.correct(reply, revision=reply.version, by=of_sport, change=ChangeNotice(ChangeKind.TYPO))

    assert replies_shown(live) == [reply.pk]


def test_the_right_over_both_sections_is_checked_when_scheduling_and_not_by_the_clock(
    live: Story, approve_story: Callable[..., Story], editor: User, sport: Section
) -> None:
    reply = approve_story(headline="Le port répond", section=sport, replies_to=live)
    when = hour_of(timezone.now() + timedelta(hours=1))
    set_standing(editor, roles=[Role.EDITOR], sections=[sport])
    with pytest.raises(Refused, match="Politique"):
        deeds.schedule(reply, revision=reply.version, by=User.objects.get(pk=editor.pk), when=when)
    set_standing(editor, roles=[Role.EDITOR], sections=[])
    deeds.schedule(reply, revision=reply.version, by=User.objects.get(pk=editor.pk), when=when)
    set_standing(editor, roles=[Role.EDITOR], sections=[sport])
    let_hour_come(reply)

    Clock().beat()

    assert replies_shown(live) == [reply.pk]


# --- Who is mailed ------------------------------------------------------------------------------------------------


def letters() -> list[dict[str, Any]]:
    """The mails about replies, without those about the stories themselves."""
    return list(Dispatch.objects.filter(key__startswith="reply-").order_by("pk").values_list("payload", flat=True))


def test_the_writers_and_the_desk_of_the_article_are_mailed_once_about_the_reply(
    live: Story, make_story: MakeStory, journalist: User, sub_editor: User, editor: User, chief: User,
    publish_story: PublishStory,
) -> None:  # fmt: skip
    reply = publish_story(make_story(by=sub_editor, headline="Le port répond", replies_to=live))

    # the editor did it, and needs no letter
    assert {letter["to"] for letter in letters()} == {journalist.email, sub_editor.email, chief.email}
    assert len(letters()) == 3
    assert "Le budget du port" in letters()[0]["subject"]
    assert "Le port répond" in letters()[0]["text"]
    assert Article.objects.get(pk=reply.pk).get_absolute_url() in letters()[0]["text"]
    publishing.correct(reply, revision=reply.version, by=editor, change=ChangeNotice(ChangeKind.TYPO))
    assert len(letters()) == 3


def test_publishing_a_story_that_answers_no_article_mails_nobody_about_a_reply(
    make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    publish_story(make_story(by=journalist))

    assert letters() == []


# --- The change notice of a scheduled version ---------------------------------------------------------------------


def test_the_change_notice_is_kept_when_a_story_is_rescheduled(
    live: Story, journalist: User, approve_story: Callable[..., Story], editor: User, client: Client
) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    approve_story(live)
    note = "Le quai n’a que 300 mètres."
    when = hour_of(timezone.now() + timedelta(hours=1))
    notice = ChangeNotice(ChangeKind.CORRECTION, note)
    deeds.schedule(live, revision=live.version, by=editor, when=when, change=notice)
    client.force_login(editor)

    client.post(f"/redaction/newsroom/story/{live.pk}/unschedule/", {"revision": live.version})

    page = client.get(f"/redaction/newsroom/story/{live.pk}/schedule/").content.decode()
    assert f"{note}</textarea>" in page
    assert page.split('value="correction"')[1].split(">")[0].count("checked") == 1


@pytest.mark.parametrize("deed", [deeds.reopen, deeds.send_back, deeds.abandon])
def test_the_change_notice_is_dropped_when_the_story_is_edited_again(
    live: Story, journalist: User, approve_story: Callable[..., Story], editor: User, deed: Callable[..., Any]
) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    approve_story(live)
    when = hour_of(timezone.now() + timedelta(hours=1))
    deeds.schedule(
        live, revision=live.version, by=editor, when=when, change=ChangeNotice(ChangeKind.CORRECTION, "Non.")
    )
    deeds.unschedule(live, revision=live.version, by=editor)

    deed(live, revision=live.version, by=editor, note="À revoir.")

    live.refresh_from_db()
    assert {name: getattr(live, name) for name in deeds.CLEARED_NOTICE} == deeds.CLEARED_NOTICE


def test_the_change_notice_of_a_cancelled_schedule_is_not_published_by_itself(
    live: Story, journalist: User, approve_story: Callable[..., Story], editor: User
) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    approve_story(live)
    when = hour_of(timezone.now() + timedelta(hours=1))
    deeds.schedule(
        live, revision=live.version, by=editor, when=when, change=ChangeNotice(ChangeKind.CORRECTION, "Non.")
    )
    deeds.unschedule(live, revision=live.version, by=editor)

    with pytest.raises(Refused):
        publishing.publish(live, revision=live.version, by=editor)

    live.refresh_from_db()
    assert live.stage == Stage.READY
