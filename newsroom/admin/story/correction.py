"""Correcting a live article at once: its text in the form one writes in, with what the change is, and one step.

The text and its publication go in together. Refused, neither does, and all that was typed is on the page again.
"""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.body import references
from newsroom import access, publishing
from newsroom.admin.deeds.pages import NOT_NOW, ChangeDialog
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import row_number, whole
from newsroom.admin.forms.post import typed_content
from newsroom.admin.forms.story import LONGEST_BODY, StoryForm
from newsroom.admin.panels import autosave, conflict, notes
from newsroom.admin.policies import WITH_EDITOR, guard
from newsroom.deeds import Told
from newsroom.models import Story
from newsroom.refusals import Refused
from newsroom.stories import content
from newsroom.workflow import TRANSITIONS, ChangeKind, Deed

from .page import BylineInline, StoryPage

UNTOUCHED = (ChangeKind.TYPO, ChangeKind.UPDATE)  # which are nothing without a change of the text


class CorrectionForm(StoryForm):
    """The form one writes in. With a `refusal` it is shown again as it was typed, with the reasons."""

    refusal: Refused | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            self.add_error(None, str(self.refusal.message))
            for problem in self.refusal.problems:
                self.add_error(problem.field if problem.field in self.fields else None, str(problem.message))
        return cleaned


class CorrectedBylines(BylineInline):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever corrects the text says who signs it."""
        return _may_correct(request, obj)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


class CorrectionAdmin(StoryPage):
    """The page of a live article while it is corrected at once. Not registered: `StoryAdmin` leads to it."""

    form = CorrectionForm
    inlines = [CorrectedBylines]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_correct(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "_refusal", None)})

    def correct(self, request: HttpRequest, number: str, _deed: str) -> HttpResponse:
        """Asked by GET, done by POST. What may not be corrected any more is given back (409), to others 403."""
        if request.method != "POST":
            story = self.get_object(request, number)
            if not _may_correct(request, story):
                return refused_page(request, story, NOT_NOW)
            autosave.open_with(request, story)
            return self._form(request, story)
        try:
            with transaction.atomic():
                _hold(request.POST, number)
                return self._carry_out(request, number)
        except Refused as refusal:
            return self._shown_again(request, number, refusal)

    def _carry_out(self, request: HttpRequest, number: str) -> HttpResponse:
        story = self.get_object(request, number)
        if not access.may_do(request.user, Deed.CORRECT, story):
            return refused_page(request, story, NOT_NOW)
        if not _may_correct(request, story):
            return conflict.too_late(request, story)
        if _was_published(request, story):
            autosave.saved(request)
            notes.talk_in(request, story)
            messages.info(request, gettext("Published already: readers have this text. Nothing was done twice."))
            return redirect("admin:newsroom_story_change", story.pk)
        typed, based_on = request.POST, whole(request.POST.get("based_on"))
        answer = conflict.settle(request, story)
        if answer is not None:
            return answer
        if request.POST is not typed:
            others = story.revisions.filter(number__gt=based_on).exclude(by=request.user.pk)
            raise Refused(JOINED if others.exists() else JOINED_WITH_ONES_OWN)
        if typed.get("_deed") != Deed.CORRECT:
            raise Refused(NOT_YET)
        return self._form(request, story)

    def _form(self, request: HttpRequest, story: Story) -> HttpResponse:
        response = self._changeform_view(request, str(story.pk), "", self._page(request, story, True))  # type: ignore[attr-defined]
        if request.method == "POST" and isinstance(response, TemplateResponse):
            response.status_code = 409
        return guard(response, WITH_EDITOR)  # type: ignore[no-any-return]

    def _shown_again(self, request: HttpRequest, number: str, refusal: Refused) -> HttpResponse:
        """The page as it was typed, from the rows as they now stand again."""
        request.session.pop(autosave.SAVED, None)  # said before the refusal: the browser must keep its copy
        request._refusal = refusal  # type: ignore[attr-defined]
        del request._story  # type: ignore[attr-defined]
        with transaction.atomic():
            return self._form(request, self.get_object(request, number))

    def _page(self, request: HttpRequest, story: Story, editable: bool) -> dict[str, Any]:
        page = super()._page(request, story, editable)
        dialog = ChangeDialog(story, cast(User, request.user), request.POST or None)
        return {**page, "buttons": [], "plan": None, "correcting": dialog}

    def _after_save(self, request: HttpRequest, story: Story) -> HttpResponse:
        dialog = ChangeDialog(story, cast(User, request.user), request.POST)
        if not dialog.is_valid():
            raise Refused(_("Not done: say what this change is to readers, in the panel of the actions."))
        told = dialog.told()
        if told is not None and _says_nothing(request, story, told):
            raise Refused(_("Not done: nothing changed in the text, so there is no typo mended and no update."))
        publishing.correct(
            story, revision=story.version, by=cast(User, request.user), note=dialog.cleaned_data["note"], change=told
        )
        notes.talk_in(request, story)
        messages.success(request, str(TRANSITIONS[Deed.CORRECT].said))
        return redirect("admin:newsroom_story_change", story.pk)


JOINED: str | Promise = _(
    "Nothing is published yet: somebody else corrected this article meanwhile. Both texts are joined here; read it "
    "again, then correct."
)
JOINED_WITH_ONES_OWN: str | Promise = _(
    "Nothing is published yet: you corrected this article elsewhere meanwhile. Both texts are joined here; read it "
    "again, then correct."
)
NOT_YET: str | Promise = _("Nothing is published yet; what you typed is here. “Publish the correction” does it.")


def _hold(typed: QueryDict, number: str) -> None:
    """Hold the article with what it is to answer and to show from now on: see `publishing.hold`."""
    body = typed.get("body", "")[:LONGEST_BODY]
    pictures = [typed.get("lead_photo"), *map(str, references(body).images)]
    named = [typed.get("replies_to"), typed.get("change_reply")]
    publishing.hold(int(number), others=map(row_number, named), pictures=map(row_number, pictures))


def _may_correct(request: HttpRequest, story: Story | None) -> bool:
    return story is not None and Deed.CORRECT in access.deeds_open_to(request.user, story)


def _was_published(request: HttpRequest, story: Story) -> bool:
    """Whether this very correction, text and note, is the last that they made: it is sent again."""
    dialog, last = ChangeDialog(story, cast(User, request.user), request.POST), story.changes.first()
    if request.POST.get("_deed") != Deed.CORRECT or last is None or not dialog.is_valid():
        return False
    told = dialog.told()
    if told is None or _says_nothing(request, story, told):
        return False
    asked = (told.kind, told.text.strip(), told.reply.pk if told.reply else None, request.user.pk)
    stored = content.content_of(story)
    is_told = (last.kind, last.text, last.reply_id, last.by_id) == asked
    return is_told and stored | typed_content(request.POST, stored) == stored


def _says_nothing(request: HttpRequest, story: Story, told: Told) -> bool:
    return told.kind in UNTOUCHED and story.version == whole(request.POST.get("based_on"))
