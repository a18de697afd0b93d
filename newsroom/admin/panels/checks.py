"""The checks that colleagues are asked for, beside the text."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from newsroom.admin.base import signed_in, take_from_session, visible_story
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import row_number, version_number
from newsroom.models import Check, Story
from newsroom.refusals import NotAllowed, Refused
from newsroom.review.checks import LONGEST_QUESTION, ask, give, waive
from newsroom.workflow import Stage

from .base import CHECKS_SHOWN, Moment, OpenPage, Outcome

STORY = "newsroom/story"
LONGEST_KEPT = 20_000  # characters typed for a check that was refused
ASK = "note_check"  # the field of a question; that of an answer ends in the number of its check
PRESSED = re.compile(r"(give|waive)-([1-9][0-9]{0,17})", re.ASCII)
# a check may be asked for and given at any stage of the text
SETTLES_ON = frozenset({Moment.SAVED, Moment.TOO_LATE})


def urls(desk: AdminSite) -> list[URLPattern]:
    """The address of the checks, behind the desk's door."""
    return [
        path(f"{STORY}/<int:number>/checks/", desk.admin_view(check), name="newsroom_story_check"),
    ]


@dataclass(frozen=True)
class VisibleCheck:
    """A check as one person sees it, with the answer that they typed and that was not taken in yet."""

    check: Check
    may_give: bool
    may_waive: bool
    typed: str

    @property
    def is_open(self) -> bool:
        return not self.check.outcome

    @property
    def note_label(self) -> str:
        """The label of what goes with the answer: a reason to waive the check, or a word on what was looked at."""
        if not self.may_give:
            return _("Why do without it?")
        if self.may_waive:
            return _("What you looked at, or why to do without it")
        return _("A word on what you looked at (optional)")

    @property
    def waive_label(self) -> str:
        return _("Do without it, for this reason") if self.may_give else _("Do without it")


def context(page: OpenPage) -> dict[str, Any]:
    """The checks of a story as one person sees them, and what was typed for one."""
    story, rights, checks = page.story, page.rights, page.checks
    typed = _typed(page.post.fields) if page.post else take_from_session(page.request, _key(story)) or {}
    waiting = {check.kind for check in checks if not check.outcome}
    return {
        "visible_checks": [
            VisibleCheck(
                check,
                may_give=not check.outcome and rights.may_give_check(check.kind),
                may_waive=not check.outcome and rights.may_waive_check(check.kind),
                typed=typed.get(f"{ASK}_{check.pk}", ""),
            )
            for check in checks
        ],
        "kinds": [kind for kind in Check.Kind.choices if kind[0] not in waiting],
        "may_ask_check": story.stage != Stage.SPIKED and rights.may_ask_check,
        "longest_question": LONGEST_QUESTION,
        "typed_check": {"kind": typed.get("check_kind", ""), "question": typed.get(ASK, "")},
    }


def settle(page: OpenPage) -> Outcome:
    """Ask for a check, give one or waive it. When that is refused, the page says why and has what was typed."""
    try:
        return Outcome(did=_carry_out(page.request, page.story, page.sent.fields))
    except Refused as refusal:
        messages.error(page.request, str(refusal.message))
        return Outcome(did=True)


def _carry_out(request: HttpRequest, story: Story, posted: QueryDict) -> bool:
    typed, pressed = _typed(posted), posted.get("_check", "")
    answered = PRESSED.fullmatch(pressed)
    if any(text for name, text in typed.items() if name != "check_kind"):
        request.session[_key(story)] = typed
    if answered:
        name = f"{ASK}_{answered[2]}"
        by, version = signed_in(request), version_number(posted.get("check_version"))
        check = get_object_or_404(story.checks, pk=int(answered[2]))
        message = _answer_check(check, answered[1], by=by, words=typed.get(name, ""), version_read=version)
    elif pressed == "ask":
        name, kind = ASK, typed.pop("check_kind", "")
        ask(story, kind, by=signed_in(request), question=typed[ASK])
        message = _("Check asked for: whoever may give it is told.")
    else:
        return False
    request.session[_key(story)] = {other: text for other, text in typed.items() if other != name}
    messages.success(request, message)
    return True


def _answer_check(check: Check, verb: str, *, by: User, words: str, version_read: int) -> str:
    if verb == "waive":
        waive(check, by=by, reason=words)
        return _("Check waived: the reason is on record.")
    given = give(check, revision=_version_to_check(check.story, by, version_read), by=by, note=words)
    return _("Check given on version %(number)s.") % {"number": given.revision.number if given.revision else ""}


def _version_to_check(story: Story, by: User, version_read: int) -> int:
    """The version that was on the screen, or the stored one when nobody but the person who answers wrote since."""
    others = story.revisions.filter(number__gt=version_read).exclude(by=by)
    return version_read if others.exists() else story.version


def _typed(posted: QueryDict) -> dict[str, str]:
    """What was typed for checks: to ask for one, and in answer to each that waits."""
    answers = [name for name in posted if name.startswith(f"{ASK}_") and row_number(name.removeprefix(f"{ASK}_"))]
    return {name: posted.get(name, "").strip()[:LONGEST_KEPT] for name in [ASK, "check_kind", *answers[:CHECKS_SHOWN]]}


def _key(story: Story) -> str:
    return f"typed-check-{story.pk}"


def check(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for a check of a story that one may read, give one or waive it."""
    story = visible_story(request, number)
    if request.method == "POST":
        try:
            _carry_out(request, story, request.POST)
        except NotAllowed as refusal:
            return refused_page(request, story, refusal.message)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
    return redirect(reverse("admin:newsroom_story_change", args=[story.pk]) + "#checks")
