"""What a text names and readers cannot see yet: it may appear with it."""

from articles.body import references

from .models import Story
from .workflow import TRANSITIONS, Deed, OwnPage


def waited_for(story: Story) -> list[Story]:
    """The stories that its « Lire aussi » name, and the one it follows, while they are not public."""
    named = {*references(story.body).articles, *([story.follows_id] if story.follows_id else [])} - {story.pk}
    if not named:
        return []
    waited = Story.objects.filter(pk__in=named, live_revision=None).order_by("pk")
    return list(waited.select_related("section__parent").prefetch_related("writers"))


def has_own_page(deed: Deed, story: Story) -> bool:
    """Whether `deed` asks more of this story than a note, so that it is done from a page of its own."""
    match TRANSITIONS[deed].own_page:
        case OwnPage.ALWAYS:
            return True
        case OwnPage.IF_LIVE_OR_WAITING:
            return story.is_live or bool(waited_for(story))
        case OwnPage.NEVER:
            return False
