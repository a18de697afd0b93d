"""Who has a story open: each open page sends heartbeats, and its bar names the others. A colleague may take the hand.

Only whoever may read the story learns who has it open.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles.wording import join_names
from newsroom import access, publishing
from newsroom.admin.base import signed_in, visible_story
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.post import StoryPost
from newsroom.editing import presence
from newsroom.editing.autosave import is_page
from newsroom.models import Presence, Story, name_of
from newsroom.refusals import NotAllowed
from newsroom.stories import attached

from . import conflict
from .base import OpenPage


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of presence, behind the desk's door."""
    return [
        path("presence/<int:number>/", desk.admin_view(heartbeat), name="presence"),
        path("presence/<int:number>/prendre-la-main/", desk.admin_view(take_over), name="presence_take_over"),
    ]


def context(page: OpenPage) -> dict[str, Any]:
    """Who else has the story open, and what the script of the page needs to send its heartbeats."""
    story = page.story
    takeovers = story.takeovers.select_related("taken_from", "by")[:TAKEOVERS_SHOWN]
    return {
        "here": presence.others_at(story, page.user) if attached.may_have_attached(story, "company") else [],
        "may_take_over": page.rights.may_take_over,
        "takeovers": takeovers if attached.may_have_attached(story, "takeovers") else [],
        "presence_page": {
            "every": presence.HEARTBEAT * 1000,
            "address": reverse("admin:presence", args=[story.pk]),
            "takeOver": reverse("admin:presence_take_over", args=[story.pk]),
        },
    }


TAKEOVERS_SHOWN = 20


@require_POST
def heartbeat(request: HttpRequest, number: int) -> JsonResponse:
    """Record that a page is open, or is left; answer who else has the story open, and whether the hand was taken."""
    story = visible_story(request, number)
    page, user = request.POST.get("page", ""), signed_in(request)
    if not is_page(page):
        return JsonResponse({}, status=400)
    if "leaves" in request.POST:
        presence.leave(story, by=user, page=page)
        return JsonResponse({})
    row = presence.record_presence(story, by=user, page=page, field=request.POST.get("field", ""))
    return JsonResponse(_state_for(request, story, row))


@require_POST
def take_over(request: HttpRequest, number: int) -> HttpResponse:
    """Take the hand from whoever writes; without a script, what was typed here is kept aside and offered again."""
    story = visible_story(request, number)
    user, page = signed_in(request), request.POST.get("page", "")
    is_asked_by_script = request.headers.get("Accept") == "application/json"
    try:
        losing = presence.take_over(story, by=user)
    except NotAllowed as refusal:
        if is_asked_by_script:
            return JsonResponse({"message": str(refusal.message)}, status=403)
        return refused_page(request, story, refusal.message)
    message = _taken_from(losing)
    if is_asked_by_script and is_page(page):
        row = presence.record_presence(story, by=user, page=page, field="")
        return JsonResponse({**_state_for(request, story, row), "message": message})
    if is_page(page) and "based_on" in request.POST:
        conflict.keep_aside(request, story, StoryPost.read(request.POST))
    messages.success(request, message)
    return redirect("admin:newsroom_story_change", story.pk)


def _taken_from(losing: list[User]) -> str:
    if not losing:
        return _("You have the hand: nobody else was writing.")
    return _("You have the hand. %(who)s was told, and that text is kept.") % {
        "who": join_names([name_of(user) for user in losing])
    }


def _state_for(request: HttpRequest, story: Story, row: Presence) -> dict[str, Any]:
    others = presence.others_at(story, request.user)
    context = {"here": others, "may_take_over": access.rights_on(request.user, story).may_take_over, "original": story}
    taker = row.taken_over_by
    return {
        "here": render_to_string("newsroom/panels/presence.html", context),
        "people": {here.user.pk: here.sentence for here in others},
        "taken": _("%(who)s has taken the hand.") % {"who": name_of(taker)} if taker else "",
        "version": _version_shown(request, story),
    }


def _version_shown(request: HttpRequest, story: Story) -> int:
    """The last version of the text that the page shows: on that of a correction the live one, whatever is in work."""
    if "correcting" in request.POST and publishing.has_open_version(story) and story.live_revision is not None:
        return story.live_revision.number
    return story.version
