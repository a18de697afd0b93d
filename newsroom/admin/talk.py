"""Talking at the desk: notes on a story, colleagues to name in them, what the desk changed, and one's own account."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from newsroom import access, beside, desk_changes, talking
from newsroom.folding import search_fold, search_words
from newsroom.models import Move, Note, NoteTurn, StaffProfile, Story
from newsroom.models.desk import LONGEST_NOTE, LONGEST_PASSAGE
from newsroom.talking import NotSaid
from newsroom.templatetags.desk import person

from .once import as_key
from .typed import row_number

STORY = "newsroom/story/<int:number>"
TURNS = {"resolve": True, "reopen": False}  # whether it settles the note
MOST_COLLEAGUES = 8


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of what colleagues say to one another, behind the desk's door."""
    turns = [
        path(f"{STORY}/note/<int:note>/{name}/", desk.admin_view(turn), {"turn": name}, f"newsroom_note_{name}")
        for name in TURNS
    ]
    return [
        path(f"{STORY}/note/", desk.admin_view(note), name="newsroom_story_note"),
        *turns,
        path(f"{STORY}/colleagues/", desk.admin_view(colleagues), name="newsroom_story_colleagues"),
        path(f"{STORY}/desk-changes/", desk.admin_view(changes), name="newsroom_story_desk_changes"),
        path("mon-compte/", desk.admin_view(my_account), name="my_account"),
    ]


def _story(request: HttpRequest, number: int) -> Story:
    return get_object_or_404(access.visible_stories(request.user), pk=number)


# --- Notes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TypedNote:
    """A note as typed and not kept yet. `key` is that of its form."""

    text: str = ""
    passage: str = ""
    key: str = ""


def talk_of(request: HttpRequest, story: Story, moves: list[Move]) -> dict[str, Any]:
    """What of its notes and of what the desk changed stands on the page of a story, and what was typed of a new one."""
    typed = _typed(request) if request.method == "POST" else _take_kept(request, story)
    notes = _notes(story)
    return {
        **notes,
        "passage_notes": [note for note in notes["notes"] if note.passage],
        "typed_note": typed,
        "note_key": typed.key or str(uuid4()),
        "longest_note": LONGEST_NOTE,
        "longest_passage": LONGEST_PASSAGE,
        "returned": talking.sent_back(story, moves),
        "desk_change": desk_changes.latest(story, moves) if access.is_writer(request.user, story) else None,
    }


def _notes(story: Story) -> dict[str, list[Note]]:
    turned = Exists(NoteTurn.objects.filter(note=OuterRef("pk")))
    is_silent = not beside.may_have(story, "notes")
    notes = [] if is_silent else list(story.notes.select_related("by").annotate(turned=turned))
    turns = Prefetch("turns", NoteTurn.objects.select_related("by"))
    prefetch_related_objects([note for note in notes if note.turned], turns)
    return {
        "notes": [note for note in notes if note.resolved_at is None],
        "settled_notes": [note for note in notes if note.resolved_at is not None],
    }


def talk_in(request: HttpRequest, story: Story) -> bool:
    """Do what a save of the text says of notes: one to add, one to settle or to take up again. Returns whether any."""
    talked = _add_note(request, story)
    for name, settles in TURNS.items():
        number = row_number(request.POST.get(f"_{name}"))
        if number is not None and (said := _turn(request, story, number, settles=settles)):
            messages.success(request, said)
            talked = True
    return talked


def _add_note(request: HttpRequest, story: Story) -> bool:
    """Keep the note that came with a form and say so; one that is refused comes back with the page."""
    typed = _typed(request)
    if not typed.text and not typed.passage:
        return False
    try:
        said = talking.write_note(
            story, by=cast(User, request.user), text=typed.text, passage=typed.passage, key=as_key(typed.key)
        )
    except NotSaid as refusal:
        request.session[_kept_name(story)] = [typed.text, typed.passage]
        messages.error(request, refusal.message)
        return True
    messages.success(request, gettext("Note added.") if said.is_new else gettext("This note was added already."))
    if said.is_new and said.unknown:
        nobody = gettext("Nobody here is called %(names)s: nobody was told by that name.")
        names = get_text_list([f"@{name}" for name in said.unknown], gettext("or"))
        messages.warning(request, nobody % {"names": names})
    return True


