"""« What the desk changed » in a text between the version its writers left and the one that was decided on.

Writers read it on a page of the desk, and in mail as lines of text: `−` before what was removed, `+` before what was
added. The deeds that decide are those of REPORTING_DEEDS.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsroom import access
from newsroom.models import Move, Revision, Story
from newsroom.workflow import Deed, Stage

from .comparison import BlockKind, Comparison, Difference, FieldChange, Fold, Part, Passage, Run, compare
from .names import Names, model_of

# The deeds whose mail reports to writers what the desk changed in their text.
REPORTING_DEEDS = (Deed.SEND_BACK, Deed.APPROVE, Deed.PUBLISH, Deed.FLASH, Deed.CORRECT)
PUBLISHING_DEEDS = (Deed.PUBLISH, Deed.FLASH, Deed.CORRECT)
# A revision is as the writers left it if one of them saved or submitted it, or if it gave up a new version.
WRITERS = Story.writers.through.objects.filter(story=OuterRef("story")).values("user")
LEFT_BY_WRITERS = Q(by__in=WRITERS) | Q(moves__deed=Deed.SUBMIT, moves__by__in=WRITERS) | Q(moves__deed=Deed.ABANDON)
LATELY = timedelta(days=4)  # on a Monday, writers still see what was done on the Friday
WIDTH = 72  # characters in a line, which every mail program shows whole
CONTEXT = 6  # words around a change
MOST_LINES = 80
LONGEST_BLOCK = 420  # characters of a paragraph that was added or removed whole


@dataclass(frozen=True)
class DeskChange:
    """Two versions of a story: `before` as its writers left it, `after` as the desk changed it."""

    story: Story
    before: Revision
    after: Revision
    corrected_by: User | None = None  # who corrected the live text, while the next version was open

    def compared_for(self, user: access.Login) -> Comparison:
        """The differences, with the names that `user` may know."""
        before, after = self.before.content, self.after.content
        return compare(before, after, Names(user, [before, after]))

    def by(self) -> list[User]:
        """The people who saved a version in between."""
        if self.corrected_by is not None:  # what lies in between is of the next version
            return [self.corrected_by]
        between = self.story.revisions.filter(number__gt=self.before.number, number__lte=self.after.number)
        return list(User.objects.filter(pk__in=between.values("by")).order_by("pk"))


def latest(story: Story, moves: Iterable[Move]) -> DeskChange | None:
    """What the desk changed since the writers last saved or submitted the text. None when it changed nothing.

    `moves` are the moves of the story with their versions, latest first.
    """
    move = next((move for move in moves if move.deed in REPORTING_DEEDS), None)
    if move is None:
        return None
    if is_beside(move):
        return _corrected_beside(move)
    return _between(story, _left_by_writers(story, move.revision.number), move.revision)


def is_beside(move: Move) -> bool:
    """Whether `move` corrected the live text while the next version was open, which is another text."""
    return move.deed == Deed.CORRECT and move.from_stage != Stage.PUBLISHED


def _corrected_beside(move: Move) -> DeskChange | None:
    story = move.story
    earlier = story.moves.filter(deed__in=PUBLISHING_DEEDS, pk__lt=move.pk).select_related("revision").first()
    change = _between(story, earlier.revision if earlier else None, move.revision)
    return change and replace(change, corrected_by=move.by)


def lately_changed(stories: QuerySet[Story], writer: User) -> QuerySet[Story]:
    """Those of `stories` by `writer` that the desk changed, and reported so in the last days, latest first."""
    since = timezone.now() - LATELY
    reports = Move.objects.filter(story=OuterRef("pk"), deed__in=REPORTING_DEEDS).order_by("-at", "-pk")
    left = Revision.objects.filter(LEFT_BY_WRITERS, story=OuterRef("pk"), number__lte=OuterRef("reported")).order_by(
        "-number"
    )
    # by the date of the deeds: a text that was saved weeks ago may be approved today
    lately = Move.objects.filter(at__gte=since, deed__in=REPORTING_DEEDS).order_by().values("story")
    theirs = stories.filter(Exists(Story.writers.through.objects.filter(story=OuterRef("pk"), user=writer)))
    theirs = theirs.filter(pk__in=lately, version__gt=1)
    theirs = theirs.annotate(
        reported_at=Subquery(reports.values("at")[:1]), reported=Subquery(reports.values("revision__number")[:1])
    )
    theirs = theirs.filter(reported_at__gte=since).annotate(left=Subquery(left.values("number")[:1]))
    return theirs.filter(reported__gt=F("left")).order_by("-reported_at")


def reported_with(move: Move) -> DeskChange | None:
    """What the desk changed since its last report to the writers. None when this deed makes no report."""
    if move.deed not in REPORTING_DEEDS:
        return None
    if is_beside(move):
        return _corrected_beside(move)
    left = _left_by_writers(move.story, move.revision.number)
    reports = move.story.moves.filter(deed__in=REPORTING_DEEDS).exclude(pk=move.pk)
    reports = reports.exclude(~Q(from_stage=Stage.PUBLISHED), deed=Deed.CORRECT)
    earlier = reports.select_related("revision").first()
    if left and earlier and earlier.revision.number > left.number:
        left = earlier.revision
    return _between(move.story, left, move.revision)


def _left_by_writers(story: Story, until: int) -> Revision | None:
    """The last version, up to number `until`, as its writers left it: one of them saved or submitted it.

    When a new version was abandoned after that, it is the version that readers saw then.
    """
    abandoned = Move.objects.filter(revision=OuterRef("pk"), deed=Deed.ABANDON)
    revisions = story.revisions.filter(LEFT_BY_WRITERS, number__lte=until)
    revisions = revisions.annotate(abandoned=Subquery(abandoned.values("pk")[:1]))
    left = revisions.defer("content").order_by("-number").first()
    if left is None or left.abandoned is None:
        return left
    published = story.moves.filter(deed__in=PUBLISHING_DEEDS, pk__lt=left.abandoned).select_related("revision").first()
    return published.revision if published else None


def _between(story: Story, before: Revision | None, after: Revision) -> DeskChange | None:
    return DeskChange(story, before, after) if before and before.number < after.number else None


# --- As lines of text ---------------------------------------------------------------------------------------------


def as_lines(change: DeskChange, reader: access.Login) -> list[str]:
    """The differences as plain text, one paragraph for each field, MOST_LINES lines at most."""
    # no field is written further than it is shown: a deed that mails this holds the story meanwhile
    fields = ["\n".join(islice(_field(field), MOST_LINES + 1)) for field in change.compared_for(reader).changed]
    kept, room = [], MOST_LINES
    for field in fields:
        lines = field.splitlines()
        if len(lines) > room:
            kept.append("\n".join([*lines[: max(room, 1)], _("… and more: the page below shows all of it.")]))
            break
        kept.append(field)
        room -= len(lines)
    return kept


def _field(field: FieldChange) -> Iterator[str]:
    yield capfirst(str(field.label))
    if model_of(field.name) is None:
        yield from _excerpts(field.runs)
        yield from _body(field.parts)
        return
    for mark, difference in (("−", Difference.REMOVED), ("+", Difference.ADDED)):
        if names := [run.text for run in field.runs if run.difference is difference]:
            yield from _set(mark, ", ".join(names))


def _body(parts: Iterable[Part]) -> Iterator[str]:
    before = ""  # the text before a block that was added or removed
    for part in parts:
        if isinstance(part, Fold):
            before = part.passages[-1].runs[0].text
            continue
        if part.difference is not Difference.SAME:
            yield ""
            yield from _passage(part, before)
        before = _side(part.runs, Difference.ADDED) or before


def _passage(passage: Passage, before: str) -> Iterator[str]:
    was, now = _side(passage.runs, Difference.REMOVED), _side(passage.runs, Difference.ADDED)
    if passage.difference is not None:
        if before:
            yield from _set(" ", "…" + before[-(WIDTH - 4) :].partition(" ")[2] if len(before) > WIDTH else before)
        excerpt = textwrap.shorten(passage.runs[0].text, LONGEST_BLOCK, placeholder=" […]")
        yield from _set("+" if passage.difference is Difference.ADDED else "−", _named(passage.kind, excerpt))
    elif passage.former_kind is not None and was == now:
        yield from _set("~", f"[{passage.former_kind.label} → {passage.kind.label}] {_short(now)}")
    elif passage.former_kind is not None:
        yield from _set("−", f"[{passage.former_kind.label}] {_short(was)}")
        yield from _set("+", f"[{passage.kind.label}] {_short(now)}")
    elif passage.restyled:
        yield from _set("~", _("Emphasis or links only: %(words)s") % {"words": _short(now)})
    else:
        yield from _excerpts(passage.runs)


def _named(kind: BlockKind, text: str) -> str:
    return text if kind is BlockKind.PARAGRAPH else f"[{kind.label}] {text}"


def _excerpts(runs: list[Run]) -> Iterator[str]:
    """Each changed stretch before and after, with a few words around it."""
    for stretch in _stretches(runs):
        was, now = (_side(stretch, difference).strip() for difference in (Difference.REMOVED, Difference.ADDED))
        if "".join(was.split()) == "".join(now.split()):
            yield from _set("~", _("Only spaces changed: %(words)s") % {"words": now})
            continue
        if was:
            yield from _set("−", was)
        if now:
            yield from _set("+", now)


def _stretches(runs: list[Run]) -> Iterator[list[Run]]:
    stretch: list[Run] = []
    for place, run in enumerate(runs):
        if run.difference is not Difference.SAME:
            stretch.append(run)
            continue
        words = run.text.split(" ")
        head, tail = " ".join(words[:CONTEXT]), " ".join(words[-CONTEXT:])
        is_first, is_last = place == 0, place == len(runs) - 1
        is_short = len(words) <= (CONTEXT if is_first or is_last else 2 * CONTEXT)
        if is_short:
            stretch.append(run)
        elif is_first:
            stretch.append(Run(Difference.SAME, f"… {tail}"))
        else:
            yield [*stretch, Run(Difference.SAME, f"{head} …")]
            stretch = [] if is_last else [Run(Difference.SAME, f"… {tail}")]
    if any(run.difference is not Difference.SAME for run in stretch):
        yield stretch


def _side(runs: list[Run], which: Difference) -> str:
    """One of the two texts, read from their runs: the former one (REMOVED) or the present one (ADDED)."""
    return "".join(run.text for run in runs if run.difference in (Difference.SAME, which))


def _short(text: str) -> str:
    return textwrap.shorten(text, 2 * WIDTH, placeholder=" […]")


def _set(mark: str, text: str) -> list[str]:
    """`text` behind its mark (`−`, `+`, `~`), in lines of WIDTH characters."""
    lines = [line for piece in text.splitlines() for line in textwrap.wrap(piece, WIDTH - 2, break_on_hyphens=False)]
    return [f"{mark if place == 0 else ' ':<1} {line}" for place, line in enumerate(lines)]
