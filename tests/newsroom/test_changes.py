"""The kinds of change of a live article, corrections at once, the flash, the embargo and sensitive cases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Correction
from newsroom import deeds, publishing
from newsroom.deeds import ChangeNotice
from newsroom.models import Change, Move, Photo, Revision, Story
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import ChangeKind

from .rewriting import rewrite

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
PublishStory = Callable[..., Story]
NOTE = "Le prix était celui du litre bio ; le prix moyen est de 84 dirhams."


def again(story: Story, by: User, publish_story: PublishStory, notice: ChangeNotice, **fields: Any) -> Story:
    """Publish a new version of a live story."""
    deeds.revise(story, revision=story.version, by=by)
    story.refresh_from_db()
    rewrite(story, by, **fields)
    return publish_story(story, notice)


def test_a_new_version_without_a_kind_of_change_is_refused(
    live: Story, journalist: User, sub_editor: User, editor: User
) -> None:
    deeds.revise(live, revision=live.version, by=journalist)
    deeds.submit(live, revision=live.version, by=journalist)
    deeds.approve(live, revision=live.version, by=sub_editor)

    with pytest.raises(Refused):
        publishing.publish(live, revision=live.version, by=editor)

    assert Change.objects.count() == 0


def test_a_first_publication_records_no_change(live: Story) -> None:
    assert not Change.objects.exists()
    assert not Correction.objects.exists()


def test_a_correction_is_public_with_its_date_and_its_author_only_on_record(
    live: Story, journalist: User, editor: User, publish_story: PublishStory
) -> None:
    again(
        live,
        journalist,
        publish_story,
        ChangeNotice(ChangeKind.CORRECTION, NOTE),
        headline="Huile d’olive : 84 dirhams",
    )

    public = Correction.objects.get(article=live.pk)
    assert (public.kind, public.text) == ("correction", NOTE)
    assert Article.objects.get(pk=live.pk).has_corrections
    assert Change.objects.get(story=live).by == editor


def test_a_correction_without_its_note_is_refused(live: Story, journalist: User, publish_story: PublishStory) -> None:
    with pytest.raises(Refused):
        again(live, journalist, publish_story, ChangeNotice(ChangeKind.CORRECTION, "  "), headline="Huile d’olive")

    assert Article.objects.get(pk=live.pk).headline != "Huile d’olive"


@pytest.mark.parametrize("kind", [ChangeKind.TYPO, ChangeKind.UPDATE])
def test_a_typo_and_an_update_leave_no_public_note(
    live: Story, journalist: User, publish_story: PublishStory, kind: ChangeKind
) -> None:
    again(live, journalist, publish_story, ChangeNotice(kind), headline="Huile d’olive")

    assert not Correction.objects.exists()
    assert Change.objects.get(story=live).kind == kind


def test_corrections_come_back_with_a_withdrawn_article(
    live: Story, journalist: User, editor: User, publish_story: PublishStory
) -> None:
    story = again(live, journalist, publish_story, ChangeNotice(ChangeKind.CORRECTION, NOTE), headline="Huile d’olive")
    publishing.withdraw(story, revision=story.version, by=editor, note="À la demande de la justice.")
    assert not Correction.objects.exists()
    story.refresh_from_db()

    publish_story(story)

    assert Correction.objects.get(article=live.pk).text == NOTE


def test_a_right_of_reply_is_announced_on_the_article_it_answers_once_it_is_public(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    reply = make_story(by=journalist, headline="La médiatrice répond", replies_to=live)
    assert not Correction.objects.exists()

    publish_story(reply)

    correction = Correction.objects.get(article=live.pk)
    assert (correction.kind, correction.reply_id) == ("reply", reply.pk)
    assert Article.objects.get(pk=reply.pk).replies_to_id == live.pk


def test_a_withdrawn_right_of_reply_is_announced_again_only_when_it_comes_back(
    live: Story, make_story: MakeStory, journalist: User, editor: User, publish_story: PublishStory
) -> None:
    reply = publish_story(make_story(by=journalist, headline="La médiatrice répond", replies_to=live))
    publishing.withdraw(reply, revision=reply.version, by=editor, note="À sa demande.")
    assert not Correction.objects.exists()
    assert not Article.objects.get(pk=live.pk).has_corrections
    reply.refresh_from_db()

    publish_story(reply)

    assert Correction.objects.get(article=live.pk).reply_id == reply.pk
    assert Change.objects.filter(story=live).count() == 1


def test_a_right_of_reply_that_does_not_answer_the_article_is_refused_as_its_change(
    live: Story, make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    other = publish_story(make_story(by=journalist, headline="Sans rapport"))

    with pytest.raises(Refused):
        again(live, journalist, publish_story, ChangeNotice(ChangeKind.REPLY, reply=other), headline="Un autre titre")


# --- Correct at once


def correct(story: Story, by: User, notice: ChangeNotice | None, **fields: Any) -> Move:
    """Correct as the desk does: the text and the deed are one transaction."""
    with publishing.with_pictures(story.pk), transaction.atomic(durable=True):
        rewrite(story, by, **fields)
        return publishing.correct(story, revision=story.version, by=by, change=notice)


def test_a_live_article_is_corrected_in_one_step(live: Story, editor: User) -> None:
    correct(live, editor, ChangeNotice(ChangeKind.CORRECTION, NOTE), headline="Huile d’olive : 84 dirhams")

    live.refresh_from_db()
    article = Article.objects.get(pk=live.pk)
    assert (article.headline, live.stage) == ("Huile d’olive : 84 dirhams", "published")
    assert live.live_revision is not None
    assert live.live_revision.number == live.version == article.revision


def test_a_refused_correction_keeps_neither_the_text_nor_the_deed(live: Story, editor: User) -> None:
    version, headline = live.version, live.headline

    with pytest.raises(Refused):
        correct(live, editor, None, headline="Huile d’olive")

    live.refresh_from_db()
    assert (live.version, live.headline) == (version, headline)
    assert Revision.objects.filter(story=live).count() == version


def test_a_correction_at_once_with_an_uncredited_picture_is_refused(
    live: Story, editor: User, make_photo: Callable[..., Photo]
) -> None:
    nameless = make_photo(credit=None)

    with pytest.raises(Refused) as refusal:
        correct(live, editor, ChangeNotice(ChangeKind.UPDATE), lead_photo=nameless)

    assert "lead_photo" in {problem.field for problem in refusal.value.problems}
    assert Article.objects.get(pk=live.pk).lead_image is None


def test_a_sub_editor_may_not_correct_at_once(live: Story, sub_editor: User) -> None:
    with pytest.raises(NotAllowed):
        correct(live, sub_editor, ChangeNotice(ChangeKind.TYPO), headline="Huile d’olive")


# --- Flash


def test_a_flash_no_longer_waits_once_its_second_look_is_given(
    make_story: MakeStory, chief: User, sub_editor: User
) -> None:
    story = make_story(by=chief)

    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")

    story.refresh_from_db()
    assert (story.stage, story.awaits_second_look) == ("published", True)
    assert Article.objects.filter(pk=story.pk).exists()
    deeds.look(story, revision=story.version, by=sub_editor)
    story.refresh_from_db()
    assert not story.awaits_second_look


def test_the_chief_who_published_a_flash_may_not_give_its_second_look(
    make_story: MakeStory, journalist: User, chief: User
) -> None:
    story = make_story(by=journalist)
    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")

    with pytest.raises(Refused):
        deeds.look(story, revision=story.version, by=chief)


def test_a_flash_without_a_reason_or_by_an_editor_is_refused(make_story: MakeStory, editor: User, chief: User) -> None:
    story = make_story(by=editor)

    with pytest.raises(Refused):
        publishing.flash(story, revision=story.version, by=chief, note=" ")
    with pytest.raises(NotAllowed):
        publishing.flash(story, revision=story.version, by=editor, note="C’est urgent.")
    assert not Article.objects.exists()


def test_a_flash_with_an_uncredited_picture_is_refused(
    make_story: MakeStory, chief: User, make_photo: Callable[..., Photo]
) -> None:
    story = make_story(by=chief, lead_photo=make_photo(credit=None))

    with pytest.raises(Refused):
        publishing.flash(story, revision=story.version, by=chief, note="C’est urgent.")

    assert not Article.objects.exists()


# --- Embargo


@pytest.fixture
def embargoed(make_story: MakeStory, journalist: User) -> Story:
    story = make_story(by=journalist)
    story.embargo_until = timezone.now() + timedelta(hours=2)
    story.save()
    return story


def test_publishing_before_the_embargo_ends_is_refused(
    embargoed: Story, journalist: User, sub_editor: User, editor: User
) -> None:
    deeds.submit(embargoed, revision=embargoed.version, by=journalist)
    deeds.approve(embargoed, revision=embargoed.version, by=sub_editor)

    with pytest.raises(Refused, match="embargo"):
        publishing.publish(embargoed, revision=embargoed.version, by=editor)

    assert not Article.objects.exists()


def test_a_flash_before_the_embargo_ends_is_refused(embargoed: Story, chief: User) -> None:
    with pytest.raises(Refused, match="embargo"):
        publishing.flash(embargoed, revision=embargoed.version, by=chief, note="C’est urgent.")

    assert not Article.objects.exists()


def test_a_correction_at_once_before_the_embargo_ends_is_refused(live: Story, editor: User) -> None:
    live.embargo_until = timezone.now() + timedelta(hours=2)
    live.save()

    with pytest.raises(Refused, match="embargo"):
        correct(live, editor, ChangeNotice(ChangeKind.TYPO), headline="Sous embargo")

    assert not Article.objects.filter(headline="Sous embargo").exists()


def test_an_embargo_that_is_over_refuses_nothing(
    make_story: MakeStory, journalist: User, publish_story: PublishStory
) -> None:
    story = make_story(by=journalist)
    Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() - timedelta(minutes=1))

    assert publish_story(story).is_live


# --- Sensitive cases


def test_marking_a_case_as_sensitive_reaches_its_live_page_at_once_and_survives_the_next_version(
    live: Story, journalist: User, publish_story: PublishStory
) -> None:
    live.is_sensitive = True
    live.save()
    publishing.refresh_sensitivity(live)
    assert Article.objects.get(pk=live.pk).is_sensitive

    again(live, journalist, publish_story, ChangeNotice(ChangeKind.TYPO), headline="Un autre titre")

    assert Article.objects.get(pk=live.pk).is_sensitive
