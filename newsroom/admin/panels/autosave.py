"""What is typed and not saved: taken in from the page one writes in, offered again, looked at, taken up or thrown away.

A row belongs to who typed it: for anybody else, and once its story is not theirs to see, there is none.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from newsroom import access
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.parsing import whole
from newsroom.admin.forms.post import touched_plan, typed_content
from newsroom.admin.forms.story import LONGEST_BODY
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
    note_saved,
    waiting_for,
)
from newsroom.models import Autosave, PlanChange, Story
from newsroom.stories import attached
from newsroom.stories.content import BLANK, PLAIN_FIELDS, ContentDict, content_of
from newsroom.versions.comparison import compare
from newsroom.versions.names import Names, label_of
from newsroom.workflow import Deed

from .notes import TypedNote

# What a page holds beside the text and the notes: of one post, or of one page.
NOT_TYPED = (
    "csrfmiddlewaretoken", "page", "turn", "based_on", "revision", "taken_up", "left_behind", "_deed", "_continue",
)  # fmt: skip
NOTES = ("new_note", "note_passage", "notice", *(f"note_{deed}" for deed in Deed))
# Who starts an article signs it, in the one section there may be: neither says a thing.
OFFERED_WITH_A_NEW_ARTICLE = ("section", "authors")


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of what is typed and not saved, behind the desk's door."""
    return [
        path("sauvegarde/", desk.admin_view(autosave), name="autosave_new"),
        path("sauvegarde/<int:number>/", desk.admin_view(autosave), name="autosave"),
        path("sauvegarde/session/", desk.admin_view(session), name="autosave_session"),
        path("texte-garde/", desk.admin_view(waiting), name="kept_texts_new"),
        path("texte-garde/<int:number>/", desk.admin_view(waiting), name="kept_texts"),
        path("texte-garde/lire/<str:page>/", desk.admin_view(recover), name="kept_text"),
        path("texte-garde/jeter/<str:page>/", desk.admin_view(discard), name="kept_text_discard"),
    ]


# --- What was typed, read as a text -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """A kept page, as the text it would make and the notes that were not sent."""

    row: Autosave
    posted: QueryDict
    stored: ContentDict
    text: ContentDict

    @property
    def notes(self) -> list[str]:
        return [text for name in NOTES if (text := self.posted.get(name, "").strip())]

    @property
    def plan(self) -> list[str | Promise]:
        """What of the plan was changed and not saved, by its name."""
        touched = touched_plan(self.posted)
        return [subject.label for subject in PlanChange.Subject if subject in touched]

    @property
    def says_more(self) -> bool:
        """Whether there is anything in it that is not stored."""
        passed_over = () if self.row.story_id else OFFERED_WITH_A_NEW_ARTICLE
        return bool(self.notes or self.plan) or any(
            (value or None) != (self.stored.get(name) or None)
            for name, value in self.text.items()
            if name not in passed_over
        )

    @property
    def bylines(self) -> list[dict[str, int]]:
        """The lines that sign it, in order."""
        return [{"author": author, "order": order} for order, author in enumerate(self.text["authors"])]

    @property
    def title(self) -> str:
        return str(self.text["headline"] or "")


def typed_in(row: Autosave, stored: ContentDict) -> Typed:
    """What `row` keeps, beside the stored text."""
    posted = QueryDict(mutable=True)
    for name, values in row.fields.items():
        posted.setlist(name, values)
    return Typed(row, posted, stored, {**stored, **typed_content(posted, stored)})


def stored_text(story: Story | None) -> ContentDict:
    return BLANK if story is None else content_of(story)


def offered(user: User, story: Story | None, but: str = "") -> list[Typed]:
    """What `user` typed for `story` and never saved, where it differs from what is stored; not that of page `but`."""
    if story is not None and not attached.may_have(story, "kept_texts"):
        return []
    rows = [row for row in waiting_for(user, story) if row.page != but]
    if not rows:
        return []
    stored = stored_text(story)
    return [typed for row in rows if (typed := typed_in(row, stored)).says_more]


