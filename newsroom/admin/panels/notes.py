"""Notes on a story beside its text, and the colleagues to name in them."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from articles.search.folding import search_fold, search_words
from newsroom import access
from newsroom.admin.base import signed_in, take_from_session, visible_story
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.forms.resubmission import as_key
from newsroom.models import Note, NoteTurn, Story, name_of
from newsroom.models.notes import LONGEST_NOTE, LONGEST_PASSAGE
from newsroom.review.notes import NoteRefused, last_return, reopen, resolve, write_note
from newsroom.stories import attached
from newsroom.versions import desk_changes

from .base import Moment, OpenPage, Outcome

STORY = "newsroom/story/<int:number>"
TURNS = {"resolve": True, "reopen": False}  # whether it settles the note
MOST_COLLEAGUES = 8
SETTLES_ON = frozenset({Moment.SAVED, Moment.CORRECTED})


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of notes, behind the desk's door."""
    turns = [
        path(f"{STORY}/note/<int:note>/{name}/", desk.admin_view(turn), {"turn": name}, f"newsroom_note_{name}")
        for name in TURNS
    ]
    return [
        path(f"{STORY}/note/", desk.admin_view(note), name="newsroom_story_note"),
        *turns,
        path(f"{STORY}/colleagues/", desk.admin_view(colleagues), name="newsroom_story_colleagues"),
    ]


# --- Notes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TypedNote:
    """A note as typed and not kept yet. `key` is that of its form."""

    text: str = ""
    passage: str = ""
    key: str = ""


def context(page: OpenPage) -> dict[str, Any]:
    """The notes of a story, what the desk changed in its text, and the new note as it was typed."""
    typed, story = _typed_note(page), page.story
    notes = _notes(story)
    return {
        **notes,
        "passage_notes": [note for note in notes["notes"] if note.passage],
        "typed_note": typed,
        "note_key": typed.key or str(uuid4()),
        "longest_note": LONGEST_NOTE,
        "longest_passage": LONGEST_PASSAGE,
        "returned": last_return(story, page.moves),
        "desk_change": desk_changes.latest(story, page.moves) if page.rights.is_writer else None,
    }


def _typed_note(page: OpenPage) -> TypedNote:
    """The new note as it was typed: in the refused post, in the text that is taken up, or in a refused note."""
    if page.post is not None:
        return _typed(page.post.fields)
    kept = _take_kept(page.request, page.story)
    posted = page.kept_text.posted if page.kept_text else None
    if posted is not None and (text := posted.get("new_note", "")):
        return TypedNote(text, posted.get("note_passage", ""))
    return kept


def _notes(story: Story) -> dict[str, list[Note]]:
    turned = Exists(NoteTurn.objects.filter(note=OuterRef("pk")))
    has_none = not attached.may_have_attached(story, "notes")
    notes = [] if has_none else list(story.notes.select_related("by").annotate(turned=turned))
    turns = Prefetch("turns", NoteTurn.objects.select_related("by"))
    prefetch_related_objects([note for note in notes if note.turned], turns)
    return {
        "notes": [note for note in notes if note.resolved_at is None],
        "settled_notes": [note for note in notes if note.resolved_at is not None],
    }


def settle(page: OpenPage) -> Outcome:
    """Add a note, settle one or take one up again, as the post says."""
    request, story = page.request, page.story
    did = _add_note(request, story, _typed(page.sent.fields))
    for name, settles in TURNS.items():
        number = row_number(page.sent.fields.get(f"_{name}"))
        if number is not None and (message := _turn(request, story, number, settles=settles)):
            messages.success(request, message)
            did = True
    return Outcome(did=did, anchor="#notes" if did else "")


def _add_note(request: HttpRequest, story: Story, typed: TypedNote) -> bool:
    """Keep the note that came with a form and say so; one that is refused comes back with the page."""
    if not typed.text and not typed.passage:
        return False
    try:
        written = write_note(
            story, by=signed_in(request), text=typed.text, passage=typed.passage, key=as_key(typed.key)
        )
    except NoteRefused as refusal:
        request.session[_kept_name(story)] = [typed.text, typed.passage]
        messages.error(request, refusal.message)
        return True
    messages.success(request, gettext("Note added.") if written.is_new else gettext("This note was added already."))
    if written.is_new and written.unknown:
        warning = gettext("Nobody here is called %(names)s: nobody was told by that name.")
        names = get_text_list([f"@{name}" for name in written.unknown], gettext("or"))
        messages.warning(request, warning % {"names": names})
    return True


def _turn(request: HttpRequest, story: Story, number: int, *, settles: bool) -> str:
    """Settle a note of this story, or take it up again. Returns the message; empty when it has no such note."""
    note = Note.objects.filter(story=story, pk=number).first()
    if note is None:
        return ""
    by = signed_in(request)
    if resolve(note, by=by) if settles else reopen(note, by=by):
        return gettext("Note resolved.") if settles else gettext("Note reopened.")
    return gettext("Somebody was quicker: the note is as you wanted it.")


def note(request: HttpRequest, number: int) -> HttpResponse:
    """Add a note to a story that one may read."""
    story = visible_story(request, number)
    if request.method == "POST" and not _add_note(request, story, _typed(request.POST)):
        messages.error(request, gettext("Write the note first."))
    return back_to_notes(story)


def turn(request: HttpRequest, number: int, note: int, turn: str) -> HttpResponse:
    """Settle a note, or take it up again: for whoever may read the story. A script is answered with the new list."""
    story = visible_story(request, number)
    if request.method != "POST":
        return back_to_notes(story)
    message = _turn(request, story, note, settles=TURNS[turn])
    if not message:
        raise Http404
    if request.headers.get("X-Requested-With"):
        context = {**_notes(story), "editable": access.may_edit_text(request.user, story)}
        html = render_to_string("newsroom/panels/notes/notes_list.html", context, request)
        return JsonResponse({"message": message, "html": html})
    messages.success(request, message)
    return back_to_notes(story)


def back_to_notes(story: Story) -> HttpResponse:
    """The page of a story, at its notes."""
    return redirect(reverse("admin:newsroom_story_change", args=[story.pk]) + "#notes")


def _typed(posted: QueryDict) -> TypedNote:
    return TypedNote(
        posted.get("new_note", "").strip(), posted.get("note_passage", "").strip(), posted.get("note_key", "")
    )


def _take_kept(request: HttpRequest, story: Story) -> TypedNote:
    match take_from_session(request, _kept_name(story)):
        case [text, passage]:
            return TypedNote(text, passage)
    return TypedNote()


def _kept_name(story: Story) -> str:
    return f"refused-note-{story.pk}"


@require_GET
def colleagues(request: HttpRequest, number: int) -> JsonResponse:
    """Who may be named in a note of this story, by the beginning of a name: `q` is what follows the @."""
    story = visible_story(request, number)
    words = search_words(request.GET.get("q", ""))
    colleagues = []
    for user in access.readers_of(story).order_by("first_name", "username"):
        folded = search_fold(user.username, user.first_name, user.last_name)
        if user.pk != request.user.pk and all(f" {word}" in f" {folded}" for word in words):
            colleagues.append({"login": user.username, "name": name_of(user)})
    return JsonResponse({"results": colleagues[:MOST_COLLEAGUES]})
