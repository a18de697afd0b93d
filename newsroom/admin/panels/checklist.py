"""The checklist beside the text, live while one writes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from newsroom import access
from newsroom.admin.deeds.buttons import NOTHING_KEPT, Kept
from newsroom.admin.forms.post import typed_content
from newsroom.admin.forms.story import LONGEST_BODY
from newsroom.checklist import Point, points
from newsroom.models import Check, Story
from newsroom.refusals import Problem, Severity
from newsroom.stories.content import BLANK, content_of
from newsroom.stories.text import Text, read_text, stored_text
from newsroom.workflow import MEETS_NEXT, TRANSITIONS, Checklist, Deed, Stage

from .autosave import opened_with

STORY = "newsroom/story"
# Where a line of the checklist leads when that is no field of the form.
PLACES = {"checks": "checks", "notes": "notes", "sensitive": "plan"}

STATES = {Severity.BLOCKS: "block", Severity.WARNS: "warn", Severity.REMINDS: "remind"}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the checklist, behind the desk's door."""
    return [
        path(f"{STORY}/checklist/", desk.admin_view(new_checklist), name="newsroom_story_new_checklist"),
        path(f"{STORY}/<int:number>/checklist/", desk.admin_view(checklist), name="newsroom_story_checklist"),
    ]


@dataclass(frozen=True)
class Line:
    """One line of the checklist: a rule that is kept, by its name, or what one found. `place` is where it leads."""

    state: str
    place: str
    words: str


@dataclass(frozen=True)
class Panel:
    """The checklist as it is shown. `is_refused`: a deed was refused for it, so that what is not there yet is a fault.

    `version` is the saved one whose state it is; 0 for a text as typed.
    """

    lines: list[Line]
    good: int
    total: int
    blocking: int
    to_mend: int
    length: str
    is_refused: bool = False
    version: int = 0

    @property
    def still(self) -> str:
        """What is said beside the button that it blocks."""
        if not self.blocking:
            return ""
        said = ngettext("%(points)s point still to mend.", "%(points)s points still to mend.", self.blocking)
        return said % {"points": self.blocking}

    @property
    def said(self) -> str:
        """What a screen reader is told when it changed."""
        if not self.to_mend:
            return _("Checklist: nothing to mend.")
        said = ngettext("Checklist: %(points)s point to mend.", "Checklist: %(points)s points to mend.", self.to_mend)
        return said % {"points": self.to_mend}


def panel_of(text: Text, wanted: Checklist, *, is_strict: bool, kept: Kept = NOTHING_KEPT, version: int = 0) -> Panel:
    """The checklist of `text`. In a draft what is not there yet is work ahead; `is_strict` calls it a fault."""
    found = points(text, wanted)
    lines = [line for point in found for line in _lines(point, is_strict)]
    known = {line.words for line in lines}
    lines += [Line("block", _place(name), words) for name, words in kept.problems if words not in known]
    judged = [point for point in found if any(problem.severity is not Severity.REMINDS for problem in point.problems)]
    states = [line.state for line in lines]
    return Panel(
        lines=lines,
        good=len(found) - len(judged),
        total=len(found),
        blocking=sum(1 for point in judged if any(each.severity is Severity.BLOCKS for each in point.problems)),
        to_mend=states.count("block") + states.count("warn"),
        length=_length(text),
        is_refused=bool(kept.problems),
        version=version,
    )


def _lines(point: Point, is_strict: bool) -> Iterable[Line]:
    ahead = [problem for problem in point.problems if problem.is_todo and not is_strict]
    if len(ahead) == len(point.problems):
        return [Line("todo" if ahead else "ok", _place(point.field), str(point.name))]
    return [_line(problem) for problem in point.problems]


def _line(problem: Problem) -> Line:
    return Line(STATES[problem.severity], _place(problem.field), str(problem.message))


def _place(name: str) -> str:
    return PLACES.get(name, f"row-{name}")


def _length(text: Text) -> str:
    """« 3 412 signes sur 3 500 commandés »."""
    signs = len(text.words)
    said = ngettext("%(signs)s sign", "%(signs)s signs", signs) % {"signs": _grouped(signs)}
    ordered = text.story.signs_ordered if text.story else None
    if not ordered:
        return said
    return _("%(written)s of %(ordered)s ordered") % {"written": said, "ordered": _grouped(ordered)}


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True).replace("\u00a0", "\u202f")  # the thin one, inside a number


def blank_panel(request: HttpRequest) -> Panel:
    """The checklist of a new article; what was typed, when the page comes back with it."""
    return panel_of(_typed_text(request, request.POST, None), MEETS_NEXT[Stage.DRAFT], is_strict=False)


def stored_panel(request: HttpRequest, story: Story, kept: Kept, checks: list[Check]) -> Panel:
    """The checklist of the saved version; of what was typed, when the page comes back with that."""
    wanted = TRANSITIONS[Deed(kept.deed)].checklist if kept.problems else Checklist.NONE
    wanted = MEETS_NEXT.get(story.stage, Checklist.NONE) if wanted is Checklist.NONE else wanted
    is_strict = story.stage != Stage.DRAFT or bool(kept.problems)
    typed: QueryDict | None = request.POST if request.method == "POST" else None
    if typed is None and (again := opened_with(request)) is not None:
        typed = again.posted
    if typed is not None:
        return panel_of(_typed_text(request, typed, story), wanted, is_strict=is_strict, kept=kept)
    text = stored_text(story, seen_by=request.user, checks=checks)
    return panel_of(text, wanted, is_strict=is_strict, kept=kept, version=story.version)


def _typed_text(request: HttpRequest, typed: QueryDict, story: Story | None) -> Text:
    stored = content_of(story) if story else BLANK
    content = {**stored, **typed_content(typed, stored)}
    if len(content["body"]) > LONGEST_BODY:  # neither cleaned nor kept: the form says so
        content["body"] = stored["body"]
    appears_at = story.publish_at if story else None
    return read_text(content, story=story, seen_by=request.user, appears_at=appears_at)


@require_POST
def checklist(request: HttpRequest, number: int) -> HttpResponse:
    """The checklist of what is typed now over the text of a story; nothing is saved."""
    story = get_object_or_404(access.visible_stories(request.user), pk=number)
    if not access.may_edit_text(request.user, story):
        return HttpResponseForbidden()
    is_refused = bool(request.POST.get("refused"))
    is_strict = story.stage != Stage.DRAFT or is_refused
    panel = panel_of(_typed_text(request, request.POST, story), MEETS_NEXT[story.stage], is_strict=is_strict)
    return _answer(request, panel, is_refused=is_refused)


@require_POST
def new_checklist(request: HttpRequest) -> HttpResponse:
    """The checklist of a new article as it is typed; nothing is saved."""
    if not access.may_write_stories(request.user):
        return HttpResponseForbidden()
    return _answer(request, blank_panel(request), is_refused=False)


def _answer(request: HttpRequest, panel: Panel, *, is_refused: bool) -> HttpResponse:
    return render(request, "newsroom/panels/checklist_panel.html", {"panel": panel, "is_refused": is_refused})
