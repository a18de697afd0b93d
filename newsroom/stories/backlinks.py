"""What points to an article: what a withdrawal takes it out of, and whose text then names something that is gone."""

from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from articles.models import Article, Author, CrossLink, Listing, ListingKind, Section, Topic, TopRead
from newsroom import access
from newsroom.body.links import linked_articles
from newsroom.models import Story
from newsroom.workflow import IN_WORK

MOST = 20  # of a kind

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Some(Generic[Row]):
    """The first MOST of some rows, and whether there are others."""

    rows: list[Row]
    has_more: bool


@dataclass(frozen=True)
class Pointers:
    """What points to one article. `lists` are the names of the lists it stands in."""

    read_also: Some[Article]
    links: Some[Article]  # plain ones, in the text
    follow_ups: Some[Article]
    replies: Some[Article]
    in_work: Some[Story]
    lists: list[str]
    is_most_read: bool


def pointing_to(story: Story, user: access.Login) -> Pointers:
    """What points to the article of `story`: in public, and in the stories in work that `user` may see.

    Costs the same for ten articles and for a hundred thousand; of the texts in work each is looked into.
    """
    live = Article.objects.only("headline")
    in_work = access.visible_stories(user).only("headline", "stage").filter(stage__in=IN_WORK).exclude(pk=story.pk)
    naming = Q(body__contains=f'data-article="{story.pk}"') | Q(follows=story.pk) | Q(replies_to=story.pk)
    naming |= Q(pk__in=_linking(in_work, story.pk))
    return Pointers(
        read_also=_some(live.filter(pk__in=_sources(story, is_plain=False))),
        links=_some(live.filter(pk__in=_sources(story, is_plain=True))),
        follow_ups=_some(live.filter(follows=story.pk)),
        replies=_some(live.filter(replies_to=story.pk)),
        in_work=_some(in_work.filter(naming)),
        lists=_lists_of(story),
        is_most_read=TopRead.objects.filter(article=story.pk).exists(),
    )


def _sources(story: Story, *, is_plain: bool) -> list[int]:
    sources = CrossLink.objects.filter(target=story.pk, is_plain=is_plain).order_by()
    return list(sources.values_list("source", flat=True)[: MOST + 1])


def _linking(stories: QuerySet[Story], number: int) -> list[int]:
    """Those of `stories` in whose text a plain link leads to the article `number`, in whatever way it is written."""
    may_link = stories.filter(body__contains=f"/a/{number}") | stories.filter(body__contains=f"-{number}")
    bodies = may_link.order_by().values_list("pk", "body")
    return [pk for pk, body in bodies.iterator() if number in linked_articles(body)]


def _some(found: QuerySet[Row]) -> Some[Row]:
    # unordered: else a database walks all the articles, or all the stories, in that order
    rows = list(found.order_by()[: MOST + 1])
    return Some(sorted(rows[:MOST], key=lambda row: -row.pk), len(rows) > MOST)


def _lists_of(story: Story) -> list[str]:
    """The names of the sections, topics and authors on whose page it stands."""
    rows = list(Listing.objects.filter(article=story.pk).values_list("kind", "ref"))
    names: list[str] = []
    for model, kind in ((Section, ListingKind.SECTION), (Topic, ListingKind.TOPIC), (Author, ListingKind.AUTHOR)):
        numbers = [ref for row_kind, ref in rows if row_kind == kind]
        names += map(str, islice(model._default_manager.filter(pk__in=numbers).order_by("pk"), MOST))
    return names
