"""Deeds by the button: which are shown, what they ask, and the one way by which they are done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom import access, deeds, publishing
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import whole
from newsroom.models import Move, Story
from newsroom.publishing.companions import has_own_page
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import TRANSITIONS, Deed

DEEDS: dict[Deed, Callable[..., Move]] = {
    Deed.SUBMIT: deeds.submit,
    Deed.SEND_BACK: deeds.send_back,
    Deed.APPROVE: deeds.approve,
    Deed.REOPEN: deeds.reopen,
    Deed.SCHEDULE: deeds.schedule,
    Deed.UNSCHEDULE: deeds.unschedule,
    Deed.PUBLISH: publishing.publish,
    Deed.FLASH: publishing.flash,
    Deed.LOOK: deeds.look,
    Deed.REVISE: deeds.revise,
    Deed.ABANDON: deeds.abandon,
    Deed.CORRECT: publishing.correct,
    Deed.WITHDRAW: publishing.withdraw,
    Deed.SPIKE: deeds.spike,
    Deed.REVIVE: deeds.revive,
}
ICONS: dict[Deed, str] = {
    Deed.SUBMIT: "send",
    Deed.SEND_BACK: "undo",
    Deed.APPROVE: "check",
    Deed.REOPEN: "lock",
    Deed.SCHEDULE: "clock",
    Deed.UNSCHEDULE: "undo",
    Deed.PUBLISH: "publish",
    Deed.FLASH: "publish",
    Deed.LOOK: "eye",
    Deed.REVISE: "pencil",
    Deed.ABANDON: "ban",
    Deed.CORRECT: "pencil",
    Deed.WITHDRAW: "ban",
    Deed.SPIKE: "archive",
    Deed.REVIVE: "undo",
}
# The first of these that is open is the one filled button of a screen.
FILLED = (Deed.LOOK, Deed.SUBMIT, Deed.APPROVE, Deed.PUBLISH, Deed.REVISE, Deed.REVIVE)
GRAVE = (Deed.ABANDON, Deed.WITHDRAW, Deed.SPIKE)


@dataclass(frozen=True)
class Kept:
    """A deed that was refused: what had been typed for it, and why, for the next page."""

    deed: str = ""
    note: str = ""
    problems: tuple[tuple[str, str], ...] = ()


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Button:
    """A deed to be done: at once, with a note beside it when it `asks` or is grave, or from a page of its own."""

    deed: Deed
    asks: str | Promise
    kept: Kept
    is_filled: bool
    has_own_page: bool

    @property
    def icon(self) -> str:
        return ICONS[self.deed]

    @property
    def is_grave(self) -> bool:
        return self.deed in GRAVE


def button_for(user: Any, deed: Deed, story: Story, kept: Kept = NOTHING_KEPT) -> Button:
    """The button of `deed`, with the question it must have an answer to, if any."""
    asks: str | Promise = TRANSITIONS[deed].asks
    if access.lacks_second_eyes(user, deed, story):
        asks = _("You wrote or submitted it. Why approve it alone?")
    typed = kept if kept.deed == deed else NOTHING_KEPT
    return Button(deed, asks, typed, is_filled=deed in FILLED and not asks, has_own_page=has_own_page(deed, story))


def buttons_for(user: Any, story: Story, kept: Kept = NOTHING_KEPT) -> list[Button]:
    shown = [button_for(user, deed, story, kept) for deed in access.deeds_open_to(user, story)]
    filled = [button for button in shown if button.is_filled]
    first = min(filled, key=lambda button: FILLED.index(button.deed), default=None)
    return [replace(button, is_filled=button is first) for button in shown]


def go_on(request: HttpRequest, story: Story, deed: Deed) -> HttpResponse:
    """The text of `story` was just saved: do the deed whose button saved it, or ask what it must be told first."""
    if not has_own_page(deed, story):
        return perform(request, story, deed, revision=story.version)
    keep_unsent(request, story)
    if story.version != whole(request.POST.get("based_on")):
        messages.success(request, gettext("Saved: version %(version)s.") % {"version": story.version})
    return redirect("admin:newsroom_story_deed", story.pk, deed)


def perform(request: HttpRequest, story: Story, deed: Deed, *, revision: int) -> HttpResponse:
    """Do `deed` on the version that was on the screen, and say what became of it.

    When it is not theirs to do, answers 403; when it is refused, goes back to the story with what was typed.
    """
    typed = said_for(request.POST, deed)
    try:
        DEEDS[deed](story, revision=revision, by=cast(User, request.user), note=typed.note)
    except Refused as refusal:
        if was_done(story, deed, revision=revision, by=request.user, note=typed.note):
            return already_done(request, story, deed)
        if isinstance(refusal, NotAllowed):
            return refused_page(request, story, refusal.message)
        problems = [(problem.field, str(problem.message)) for problem in refusal.problems]
        request.session[_key(story)] = [deed, typed.note, problems]
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, str(TRANSITIONS[deed].said))
    return redirect("admin:newsroom_story_change", story.pk)


def was_done(story: Story, deed: Deed, *, revision: int, by: Any, note: str) -> bool:
    """Whether the last that happened to `story` is this very deed: it is asked for again, and is not to be refused."""
    last = story.moves.select_related("revision").defer("revision__content").first()
    asked = (deed, revision, by.pk, note.strip(), False)
    return last is not None and (last.deed, last.revision.number, last.by_id, last.note, last.by_clock) == asked


def already_done(request: HttpRequest, story: Story, deed: Deed) -> HttpResponse:
    """The answer to a deed that was sent again, by a double click or after a connection that fell."""
    messages.info(request, gettext("Done already, by you: “%(deed)s”. Nothing was done twice.") % {"deed": deed.label})
    return redirect("admin:newsroom_story_change", story.pk)


def said_for(posted: QueryDict, deed: Deed) -> Kept:
    """What was typed for `deed`: each has its own field on the page of the story, and needs none on its own page."""
    note = posted.get(f"note_{deed}") or posted.get("note", "")
    return Kept(deed, note.strip())


def first_said(posted: QueryDict) -> Kept | None:
    """What was typed for a deed that was not done, where something was: in its own field, for no other may say it."""
    return next((Kept(deed, note) for deed in Deed if (note := posted.get(f"note_{deed}", "").strip())), None)


def take_kept(request: HttpRequest, story: Story, deed: Deed | None = None) -> Kept:
    """What the last refusal kept for this story, once. On the page of one `deed`, only what was typed for that one:
    the reason of another stays where it is.
    """
    match request.session.get(_key(story)):
        case [of_deed, note, problems] if deed is None or of_deed == deed:
            del request.session[_key(story)]
            return Kept(of_deed, note, tuple((field, message) for field, message in problems))
    return NOTHING_KEPT


def keep_unsent(request: HttpRequest, story: Story) -> None:
    """A note that was typed for a deed and not sent, only saved beside: it comes back with the page."""
    if typed := first_said(request.POST):
        request.session[_key(story)] = [typed.deed, typed.note, []]


def _key(story: Story) -> str:
    return f"refused-deed-{story.pk}"
