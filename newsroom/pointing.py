"""What points to an article: what a withdrawal takes it out of, and whose text then names something that is gone."""

from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from articles.models import Article, Author, Listing, ListingKind, Section, Topic, TopRead

from . import access
from .models import Story
from .workflow import Stage

MOST = 20  # of a kind
IN_WORK = (Stage.DRAFT, Stage.REVIEW, Stage.READY, Stage.SCHEDULED)


@dataclass(frozen=True)
class Pointers:
    """What points to one article, never more than MOST of a kind. `lists` are the names of the lists it stands in."""

    read_also: list[Article]
    follow_ups: list[Article]
    replies: list[Article]
    in_work: list[Story]
    lists: list[str]
    is_most_read: bool


def pointing_to(story: Story, user: access.Login) -> Pointers:
    """What points to the article of `story`: in public, and in the stories in work that `user` may see.

    Costs the same for ten articles and for a hundred thousand; of the texts in work each is looked into.
    """
    live = Article.objects.select_related("section__parent")
    in_work = access.visible_stories(user).filter(stage__in=IN_WORK).exclude(pk=story.pk)
    naming = Q(body__contains=f'data-article="{story.pk}"') | Q(follows=story.pk) | Q(replies_to=story.pk)
    return Pointers(
        read_also=list(live.filter(cross_links__target=story.pk)[:MOST]),
        follow_ups=list(live.filter(follows=story.pk)[:MOST]),
        replies=list(live.filter(replies_to=story.pk)[:MOST]),
        in_work=list(in_work.filter(naming)[:MOST]),
        lists=_lists_of(story),
        is_most_read=TopRead.objects.filter(article=story.pk).exists(),
    )


def _lists_of(story: Story) -> list[str]:
    """The names of the sections, topics and authors on whose page it stands."""
    rows = list(Listing.objects.filter(article=story.pk).values_list("kind", "ref"))
    names: list[str] = []
    for model, kind in ((Section, ListingKind.SECTION), (Topic, ListingKind.TOPIC), (Author, ListingKind.AUTHOR)):
        numbers = [ref for row_kind, ref in rows if row_kind == kind]
        names += map(str, islice(model._default_manager.filter(pk__in=numbers).order_by("pk"), MOST))
    return names
