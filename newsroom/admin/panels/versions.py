"""The versions of a story: their list, the page of one, two compared, and one restored."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.text import get_text_list
from django.utils.translation import gettext

from newsroom import access, publishing
from newsroom.admin.base import opened_story, signed_in, visible_story
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import version_number
from newsroom.models import Milestone, Move, Revision, Story, lock_story, name_of
from newsroom.stories import saving
from newsroom.stories.content import ContentDict, complete, content_of, surviving, text_in
from newsroom.versions import desk_changes
from newsroom.versions.comparison import compare
from newsroom.versions.names import Names, label_of
from newsroom.workflow import Deed

from .base import HISTORY_ROWS, OpenPage

STORY = "newsroom/story/<int:number>"
MOST_SHOWN = 1000  # versions of one story
ROWS_OF_A_PANEL = 60
# The milestone that a version becomes when a deed is done on it.
BECAME: dict[str, Milestone] = {
    Deed.SUBMIT: Milestone.SUBMITTED,
    Deed.APPROVE: Milestone.APPROVED,
    Deed.PUBLISH: Milestone.PUBLISHED,
    Deed.FLASH: Milestone.PUBLISHED,
    Deed.CORRECT: Milestone.PUBLISHED,
}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the versions, behind the desk's door."""
    return [
        path(f"{STORY}/versions/", desk.admin_view(list_versions), name="newsroom_story_versions"),
        path(f"{STORY}/version/<int:version>/", desk.admin_view(read), name="newsroom_story_revision"),
        path(f"{STORY}/version/<int:version>/restore/", desk.admin_view(restore), name="newsroom_story_restore"),
        path(f"{STORY}/compare/", desk.admin_view(show_comparison), name="newsroom_story_compare"),
        path(f"{STORY}/desk-changes/", desk.admin_view(changes), name="newsroom_story_desk_changes"),
    ]


@dataclass(frozen=True)
class Stretch:
    """Versions in a row: one that stands out, or several that fold away."""

    revisions: list[Revision]
    stands_out: bool


def stretches_of(revisions: list[Revision], latest: int) -> list[Stretch]:
    """Milestones and the last two versions by themselves, what is between them together."""
    outstanding = {revision.pk for revision in revisions if revision.milestone or revision.number >= latest - 1}
    stretches: list[Stretch] = []
    for stands_out, group in groupby(revisions, lambda revision: revision.pk in outstanding):
        rows = list(group)
        stretches += [Stretch([row], True) for row in rows] if stands_out else [Stretch(rows, False)]
    return stretches


def context(page: OpenPage) -> dict[str, Any]:
    """The history of the story, with the moves of it that the page has read if those are all."""
    return {"stretches": history_of(page.story, page.moves if len(page.moves) < HISTORY_ROWS else None)}


def history_of(story: Story, moves: list[Move] | None = None) -> list[Stretch]:
    """The milestones of `story` and its last versions, without their texts. `moves` are all of its moves, if known."""
    rows = list(_rows(story).filter(_of_a_panel(story))[:MOST_SHOWN])
    return stretches_of(with_milestones(story, rows, moves), story.version)


def with_milestones(story: Story, revisions: Iterable[Revision], moves: list[Move] | None = None) -> list[Any]:
    """These versions of `story`, each with all its `milestones`, in the order in which it became so.

    A revision itself keeps the last alone. One query, if any of these has a milestone; none when `moves` gives all
    moves of the story.
    """
    rows: list[Any] = list(revisions)
    became: dict[int, dict[str, None]] = {row.pk: {} for row in rows}
    if moves is not None:
        known = [(move.revision_id, move.deed) for move in sorted(moves, key=lambda move: (move.at, move.pk))]
    elif any(row.milestone for row in rows):
        done = story.moves.filter(deed__in=BECAME).order_by("at", "pk")
        known = list(done.values_list("revision", "deed"))
    else:
        known = []
    for number, deed in known:
        if number in became and deed in BECAME:
            became[number][BECAME[deed]] = None
    for row in rows:
        if row.milestone:
            became[row.pk].setdefault(row.milestone)
        row.milestones = [Milestone(name).label for name in became[row.pk]]
    return rows


def _of_a_panel(story: Story) -> Q:
    return ~Q(milestone="") | Q(number__gt=story.version - ROWS_OF_A_PANEL)


def _rows(story: Story) -> QuerySet[Revision]:
    return story.revisions.select_related("by").defer("content")


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    frame = {**admin.site.each_context(request), **context}
    return render(request, f"newsroom/panels/versions/{name}.html", frame, status=status)


