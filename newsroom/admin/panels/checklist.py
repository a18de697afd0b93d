"""The checklist beside the text, live while one writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from articles.wording import thousands
from newsroom import access
from newsroom.admin.base import visible_story
from newsroom.admin.deeds.undone import NONE_UNDONE, UndoneDeed
from newsroom.admin.forms.post import text_over
from newsroom.checklist import Point, points
from newsroom.models import Story
from newsroom.planning import length
from newsroom.refusals import Problem, Severity
from newsroom.stories.content import BLANK, content_of
from newsroom.stories.text import Text, read_text, stored_text
from newsroom.workflow import NEXT_CHECKLIST, TRANSITIONS, Checklist, Deed, Stage

from .base import OpenPage

STORY = "newsroom/story"
# Where a line of the checklist leads when that is no field of the form.
PLACES = {"checks": "checks", "notes": "notes", "sensitive": "plan", "correction": "missed"}

STATES = {Severity.BLOCKS: "block", Severity.WARNS: "warn", Severity.REMINDS: "remind"}
ICONS = {"ok": "check", "block": "cross", "warn": "warn", "remind": "eye", "todo": "todo"}
# What screen readers add to a line; the words of the other states say it themselves.
IN_WORDS = {"todo": gettext_lazy("to do"), "block": gettext_lazy("blocks")}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the checklist, behind the desk's door."""
    return [
        path(f"{STORY}/checklist/", desk.admin_view(new_checklist), name="newsroom_story_new_checklist"),
        path(f"{STORY}/<int:number>/checklist/", desk.admin_view(checklist), name="newsroom_story_checklist"),
    ]


@dataclass(frozen=True)
class Line:
    """One line of the checklist: the name of a rule that the text keeps, or a problem; `place` is its anchor."""

    state: str
    place: str
    words: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def state_in_words(self) -> str:
        return str(IN_WORDS.get(self.state, ""))


@dataclass(frozen=True)
class ChecklistShown:
    """The checklist as it is shown. `is_refused` when a deed was refused for it: what is missing is a fault then.

    `version` is the saved version that it judges; 0 for a text as it is typed.
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
    def remaining(self) -> str:
        """The sentence beside the button that the checklist blocks; empty when it blocks none."""
        if not self.blocking:
            return ""
        sentence = ngettext("%(points)s point still to mend.", "%(points)s points still to mend.", self.blocking)
        return sentence % {"points": self.blocking}

    @property
    def announcement(self) -> str:
        """The sentence for screen readers when the checklist changed."""
        if not self.to_mend:
            return _("Checklist: nothing to mend.")
        announcement = ngettext(
            "Checklist: %(points)s point to mend.", "Checklist: %(points)s points to mend.", self.to_mend
        )
        return announcement % {"points": self.to_mend}


def checklist_shown(
    text: Text, wanted: Checklist, *, is_strict: bool, undone: UndoneDeed = NONE_UNDONE, version: int = 0
) -> ChecklistShown:
    """The checklist of `text`. In a draft what is missing is work ahead; with `is_strict` it is a fault."""
    points_found = points(text, wanted)
    lines = [line for point in points_found for line in _lines(point, is_strict)]
    known = {line.words for line in lines}
    lines += [Line("block", _place(name), words) for name, words in undone.problems if words not in known]
    judged = [
        point for point in points_found if any(problem.severity is not Severity.REMINDS for problem in point.problems)
    ]
    states = [line.state for line in lines]
    return ChecklistShown(
        lines=lines,
        good=len(points_found) - len(judged),
        total=len(points_found),
        blocking=sum(1 for point in judged if any(each.severity is Severity.BLOCKS for each in point.problems)),
        to_mend=states.count("block") + states.count("warn"),
        length=_length(text),
        is_refused=bool(undone.problems),
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
    written = length(len(text.plain_text))
    ordered = text.story.characters_ordered if text.story else None
    if not ordered:
        return written
    return _("%(written)s of %(ordered)s ordered") % {"written": written, "ordered": thousands(ordered)}


def context(page: OpenPage) -> dict[str, Any]:
    """The checklist of the saved version, or of the typed text when the page comes back with one."""
    story, undone = page.story, page.undone
    wanted = TRANSITIONS[Deed(undone.deed)].checklist if undone.problems else Checklist.NONE
    wanted = NEXT_CHECKLIST.get(story.stage, Checklist.NONE) if wanted is Checklist.NONE else wanted
    is_strict = story.stage != Stage.DRAFT or bool(undone.problems)
    if page.is_new or page.typed is not None:
        text = _typed_text(page.request, page.typed or QueryDict(), None if page.is_new else story)
        return {"checklist": checklist_shown(text, wanted, is_strict=is_strict, undone=undone)}
    text = stored_text(story, seen_by=page.user, checks=page.checks)
    return {"checklist": checklist_shown(text, wanted, is_strict=is_strict, undone=undone, version=story.version)}


def _typed_text(request: HttpRequest, typed: QueryDict, story: Story | None) -> Text:
    # a body that is too long is neither cleaned nor kept: the form says so
    content, _is_too_long = text_over(typed, content_of(story) if story else BLANK)
    appears_at = story.publish_at if story else None
    return read_text(content, story=story, seen_by=request.user, appears_at=appears_at)


@require_POST
def checklist(request: HttpRequest, number: int) -> HttpResponse:
    """The checklist of what is typed now over the text of a story; nothing is saved."""
    story = visible_story(request, number)
    if not access.may_edit_text(request.user, story) or "correcting" in request.POST:
        return HttpResponseForbidden()
    is_refused = bool(request.POST.get("refused"))
    is_strict = story.stage != Stage.DRAFT or is_refused
    text = _typed_text(request, request.POST, story)
    return _answer(
        request, checklist_shown(text, NEXT_CHECKLIST[story.stage], is_strict=is_strict), is_refused=is_refused
    )


@require_POST
def new_checklist(request: HttpRequest) -> HttpResponse:
    """The checklist of a new article as it is typed; nothing is saved."""
    if not access.may_write_stories(request.user):
        return HttpResponseForbidden()
    text = _typed_text(request, request.POST, None)
    return _answer(request, checklist_shown(text, NEXT_CHECKLIST[Stage.DRAFT], is_strict=False), is_refused=False)


def _answer(request: HttpRequest, checklist: ChecklistShown, *, is_refused: bool) -> HttpResponse:
    return render(request, "newsroom/panels/checklist_panel.html", {"checklist": checklist, "is_refused": is_refused})
