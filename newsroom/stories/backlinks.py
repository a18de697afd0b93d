"""Links to an article, for who withdraws it: the lists it leaves, and the texts that then refer to a lost article."""

from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from articles.models import Article, Author, CrossLink, Listing, ListingKind, Section, Topic, TopRead
from newsroom import access
from newsroom.body.links import linked_articles
from newsroom.models import Story
from newsroom.workflow import IN_WORK

MOST_ROWS = 20  # of one kind

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class FirstRows(Generic[Row]):
    """The first MOST_ROWS rows of one kind, and whether there are more."""

    rows: list[Row]
    has_more: bool


@dataclass(frozen=True)
class Backlinks:
    """All that leads to one article. `lists` are the names of the sections, topics and authors that list it."""

    read_also: FirstRows[Article]
    links: FirstRows[Article]  # plain ones, in the text
    follow_ups: FirstRows[Article]
    replies: FirstRows[Article]
    in_work: FirstRows[Story]
    lists: list[str]
    is_most_read: bool


def backlinks_to(story: Story, user: access.Login) -> Backlinks:
    """What leads to the article of `story` from public pages, and from the texts in work that `user` may see.

    The public part costs the same for ten articles and for a hundred thousand. The body of each text in work is read.
    """
    live = Article.objects.only("headline")
    in_work = access.visible_stories(user).only("headline", "stage").filter(stage__in=IN_WORK).exclude(pk=story.pk)
    naming = Q(body__contains=f'data-article="{story.pk}"') | Q(follows=story.pk) | Q(replies_to=story.pk)
    naming |= Q(pk__in=_linking(in_work, story.pk))
    return Backlinks(
        read_also=_first_rows(live.filter(pk__in=_sources(story, is_plain=False))),
        links=_first_rows(live.filter(pk__in=_sources(story, is_plain=True))),
        follow_ups=_first_rows(live.filter(follows=story.pk)),
        replies=_first_rows(live.filter(replies_to=story.pk)),
        in_work=_first_rows(in_work.filter(naming)),
        lists=_lists_of(story),
        is_most_read=TopRead.objects.filter(article=story.pk).exists(),
    )


def _sources(story: Story, *, is_plain: bool) -> list[int]:
    sources = CrossLink.objects.filter(target=story.pk, is_plain=is_plain).order_by()
    return list(sources.values_list("source", flat=True)[: MOST_ROWS + 1])


def _linking(stories: QuerySet[Story], number: int) -> list[int]:
    """The numbers of those `stories` with a plain link to article `number`, whichever address of it the link uses."""
    may_link = stories.filter(body__contains=f"/a/{number}") | stories.filter(body__contains=f"-{number}")
    bodies = may_link.order_by().values_list("pk", "body")
    return [pk for pk, body in bodies.iterator() if number in linked_articles(body)]


def _first_rows(rows_of_kind: QuerySet[Row]) -> FirstRows[Row]:
    # without an order: with one, a database may walk through all articles, or all stories, in that order
    rows = list(rows_of_kind.order_by()[: MOST_ROWS + 1])
    return FirstRows(sorted(rows[:MOST_ROWS], key=lambda row: -row.pk), len(rows) > MOST_ROWS)


def _lists_of(story: Story) -> list[str]:
    """The names of the sections, topics and authors whose pages list the article."""
    rows = list(Listing.objects.filter(article=story.pk).values_list("kind", "ref"))
    names: list[str] = []
    for model, kind in ((Section, ListingKind.SECTION), (Topic, ListingKind.TOPIC), (Author, ListingKind.AUTHOR)):
        numbers = [ref for row_kind, ref in rows if row_kind == kind]
        names += map(str, islice(model._default_manager.filter(pk__in=numbers).order_by("pk"), MOST_ROWS))
    return names
