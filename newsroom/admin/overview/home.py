"""The desk's home: what waits for whoever looks at it, and nothing that is not theirs to see.

A fixed number of queries, whatever the number of stories: what is in work is read at once, cut by stage in the
database; of what is published, today's alone is asked for.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery, Window, prefetch_related_objects
from django.db.models.functions import Coalesce, RowNumber
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom import access
from newsroom.models import Check, Move, Note, Story, StoryByline
from newsroom.models.story import IS_IN_WORK
from newsroom.review import notes
from newsroom.review.checks import open_for
from newsroom.templatetags.desk import person, short_when
from newsroom.templatetags.planning import due
from newsroom.versions import desk_changes
from newsroom.workflow import IN_WORK, TRANSITIONS, Deed, Stage

from . import selection
from .clockwork import clockwork
from .day import Day, Reading, line, most_read
from .day import published as published_today
from .selection import Narrowing, is_written_by

ROWS = 10
MOST_IN_HAND = 40  # of one's own texts in one stage, and as many of others; the list has them all
NOT_LISTED = ("body", "standfirst", "change_text", "folded")  # the fields that no list shows


@dataclass(frozen=True)
class Waiting:
    """A story in a queue `since` a moment, with the note or the check that put it there, if one did."""

    story: Any
    since: datetime | None
    note: Note | None = None
    check: Check | None = None

    @property
    def when(self) -> str:
        """When this was asked for, else when the story is due, else since when it waits."""
        if self.note:
            return f"{person(self.note.by)}, {short_when(self.since)}"
        if self.story.deadline and not self.check:
            return due(self.story)
        return short_when(self.since)


@dataclass(frozen=True)
class Queue:
    """The first stories that wait for the same thing. `number` is how many there are, where that costs no query."""

    code: str
    name: str | Promise
    rows: list[Waiting] = field(default_factory=list)
    number: int = 0
    stage: str = ""  # the stage under which the list shows them all

    @property
    def stories(self) -> list[Story]:
        return [row.story for row in self.rows]

    @property
    def has_more(self) -> bool:
        return bool(self.stage) and self.number > len(self.rows)

    @property
    def page(self) -> str:
        """The name of the page that a row of the queue leads to."""
        return "admin:newsroom_story_desk_changes" if self.code == "changed" else "admin:newsroom_story_change"


def with_last_move(stories: QuerySet[Story]) -> QuerySet[Any]:
    """Each story with the deed that brought it where it is: `last_deed`, `last_at`, `last_note`."""
    last = Move.objects.filter(story=OuterRef("pk")).order_by("-at", "-pk")
    return stories.annotate(
        last_deed=Subquery(last.values("deed")[:1]),
        last_at=Subquery(last.values("at")[:1]),
        last_note=Subquery(last.values("note")[:1]),
    )


def without_text(stories: QuerySet[Story]) -> QuerySet[Any]:
    """Stories as lists and cards show them: without their text."""
    return with_last_move(stories.select_related("section__parent").defer(*NOT_LISTED))


def in_work(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Those of `stories` that are in work. They are selected by an index that holds nothing else: a database that does
    not know how few they are would rather read the whole archive of a section or of a person.
    """
    return stories.filter(pk__in=Story.objects.filter(IS_IN_WORK).values("pk"))


def cut_by_stage(stories: QuerySet[Any], rows: int, *, apart: tuple[str, ...] = ()) -> QuerySet[Any]:
    """The first `rows` stories of each stage: what is due or late first, then what waits longest. `among` is the
    number of stories in the stage of each. `apart` names more fields that divide them.
    """
    parts = [F("stage"), *map(F, apart)]
    urgency = [
        Coalesce("due_at", "deadline").asc(nulls_last=True),
        Coalesce("last_at", "saved_at").asc(),
        F("pk").asc(),
    ]
    placed = stories.annotate(
        place=Window(RowNumber(), partition_by=parts, order_by=urgency),
        among=Window(Count("pk"), partition_by=parts),
    )
    first: QuerySet[Any] = placed.filter(place__lte=rows).order_by("stage", "place")
    return first


