"""« What the desk changed »: between the text as its writers left it, and what was sent back, approved or published.

Writers get it on a page of the desk and by mail, as lines of text: `−` what was there, `+` what is there now.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsroom import access
from newsroom.models import Move, Revision, Story
from newsroom.workflow import Deed

from .comparison import Comparison, FieldChange, Fold, How, Part, Passage, Run, Sort, compare
from .names import Names, model_of

# The deeds after which writers are told what became of their words.
TELLING = (Deed.SEND_BACK, Deed.APPROVE, Deed.PUBLISH, Deed.FLASH, Deed.CORRECT)
PUBLISHING = (Deed.PUBLISH, Deed.FLASH, Deed.CORRECT)
# of revisions: that one of the writers wrote it, or submitted it, or that it was abandoned
WRITERS = Story.writers.through.objects.filter(story=OuterRef("story")).values("user")
LEFT = Q(by__in=WRITERS) | Q(moves__deed=Deed.SUBMIT, moves__by__in=WRITERS) | Q(moves__deed=Deed.ABANDON)
LATELY = timedelta(days=4)  # what was done on a Friday is seen on the Monday
WIDTH = 72  # signs a line, which every mail program shows whole
CONTEXT = 6  # words around a change
MOST_LINES = 80
LONGEST_BLOCK = 420  # signs of a paragraph that was added or removed whole


@dataclass(frozen=True)
class DeskChange:
    """Two versions of a story: what its writers left, and what the desk made of it."""

    story: Story
    before: Revision
    after: Revision

    def compared_for(self, user: access.Login) -> Comparison:
        """The differences, with the names that `user` may know."""
        before, after = self.before.content, self.after.content
        return compare(before, after, Names(user, [before, after]))

    def by(self) -> list[User]:
        """Who changed it."""
        between = self.story.revisions.filter(number__gt=self.before.number, number__lte=self.after.number)
        return list(User.objects.filter(pk__in=between.values("by")).order_by("pk"))


def latest(story: Story, moves: Iterable[Move]) -> DeskChange | None:
    """What the desk changed since the writers last wrote or submitted it; None when there is nothing to tell.

    `moves` are those of the story with their versions, latest first.
    """
    told = next((move.revision for move in moves if move.deed in TELLING), None)
    return _between(story, _left_by_writers(story, told.number), told) if told else None


def lately_changed(stories: QuerySet[Story], writer: User) -> QuerySet[Story]:
    """Of these stories, those `writer` writes that the desk changed and told of in the last days, latest first."""
    since = timezone.now() - LATELY
    told = Move.objects.filter(story=OuterRef("pk"), deed__in=TELLING).order_by("-at", "-pk")
    left = Revision.objects.filter(LEFT, story=OuterRef("pk"), number__lte=OuterRef("told")).order_by("-number")
    # by the deeds, not by when the text was saved: one that lay for weeks may be approved today
    lately = Move.objects.filter(at__gte=since, deed__in=TELLING).order_by().values("story")
    theirs = stories.filter(Exists(Story.writers.through.objects.filter(story=OuterRef("pk"), user=writer)))
    theirs = theirs.filter(pk__in=lately, version__gt=1)
    theirs = theirs.annotate(
        told_at=Subquery(told.values("at")[:1]), told=Subquery(told.values("revision__number")[:1])
    )
    theirs = theirs.filter(told_at__gte=since).annotate(left=Subquery(left.values("number")[:1]))
    return theirs.filter(told__gt=F("left")).order_by("-told_at")


def told_by(move: Move) -> DeskChange | None:
    """What the desk changed since the writers were last told, to be told with this deed."""
    if move.deed not in TELLING:
        return None
    left = _left_by_writers(move.story, move.revision.number)
    told = move.story.moves.filter(deed__in=TELLING).exclude(pk=move.pk).select_related("revision").first()
    if left and told and told.revision.number > left.number:
        left = told.revision
    return _between(move.story, left, move.revision)


def _left_by_writers(story: Story, until: int) -> Revision | None:
    """The last version, up to number `until`, that one of its writers wrote or submitted; after a new version was
    abandoned, the one readers saw.
    """
    abandoned = Move.objects.filter(revision=OuterRef("pk"), deed=Deed.ABANDON)
    found = story.revisions.filter(LEFT, number__lte=until).annotate(abandoned=Subquery(abandoned.values("pk")[:1]))
    left = found.defer("content").order_by("-number").first()
    if left is None or left.abandoned is None:
        return left
    seen = story.moves.filter(deed__in=PUBLISHING, pk__lt=left.abandoned).select_related("revision").first()
    return seen.revision if seen else None


def _between(story: Story, before: Revision | None, after: Revision) -> DeskChange | None:
    return DeskChange(story, before, after) if before and before.number < after.number else None


# --- As lines of text ---------------------------------------------------------------------------------------------


def as_lines(change: DeskChange, reader: access.Login) -> list[str]:
    """The differences as plain text, each field a paragraph, never more than MOST_LINES lines in all."""
    fields = ["\n".join(_field(field)) for field in change.compared_for(reader).changed]
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
    for sign, how in (("−", How.REMOVED), ("+", How.ADDED)):
        if names := [run.text for run in field.runs if run.how is how]:
            yield from _set(sign, ", ".join(names))


def _body(parts: Iterable[Part]) -> Iterator[str]:
    before = ""  # the words that stand before a block that came or went
    for part in parts:
        if isinstance(part, Fold):
            before = part.passages[-1].runs[0].text
            continue
        if part.how is not How.SAME:
            yield ""
            yield from _passage(part, before)
        before = _side(part.runs, How.ADDED) or before


def _passage(passage: Passage, before: str) -> Iterator[str]:
    was, now = _side(passage.runs, How.REMOVED), _side(passage.runs, How.ADDED)
    if passage.how is not None:
        if before:
            yield from _set(" ", "…" + before[-(WIDTH - 4) :].partition(" ")[2] if len(before) > WIDTH else before)
        whole = textwrap.shorten(passage.runs[0].text, LONGEST_BLOCK, placeholder=" […]")
        yield from _set("+" if passage.how is How.ADDED else "−", _named(passage.sort, whole))
    elif passage.was is not None and was == now:
        yield from _set("~", f"[{passage.was.label} → {passage.sort.label}] {_short(now)}")
    elif passage.was is not None:
        yield from _set("−", f"[{passage.was.label}] {_short(was)}")
        yield from _set("+", f"[{passage.sort.label}] {_short(now)}")
    elif passage.restyled:
        yield from _set("~", _("Emphasis or links only: %(words)s") % {"words": _short(now)})
    else:
        yield from _excerpts(passage.runs)


def _named(sort: Sort, text: str) -> str:
    return text if sort is Sort.PARAGRAPH else f"[{sort.label}] {text}"


def _excerpts(runs: list[Run]) -> Iterator[str]:
    """Each changed stretch with a few words around it, as it was and as it is."""
    for stretch in _stretches(runs):
        was, now = (_side(stretch, how).strip() for how in (How.REMOVED, How.ADDED))
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
        if run.how is not How.SAME:
            stretch.append(run)
            continue
        words = run.text.split(" ")
        head, tail = " ".join(words[:CONTEXT]), " ".join(words[-CONTEXT:])
        is_first, is_last = place == 0, place == len(runs) - 1
        is_short = len(words) <= (CONTEXT if is_first or is_last else 2 * CONTEXT)
        if is_short:
            stretch.append(run)
        elif is_first:
            stretch.append(Run(How.SAME, f"… {tail}"))
        else:
            yield [*stretch, Run(How.SAME, f"{head} …")]
            stretch = [] if is_last else [Run(How.SAME, f"… {tail}")]
    if any(run.how is not How.SAME for run in stretch):
        yield stretch


def _side(runs: list[Run], which: How) -> str:
    """One of both texts out of their runs: what was there (REMOVED), or what is there now (ADDED)."""
    return "".join(run.text for run in runs if run.how in (How.SAME, which))


def _short(text: str) -> str:
    return textwrap.shorten(text, 2 * WIDTH, placeholder=" […]")


def _set(sign: str, text: str) -> list[str]:
    """A text after its sign, in lines of WIDTH signs."""
    lines = [line for piece in text.splitlines() for line in textwrap.wrap(piece, WIDTH - 2, break_on_hyphens=False)]
    return [f"{sign if place == 0 else ' ':<1} {line}" for place, line in enumerate(lines)]
