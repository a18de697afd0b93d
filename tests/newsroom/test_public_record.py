"""The rows that publication writes: the approved text and no other, its bylines and links, its dates."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Author, CrossLink, Topic
from newsroom import deeds, publishing, refusals
from newsroom.models import Milestone, Revision, Story
from newsroom.stories.content import content_of
from newsroom.stories.saving import put_text
from newsroom.workflow import Stage

from .scheduling import hour_of

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
PublishStory = Callable[..., Story]


def slip_in(story: Story, **changes: Any) -> None:
    """Change the approved version of a story in the database, past the desk."""
    Revision.objects.filter(story=story, number=story.version).update(content={**content_of(story), **changes})


# --- The text -----------------------------------------------------------------------------------------------------


def test_a_script_slipped_into_an_approved_version_is_cleaned_on_publication(
    approve_story: Callable[..., Story], editor: User, client: Client
) -> None:
    story = approve_story()
    slip_in(story, body='<p onclick="voler()">Le texte.</p><script>voler()</script>')

    publishing.publish(story, revision=story.version, by=editor)

    page = client.get(Article.objects.get(pk=story.pk).get_absolute_url()).content.decode()
    assert "Le texte." in page
    assert "voler" not in page


def test_an_article_keeps_the_order_of_its_bylines(
    make_story: MakeStory, publish_story: PublishStory, journalist: User, author: Author, client: Client
) -> None:
    others = [Author.objects.create(name=f"Signature {letter}", slug=f"signature-{letter}") for letter in "ab"]
    order = [others[1].pk, author.pk, others[0].pk]
    story = publish_story(make_story(by=journalist, authors=order))

    article = Article.objects.get(pk=story.pk)

    assert list(article.bylines.values_list("author", flat=True)) == order


def test_the_shortest_text_takes_a_minute_to_read(
    make_story: MakeStory, publish_story: PublishStory, journalist: User
) -> None:
    story = publish_story(make_story(by=journalist, body="<p>Bref.</p>"))

    assert Article.objects.get(pk=story.pk).reading_minutes == 1


def test_a_link_of_an_article_to_itself_is_not_recorded(
    make_story: MakeStory, publish_story: PublishStory, journalist: User
) -> None:
    """Otherwise whoever withdraws it would be asked to mend it."""
    story, other = publish_story(make_story(by=journalist)), make_story(by=journalist)
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    body = f'<p><a href="/a/{story.pk}/">ici</a></p>'
    body += "".join(f'<aside class="lire-aussi" data-article="{number}"></aside>' for number in (story.pk, other.pk))
    put_text(story, {**content_of(story), "body": body}, by=journalist)

    publish_story(story)

    assert list(CrossLink.objects.values_list("source", "target")) == [(story.pk, other.pk)]


def test_plain_links_are_recorded_apart_from_read_alsos(
    make_story: MakeStory, publish_story: PublishStory, journalist: User
) -> None:
    linked, named, both = (publish_story(make_story(by=journalist)) for _text in range(3))
    body = "".join(f'<p><a href="/a/{story.pk}/">ici</a></p>' for story in (both, linked))
    body += "".join(f'<aside class="lire-aussi" data-article="{story.pk}"></aside>' for story in (both, named))
    publish_story(make_story(by=journalist, body=body))

    links = CrossLink.objects.order_by("order").values_list("target", "is_plain")

    assert list(links) == [(both.pk, False), (named.pk, False), (linked.pk, True)]


# --- The dates ----------------------------------------------------------------------------------------------------


def test_an_article_that_comes_back_has_that_day_as_its_date_of_update(
    make_story: MakeStory, publish_story: PublishStory, journalist: User, editor: User
) -> None:
    first, back = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 5, 9, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        story = publish_story(make_story(by=journalist))
        publishing.withdraw(story, revision=story.version, by=editor, note="Une erreur de nom.")
    with time_machine.travel(back, tick=False):
        publish_story(story)

    article = Article.objects.get(pk=story.pk)

    assert (article.first_published_at, article.updated_at) == (first, back)
    assert article.was_updated


def test_an_update_does_not_move_an_article_in_the_lists(
    make_story: MakeStory, publish_story: PublishStory, journalist: User
) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        story = publish_story(make_story(by=journalist))
    with time_machine.travel(datetime(2026, 11, 3, 9, tzinfo=UTC), tick=False):
        deeds.revise(story, revision=story.version, by=journalist)
        publish_story(story)

    article = Article.objects.get(pk=story.pk)

    assert article.was_updated
    assert set(article.listings.values_list("published_at", flat=True)) == {article.first_published_at}


# --- What was approved, and what was published --------------------------------------------------------------------


def test_the_submitted_the_approved_and_the_published_version_are_milestones_of_the_history(
    make_story: MakeStory, journalist: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=journalist)
    revision = story.revisions.get(number=1)
    milestones = []
    for deed, by in ((deeds.submit, journalist), (deeds.approve, sub_editor), (publishing.publish, editor)):
        deed(story, revision=1, by=by)
        revision.refresh_from_db()
        milestones.append(revision.milestone)

    assert milestones == [Milestone.SUBMITTED, Milestone.APPROVED, Milestone.PUBLISHED]


@pytest.mark.parametrize("deed", ["send_back", "reopen", "spike", "abandon", "publish", "withdraw"])
def test_an_approval_ends_with_the_publication_or_the_next_edit(
    deed: str, approve_story: Callable[..., Story], make_story: MakeStory, publish_story: PublishStory,
    journalist: User, editor: User,
) -> None:  # fmt: skip
    """Otherwise it could be published again by itself, should anything set its stage back to ready."""
    story = make_story(by=journalist)
    if deed in ("abandon", "withdraw"):
        publish_story(story)
        story.refresh_from_db()
        deeds.revise(story, revision=story.version, by=journalist)
    approve_story(story)
    assert story.approved_revision is not None

    do = getattr(deeds, deed, None) or getattr(publishing, deed)
    do(story, revision=story.version, by=editor, note="La raison.")

    story.refresh_from_db()
    assert story.approved_revision is None


def test_scheduling_a_version_that_was_not_approved_is_refused(
    approve_story: Callable[..., Story], journalist: User, editor: User
) -> None:
    story = approve_story()
    Story.objects.filter(pk=story.pk).update(stage=Stage.DRAFT)
    story.refresh_from_db()
    put_text(story, {**content_of(story), "headline": "Une version de plus"}, by=journalist)
    Story.objects.filter(pk=story.pk).update(stage=Stage.READY)
    story.refresh_from_db()

    with pytest.raises(deeds.Refused):
        deeds.schedule(story, revision=story.version, by=editor, when=hour_of(timezone.now() + timedelta(hours=1)))

    story.refresh_from_db()
    assert story.stage == Stage.READY


def test_a_second_second_look_at_a_flash_is_refused(
    make_story: MakeStory, chief: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=chief)
    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")
    deeds.look(story, revision=story.version, by=sub_editor)

    with pytest.raises(deeds.Refused):
        deeds.look(story, revision=story.version, by=editor)

    assert [move.by for move in story.moves.filter(deed="look")] == [sub_editor]


def test_nobody_is_the_second_look_at_their_own_flash_whatever_the_reason(make_story: MakeStory, chief: User) -> None:
    story = make_story(by=chief)
    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")

    with pytest.raises(refusals.NotAllowed):
        deeds.look(story, revision=story.version, by=chief, note="Personne d’autre n’est là.")

    assert Story.objects.get(pk=story.pk).awaits_second_look


def test_a_flash_that_was_withdrawn_waits_for_no_second_look(make_story: MakeStory, chief: User) -> None:
    story = make_story(by=chief)
    publishing.flash(story, revision=story.version, by=chief, note="Le séisme de 6 h 12.")

    publishing.withdraw(story, revision=story.version, by=chief, note="Fausse alerte.")

    assert not Story.objects.get(pk=story.pk).awaits_second_look


# --- What it is filed under ---------------------------------------------------------------------------------------


def test_a_topic_that_is_gone_from_under_an_approved_text_refuses_its_publication(
    approve_story: Callable[..., Story], topic: Topic, editor: User
) -> None:
    """A text that names a row which is not there would be refused by the database when everything is written."""
    story = approve_story(topics=[topic.pk])
    topic.delete()

    with pytest.raises(refusals.Refused):
        publishing.publish(story, revision=story.version, by=editor)

    assert not Article.objects.exists()


def test_an_article_names_its_topics_and_leaves_those_that_it_does_not_have_any_more(
    make_story: MakeStory, publish_story: PublishStory, journalist: User, topic: Topic, client: Client
) -> None:
    other = Topic.objects.create(name="Barrages", slug="barrages")
    story = publish_story(make_story(by=journalist, topics=[topic.pk]))
    address = Article.objects.get(pk=story.pk).get_absolute_url()
    assert topic.get_absolute_url() in client.get(address).content.decode()
    deeds.revise(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    put_text(story, {**content_of(story), "topics": [other.pk]}, by=journalist)

    publish_story(story)

    page = client.get(address).content.decode()
    assert other.get_absolute_url() in page
    assert topic.get_absolute_url() not in page
    assert client.get(topic.get_absolute_url()).status_code == 404


def test_a_case_marked_sensitive_before_publication_is_sensitive_to_readers_at_once(
    make_story: MakeStory, publish_story: PublishStory, journalist: User
) -> None:
    story = make_story(by=journalist)
    Story.objects.filter(pk=story.pk).update(is_sensitive=True)

    publish_story(story)

    assert Article.objects.get(pk=story.pk).is_sensitive
