"""Texts that are typed and not saved: kept while one writes, offered again, read, taken up again or thrown away.

A kept text belongs to the login that typed it. Nobody else finds it, nor do they once its story is not theirs to see.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from newsroom import access, body, publishing
from newsroom.admin.base import signed_in, take_from_session, visible_story
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.kept_text import KeptText, kept_text_in
from newsroom.admin.forms.parsing import version_number
from newsroom.admin.forms.post import StoryPost
from newsroom.editing.autosave import (
    PAUSE,
    AlreadySaved,
    Fields,
    TooLong,
    forget,
    is_page,
    is_saved,
    keep,
    kept_text,
    new_page,
    record_saved,
    waiting_for,
)
from newsroom.models import Autosave, Story
from newsroom.stories import attached
from newsroom.stories.content import BLANK, PLAIN_FIELDS, ContentDict, content_of
from newsroom.versions.comparison import compare
from newsroom.versions.names import Names, label_of
from newsroom.workflow import Deed

from .base import OpenPage

# The fields of a page that are neither text nor notes: they belong to one post, or to one page.
NOT_TYPED = (
    "csrfmiddlewaretoken", "page", "turn", "based_on", "revision", "taken_up", "left_behind", "_deed", "_continue",
)  # fmt: skip


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of what is typed and not saved, behind the desk's door."""
    return [
        path("sauvegarde/", desk.admin_view(autosave), name="autosave_new"),
        path("sauvegarde/<int:number>/", desk.admin_view(autosave), name="autosave"),
        path("sauvegarde/session/", desk.admin_view(session), name="autosave_session"),
        path("texte-garde/", desk.admin_view(show_offers), name="kept_texts_new"),
        path("texte-garde/<int:number>/", desk.admin_view(show_offers), name="kept_texts"),
        path("texte-garde/lire/<str:page>/", desk.admin_view(recover), name="kept_text"),
        path("texte-garde/jeter/<str:page>/", desk.admin_view(discard), name="kept_text_discard"),
    ]


def stored_text(story: Story | None, *, is_correction: bool = False) -> ContentDict:
    """The text under what was typed. A correction is typed over what readers see, also while a next version is open."""
    if story is None:
        return BLANK
    opened = publishing.open_version_of(story) if is_correction else None
    return content_of(story) if opened is None else publishing.live_content(opened, story)


def texts_to_offer(user: User, story: Story | None, but: str = "") -> list[KeptText]:
    """The texts that `user` typed for `story` and never saved, if they differ from it; not that of page `but`."""
    if story is not None and not attached.may_have_attached(story, "kept_texts"):
        return []
    rows = [row for row in waiting_for(user, story) if row.page != but]
    stored = {is_one: stored_text(story, is_correction=is_one) for is_one in {is_correction(row) for row in rows}}
    return [typed for row in rows if (typed := kept_text_in(row, stored[is_correction(row)])).differs]


def is_correction(row: Autosave) -> bool:
    """Whether the text was typed on the page that corrects what readers see."""
    return "correcting" in row.fields


# --- Kept while one writes ----------------------------------------------------------------------------------------


