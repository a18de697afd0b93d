"""Where each deed is done: its function, its arguments, and the answer when it is refused."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext

from newsroom import deeds, publishing
from newsroom.admin.base import signed_in
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.post import StoryPost
from newsroom.models import Move, Story
from newsroom.publishing.companions import has_own_page
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import TRANSITIONS, Deed

from .undone import keep_refused, keep_unsent, note_for

DEEDS: dict[Deed, Callable[..., Move]] = {
    Deed.SUBMIT: deeds.submit,
    Deed.TAKE_BACK: deeds.take_back,
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


def do(deed: Deed, story: Story, *, revision: int, by: User, note: str, **arguments: Any) -> Move:
    """Do `deed` on that version of `story`. `arguments` are those of the deed besides its note. Raises Refused."""
    return DEEDS[deed](story, revision=revision, by=by, note=note, **arguments)


def perform(
    request: HttpRequest,
    story: Story,
    deed: Deed,
    *,
    revision: int,
    note: str,
    was_done: Callable[[], bool],
    message: str = "",
    **arguments: Any,
) -> HttpResponse | Refused:
    """Do `deed` on the version that was on the screen, and go back to the story with `message`.

    A refused deed for which `was_done` is true was sent twice: the
    answer is that it is done. One that is not theirs to do answers 403. Any other refusal is returned, for the caller
    to show with what was typed.
    """
    try:
        do(deed, story, revision=revision, by=signed_in(request), note=note, **arguments)
    except Refused as refusal:
        if was_done():
            return already_done(request, story, deed)
        if isinstance(refusal, NotAllowed):
            return refused_page(request, story, refusal.message)
        return refusal
    messages.success(request, message or str(TRANSITIONS[deed].confirmation))
    return redirect("admin:newsroom_story_change", story.pk)


def perform_with_note(
    request: HttpRequest, story: Story, deed: Deed, *, revision: int, posted: QueryDict
) -> HttpResponse:
    """Do a deed that asks for no more than a note. When it is refused, go back to the story with what was typed."""
    note = note_for(posted, deed)
    done = perform(
        request, story, deed, revision=revision, note=note,
        was_done=lambda: was_last_done(story, deed, revision=revision, by=request.user, note=note),
    )  # fmt: skip
    if not isinstance(done, Refused):
        return done
    keep_refused(request, story, deed, note, done)
    messages.error(request, str(done.message))
    return redirect("admin:newsroom_story_change", story.pk)


def go_on(request: HttpRequest, story: Story, deed: Deed, post: StoryPost) -> HttpResponse:
    """Do the deed whose button just saved the text of `story`, or go to the page that asks for its arguments."""
    if not has_own_page(deed, story):
        return perform_with_note(request, story, deed, revision=story.version, posted=post.fields)
    keep_unsent(request, story, post.fields)
    if story.version != post.based_on:
        messages.success(request, gettext("Saved: version %(version)s.") % {"version": story.version})
    return redirect("admin:newsroom_story_deed", story.pk, deed)


def was_last_done(story: Story, deed: Deed, *, revision: int, by: Any, note: str) -> bool:
    """Whether the last move of `story` is this very deed, by the same login with the same note: it was sent twice."""
    last = story.moves.select_related("revision").defer("revision__content").first()
    asked = (deed, revision, by.pk, note.strip(), False)
    return last is not None and (last.deed, last.revision.number, last.by_id, last.note, last.by_clock) == asked


def already_done(request: HttpRequest, story: Story, deed: Deed) -> HttpResponse:
    """The answer to a deed that was sent twice, by a double click or after a lost connection."""
    messages.info(request, gettext("Done already, by you: “%(deed)s”. Nothing was done twice.") % {"deed": deed.label})
    return redirect("admin:newsroom_story_change", story.pk)
