"""A correction at the very moment at which somebody else does something with the next version: nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from articles.models import Article
from newsroom import deeds, publishing
from newsroom.admin.story import page
from newsroom.clock import Clock
from newsroom.models import Story
from newsroom.publishing import open_version
from newsroom.refusals import Refused
from newsroom.stories import saving
from newsroom.stories.content import content_of

from .correcting import ADDED, BODY, CORRECTED, corrected_fields, page_of
from .desk import at_the_desk
from .racing import at_once
from .scheduling import let_hour_come
from .story_post import address, typed

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
BOTH = ADDED.replace("400", "300")


@pytest.fixture
def correct(editor: User) -> Callable[[Story], Callable[[], int]]:
    """Makes the post of a correction of `story`, to be sent later; it returns the status."""

    def prepare(story: Story) -> Callable[[], int]:
        client = at_the_desk(editor)
        fields = corrected_fields(client, story, body=CORRECTED)
        return lambda: client.post(page_of(story), fields).status_code

    return prepare


def assert_nothing_raised(done: list[Any]) -> None:
    assert not [error for error in done if isinstance(error, Exception)]


def test_the_clock_never_takes_a_correction_back(opened: Callable[..., Story], correct: Callable[..., Any]) -> None:
    for _round in range(ROUNDS):
        story = opened("scheduled")
        sends = correct(story)
        let_hour_come(story)

        done = at_once(sends, lambda: Clock().beat())

        assert_nothing_raised(done)
        Clock().beat()
        story.refresh_from_db()
        body = Article.objects.get(pk=story.pk).body
        assert (done[0], body) in ((302, BOTH), (409, ADDED)), "a correction that came second is shown, and read again"
        assert story.stage == "published"


def test_a_writer_and_a_correction_at_once_are_both_in_the_next_version(
    opened: Callable[..., Story], correct: Callable[..., Any], journalist: User
) -> None:
    for _round in range(ROUNDS):
        story = opened("draft")
        sends, writer = correct(story), at_the_desk(journalist)
        fields = typed(story, body=ADDED.replace("buvette", "terrasse"))

        done = at_once(sends, lambda c=writer, f=fields, s=story: c.post(address(s), f).status_code)

        story.refresh_from_db()
        assert done == [302, 302]
        assert Article.objects.get(pk=story.pk).body == CORRECTED
        assert story.body == BOTH.replace("buvette", "terrasse")


def test_an_approval_at_the_same_moment_is_of_the_text_that_was_read(
    opened: Callable[..., Story], correct: Callable[..., Any], sub_editor: User
) -> None:
    for _round in range(ROUNDS):
        story = opened("review")
        sends = correct(story)

        sent, approved = at_once(sends, lambda s=story: deeds.approve(s, revision=s.version, by=sub_editor))

        story.refresh_from_db()
        assert sent == 302
        assert story.body == BOTH
        if isinstance(approved, Refused):
            assert (story.stage, story.approved_revision) == ("review", None)
        else:
            assert (story.stage, story.approved_revision) == ("ready", story.revisions.get(number=story.version))


def test_two_corrections_at_once_are_never_published_over_each_other(
    opened: Callable[..., Story], correct: Callable[..., Any], chief: User
) -> None:
    other = BODY.replace("l’aube", "cinq heures")
    for _round in range(ROUNDS):
        story = opened("draft")
        sends, client = correct(story), at_the_desk(chief)
        fields = corrected_fields(client, story, body=other)

        done = at_once(sends, lambda c=client, f=fields, s=story: c.post(page_of(s), f).status_code)

        story.refresh_from_db()
        assert sorted(done) == [302, 409]
        assert Article.objects.get(pk=story.pk).body in (CORRECTED, other)


@pytest.mark.parametrize("saves", [0, 1, 9])
def test_the_bodies_are_joined_while_nobody_waits_for_the_story(
    saves: int,
    opened: Callable[..., Story],
    correct: Callable[..., Any],
    journalist: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when the writer saves in the middle of it. A writer who saves at every try has it joined under lock."""
    story = opened("draft")
    sends = correct(story)
    were_held: list[bool] = []
    join = open_version.join_bodies

    def watched(*bodies: str) -> open_version.JoinedBody:
        were_held.append(connection.in_atomic_block)
        joined = join(*bodies)
        if len(were_held) <= saves:
            now = Story.objects.get(pk=story.pk)
            line = f"\n<p>Ligne {len(were_held)}.</p>"
            saving.put_text(now, {**content_of(now), "body": now.body + line}, by=journalist)
        return joined

    monkeypatch.setattr(open_version, "join_bodies", watched)
    monkeypatch.setattr(publishing, "join_bodies", watched)

    assert sends() == 302

    story.refresh_from_db()
    assert story.body.startswith(BOTH)
    assert story.body.count("Ligne") == min(saves, page.ROUNDS)
    assert were_held == [False] * min(saves + 1, page.ROUNDS) + [True] * (saves >= page.ROUNDS)
