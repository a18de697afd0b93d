"""The checklist beside the text, live while one writes, and the checks that colleagues are asked for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from newsroom import access, beside, checking
from newsroom.checklist import Point, Problem, Severity, points
from newsroom.deeds import NotAllowed, Refused
from newsroom.models import Check, Story
from newsroom.text import Text, read_text, stored_text
from newsroom.workflow import MEETS_NEXT, TRANSITIONS, Checklist, Deed, Stage
from newsroom.writing import BLANK, content_of

from .autosaving import opened_with
from .buttons import NOTHING_KEPT, Kept, refused_page, whole
from .posted import typed_content
from .story_form import LONGEST_BODY
from .typed import row_number

STORY = "newsroom/story"
SHOWN = 30  # checks of one story
KEPT = 20_000  # signs of what was typed for one and refused
ASK = "note_check"  # what is asked; the answer to a check has its number behind
PRESSED = re.compile(r"(give|waive)-([1-9][0-9]{0,17})", re.ASCII)
# Where a line of the checklist leads when that is no field of the form.
PLACES = {"checks": "checks", "notes": "notes", "sensitive": "plan"}
STATES = {Severity.BLOCKS: "block", Severity.WARNS: "warn", Severity.REMINDS: "remind"}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the checklist and of the checks, behind the desk's door."""
    return [
        path(f"{STORY}/checklist/", desk.admin_view(new_checklist), name="newsroom_story_new_checklist"),
        path(f"{STORY}/<int:number>/checklist/", desk.admin_view(checklist), name="newsroom_story_checklist"),
        path(f"{STORY}/<int:number>/checks/", desk.admin_view(check), name="newsroom_story_check"),
    ]


# --- The checklist ------------------------------------------------------------------------------------------------


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


def around(request: HttpRequest, story: Story, kept: Kept) -> dict[str, Any]:
    """What the page of a story shows of both: its checklist, and the checks it was asked."""
    asked = story.checks.select_related("asked_by", "settled_by", "revision").defer("revision__content")
    checks = list(asked.order_by("-asked_at", "-pk")[:SHOWN]) if beside.may_have(story, "checks") else []
    return {"panel": _stored_panel(request, story, kept, checks), **_looks_of(request, story, checks)}


def _stored_panel(request: HttpRequest, story: Story, kept: Kept, checks: list[Check]) -> Panel:
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
    return render(request, "newsroom/story/checklist_panel.html", {"panel": panel, "is_refused": is_refused})


# --- Checks by colleagues -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """A check as one person sees it, with what they typed for it and has not gone in yet."""

    check: Check
    may_give: bool
    may_waive: bool
    typed: str

    @property
    def is_open(self) -> bool:
        return not self.check.outcome


def _looks_of(request: HttpRequest, story: Story, checks: list[Check]) -> dict[str, Any]:
    """The checks of a story as one person sees them, and what was typed of one."""
    typed = _typed(request) if request.method == "POST" else request.session.pop(_key(story), {})
    waiting = {check.kind for check in checks if not check.outcome}
    return {
        "looks": [
            Look(
                check,
                may_give=not check.outcome and access.may_give_check(request.user, check.kind, story),
                may_waive=not check.outcome and access.may_waive_check(request.user, check.kind, story),
                typed=typed.get(f"{ASK}_{check.pk}", ""),
            )
            for check in checks
        ],
        "kinds": [kind for kind in Check.Kind.choices if kind[0] not in waiting],
        "may_ask_check": story.stage != Stage.SPIKED and access.may_ask_check(request.user, story),
        "longest_question": checking.LONGEST_QUESTION,
        "typed_check": {"kind": typed.get("check_kind", ""), "question": typed.get(ASK, "")},
    }


def settle(request: HttpRequest, story: Story) -> bool:
    """What came of checks with a form: one asked for, given or waived; or why not. Returns whether there was one.

    What was typed for one and did not go in comes back with the page.
    """
    try:
        return _carry_out(request, story)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return True


def _carry_out(request: HttpRequest, story: Story) -> bool:
    typed, pressed = _typed(request), request.POST.get("_check", "")
    answered = PRESSED.fullmatch(pressed)
    if any(text for name, text in typed.items() if name != "check_kind"):
        request.session[_key(story)] = typed
    if answered:
        name = f"{ASK}_{answered[2]}"
        said = _answer_check(request, story, answered[1], int(answered[2]), typed.get(name, ""))
    elif pressed == "ask":
        name, kind = ASK, typed.pop("check_kind", "")
        checking.ask(story, kind, by=cast(User, request.user), question=typed[ASK])
        said = _("Check asked for: whoever may give it is told.")
    else:
        return False
    request.session[_key(story)] = {other: text for other, text in typed.items() if other != name}
    messages.success(request, said)
    return True


def _answer_check(request: HttpRequest, story: Story, how: str, number: int, words: str) -> str:
    check = get_object_or_404(story.checks, pk=number)
    by = cast(User, request.user)
    if how == "waive":
        checking.waive(check, by=by, reason=words)
        return _("Check waived: the reason is on record.")
    given = checking.give(check, revision=_version_read(request, story), by=by, note=words)
    return _("Check given on version %(number)s.") % {"number": given.revision.number if given.revision else ""}


def _version_read(request: HttpRequest, story: Story) -> int:
    """The version that was on the screen; the stored one, when only who answers has written since."""
    shown = whole(request.POST.get("check_version"))
    others = story.revisions.filter(number__gt=shown).exclude(by=cast(User, request.user))
    return shown if others.exists() else story.version


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed for checks: to ask for one, and in answer to each that waits."""
    posted = request.POST
    answers = [name for name in posted if name.startswith(f"{ASK}_") and row_number(name.removeprefix(f"{ASK}_"))]
    return {name: posted.get(name, "").strip()[:KEPT] for name in [ASK, "check_kind", *answers[:SHOWN]]}


def _key(story: Story) -> str:
    return f"typed-check-{story.pk}"


def check(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for a check of a story that one may read, give one or do without it."""
    story = get_object_or_404(access.visible_stories(request.user), pk=number)
    if request.method == "POST":
        try:
            _carry_out(request, story)
        except NotAllowed as refusal:
            return refused_page(request, story, refusal.message)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
    return redirect(reverse("admin:newsroom_story_change", args=[story.pk]) + "#checks")
