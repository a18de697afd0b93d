"""A correction that readers have and the next version lacks: said on its page, and carried over place by place."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom import access, publishing
from newsroom.admin.base import visible_story
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import version_number
from newsroom.editing.merge import merge_contents
from newsroom.models import Story, lock_story
from newsroom.stories.content import content_of
from newsroom.workflow import Deed

from . import conflict
from .base import NOTHING_ASKED, Moment, OpenPage, Outcome

SETTLES_ON = frozenset({Moment.SAVED})
NOT_YOURS = _("The text of this article is not yours to change now, so the correction is not yours to carry over.")


def urls(desk: AdminSite) -> list[URLPattern]:
    """The address of the choice, behind the desk's door."""
    view = desk.admin_view(carry_over)
    return [path("newsroom/story/<int:number>/correction/", view, name="newsroom_story_carry_over")]


def context(page: OpenPage) -> dict[str, Any]:
    """The correction that the text lacks, if it lacks one."""
    story = page.story
    if story.missed_correction is None:
        return {"missed": None}
    corrected = story.moves.filter(deed=Deed.CORRECT, revision__number=story.missed_correction)
    return {
        "missed": corrected.select_related("by", "revision").defer("revision__content").first(),
        "missed_since": story.missed_since,
    }


def settle(page: OpenPage) -> Outcome:
    """Go to the choice when that was asked for; forget the correction once it was carried over."""
    story, fields = page.story, page.sent.fields
    if story.missed_correction is None:
        return NOTHING_ASKED
    if "_carry" in fields:
        return Outcome(did=True, answer=redirect("admin:newsroom_story_carry_over", story.pk))
    if version_number(fields.get("carried")) != story.missed_correction:
        return NOTHING_ASKED
    publishing.forget_missed(story)
    messages.success(page.request, gettext("Settled: this version has its own text and the correction, as you chose."))
    return Outcome(did=True)


def carry_over(request: HttpRequest, number: int) -> HttpResponse:
    """Both texts, to choose from place by place (GET); or leave the version without the correction (POST)."""
    if request.method == "POST":
        return _leave_out(request, number)
    story = visible_story(request, number)
    if not access.may_edit_text(request.user, story):
        return refused_page(request, story, NOT_YOURS)
    texts = publishing.missed_texts(story)
    if texts is None:
        return _settled_already(request, story)
    before, after = texts
    merge = merge_contents(before, after, content_of(story))
    return conflict.to_carry_over(request, story, before, merge)


@transaction.atomic(durable=True)
def _leave_out(request: HttpRequest, number: int) -> HttpResponse:
    lock_story(number)
    story = visible_story(request, number)
    if not access.may_edit_text(request.user, story):
        return refused_page(request, story, NOT_YOURS)
    if story.missed_correction is None:
        return _settled_already(request, story)
    if version_number(request.POST.get("correction")) != story.missed_correction:
        messages.warning(request, gettext("The article was corrected once more meanwhile: look at both texts again."))
        return redirect(reverse("admin:newsroom_story_carry_over", args=[story.pk]))
    publishing.forget_missed(story)
    messages.success(request, gettext("Settled: this version stays as it is, without the correction."))
    return redirect("admin:newsroom_story_change", story.pk)


def _settled_already(request: HttpRequest, story: Story) -> HttpResponse:
    messages.info(request, gettext("Settled already: this version lacks no correction."))
    return redirect("admin:newsroom_story_change", story.pk)
