"""What a text names and readers cannot see yet: it may appear with it."""

from collections.abc import Iterable

from articles.body import references
from articles.models import Article
from newsroom.body.links import linked_articles
from newsroom.models import Story
from newsroom.workflow import TRANSITIONS, Deed, OwnPage


def not_public(story: Story) -> set[int]:
    """The numbers that its « Lire aussi » name, and that of the one it follows, where readers find no article. Whether
    a story has one of them is not asked: somebody who may not see it would be told that it is there.
    """
    named = {*references(story.body).articles, *([story.follows_id] if story.follows_id else [])} - {story.pk}
    return named - set(Article.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def waited_for(story: Story) -> list[Story]:
    """The stories that it names or follows while they are not public."""
    numbers = not_public(story)
    if not numbers:
        return []
    waited = Story.objects.filter(pk__in=numbers).order_by("pk")
    return list(waited.select_related("section__parent").prefetch_related("writers"))


def in_order_of_appearance(stories: Iterable[Story], *, last: int) -> list[Story]:
    """These, each after those of them that it follows, answers or has a plain link to, and otherwise as they come; the
    one numbered `last` at the end, unless another waits for it. In a circle nobody can be right: the checklist refuses
    one of them.
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
    """Whether `deed` asks more of this story than a note, so that it is done from a page of its own."""
    match TRANSITIONS[deed].own_page:
        case OwnPage.ALWAYS:
            return True
        case OwnPage.IF_LIVE_OR_WAITING:
            return story.is_live or bool(not_public(story))
        case OwnPage.NEVER:
            return False
