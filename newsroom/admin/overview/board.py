"""The board: what is in work by stage, a card each, with what may be done to it from there."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from newsroom import access
from newsroom.admin.deeds.buttons import ICONS
from newsroom.editing import presence
from newsroom.models import Check, Story
from newsroom.models.story import IS_IN_WORK
from newsroom.workflow import TRANSITIONS, Deed, Stage

from . import day, home, selection
from .selection import Narrowing

CARDS = 15  # of a stage; all of them when the board is narrowing to it
MOST_CARDS = 200

# The deeds that move a card to another column.
MOVES = tuple(deed for deed, row in TRANSITIONS.items() if row.target is not None and not row.only_from_its_article)


@dataclass(frozen=True)
class CardMove:
    deed: Deed

    @property
    def icon(self) -> str:
        return ICONS[self.deed]

    @property
    def to(self) -> str:
        """The stage it leads to, under whose column a card may be dropped for it."""
        return TRANSITIONS[self.deed].target or ""


@dataclass(frozen=True)
class Card:
    story: Any
    moves: list[CardMove]


@dataclass(frozen=True)
class Column:
    stage: Stage
    cards: list[Card]
    number: int

    @property
    def has_more(self) -> bool:
        return self.number > len(self.cards)


def urls(desk: AdminSite) -> list[URLPattern]:
    return [path("tableau/", desk.admin_view(board), name="board")]


def board(request: HttpRequest) -> HttpResponse:
    """The texts in work by stage, and what went out today."""
    narrowing = selection.read(request)
    context = {
        **admin.site.each_context(request),
        "title": _("The board"),
        "narrowing": narrowing,
        "columns": columns_of(request.user, narrowing),
        "may_commission": access.may_commission(request.user),
        "section_desk": home.answering_for(narrowing),
    }
    return render(request, "newsroom/overview/board.html", context)


def columns_of(user: access.Login, narrowing: Narrowing) -> list[Column]:
    """The columns of the board, in a fixed number of queries."""
    seen = narrowing.apply(access.visible_stories(user))
    stages = [stage for stage in selection.STAGES if narrowing.stage in ("", stage)]
    stories = _in_work(seen, MOST_CARDS if narrowing.stage else CARDS)
    published = day.published(seen, narrowing.section) if Stage.PUBLISHED in stages else []
    shown = published if narrowing.stage else published[:CARDS]
    _read_for_cards([*stories, *shown])
    columns = []
    for stage in stages:
        here = shown if stage == Stage.PUBLISHED else [story for story in stories if story.stage == stage]
        number = len(published) if stage == Stage.PUBLISHED else max((story.among for story in here), default=0)
        columns.append(Column(stage, [Card(story, _moves(user, story)) for story in here], number))
    return columns


def _in_work(seen: QuerySet[Story], cards: int) -> list[Any]:
    # the cards are chosen first and read after: in one query, databases read the archive to save a few look-ups
    cut = home.cut_by_stage(home.with_last_move(home.in_work(seen).filter(IS_IN_WORK)), cards)
    places = dict(cut.values_list("pk", "among"))
    cards_of_all = home.without_text(access.with_put_forward_by(Story.objects.all()))
    rows = cards_of_all.select_related("assignee").in_bulk(list(places))
    for number, among in places.items():
        rows[number].among = among
    return [rows[number] for number in places]


def _read_for_cards(stories: list[Any]) -> None:
    """Read what the cards show of these stories besides their own rows, for all of them at once."""
    home.read_bylines(stories)
    checks = Prefetch("checks", Check.objects.filter(outcome=""), to_attr="open_checks")
    prefetch_related_objects(stories, "writers", checks)
    here = presence.of_stories([story.pk for story in stories])
    for story in stories:
        story.people_here = here.get(story.pk, [])


def _moves(user: access.Login, story: Any) -> list[CardMove]:
    if story.stage == Stage.PUBLISHED:  # today's column: what is live is moved from its own page
        return []
    return [CardMove(deed) for deed in access.deeds_open_to(user, story) if deed in MOVES]