# --- What the page of a story asks while one writes ---------------------------------------------------------------


@require_POST
def autosave(request: HttpRequest, number: int | None = None) -> JsonResponse:
    """Keep what was typed in one page. A text that says what is stored needs no row; what comes after the save of its
    page is not kept; a page that was left behind by its tab never replaces what came from it later.
    """
    story = _story(request, number)
    if not access.may_write_stories(request.user):
        return _refused(_("You do not write articles: nothing of this page is kept."), 403)
    page, user = request.POST.get("page", ""), cast(User, request.user)
    if not is_page(page):
        return _refused(_("This page has no name: open it again."), 400)
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}
    based_on, turn = whole(request.POST.get("based_on")), whole(request.POST.get("turn"))
    if len(request.POST.get("body", "")) > LONGEST_BODY:
        return _too_long()
    if is_saved(page, turn, by=user):
        return _saved_already()
    if "left_behind" in request.POST:
        page = _free_page(user, page, fields, since=request.POST["left_behind"])
    unsaved = Autosave(user=user, story=story, page=page, based_on=based_on, fields=fields)
    if not typed_in(unsaved, stored_text(story)).says_more:
        forget(page, by=user)
        return JsonResponse({"kept": False, "saved_at": ""})
    try:
        row = keep(fields, by=user, page=page, story=story, based_on=based_on, turn=turn)
    except TooLong:
        return _too_long()
    except AlreadySaved:
        return _saved_already()
    _forget_taken_up(request)
    return JsonResponse({"kept": True, "saved_at": row.saved_at.isoformat()})


def _story(request: HttpRequest, number: int | None) -> Story | None:
    return None if number is None else get_object_or_404(access.visible_stories(request.user), pk=number)


def _free_page(user: User, page: str, fields: Fields, *, since: str) -> str:
    """`page`, unless something else came from it after `since`, the last that the browser knows of."""
    row = Autosave.objects.filter(user=user, page=page).first()
    came_later = row is not None and row.saved_at.isoformat() != since and row.fields != fields
    return new_page() if came_later else page


def _saved_already() -> JsonResponse:
    """It is in the text: the browser lets go of its copy."""
    return JsonResponse({"kept": False, "saved_at": ""})


def _too_long() -> JsonResponse:
    return _refused(
        _("This text is too long for the desk: it is kept in this browser alone. Cut it in several articles."), 413
    )


def _refused(said: str, status: int) -> JsonResponse:
    return JsonResponse({"said": said}, status=status)


@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and the token their forms carry: a page that was open before takes it up."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


# --- Offered again ------------------------------------------------------------------------------------------------


