"""Review links: made and closed at the desk, and the page they open for somebody without an account.

That page is the one door of the desk without a login. It sets no cookie, and the token of its address is all the
authority there is: for the text, for its pictures, and for the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from csp.constants import NONE
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.db.models import Case, When
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.delivery import newspaper
from newsroom import access
from newsroom.admin.base import signed_in, visible_story
from newsroom.admin.forms.parsing import make_legible, row_number
from newsroom.admin.photos.renditions import show_size
from newsroom.admin.policies import set_policy
from newsroom.models import GuestAnswer, Photo, ShareLink, Story
from newsroom.models.review import LONGEST_COMMENT, LONGEST_NAME
from newsroom.refusals import NotAllowed, Refused
from newsroom.review import share_links
from newsroom.review.preview import PREVIEW_WIDTHS, PreviewReader, draw, standing_of
from newsroom.stories import attached
from newsroom.stories.content import complete
from newsroom.workflow import Stage

from .base import OpenPage
from .versions import with_milestones

STORY = "newsroom/story/<int:number>"
MOST_LINKS = 50
MOST_VERSIONS = 100
HOURS = {"hours": 1, "days": 24}
# The readers' policy, without what the page of a guest has no use for.
GUESTS = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "connect-src": [NONE]}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the desk, and the two that are open to whoever holds a token."""
    return [
        path(f"{STORY}/share/", desk.admin_view(list_links), name="newsroom_story_share"),
        path(f"{STORY}/share/<int:link>/revoke/", desk.admin_view(revoke), name="newsroom_story_unshare"),
        path("relecture/<str:token>/", _open_to_guests(shared), name="shared"),
        path("relecture/<str:token>/<int:photo>/<slug:preset>/", _open_to_guests(shared_photo), name="shared_photo"),
        # a link that lost its last stroke in a mail; and nobody without an account is sent to sign in, with the key
        path("relecture/<path:token>", _open_to_guests(shared), name="shared_otherwise"),
    ]


# --- At the desk ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeskLink:
    """A link as the desk shows it."""

    link: ShareLink
    answers: list[GuestAnswer]

    @property
    def is_open(self) -> bool:
        return share_links.is_open(self.link)

    @property
    def has_changed(self) -> bool:
        return share_links.has_changed(self.link)

    @property
    def address(self) -> str:
        return share_links.address_of(self.link)