def _turn(request: HttpRequest, story: Story, number: int, *, settles: bool) -> str:
    """Settle a note of this story, or take it up again. Returns what to say of it; nothing when it has no such note."""
    found = Note.objects.filter(story=story, pk=number).first()
    if found is None:
        return ""
    by = cast(User, request.user)
    if talking.resolve(found, by=by) if settles else talking.reopen(found, by=by):
        return gettext("Note resolved.") if settles else gettext("Note reopened.")
    return gettext("Somebody was quicker: the note is as you wanted it.")


def note(request: HttpRequest, number: int) -> HttpResponse:
    """Add a note to a story that one may read."""
    story = _story(request, number)
    if request.method == "POST" and not _add_note(request, story):
        messages.error(request, gettext("Write the note first."))
    return back_to_notes(story)


def turn(request: HttpRequest, number: int, note: int, turn: str) -> HttpResponse:
    """Settle a note, or take it up again: for whoever may read the story. A script is answered with the new list."""
    story = _story(request, number)
    if request.method != "POST":
        return back_to_notes(story)
    said = _turn(request, story, note, settles=TURNS[turn])
    if not said:
        raise Http404
    if request.headers.get("X-Requested-With"):
        context = {**_notes(story), "editable": access.may_edit_text(request.user, story)}
        html = render_to_string("newsroom/story/notes_list.html", context, request)
        return JsonResponse({"said": said, "html": html})
    messages.success(request, said)
    return back_to_notes(story)


def back_to_notes(story: Story) -> HttpResponse:
    """The page of a story, at its notes."""
    return redirect(reverse("admin:newsroom_story_change", args=[story.pk]) + "#notes")


def _typed(request: HttpRequest) -> TypedNote:
    posted = request.POST
    return TypedNote(
        posted.get("new_note", "").strip(), posted.get("note_passage", "").strip(), posted.get("note_key", "")
    )


def _take_kept(request: HttpRequest, story: Story) -> TypedNote:
    match request.session.pop(_kept_name(story), None):
        case [text, passage]:
            return TypedNote(text, passage)
    return TypedNote()


def _kept_name(story: Story) -> str:
    return f"refused-note-{story.pk}"


@require_GET
def colleagues(request: HttpRequest, number: int) -> JsonResponse:
    """Who may be named in a note of this story, by the beginning of a name: `q` is what follows the @."""
    story = _story(request, number)
    words = search_words(request.GET.get("q", ""))
    found = []
    for user in access.readers_of(story).order_by("first_name", "username"):
        folded = search_fold(user.username, user.first_name, user.last_name)
        if user.pk != request.user.pk and all(f" {word}" in f" {folded}" for word in words):
            found.append({"login": user.username, "name": user.get_full_name() or user.username})
    return JsonResponse({"results": found[:MOST_COLLEAGUES]})


# --- What the desk changed ----------------------------------------------------------------------------------------


def changes(request: HttpRequest, number: int) -> HttpResponse:
    """The differences between the text as its writers left it and what the desk made of it."""
    story = _story(request, number)
    moves = story.moves.filter(deed__in=desk_changes.TELLING).select_related("revision")
    change = desk_changes.latest(story, moves[:1])
    context = {
        **admin.site.each_context(request),
        "title": gettext("What the desk changed"),
        "story": story,
        "change": change,
        "who": get_text_list([person(user) for user in change.by()], gettext("and")) if change else "",
        "comparison": change and change.compared_for(request.user),
    }
    return render(request, "newsroom/desk_changes.html", context)


# --- One's own account --------------------------------------------------------------------------------------------


class MailForm(forms.ModelForm[StaffProfile]):
    """Which mail one wants."""

    class Meta:
        model = StaffProfile
        fields = ("wants_mail", "mail_asked", "mail_texts", "mail_desk")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not access.standing_of(self.instance.user).is_any(access.SUB_EDITORS_UP):
            del self.fields["mail_desk"]  # there is none for them


def my_account(request: HttpRequest) -> HttpResponse:
    """What one is to the newsroom, and the mail one wants from it."""
    user = cast(User, request.user)
    profile = StaffProfile.objects.select_related("author").filter(user=user).first() or StaffProfile(user=user)
    form = MailForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Saved: your mail is as you chose."))
        return redirect("admin:my_account")
    context = {
        **admin.site.each_context(request),
        "title": gettext("My account"),
        "form": form,
        "profile": profile,
        "sections": list(profile.sections.all()) if profile.pk else [],
    }
    return render(request, "newsroom/my_account.html", context)