def list_versions(request: HttpRequest, number: int) -> HttpResponse:
    """Every version of a story one may read, with two to choose and compare."""
    story = visible_story(request, number)
    return _page(
        request,
        "versions",
        title=gettext("Versions"),
        story=story,
        stretches=stretches_of(with_milestones(story, _rows(story)[:MOST_SHOWN]), story.version),
        last_two=_last_two(story),
        most=MOST_SHOWN if story.version > MOST_SHOWN else 0,
    )


def read(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """A saved state of a story one may read, whatever became of it since."""
    story = opened_story(request, number)
    revision = get_object_or_404(story.revisions.select_related("by"), number=version)
    with_milestones(story, [revision])
    return _page(
        request,
        "revision",
        title=gettext("Version %(number)s") % {"number": version},
        story=story,
        revision=revision,
        text=text_in(revision),
        may_restore=version != story.version and access.may_edit_text(request.user, story),
    )


def show_comparison(request: HttpRequest, number: int) -> HttpResponse:
    """The versions `avant` and `apres`, word by word; the last two when none is named. The older one stands first."""
    story = opened_story(request, number)
    asked = [version_number(request.GET.get(name)) for name in ("avant", "apres")]
    low, high = sorted(version or default for version, default in zip(asked, _last_two(story), strict=True))
    choices = with_milestones(story, _rows(story).filter(Q(number__in=[low, high]) | _of_a_panel(story)))
    pair = {
        revision.number: revision for revision in story.revisions.select_related("by").filter(number__in=[low, high])
    }
    if len(pair) < len({low, high}):
        raise Http404
    before, after = pair[low], pair[high]
    names = Names(request.user, [before.content, after.content])
    return _page(
        request,
        "compare",
        title=gettext("What changed"),
        story=story,
        before=before,
        after=after,
        choices=choices,
        comparison=compare(complete(before.content), complete(after.content), names),
        may_restore=low != story.version and access.may_edit_text(request.user, story),
    )


def _last_two(story: Story) -> tuple[int, int]:
    return max(story.version - 1, 1), story.version


# --- Restoring ----------------------------------------------------------------------------------------------------


def restore(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """Make an older version the text again: shown by GET, done by POST, as a new version."""
    with transaction.atomic(durable=True):
        if request.method == "POST":
            lock_story(number)
        story = visible_story(request, number)
        revision = get_object_or_404(story.revisions.select_related("by"), number=version)
        if not access.may_edit_text(request.user, story):
            message = gettext("The text of this article is not yours to change now: no version of it can be restored.")
            return refused_page(request, story, message)
        now = content_of(story)
        content, gone = _restorable(request.user, revision, story)
        is_current = version_number(request.POST.get("based_on")) == story.version
        if request.method == "POST" and is_current:
            return _restored(request, story, revision, content)
    # the two texts take time to compare, and nothing is locked any more
    names = Names(request.user, [now, content, complete(revision.content)])
    return _page(
        request,
        "restore",
        status=409 if request.method == "POST" else 200,
        title=gettext("Restore version %(number)s?") % {"number": version},
        story=story,
        revision=revision,
        next_version=story.version + 1,
        is_stale=request.method == "POST",
        comparison=compare(now, content, names),
        gone=[(label_of(name), ", ".join(names.each(name, numbers))) for name, numbers in gone.items()],
    )


def _restorable(user: access.Login, revision: Revision, story: Story) -> tuple[ContentDict, dict[str, list[int]]]:
    """The content of `revision` that can be restored, and the rows it names that are gone or not `user`'s to choose."""
    content, gone = surviving(revision.content, story)
    section = content["section"]
    if section != story.section_id and not access.choosable_sections(user).filter(pk=section).exists():
        content["section"] = story.section_id
        gone["section"] = [section]
    return content, gone


def _restored(request: HttpRequest, story: Story, revision: Revision, content: ContentDict) -> HttpResponse:
    made = saving.put_text(story, content, by=signed_in(request))
    if made is not None:
        publishing.remember_missed(story, revision)
    if made is None:
        messages.info(request, gettext("The text was already as in version %(number)s.") % {"number": revision.number})
    else:
        message = gettext("Restored: the text is again that of version %(old)s, as version %(new)s.")
        messages.success(request, message % {"old": revision.number, "new": made.number})
    return redirect("admin:newsroom_story_change", story.pk)


def changes(request: HttpRequest, number: int) -> HttpResponse:
    """The differences between the text as its writers left it and what the desk made of it."""
    story = visible_story(request, number)
    moves = story.moves.filter(deed__in=desk_changes.REPORTING_DEEDS).select_related("revision")
    change = desk_changes.latest(story, moves[:1])
    context = {
        **admin.site.each_context(request),
        "title": gettext("What the desk changed"),
        "story": story,
        "change": change,
        "who": get_text_list([name_of(user) for user in change.by()], gettext("and")) if change else "",
        "comparison": change and change.compared_for(request.user),
    }
    return render(request, "newsroom/panels/versions/desk_changes.html", context)
