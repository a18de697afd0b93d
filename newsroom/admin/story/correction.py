"""Correcting a live article at once: the form of its text, the kind of the change, and one step to publish both.

The page has the text that readers see, also while a next version is open, which is then laid aside and joined with the
correction. The text is saved and published in one transaction. Refused, neither is done, and the page shows all that
was typed.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom import access, publishing
from newsroom.admin.deeds.pages import NOT_NOW, ChangeDialog
from newsroom.admin.deeds.perform import do
from newsroom.admin.errors import refused_page
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.forms.post import StoryPost
from newsroom.admin.forms.story import StoryForm
from newsroom.admin.panels import autosave, beside, conflict
from newsroom.admin.panels.base import Moment, OpenPage
from newsroom.admin.policies import WITH_EDITOR, guard
from newsroom.deeds import ChangeNotice
from newsroom.models import Story
from newsroom.publishing import JoinedBody, OpenVersion
from newsroom.refusals import Refused
from newsroom.stories.content import complete, content_of
from newsroom.workflow import TRANSITIONS, ChangeKind, Deed

from .holding import hold_what_appears
from .page import StoryPage

CHANGES_OF_THE_TEXT = (ChangeKind.TYPO, ChangeKind.UPDATE)  # refused when the text is unchanged: nothing is mended then


class CorrectionForm(StoryForm):
    """The form of the text. With a `refusal` it is shown again as it was typed, with the reasons."""

    refusal: Refused | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            self.add_error(None, str(self.refusal.message))
            for problem in self.refusal.problems:
                self.add_error(problem.field if problem.field in self.fields else None, str(problem.message))
        return cleaned


class CorrectionPage(StoryPage):
    """The page of a live article while it is corrected at once."""

    form = CorrectionForm

    def __init__(self, site: AdminSite, request: HttpRequest, refusal: Refused | None = None) -> None:
        super().__init__(site, request)
        self._update_page(is_correction=True)
        self.refusal = refusal  # why the correction was not done, when the page is shown again
        self.open_version: OpenVersion | None = None  # the next version, while the story of the page is the live one
        self.bodies: JoinedBody | None = None  # what was posted, joined with the next version before it is locked

    @property
    def may_write(self) -> bool:
        return self.page.rights.may_correct

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": self.refusal})

    def correct(self, number: str) -> HttpResponse:
        """Show the page (GET), or correct the article (POST).

        A text that cannot be corrected any more comes back as it was typed (409). Who may correct none gets 403.
        """
        request, post = self.page.request, self.page.post
        if post is None:
            self._update_page(story=self.get_object(request, number))
            if not self.may_write:
                return refused_page(request, self.page.story, NOT_NOW)
            self._update_page(kept_text=autosave.kept_text_to_open(request, self.page.story, of_live=True))
            self._show_live()
            return self._form()
        try:
            return self._settle(post, number, self._carry_out)
        except Refused as refusal:
            return self._shown_again(number, refusal)

    def _show_live(self) -> None:
        """Make the story of the page the one that readers see, in memory."""
        self.open_version = publishing.show_live(self.page.story)

    def _compared_with_stored(self, post: StoryPost, number: str) -> conflict.Compared | None:
        """What was posted, compared with the live text, and its body joined with the next version, if one is open."""
        story = self.get_queryset(self.page.request).filter(pk=row_number(number) or 0).first()
        if story is None or not access.rights_on(self.page.user, story).may_correct:
            return None
        open_version = publishing.show_live(story)
        live = content_of(story)
        if open_version is not None:
            typed = {**live, **post.text(live)}
            self.bodies = publishing.join_bodies(
                open_version.since.content["body"], typed["body"], open_version.content["body"]
            )
        return conflict.compare_with_stored(story, post) if conflict.needs_comparing(post, story.version) else None

    def _carry_out(self, number: str, post: StoryPost) -> HttpResponse:
        request = self.page.request
        hold_what_appears(post.fields, number)
        self._update_page(story=self.get_object(request, number))
        story = self.page.story
        if not self.page.rights.may_do(Deed.CORRECT):
            return refused_page(request, story, NOT_NOW)
        if not self.may_write:
            return conflict.too_late(request, story, post)
        self._show_live()
        is_on_other_rows = self.open_version is not None or post.based_on != story.version
        post = self._on_what_is_shown(post)
        if self._was_published(post):
            autosave.forget_saved(request, post)
            beside.settle_all(self.page, Moment.CORRECTED)
            messages.info(request, gettext("Published already: readers have this text. Nothing was done twice."))
            return redirect("admin:newsroom_story_change", story.pk)
        answer = self._joined(post)
        if answer is not None:
            return answer
        if self.page.post is not post:
            others = story.changes.filter(revision__number__gt=post.based_on).exclude(by=request.user.pk)
            raise Refused(JOINED if others.exists() else JOINED_WITH_ONES_OWN)
        if post.deed != Deed.CORRECT:
            raise Refused(NOT_YET)
        if is_on_other_rows:
            self._update_page(post=post.with_bylines_anew(story))
            request.POST = self.page.sent.fields  # type: ignore[assignment]  # Django's form reads it there
        return self._form()

    def _on_what_is_shown(self, post: StoryPost) -> StoryPost:
        """The same post, resting on the version that the page shows now if that is the text which it was opened on.

        A next version that was begun or abandoned meanwhile gives the live text another number, and changes no word.
        """
        story = self.page.story
        if post.based_on == story.version:
            return post
        opened_on = story.revisions.filter(number=post.based_on).first()
        if opened_on is None or complete(opened_on.content) != content_of(story):
            return post
        post = post.under(post.page, based_on=str(story.version))
        self._update_page(post=post)
        return post

    def _form(self) -> HttpResponse:
        """The form, or the answer to its post: 409 when it is shown again."""
        request, story = self.page.request, self.page.story
        response = self.changeform_view(request, str(story.pk), "", self.surroundings(self.page, is_editable=True))
        if self.page.post is not None and isinstance(response, TemplateResponse):
            response.status_code = 409
        return guard(response, WITH_EDITOR)

    def _shown_again(self, number: str, refusal: Refused) -> HttpResponse:
        """The page as it was typed, over the rows as they are after the rollback."""
        request = self.page.request
        request.session.pop(autosave.SAVED, None)  # set before the refusal: the browser must keep its copy
        again = CorrectionPage(self.admin_site, request, refusal)
        with transaction.atomic(durable=True):
            again._update_page(story=again.get_object(request, number))
            again._show_live()
            if again.open_version is not None:
                again._update_page(post=again.page.sent.with_bylines_anew(again.page.story))
                request.POST = again.page.sent.fields  # type: ignore[assignment]  # Django's form reads it there
            return again._form()

    def surroundings(self, page: OpenPage, is_editable: bool) -> dict[str, Any]:
        page = page.with_changes(undone=self._undone_deed(page))
        dialog = ChangeDialog(page.story, page.user, page.post.fields if page.post else None)
        frame = super().surroundings(page, is_editable)
        return {**frame, "buttons": [], "correcting": dialog, "open_version": self.open_version}

    def save_model(self, request: HttpRequest, obj: Story, form: Any, change: bool) -> None:
        if self.open_version is not None:
            self.open_version = publishing.lay_aside(obj.pk)
            # what was shown of them had no rows
            obj._prefetched_objects_cache = {}  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def _after_save(self, request: HttpRequest, story: Story) -> HttpResponse:
        dialog = ChangeDialog(story, self.page.user, self.page.sent.fields)
        if not dialog.is_valid():
            raise Refused(_("Not done: say what this change is to readers, in the panel of the actions."))
        notice = dialog.change_notice()
        if notice is not None and self._lacks_its_change(story, notice):
            raise Refused(_("Not done: nothing changed in the text, so there is no typo mended and no update."))
        note = dialog.cleaned_data["note"]
        if self.open_version and not self.is_last_round and not self._is_joined_beforehand(self.open_version, story):
            raise conflict.Outdated
        do(
            Deed.CORRECT, story, revision=story.version, by=self.page.user, note=note, change=notice,
            open_version=self.open_version, bodies=self.bodies,
        )  # fmt: skip
        stored = Story.objects.get(pk=story.pk)
        beside.settle_all(self.page.after_save(stored), Moment.CORRECTED)
        messages.success(request, str(TRANSITIONS[Deed.CORRECT].confirmation))
        if self.open_version is not None:
            self._say_what_became_of(self.open_version, stored)
        return redirect("admin:newsroom_story_change", story.pk)

    def _is_joined_beforehand(self, open_version: OpenVersion, story: Story) -> bool:
        texts = (open_version.since.content["body"], story.body, open_version.content["body"])
        return self.bodies is not None and self.bodies.texts == texts

    def _say_what_became_of(self, open_version: OpenVersion, story: Story) -> None:
        """Tell who corrected the live text whether the open version has the correction now."""
        request = self.page.request
        if story.stage != open_version.stage:
            reason = story.moves.first()
            message = gettext("The next version is back in review, and must be approved again. %(why)s")
            messages.warning(request, message % {"why": reason.note if reason else ""})
        elif story.missed_correction is not None:
            messages.warning(request, str(MISSED))
        elif story.version != open_version.number:
            messages.info(request, gettext("The correction is in the next version too."))

    def _was_published(self, post: StoryPost) -> bool:
        """Whether this very correction, text and notice, is the last one and theirs: it was sent twice."""
        story, user = self.page.story, self.page.user
        dialog, last = ChangeDialog(story, user, post.fields), story.changes.first()
        if post.deed != Deed.CORRECT or last is None or not dialog.is_valid():
            return False
        notice = dialog.change_notice()
        if notice is None or self._lacks_its_change(story, notice):
            return False
        asked = (notice.kind, notice.text.strip(), notice.reply.pk if notice.reply else None, user.pk)
        stored = content_of(story)
        is_same_notice = (last.kind, last.text, last.reply_id, last.by_id) == asked
        return is_same_notice and stored | post.text(stored) == stored

    def _lacks_its_change(self, story: Story, notice: ChangeNotice) -> bool:
        """Whether `notice` announces a change of the text, and the text did not change."""
        post = self.page.post
        return notice.kind in CHANGES_OF_THE_TEXT and post is not None and story.version == post.based_on


MISSED: str | Promise = _(
    "The next version was changed in the same place: it stayed as it was, and waits for somebody to carry the "
    "correction over."
)
JOINED: str | Promise = _(
    "Nothing is published yet: somebody else corrected this article meanwhile. Both texts are joined here; read it "
    "again, then correct."
)
JOINED_WITH_ONES_OWN: str | Promise = _(
    "Nothing is published yet: you corrected this article elsewhere meanwhile. Both texts are joined here; read it "
    "again, then correct."
)
NOT_YET: str | Promise = _("Nothing is published yet; what you typed is here. “Publish the correction” does it.")
