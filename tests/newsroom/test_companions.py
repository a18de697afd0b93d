"""Companions: the stories that a story waits for and that are published with it, by two editors at once too."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from articles.models import Article
from newsroom import publishing, refusals
from newsroom.models import Move, Photo, Story
from newsroom.publishing.companions import has_own_page, waited_for
from newsroom.stories import saving
from newsroom.workflow import Deed

from .bodies import naming
from .racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_story_waits_for_the_unpublished_stories_it_links_to_and_follows(
    journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    live = publish_story(make_story(by=journalist))
    named, followed = make_story(by=journalist), make_story(by=journalist)

    story = make_story(by=journalist, body=naming(live.pk, named.pk), follows=followed)

    assert waited_for(story) == [named, followed]
    assert not waited_for(live)


def test_publishing_has_a_page_of_its_own_when_it_asks_a_question(
    journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    plain, live = make_story(by=journalist), publish_story(make_story(by=journalist))

    assert not has_own_page(Deed.PUBLISH, plain)
    assert has_own_page(Deed.PUBLISH, live)
    assert has_own_page(Deed.PUBLISH, make_story(by=journalist, body=naming(plain.pk)))
    assert has_own_page(Deed.SCHEDULE, plain)
    assert not has_own_page(Deed.SUBMIT, live)


def test_companions_are_published_after_the_stories_they_follow_or_link_to(
    approve_story: Callable[..., Story], journalist: User, make_story: Callable[..., Story], editor: User
) -> None:
    latest, middle, first = (make_story(by=journalist, headline=f"Épisode {number}") for number in (3, 2, 1))
    middle.follows = first
    latest.body = f'<p><a href="/a/{middle.pk}/">Le précédent</a></p>'
    for story in (middle, latest):
        story.save()
        saving.record_text(story, by=journalist)
    for story in (latest, middle, first):
        approve_story(story)
    last = approve_story(body=naming(latest.pk, middle.pk, first.pk))
    assert latest.pk < middle.pk < first.pk < last.pk

    together = {story.pk: story.version for story in (latest, middle, first)}
    publishing.publish(last, revision=last.version, by=editor, companions=together)

    moves = Move.objects.filter(deed=Deed.PUBLISH).order_by("pk").values_list("story", flat=True)
    assert list(moves) == [first.pk, middle.pk, latest.pk, last.pk]


def test_a_companion_that_follows_the_story_itself_is_published_after_it(
    approve_story: Callable[..., Story], journalist: User, make_story: Callable[..., Story], editor: User
) -> None:
    text = make_story(by=journalist, headline="Le premier épisode")
    companion = approve_story(headline="La suite", follows=text)
    text.body = naming(companion.pk)
    text.save()
    saving.record_text(text, by=journalist)
    approve_story(text)

    publishing.publish(text, revision=text.version, by=editor, companions={companion.pk: companion.version})

    assert set(Article.objects.values_list("pk", flat=True)) == {text.pk, companion.pk}


def test_two_stories_that_follow_each_other_are_refused_without_an_endless_loop(
    approve_story: Callable[..., Story], editor: User
) -> None:
    first, second = approve_story(headline="Le premier"), approve_story(headline="Le second")
    Story.objects.filter(pk=first.pk).update(follows=second)
    Story.objects.filter(pk=second.pk).update(follows=first)

    with pytest.raises(refusals.Refused):
        publishing.publish(first, revision=1, by=editor, companions={second.pk: 1})

    assert not Article.objects.exists()


def test_two_editors_who_publish_a_shared_companion_at_once_publish_it_once(
    approve_story: Callable[..., Story], make_photo: Callable[..., Photo], editor: User, chief: User
) -> None:
    for _round in range(3):
        photos = [make_photo(), make_photo()]
        shared = approve_story(headline="Celui que tous citent", lead_photo=photos[1])
        stories = [approve_story(body=naming(shared.pk), lead_photo=photo) for photo in photos]

        def with_the_shared(story: Story, by: User, shared: Story = shared) -> Callable[[], object]:
            return lambda: publishing.publish(story, revision=1, by=by, companions={shared.pk: 1})

        done = at_once(with_the_shared(stories[0], editor), with_the_shared(stories[1], chief))

        failed = [error for error in done if isinstance(error, Exception)]
        assert [type(error) for error in failed] == [refusals.Refused]
        assert shared.moves.filter(deed=Deed.PUBLISH).count() == 1
        live = set(Article.objects.filter(pk__in=[each.pk for each in (shared, *stories)]).values_list("pk", flat=True))
        assert shared.pk in live
        assert len(live) == 2