def context(page: OpenPage) -> dict[str, Any]:
    """The links of a story, and the answers that they brought. Two queries."""
    story = page.story
    rows = access.visible(page.user, ShareLink).filter(story=story).select_related("revision", "made_by", "revoked_by")
    # open links come first: those that the list leaves out open nothing
    is_shut = Case(When(revoked_at=None, expires_at__gt=timezone.now(), then=False), default=True)
    rows = rows.order_by(is_shut, "-made_at", "-pk").defer("revision__content").prefetch_related("answers")[:MOST_LINKS]
    links = list(rows) if attached.may_have_attached(story, "links") else []
    for link in links:
        link.story = story
    return {
        "shared": [DeskLink(link, list(link.answers.all())) for link in links],
        "may_share": page.rights.may_share,
        "is_spiked": story.stage == Stage.SPIKED,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def list_links(request: HttpRequest, number: int) -> HttpResponse:
    """The links of a story, and the form for a new one."""
    story = visible_story(request, number)
    if request.method != "POST":
        return _links_page(request, story)
    amount, unit = row_number(request.POST.get("amount")) or 0, HOURS.get(request.POST.get("unit", ""), 0)
    try:
        link = share_links.make_link(
            story,
            revision=row_number(request.POST.get("revision")) or 0,
            reader=request.POST.get("reader", ""),
            lasts=timedelta(hours=min(amount * unit, 24 * 365)),
            by=signed_in(request),
        )
    except Refused as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 400
        return _links_page(request, story, refused=refusal.message, status=status)
    messages.success(request, _("The link is ready. Copy it, and send it yourself to %(who)s.") % {"who": link.reader})
    return redirect(f"{reverse('admin:newsroom_story_share', args=[story.pk])}#link-{link.pk}")


def _links_page(request: HttpRequest, story: Story, *, refused: str | Promise = "", status: int = 200) -> HttpResponse:
    typed = request.POST
    context_of_page = {
        **admin.site.each_context(request),
        **context(OpenPage(request, story)),
        "title": _("Show a version to somebody outside"),
        "story": story,
        "versions": with_milestones(story, story.revisions.defer("content")[:MOST_VERSIONS]),
        "chosen": row_number(typed.get("revision")) or story.version,
        "reader": typed.get("reader", ""),
        "amount": typed.get("amount", "3"),
        "unit": typed.get("unit", "days"),
        "refused": refused,
        "most": share_links.LONGEST_LIFE.days,
        "most_hours": share_links.LONGEST_LIFE // timedelta(hours=1),
        "longest_name": LONGEST_NAME,
    }
    return render(request, "newsroom/panels/share_links/links.html", context_of_page, status=status)


@require_POST
def revoke(request: HttpRequest, number: int, link: int) -> HttpResponse:
    """Close a link at once."""
    story = visible_story(request, number)
    row = get_object_or_404(ShareLink.objects.select_related("story__section"), pk=link, story=story)
    try:
        share_links.revoke(row, by=signed_in(request))
    except NotAllowed as refusal:
        return _links_page(request, story, refused=refusal.message, status=403)
    messages.success(request, _("The link for %(who)s is closed: it opens nothing any more.") % {"who": row.reader})
    return redirect("admin:newsroom_story_share", story.pk)


# --- Before somebody without an account -----------------------------------------------------------------------------


def _open_to_guests(view: Callable[..., Any]) -> Any:
    """`view` of the link that its token opens, or the one page for every token that opens nothing.

    What a guest sees is kept by no browser and found by no search engine, and no other site is told its address.
    """

    @csrf_exempt  # no session stands behind the form: who holds the token may answer, and nobody else knows it
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> Any:
        make_legible(request)
        link = share_links.link_opened_by(token)
        response: Any = view(request, link, **kwargs) if link else _nothing_here(request)
        set_policy(response, GUESTS)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """The version that the link shows, as readers would see it, with a form to approve or comment."""
    if request.method != "POST":
        if request.method == "GET":
            share_links.record_opening(link)
        return _shared_page(request, link)
    answer_typed = {name: request.POST.get(name, "") for name in ("verdict", "name", "text")}
    try:
        share_links.answer(link, **answer_typed)
    except Refused as refusal:
        if not share_links.is_open(link):
            return _nothing_here(request)
        return _shared_page(request, link, answer_typed, refused=refusal.message, status=400)
    return redirect(f"{_address(link)}#answer")


@require_safe
def shared_photo(request: HttpRequest, link: ShareLink, photo: int, preset: str) -> HttpResponse | FileResponse:
    """A picture of that version, at the sizes at which the page shows it."""
    is_shown = str(photo) in link.pictures and preset in PREVIEW_WIDTHS
    picture = Photo.objects.filter(pk=photo).first() if is_shown else None
    return show_size(picture, preset) if picture else _nothing_here(request)


def _address(link: ShareLink) -> str:
    return reverse("admin:shared", args=[share_links.token_of(link)])


def _shared_page(
    request: HttpRequest,
    link: ShareLink,
    answer_typed: dict[str, str] | None = None,
    *,
    refused: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    token = share_links.token_of(link)

    def photo_address(number: int, preset: str) -> str:
        return reverse("admin:shared_photo", args=[token, number, preset])

    context = {
        **draw(
            complete(link.revision.content),
            link.story,
            PreviewReader(photo_address, pinned=link.pictures),
            standing=standing_of(link.story, link.revision.number),
        ),
        "newspaper": newspaper(),
        "canonical": "",
        # the text and nothing beside it
        "latest": [],
        "most_read": [],
        "link": link,
        "answer_typed": answer_typed or {"verdict": "", "name": link.reader, "text": ""},
        "answers": link.answers.all(),
        "refused": refused,
        "verdicts": GuestAnswer.Verdict,
        "longest_comment": LONGEST_COMMENT,
        "longest_name": LONGEST_NAME,
        "now": timezone.now(),
    }
    return render(request, "newsroom/panels/share_links/read.html", context, status=status)


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """The one answer to a token that is forged, unknown, revoked or expired; it gives back what was typed."""
    context = {"newspaper": newspaper(), "canonical": "", "typed": request.POST.get("text", "")[:LONGEST_COMMENT]}
    return render(request, "newsroom/panels/share_links/closed.html", context, status=404)
