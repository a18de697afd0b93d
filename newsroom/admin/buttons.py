"""Deeds by the button: which are shown, what they ask, and the one way by which they are done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom import access, deeds, publishing
from newsroom.deeds import NotAllowed, Refused, Told
from newsroom.models import Move, Story
from newsroom.workflow import TRANSITIONS, ChangeKind, Deed

from .typed import row_number

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
FILLED = (Deed.SUBMIT, Deed.APPROVE, Deed.PUBLISH, Deed.REVISE, Deed.REVIVE)  # the one filled button of a screen
GRAVE = (Deed.ABANDON, Deed.WITHDRAW, Deed.SPIKE)


@dataclass(frozen=True)
class Kept:
    """A deed that was refused: what had been typed for it, and why, for the next page."""

    deed: str = ""
    note: str = ""
    notice: str = ""
    problems: tuple[tuple[str, str], ...] = ()


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Button:
    deed: Deed
    asks: str | Promise
    kept: Kept

    @property
    def icon(self) -> str:
        return ICONS[self.deed]

    @property
    def is_filled(self) -> bool:
        return self.deed in FILLED

    @property
    def is_grave(self) -> bool:
        return self.deed in GRAVE

    @property
    def tells_readers(self) -> bool:
        return self.deed is Deed.WITHDRAW


def button_for(user: Any, deed: Deed, story: Story, kept: Kept = NOTHING_KEPT) -> Button:
    """The button of `deed`, with the question it must have an answer to, if any."""
    asks: str | Promise = TRANSITIONS[deed].asks
    if access.lacks_second_eyes(user, deed, story):
        asks = _("You wrote or submitted it. Why approve it alone?")
    return Button(deed, asks, kept if kept.deed == deed else NOTHING_KEPT)


def buttons_for(user: Any, story: Story, kept: Kept = NOTHING_KEPT) -> list[Button]:
    return [button_for(user, deed, story, kept) for deed in access.deeds_open_to(user, story)]


def perform(request: HttpRequest, story: Story, deed: Deed, *, revision: int) -> HttpResponse:
    """Do `deed` on the version that was on the screen, and say what became of it.

    When it is not theirs to do, answers 403; when it is refused, goes back to the story with what was typed.
    """
    typed = said_for(request.POST, deed)
    more: dict[str, Any] = {"notice": typed.notice} if deed is Deed.WITHDRAW else {}
    if deed is Deed.PUBLISH:
        more["change"] = told_in(request.POST)
    try:
        DEEDS[deed](story, revision=revision, by=cast(User, request.user), note=typed.note, **more)
    except NotAllowed as refusal:
        return refused_page(request, story, refusal.message, typed)
    except Refused as refusal:
        problems = [(problem.field, str(problem.message)) for problem in refusal.problems]
        request.session[_key(story)] = [deed, typed.note, typed.notice, problems]
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, str(TRANSITIONS[deed].said))
    return redirect("admin:newsroom_story_change", story.pk)


def told_in(posted: QueryDict) -> Told | None:
    """What the change is to readers, as it was said."""
    kind = posted.get("change_kind", "")
    if kind not in ChangeKind.values:
        return None
    reply = Story.objects.filter(pk=row_number(posted.get("change_reply"))).first()
    return Told(ChangeKind(kind), posted.get("change_text", ""), reply)


def refused_page(request: HttpRequest, story: Story, message: str | Promise, typed: Kept) -> HttpResponse:
    from django.contrib import admin

    context = {**admin.site.each_context(request), "story": story, "message": message, "typed": typed}
    return render(request, "newsroom/story/refused.html", context, status=403)


def said_for(posted: QueryDict, deed: Deed) -> Kept:
    """What was typed for `deed`: each has its own field on the page of the story, and needs none on its own page."""
    note = posted.get(f"note_{deed}") or posted.get("note", "")
    return Kept(deed, note.strip(), posted.get("notice", "").strip())


def take_kept(request: HttpRequest, story: Story) -> Kept:
    """What the last refusal kept for this story, once."""
    match request.session.pop(_key(story), None):
        case [deed, note, notice, problems]:
            return Kept(deed, note, notice, tuple((field, message) for field, message in problems))
    return NOTHING_KEPT


def keep_unsent(request: HttpRequest, story: Story) -> None:
    """A note that was typed for a deed and not sent, only saved beside: it comes back with the page."""
    for deed in Deed:
        typed = said_for(request.POST, deed)
        if request.POST.get(f"note_{deed}", "").strip():
            request.session[_key(story)] = [deed, typed.note, typed.notice, []]
            return


def _key(story: Story) -> str:
    return f"refused-deed-{story.pk}"


def whole(text: str | None) -> int:
    """A version number as posted; 0, which no version has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