@dataclass(frozen=True)
class Home:
    """All that the home shows: the queues of whoever looks at it, and the day."""

    queues: list[Queue]
    day: Day
    published: list[Reading]
    rewriting: list[Any]
    narrowing: Narrowing

    @property
    def readings(self) -> int:
        return sum(reading.total for reading in self.published)


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of the home."""
    narrowing = selection.read(request, people=False)
    home = home_of(request.user, narrowing)
    return {
        "home": home,
        "clockwork": clockwork(request.user),
        "queues": home.queues,
        "nothing_waits": not any(queue.rows for queue in home.queues),
        "published_query": narrowing.query_with(**{selection.STAGE: Stage.PUBLISHED.value}),
        "section_desk": answering_for(narrowing),
    }


def answering_for(narrowing: Narrowing) -> list[User]:
    """The logins that answer for the section a page is narrowed to, and hear of its texts; none without one."""
    if narrowing.section is None:
        return []
    return access.desk_of(narrowing.section.pk, access.SUB_EDITORS_UP)


def home_of(user: access.Login, narrowing: Narrowing) -> Home:
    """The desk as `user` finds it, narrowed to what the address asks for."""
    seen = narrowing.apply(access.visible_stories(user))
    stages = _in_hand(user, seen)
    scheduled = stages[Stage.SCHEDULED, False] + stages[Stage.SCHEDULED, True]
    published = published_today(seen, narrowing.section)
    return Home(
        queues=_queues(user, seen, stages),
        day=line(published, scheduled),
        published=most_read(published),
        rewriting=list(_rewriting(seen)),
        narrowing=narrowing,
    )


def _queues(user: access.Login, seen: QuerySet[Story], stages: dict[tuple[str, bool], list[Any]]) -> list[Queue]:
    """The queues of `user`, the most urgent first. A queue that is not theirs to clear is left out."""
    standing = access.standing_of(user)
    queues = []
    if standing.is_any(access.EDITORS_UP):
        failed = [story for story in stages[Stage.SCHEDULED, False] + stages[Stage.SCHEDULED, True] if story.failure]
        queues.append(_queue("failed", _("Publication failed"), failed, user, Deed.SCHEDULE, since="publish_at"))
    own = stages[Stage.DRAFT, True]
    if standing.is_any(access.WRITERS):
        returned = [story for story in own if story.last_deed == Deed.SEND_BACK]
        queues.append(Queue("returned", _("Sent back to you"), [Waiting(story, story.last_at) for story in returned]))
        changed = without_text(desk_changes.lately_changed(seen, cast(User, user)))[:ROWS]
        queues.append(Queue("changed", _("Changed by the desk"), [Waiting(story, story.last_at) for story in changed]))
    queues += _asked_of(user, seen)
    if standing.is_any(access.SUB_EDITORS_UP):
        flashes = [Waiting(story, story.last_at) for story in _awaiting_second_look(user, seen)]
        queues.append(Queue("look", _("Flashes to look at again"), flashes))
        waiting = _for_their_eyes(user, stages[Stage.REVIEW, False] + stages[Stage.REVIEW, True])
        queues.append(_queue("review", _("To review"), waiting, user, Deed.APPROVE))
    if standing.is_any(access.EDITORS_UP):
        ready = stages[Stage.READY, False] + stages[Stage.READY, True]
        queues.append(_queue("ready", _("Ready to publish"), ready, user, Deed.PUBLISH))
    if standing.is_any(access.WRITERS):
        kept = [story for story in own if story.last_deed != Deed.SEND_BACK]
        given = [story for story in kept if story.assignee_id == standing.user_id]
        others = [story for story in kept if story.assignee_id != standing.user_id]
        queues.append(Queue("assigned", _("Assigned to you"), [Waiting(story, story.saved_at) for story in given]))
        drafts = [Waiting(story, story.saved_at) for story in others[:ROWS]]
        queues.append(Queue("drafts", _("Your drafts"), drafts, len(others), Stage.DRAFT))
    _read_bylines(queues)
    return queues


def _in_hand(user: access.Login, seen: QuerySet[Story]) -> dict[tuple[str, bool], list[Any]]:
    """The stories in work by (stage, written by `user`): at most MOST_IN_HAND in each group."""
    rows = without_text(access.with_put_forward_by(in_work(seen))).annotate(mine=is_written_by(user))
    placed = cut_by_stage(rows.exclude(stage=Stage.DRAFT, mine=False), MOST_IN_HAND, apart=("mine",))
    by_stage: dict[tuple[str, bool], list[Any]] = {(stage, mine): [] for stage in IN_WORK for mine in (True, False)}
    for story in placed:
        by_stage[story.stage, bool(story.mine)].append(story)
    return by_stage


def _queue(
    code: str, name: str | Promise, stories: list[Any], user: access.Login, deed: Deed, *, since: str = "last_at"
) -> Queue:
    """The queue of those of `stories` on which `deed` is theirs to do; they wait `since` the moment of that name."""
    theirs = [story for story in stories if access.is_one_of(TRANSITIONS[deed].who, user, story)]
    number = max((story.among for story in theirs), default=0)
    stage = theirs[0].stage if theirs else ""
    rows = [Waiting(story, getattr(story, since)) for story in theirs[:ROWS]]
    return Queue(code, name, rows, max(number, len(theirs)), stage)


def _for_their_eyes(user: access.Login, stories: list[Any]) -> list[Any]:
    """Those of `stories` that `user` may approve: they neither wrote nor submitted them."""
    if access.may_override_four_eyes(user, Deed.APPROVE):
        return stories
    return [story for story in stories if not story.mine and story.put_to_approve != user.pk]


def _awaiting_second_look(user: access.Login, seen: QuerySet[Story]) -> list[Any]:
    """The flashes that wait for a second look which `user` may give."""
    awaiting = Story.objects.filter(awaits_second_look=True).values("pk")  # by an index that holds nothing else
    waiting = access.with_put_forward_by(seen.filter(pk__in=awaiting).exclude(is_written_by(user)))
    flashes = without_text(waiting).order_by("-saved_at")[:ROWS]
    return [
        story
        for story in flashes
        if story.put_to_look != user.pk and access.is_one_of(TRANSITIONS[Deed.LOOK].who, user, story)
    ]


def _asked_of(user: access.Login, seen: QuerySet[Story]) -> list[Queue]:
    """The notes that name `user`, and the checks that are theirs to give."""
    asked, checks = list(notes.asked_of(user, seen)[:ROWS]), list(open_for(user, seen)[:ROWS])
    numbers = {note.story_id for note in asked} | {check.story_id for check in checks}
    stories = without_text(seen.filter(pk__in=numbers)).in_bulk() if numbers else {}
    return [
        Queue("asked", _("Asked of you"), [Waiting(stories[note.story_id], note.at, note=note) for note in asked]),
        Queue(
            "checks",
            _("Checks to give"),
            [Waiting(stories[check.story_id], check.asked_at, check=check) for check in checks],
        ),
    ]


def _rewriting(seen: QuerySet[Story]) -> QuerySet[Any]:
    """The stories that are live while their next version is in work."""
    live = in_work(seen).filter(live_revision__isnull=False).select_related("live_revision")
    return live.defer(*NOT_LISTED, "live_revision__content").order_by("-saved_at")[:ROWS]


def _read_bylines(queues: list[Queue]) -> None:
    read_bylines(list({id(story): story for queue in queues for story in queue.stories}.values()))


def read_bylines(stories: list[Any]) -> None:
    """Read the bylines of all these stories at once."""
    prefetch_related_objects(stories, bylines())


def bylines() -> Prefetch[Any]:
    """The bylines with their authors, in one query for all the stories of a page."""
    return Prefetch("bylines", StoryByline.objects.select_related("author"))