@require_POST
def autosave(request: HttpRequest, number: int | None = None) -> JsonResponse:
    """Keep what was typed in one page.

    A text that is equal to the stored one is not kept, nor is one that arrives after the save of its page. A text that
    a tab left behind never replaces one that came later from the same page.
    """
    story = None if number is None else visible_story(request, number)
    if not access.may_write_stories(request.user):
        return _refused(_("You do not write articles: nothing of this page is kept."), 403)
    page, user = request.POST.get("page", ""), signed_in(request)
    if not is_page(page):
        return _refused(_("This page has no name: open it again."), 400)
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}
    based_on, turn = version_number(request.POST.get("based_on")), version_number(request.POST.get("turn"))
    if "body" in fields:
        typed = request.POST.get("body", "")
        if not body.fits(typed):
            return _too_long()
        fields["body"] = [body.clean(typed)]
    if is_saved(page, turn, by=user):
        return _saved_already()
    if "left_behind" in request.POST:
        page = _free_page(user, page, fields, since=request.POST["left_behind"])
    unsaved = Autosave(user=user, story=story, page=page, based_on=based_on, fields=fields)
    if not kept_text_in(unsaved, stored_text(story, is_correction=is_correction(unsaved))).differs:
        forget(page, by=user)
        return JsonResponse({"kept": False, "saved_at": ""})
    try:
        row = keep(fields, by=user, page=page, story=story, based_on=based_on, turn=turn)
    except TooLong:
        return _too_long()
    except AlreadySaved:
        return _saved_already()
    _forget_taken_up(request, request.POST)
    return JsonResponse({"kept": True, "saved_at": row.saved_at.isoformat()})


def _free_page(user: User, page: str, fields: Fields, *, since: str) -> str:
    """`page`, unless something else came from it after `since`, the last that the browser knows of."""
    row = Autosave.objects.filter(user=user, page=page).first()
    came_later = row is not None and row.saved_at.isoformat() != since and row.fields != fields
    return new_page() if came_later else page


def _saved_already() -> JsonResponse:
    """The answer for a text that is saved already, upon which the browser drops its copy."""
    return JsonResponse({"kept": False, "saved_at": ""})


def _too_long() -> JsonResponse:
    return _refused(
        _("This text is too long for the desk: it is kept in this browser alone. Cut it in several articles."), 413
    )


