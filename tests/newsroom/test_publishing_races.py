"""Two publications at the same moment that write to one another's article, or share a picture.

Each pair is tried with either of the two having the lower number, because rows are locked in the order of numbers.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Correction, Image
from newsroom import deeds, publishing, refusals
from newsroom.clock import Clock
from newsroom.deeds import ChangeNotice
from newsroom.models import Dispatch, Move, Photo, Story
from newsroom.stories import content, saving
from newsroom.workflow import ChangeKind, Stage

from .racing import at_once
from .scheduling import hour_of, let_hour_come

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
MakePair = Callable[..., tuple[Story, Story]]


@pytest.fixture
def make_pair(
    make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User, sub_editor: User
) -> MakePair:
    """Makes a live article, whose next version announces a right of reply, and that reply.

    Both are approved and have the same pictures. With `is_reply_first`, the reply has the lower number.
    """

    def make(*photos: Photo, is_reply_first: bool) -> tuple[Story, Story]:
        fields: dict[str, Any] = {
            "lead_photo": photos[0] if photos else None,
            "body": "".join(f'<p>Texte.</p><figure class="image" data-image="{photo.pk}"></figure>' for photo in photos)
            or "<p>Texte.</p>",
        }
        pair = [make_story(by=journalist, **fields) for _text in range(2)]
        answered, reply = reversed(pair) if is_reply_first else pair
        publish_story(answered)
        answered.refresh_from_db()
        deeds.revise(answered, revision=answered.version, by=journalist)
        for story, changed in ((answered, {"headline": "La réponse est là"}), (reply, {"replies_to_id": answered.pk})):
            story.refresh_from_db()
            saving.put_text(story, {**content.content_of(story), **_content(changed)}, by=journalist)
            deeds.submit(story, revision=story.version, by=journalist)
            deeds.approve(story, revision=story.version, by=sub_editor)
            story.refresh_from_db()
        return answered, reply

    return make


def _content(fields: dict[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_id"): value for name, value in fields.items()}


def assert_done(done: list[object]) -> None:
    assert not [error for error in done if isinstance(error, Exception)]


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_publishing_an_article_and_its_right_of_reply_at_once_does_not_deadlock(
    make_pair: MakePair, make_photo: Callable[..., Photo], editor: User, chief: User, is_reply_first: bool
) -> None:
    photos = [make_photo(), make_photo()]
    for _round in range(ROUNDS):
        answered, reply = make_pair(*photos, is_reply_first=is_reply_first)
        notice = ChangeNotice(ChangeKind.REPLY, reply=reply)

        done = at_once(
            lambda it=answered, notice=notice: publishing.publish(it, revision=it.version, by=editor, change=notice),
            lambda it=reply: publishing.publish(it, revision=it.version, by=chief),
        )

        assert_done(done)
        assert Correction.objects.get(article=answered.pk).reply_id == reply.pk


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_withdrawing_an_article_while_its_right_of_reply_is_published_does_not_deadlock(
    make_pair: MakePair, make_photo: Callable[..., Photo], editor: User, chief: User, is_reply_first: bool
) -> None:
    photos = [make_photo(), make_photo()]
    for _round in range(ROUNDS):
        answered, reply = make_pair(*photos, is_reply_first=is_reply_first)

        done = at_once(
            lambda it=answered: publishing.withdraw(it, revision=it.version, by=editor, note="Une erreur."),
            lambda it=reply: publishing.publish(it, revision=it.version, by=chief),
        )

        # who comes second may be refused: what a reply answers must be there
        assert not [error for error in done if isinstance(error, Exception) and not isinstance(error, refusals.Refused)]
        assert isinstance(done[0], Move)
        assert not Article.objects.filter(pk=answered.pk).exists()
        is_out = Article.objects.filter(pk=reply.pk).exists()
        assert is_out is not isinstance(done[1], Exception)
        assert Image.objects.count() == (2 if is_out else 0)
        if is_out:
            reply.refresh_from_db()
            publishing.withdraw(reply, revision=reply.version, by=chief, note="La suite.")


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_a_correction_at_once_and_the_right_of_reply_it_announces_do_not_deadlock(
    make_pair: MakePair, journalist: User, editor: User, chief: User, is_reply_first: bool
) -> None:
    for _round in range(ROUNDS):
        answered, reply = make_pair(is_reply_first=is_reply_first)
        deeds.abandon(answered, revision=answered.version, by=journalist)
        answered.refresh_from_db()

        def correct(story: Story = answered, reply: Story = reply) -> object:
            with publishing.with_pictures(story.pk), transaction.atomic():
                publishing.hold(story.pk, others=[reply.pk])
                notice = ChangeNotice(ChangeKind.REPLY, reply=reply)
                return publishing.correct(story, revision=story.version, by=editor, change=notice)

        done = at_once(correct, lambda it=reply: publishing.publish(it, revision=it.version, by=chief))

        assert_done(done)
        assert Correction.objects.get(article=answered.pk).reply_id == reply.pk


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_two_clocks_publish_an_article_and_its_right_of_reply_without_a_failure(
    make_pair: MakePair, make_photo: Callable[..., Photo], editor: User, is_reply_first: bool
) -> None:
    photo = make_photo()
    for _round in range(ROUNDS):
        answered, reply = make_pair(photo, is_reply_first=is_reply_first)
        _schedule(answered, editor, ChangeNotice(ChangeKind.REPLY, reply=reply))
        _schedule(reply, editor, None)
        let_hour_come(answered, reply)

        assert_done(at_once(lambda: Clock().beat(), lambda: Clock().beat()))
        assert_done(at_once(lambda: Clock().beat()))

        stages = Story.objects.filter(pk__in=[answered.pk, reply.pk]).values_list("stage", "failure")
        assert set(stages) == {(Stage.PUBLISHED, "")}
        assert not Dispatch.objects.filter(key__startswith="failure-").exists()
        assert Correction.objects.get(article=answered.pk).reply_id == reply.pk


def _schedule(story: Story, by: User, notice: ChangeNotice | None) -> None:
    when = hour_of(timezone.now() + timedelta(hours=1))
    deeds.schedule(story, revision=story.version, by=by, when=when, change=notice)


def test_the_clock_does_not_wait_for_an_article_that_no_longer_exists(
    make_story: Callable[..., Story], publish_story: Callable[..., Story], journalist: User, sub_editor: User,
    editor: User,
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    Article.objects.filter(pk=story.pk).update(replies_to=10**9)
    deeds.revise(story, revision=story.version, by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    _schedule(story, editor, ChangeNotice(ChangeKind.UPDATE))
    let_hour_come(story)

    Clock().beat()

    story.refresh_from_db()
    assert story.stage == Stage.PUBLISHED