@require_GET
def waiting(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The lines that offer what was typed for a story and never saved."""
    story = _story(request, number)
    texts = offered(cast(User, request.user), story, but=request.GET.get("page", ""))
    return render(request, "newsroom/panels/autosave/recover_offer.html", {"kept_texts": texts})


def recover(request: HttpRequest, page: str) -> HttpResponse:
    """What was typed beside what is stored, to be taken up again or thrown away."""
    typed = _own(request, page)
    story = typed.row.story
    names = Names(request.user, [typed.stored, typed.text])
    form = _form_of(request.user, story)
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
    """Throw away what one typed and did not save."""
    typed = _own(request, page)
    forget(page, by=cast(User, request.user))
    let_go(request, page)
    messages.success(request, _("Thrown away. The stored text is as it was."))
    return redirect(_page_of(typed.row.story))


def _own(request: HttpRequest, page: str) -> Typed:
    row = kept_text(request.user, page)
    if row is None:
        raise Http404
    return typed_in(row, stored_text(row.story))


def _page_of(story: Story | None) -> str:
    if story is None:
        return reverse("admin:newsroom_story_add")
    return reverse("admin:newsroom_story_change", args=[story.pk])


def _form_of(user: access.Login, story: Story | None) -> str:
    """Where `user` may write it now: as a draft, or as a correction of what is live; empty when nowhere."""
    if story is None:
        return _page_of(None) if access.may_write_stories(user) else ""
    if access.may_edit_text(user, story):
        return _page_of(story)
    if Deed.CORRECT in access.deeds_open_to(user, story):
        return reverse("admin:newsroom_story_deed", args=[story.pk, Deed.CORRECT])
    return ""


def _words_of(typed: Typed) -> list[tuple[str | Promise, str]]:
    return [
        (label_of(name), typed.text[name])
        for name in PLAIN_FIELDS
        if typed.text[name] and typed.text[name] != typed.stored[name]
    ]


# --- In the page of a story ---------------------------------------------------------------------------------------

SAVED = "saved-page"


def open_with(request: HttpRequest, story: Story | None) -> None:
    """Open the page with the kept text that its address names, `?kept=…`, instead of what is stored."""
    if request.method != "GET" or "kept" not in request.GET:
        return
    row = kept_text(request.user, request.GET.get("kept", ""))
    if row is not None and row.story_id == (story.pk if story else None):
        request._opened_with = typed_in(row, stored_text(story))  # type: ignore[attr-defined]


def opened_with(request: HttpRequest) -> Typed | None:
    """The kept text that the page is opened with, if any."""
    return getattr(request, "_opened_with", None)


def around(request: HttpRequest, story: Story | None) -> dict[str, Any]:
    """What the page of a story says of itself to its scripts, and the texts that it offers."""
    again = opened_with(request)
    page = resubmission.page_of(request)
    user = cast(User, request.user)
    version = story.version if story else 0
    kept = [typed for typed in offered(user, story, but=page) if again is None or typed.row.pk != again.row.pk]
    return {
        "page": page,
        "turn": whole(request.POST.get("turn")),
        "based_on": again.row.based_on if again else version,
        "taken_up": _mark(again.row) if again else request.POST.get("taken_up", ""),
        "again": again,
        **_typed_note(again),
        "kept_texts": kept,
        "writing_page": {
            "user": user.pk,
            "page": page,
            "savedPage": request.session.pop(SAVED, "") if SAVED in request.session else "",
            "pause": PAUSE * 1000,
            "autosave": reverse("admin:autosave", args=[story.pk]) if story else reverse("admin:autosave_new"),
            "offers": reverse("admin:kept_texts", args=[story.pk]) if story else reverse("admin:kept_texts_new"),
            "words": _bar_words(),
        },
    }


def _typed_note(again: Typed | None) -> dict[str, TypedNote]:
    """The note for the team that was being written, back in its field."""
    text = again.posted.get("new_note", "") if again else ""
    return {"typed_note": TypedNote(text, again.posted.get("note_passage", ""))} if again and text else {}


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


def saved(request: HttpRequest) -> None:
    """The page that was posted is saved: nothing of it waits any more. To be called in the transaction of the save."""
    page = request.POST.get("page", "")
    if is_page(page):
        note_saved(page, whole(request.POST.get("turn")), by=cast(User, request.user))
    _forget_taken_up(request)
    let_go(request, page)


def let_go(request: HttpRequest, page: str) -> None:
    """The desk has what was typed in `page`: the next page of a story tells the browser to let go of it."""
    if is_page(page):
        request.session[SAVED] = page


def _mark(row: Autosave) -> str:
    return f"{row.page}@{row.saved_at.isoformat()}"


def _forget_taken_up(request: HttpRequest) -> None:
    """The text that the page was opened with lives on in the page, unless its own tab wrote more since."""
    before, _separator, when = request.POST.get("taken_up", "").partition("@")
    row = Autosave.objects.filter(user=request.user.pk, page=before).first() if before else None
    if row is not None and row.saved_at.isoformat() == when:
        row.delete()