def _refused(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and the token of their forms, which a page that was open before takes up."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


# --- Offered again ------------------------------------------------------------------------------------------------


@require_GET
def show_offers(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The lines that offer what was typed for a story and never saved."""
    story = None if number is None else visible_story(request, number)
    texts = texts_to_offer(signed_in(request), story, but=request.GET.get("page", ""))
    return render(request, "newsroom/panels/autosave/recover_offer.html", {"kept_texts": texts})


def recover(request: HttpRequest, page: str) -> HttpResponse:
    """The kept text beside the stored one, to be taken up again or thrown away."""
    typed = _own(request, page)
    story = typed.row.story
    names = Names(request.user, [typed.stored, typed.text])
    form = _form_of(request.user, typed.row)
    context = {
        **admin.site.each_context(request),
        "title": _("A text that was not saved"),
        "typed": typed,
        "story": story,
        "form": form,
        "comparison": compare(typed.stored, typed.text, names),
        "to_copy": [] if form else _words_of(typed),
        "back": _page_of(story),
    }
    return render(request, "newsroom/panels/autosave/recover.html", context)


@require_POST
def discard(request: HttpRequest, page: str) -> HttpResponse:
    """Throw away a kept text of one's own."""
    typed = _own(request, page)
    forget(page, by=signed_in(request))
    let_go(request, page)
    messages.success(request, _("Thrown away. The stored text is as it was."))
    return redirect(_page_of(typed.row.story))


def _own(request: HttpRequest, page: str) -> KeptText:
    row = kept_text(request.user, page)
    if row is None:
        raise Http404
    return kept_text_in(row, stored_text(row.story, is_correction=is_correction(row)))


def _page_of(story: Story | None) -> str:
    if story is None:
        return reverse("admin:newsroom_story_add")
    return reverse("admin:newsroom_story_change", args=[story.pk])


def _form_of(user: access.Login, row: Autosave) -> str:
    """Where `user` may write it now: as a draft, or as a correction of what is live; empty when nowhere."""
    story = row.story
    if story is None:
        return _page_of(None) if access.may_write_stories(user) else ""
    is_beside = is_correction(row) and publishing.has_open_version(story)  # it is not of that version
    if access.may_edit_text(user, story) and not is_beside:
        return _page_of(story)
    if Deed.CORRECT in access.deeds_open_to(user, story) and (is_beside or not publishing.has_open_version(story)):
        return reverse("admin:newsroom_story_deed", args=[story.pk, Deed.CORRECT])
    return ""


def _words_of(typed: KeptText) -> list[tuple[str | Promise, str]]:
    return [
        (label_of(name), typed.text[name])
        for name in PLAIN_FIELDS
        if typed.text[name] and typed.text[name] != typed.stored[name]
    ]


# --- In the page of a story ---------------------------------------------------------------------------------------

SAVED = "saved-page"


def kept_text_to_open(request: HttpRequest, story: Story | None, *, of_live: bool = False) -> KeptText | None:
    """The kept text that the address names, `?texte=…`, to open the page with instead of what is stored.

    `of_live` says that the page corrects what readers see. While a next version is open, that is another text: what was
    typed over one of the two is not opened over the other.
    """
    if request.method != "GET" or "texte" not in request.GET:
        return None
    row = kept_text(request.user, request.GET.get("texte", ""))
    if row is None or row.story_id != (story.pk if story else None):
        return None
    if story is not None and publishing.has_open_version(story) and is_correction(row) is not of_live:
        return None
    return kept_text_in(row, stored_text(story, is_correction=is_correction(row)))


def context(page: OpenPage) -> dict[str, Any]:
    """What the scripts of the page need to know of it, and the kept texts that it offers."""
    opened, story, request = page.kept_text, None if page.is_new else page.story, page.request
    name = resubmission.page_of(request)
    kept = texts_to_offer(page.user, story, but=name)
    return {
        "page": name,
        "turn": page.post.turn if page.post else 0,
        "based_on": opened.row.based_on if opened else page.story.version,
        "taken_up": _mark(opened.row) if opened else page.post.fields.get("taken_up", "") if page.post else "",
        "kept_text": opened,
        "kept_texts": [text for text in kept if opened is None or text.row.pk != opened.row.pk],
        "writing_page": {
            "user": page.user.pk,
            "page": name,
            "savedPage": take_from_session(request, SAVED) or "",
            "pause": PAUSE * 1000,
            "autosave": reverse("admin:autosave", args=[story.pk]) if story else reverse("admin:autosave_new"),
            "offers": reverse("admin:kept_texts", args=[story.pk]) if story else reverse("admin:kept_texts_new"),
            "words": _bar_words(),
        },
    }


def _bar_words() -> dict[str, str]:
    return {
        "dirty": _("Not saved yet"),
        "saving": _("Saving…"),
        "seconds": _("Saved {n} s ago"),
        "minutes": _("Saved {n} min ago"),
        "offline": _("Offline. Your text is kept on this computer."),
        "closed": _("Session closed. Your text is kept here: sign in again in another tab."),
        "refused": _("The desk does not take this text. It is kept on this computer."),
        "nowhere": _("Your text is kept on this page alone: do not close it."),
        "back": _("Your text is saved again."),
    }


def forget_saved(request: HttpRequest, post: StoryPost) -> None:
    """Forget what was kept of the page that was posted. To be called in the transaction of its save."""
    if post.page:
        record_saved(post.page, post.turn, by=signed_in(request))
    _forget_taken_up(request, post.fields)
    let_go(request, post.page)


def let_go(request: HttpRequest, page: str) -> None:
    """Have the next page of a story tell the browser to drop its copy of `page`: the desk has what was typed there."""
    if is_page(page):
        request.session[SAVED] = page


def _mark(row: Autosave) -> str:
    return f"{row.page}@{row.saved_at.isoformat()}"


def _forget_taken_up(request: HttpRequest, posted: QueryDict) -> None:
    """Forget the kept text that the page was opened with, unless its own tab kept more since: the page has it now."""
    before, _separator, when = posted.get("taken_up", "").partition("@")
    row = Autosave.objects.filter(user=request.user.pk, page=before).first() if before else None
    if row is not None and row.saved_at.isoformat() == when:
        row.delete()
