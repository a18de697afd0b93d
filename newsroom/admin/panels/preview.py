"""The preview: a text as readers will see it, stored, of some version, or as it is typed and not saved."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles.delivery import newspaper
from newsroom import access
from newsroom.admin.base import opened_story, visible_story
from newsroom.admin.forms.post import text_over
from newsroom.admin.policies import set_policy
from newsroom.models import Story
from newsroom.review.preview import PreviewReader, draw, standing_of
from newsroom.stories.content import BLANK, ContentDict, complete, content_of
from newsroom.workflow import Deed

STORY = "newsroom/story/<int:number>"
# The readers' own policy, so that what shows here shows there. It may stand in a frame of the desk, and in no other;
# nothing on it asks or sends anything. Its frame is not filled by `srcdoc` or `blob:`, which would take over the policy
# of the page around it: there, the editor needs inline scripts.
FRAMED = {
    **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "connect-src": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the preview, behind the desk's door."""

    def framed(view: Callable[..., HttpResponse]) -> Any:
        return desk.admin_view(xframe_options_sameorigin(_under_own_policy(view)))

    return [
        path(f"{STORY}/preview/", framed(stored), name="newsroom_story_preview"),
        path(f"{STORY}/preview/draft/", framed(typed), name="newsroom_story_preview_draft"),
        path(f"{STORY}/version/<int:version>/preview/", framed(version), name="newsroom_story_preview_version"),
        path("newsroom/story/add/preview/", framed(blank), name="newsroom_story_preview_blank"),
        path("newsroom/story/add/preview/draft/", framed(typed_anew), name="newsroom_story_preview_new"),
    ]


def _under_own_policy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        set_policy(response, FRAMED)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@require_safe
def stored(request: HttpRequest, number: int) -> HttpResponse:
    """The text of a story one may read, as it is saved."""
    story = opened_story(request, number)
    label = _("version %(number)s, %(stage)s") % {
        "number": story.version,
        "stage": story.get_stage_display().lower(),
    }
    return _shown(request, content_of(story), story, label, standing=standing_of(story, story.version))


@require_safe
def version(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """Any version of a story one may read."""
    story = opened_story(request, number)
    revision = get_object_or_404(story.revisions, number=version)
    label = _("version %(number)s") % {"number": version}
    if version != story.version:
        label = _("version %(number)s; the text is now at version %(latest)s") % {
            "number": version,
            "latest": story.version,
        }
    return _shown(request, complete(revision.content), story, label, standing=standing_of(story, version))


@require_POST
def typed(request: HttpRequest, number: int) -> HttpResponse:
    """Show the preview of a story as it is typed, to whoever may write there now. Saves nothing."""
    story = visible_story(request, number)
    if not (access.may_edit_text(request.user, story) or Deed.CORRECT in access.deeds_open_to(request.user, story)):
        raise PermissionDenied
    return _shown_as_typed(request, content_of(story), story)


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """What a new article starts from."""
    _refuse_who_does_not_write(request)
    return _shown(request, BLANK, Story(), _("new article"), standing=_("New article, not saved"))


@require_POST
def typed_anew(request: HttpRequest) -> HttpResponse:
    """What is typed on the page of a new article. Saves nothing."""
    _refuse_who_does_not_write(request)
    return _shown_as_typed(request, BLANK, Story())


def _refuse_who_does_not_write(request: HttpRequest) -> None:
    if not access.may_write_stories(request.user):
        raise PermissionDenied


def _shown_as_typed(request: HttpRequest, stored: ContentDict, story: Story) -> HttpResponse:
    content, is_too_long = text_over(request.POST, stored)
    if is_too_long:
        label: str | Promise = _("the text is too long to be shown as it is typed: here is the saved one")
    else:
        label = _("as it is typed, not saved")
    standing = _("As it is typed, not saved and not published")
    return _shown(request, content, story, label, standing=standing)


def _shown(
    request: HttpRequest, content: ContentDict, story: Story, label: str | Promise, *, standing: str
) -> HttpResponse:
    seen_by = PreviewReader(photo_address=_photo_address, login=request.user)
    text = draw(content, story, seen_by, standing=standing)
    context = {**text, "newspaper": newspaper(), "canonical": "", "label": label}
    return render(request, "newsroom/panels/preview.html", context)


def _photo_address(number: int, preset: str) -> str:
    return reverse("admin:newsroom_photo_size", args=[number, preset])
