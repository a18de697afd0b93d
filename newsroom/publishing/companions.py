"""Companions: stories that a text refers to while they are not public, and which may appear together with it."""

from collections.abc import Iterable

from articles.body import references
from articles.models import Article
from newsroom.body.links import linked_articles
from newsroom.models import Story
from newsroom.workflow import TRANSITIONS, Deed, OwnPage


def not_public(story: Story) -> set[int]:
    """The numbers of its « Lire aussi » and of the story it follows that are no live article.

    A number may belong to no story at all. To leave such numbers out would tell somebody which hidden stories exist.
    """
    named = {*references(story.body).articles, *([story.follows_id] if story.follows_id else [])} - {story.pk}
    return named - set(Article.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def waited_for(story: Story) -> list[Story]:
    """The stories that it refers to in « Lire aussi », or follows, while they are not public."""
    numbers = not_public(story)
    if not numbers:
        return []
    waited = Story.objects.filter(pk__in=numbers).order_by("pk")
    return list(waited.select_related("section__parent").prefetch_related("writers"))


def in_order_of_appearance(stories: Iterable[Story], *, last: int) -> list[Story]:
    """`stories` in the order of publication: each after those that it follows, answers or links to.

    Otherwise they keep their order, with the story numbered `last` at the end. A circle has no right order; the
    checklist then refuses one of its stories.
    """
    in_turn = sorted(stories, key=lambda story: story.pk == last)
    by_number = {story.pk: story for story in in_turn}
    placed: dict[int, Story] = {}

    def place(story: Story, waiting: frozenset[int]) -> None:
        for number in (story.follows_id, story.replies_to_id, *linked_articles(story.body)):
            if number in by_number and number not in placed and number not in waiting:
                place(by_number[number], waiting | {number})
        placed[story.pk] = story

    for story in in_turn:
        if story.pk not in placed:
            place(story, frozenset({story.pk}))
    return list(placed.values())


def has_own_page(deed: Deed, story: Story) -> bool:
    """Whether `deed` is done on a page of its own, because a note is not enough for this story."""
    match TRANSITIONS[deed].own_page:
        case OwnPage.ALWAYS:
            return True
        case OwnPage.IF_LIVE_OR_WAITING:
            return story.is_live or bool(not_public(story))
        case OwnPage.NEVER:
            return False
