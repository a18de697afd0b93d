"""The page of a story: its text, the panels beside it, and the deeds that are done from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom import access, deeds, publishing
from newsroom.admin.base import ScopedAdmin, ScopedTabularInline, record_opened, signed_in
from newsroom.admin.deeds import buttons, perform, undone
from newsroom.admin.errors import give_back_typed
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.bodies import left_out_in
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.forms.post import StoryPost
from newsroom.admin.forms.story import BylineForm, BylineSet, StoryForm
from newsroom.admin.panels import autosave, beside, conflict
from newsroom.admin.panels.base import Moment, OpenPage
from newsroom.admin.policies import WITH_EDITOR, WITH_PREVIEW, guard
from newsroom.models import StaffProfile, Story, StoryByline, lock_story
from newsroom.stories import attached, saving
from newsroom.stories.saving import AlreadyStarted
from newsroom.versions.names import named_articles
from newsroom.workflow import Deed, Stage

from .holding import APPEARING, hold_what_appears, typed_pictures

TRACK = [Stage.DRAFT, Stage.REVIEW, Stage.READY, Stage.SCHEDULED, Stage.PUBLISHED]
Answer = TypeVar("Answer")

ROUNDS = 4  # times that two texts are compared while others save
NAMING = ("follows", "replies_to")  # the fields that name an article by its number


def with_named_rows(stories: QuerySet[Story]) -> QuerySet[Story]:
    """The stories with the rows that their page and the list name, in one query."""
    return stories.select_related("section__parent", "lead_photo__credit", "assignee", "opened_by")


class BylineInline(ScopedTabularInline):
    """The bylines of a text: whoever may write the text says who signs it."""

    model = StoryByline
    form = BylineForm
    formset = BylineSet  # type: ignore[assignment]
    template = "newsroom/story/bylines.html"
    fields = ["author", "order"]
    media = Media()
    may_write: bool  # whether the text of the page is theirs to change in it
    kept_bylines: int = 0  # the lines of the kept text that the page is opened with

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """The number of empty lines: one, for browsers without JavaScript; two on a new article."""
        return (2 if obj is None else 1) + self.kept_bylines

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write

    has_add_permission = has_delete_permission = has_change_permission


class StoryPage(ScopedAdmin):
    """The page of one story in one request: what writing and correcting have in common.

    Django's admin hands only the request to its hooks. Everything else that a hook needs stands in `page`, so each
    request gets a StoryPage of its own.
    """

    form = StoryForm
    inlines = [BylineInline]
    media = Media()
    fieldsets = [
        (None, {"fields": ["kicker", "headline", "standfirst", "lead_photo", "lead_caption", "body"]}),
        (_("Filing"), {"fields": ["section", "label", "topics"], "classes": ["rail", "open"]}),
        (_("Follow-up and right of reply"), {"fields": ["follows", "replies_to"], "classes": ["rail"]}),
        (_("Address and titles"), {"fields": ["slug", "search_title", "social_title"], "classes": ["rail"]}),
    ]

    def __init__(self, site: AdminSite, request: HttpRequest) -> None:
        super().__init__(Story, site)
        post = StoryPost.read(request.POST) if request.method == "POST" else None
        self.page = OpenPage(request, Story(), post)
        self.typed_body = post.fields.get("body", "") if post else ""  # as it was posted, before it was joined
        self.compared: conflict.Compared | None = None  # what was posted, with the newer text that is stored
        self.is_last_round = False
        self.sent_on = (
            post.based_on if post else 0
        )  # the version that was posted, before it was joined with a newer one

    # --- Answering

    def begin(self) -> HttpResponse:
        """The page of a new article, or the answer to its post."""
        request = self.page.request
        self._update_page(kept_text=autosave.kept_text_to_open(request, None))
        try:
            response = self.changeform_view(request, None, "", self._surroundings_of_new_text())
        except AlreadyStarted as started:
            return self._sent_again(started)
        return guard(response, WITH_EDITOR)

    def answer(self, number: str) -> HttpResponse:
        """The page of a story, or the answer to its post.

        A save that rests on an older text is joined with it, or answered, before anything is read from it.
        """
        if self.page.post is not None:
            response, is_form = self._settle(self.page.post, number, self._save)
            return self._finished(response) if is_form else response
        request = self.page.request
        # a reader opens no transaction: where the database has one writer at a time, it would keep others from writing
        self._update_page(story=self.get_object(request, number))
        record_opened(request, self.page.story)
        if self.page.rights.may_edit_text:
            self._update_page(kept_text=autosave.kept_text_to_open(request, self.page.story))
        return self._finished(self.changeform_view(request, number))

    def _finished(self, response: HttpResponse) -> HttpResponse:
        """The page that Django's form made, completed. No lock is held any more."""
        is_editable = self.page.rights.may_edit_text
        self._add_surroundings(response, is_editable)
        return guard(response, WITH_EDITOR if is_editable else WITH_PREVIEW)

    def _settle(self, post: StoryPost, number: str, carry_out: Callable[[str, StoryPost], Answer]) -> Answer:
        """What `carry_out` answers to a post, in a transaction that locks the story.

        A text that rests on an older one is compared with the stored one before the lock. Whoever saves meanwhile does
        not wait, so the texts are compared again then; the last time, both whole texts are shown.
        """
        for rounds_left in reversed(range(ROUNDS)):
            self._update_page(story=Story())
            self.is_last_round = not rounds_left
            self.compared = self._compared_with_stored(post, number)
            try:
                with self._transaction_of(post, number):
                    return carry_out(number, post)
            except conflict.Outdated:
                continue
        raise AssertionError("The last round is never outdated.")

    @contextmanager
    def _transaction_of(self, post: StoryPost, number: str) -> Iterator[None]:
        """The transaction of a post, with the pictures of a publication made ready before it."""
        appears = self.page.is_correction or post.deed in APPEARING
        pictures = publishing.with_pictures(row_number(number) or 0, photos=typed_pictures(post.fields))
        with pictures if appears else nullcontext(), transaction.atomic(durable=True):
            yield

    def _compared_with_stored(self, post: StoryPost, number: str) -> conflict.Compared | None:
        """What was posted, compared with the stored text; None when that is not needed, or is theirs not to see."""
        if row_number(number) is None:
            return None
        stories = self.get_queryset(self.page.request).filter(pk=number)
        version = stories.values_list("version", flat=True).first()
        if version is None or not conflict.needs_comparing(post, version):
            return None
        story = stories.first()
        return conflict.compare_with_stored(story, post) if story is not None else None

    def _save(self, number: str, post: StoryPost) -> tuple[HttpResponse, bool]:
        """The answer to a post, and whether Django's form made it."""
        request = self.page.request
        try:
            self._update_page(story=self.get_object(request, number))
        except Http404:
            if access.may_enter(request.user):
                return give_back_typed(request), False
            raise
        deeds.record_opened(self.page.story, by=self.page.user)
        answer = self._joined(post) if self.page.rights.may_edit_text else self._answer_late_post(post)
        return (self.changeform_view(request, number), True) if answer is None else (answer, False)

    def _joined(self, post: StoryPost) -> HttpResponse | None:
        """Go on with what was posted, joined with what is newer; or the answer, where the two clash."""
        request = self.page.request
        joined = conflict.join_with_stored(request, self.page.story, post, self.compared, waits=not self.is_last_round)
        if isinstance(joined, HttpResponse):
            return joined
        self._update_page(post=joined)
        request.POST = joined.fields  # type: ignore[assignment]  # Django's form reads it there
        return None

    def _answer_late_post(self, post: StoryPost) -> HttpResponse:
        beside.settle_all(self.page, Moment.TOO_LATE)
        return conflict.too_late(self.page.request, self.page.story, post)

    def _update_page(self, **changes: Any) -> None:
        self.page = self.page.with_changes(**changes)

    # --- Reading

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        return with_named_rows(super().get_queryset(request))

    def choices_for(self, request: HttpRequest, field: Any) -> QuerySet[Any]:
        if field.remote_field.model is Section:
            return access.choosable_sections(request.user)
        if field.remote_field.model is Story:
            return access.choosable_stories(request.user)
        return super().choices_for(request, field)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if self.page.post is None and obj.pk is None:
            author = StaffProfile.objects.filter(user=request.user.pk).values_list("author", flat=True).first()
            kwargs["initial"] = [{"author": author, "order": 0}] if author else []
        if (kept := self.page.kept_text) is not None:
            # these lines have no row yet: `save_formset` replaces the whole list
            kwargs |= {"queryset": StoryByline.objects.none(), "initial": kept.bylines}
        return kwargs

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The lists under the text, which know whether this page may change it."""
        known = {
            "may_write": self.may_write,
            "kept_bylines": len(self.page.kept_text.bylines) if self.page.kept_text else 0,
        }
        return [type(inline.__name__, (inline,), known) for inline in self.inlines]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a story, with the kept text typed in when the page is opened with one."""
        form = super().get_form(request, obj, change=change, **kwargs)
        kept = self.page.kept_text
        return form if kept is None else type(form.__name__, (form,), {"typed_before": kept.text})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Story:
        """The story, under lock for a post. Raises Http404 for one that does not exist or is not theirs to see."""
        if not self.page.is_new:
            return self.page.story
        if row_number(object_id) is None:
            raise Http404
        if self.page.post is not None and self.page.post.deed in APPEARING:
            hold_what_appears(self.page.post.fields, object_id)
        elif self.page.post is not None:
            lock_story(object_id)
        stories = self.get_queryset(request).prefetch_related("writers")  # every question of access reads them
        if self.page.post is None:
            stories = attached.with_attached(stories, request.user).prefetch_related("topics", "bylines")
        return get_object_or_404(stories, pk=object_id)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) if obj is not self.page.story else self.may_write

    @property
    def may_write(self) -> bool:
        """Whether the text of the page is theirs to change in it."""
        return access.may_write_stories(self.page.user) if self.page.is_new else self.page.rights.may_edit_text

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The page, with the articles that its fields name."""
        form = context["adminform"].form
        typed = {
            name: row_number(str(form[name].value() if name in form.fields else getattr(form.instance, f"{name}_id")))
            for name in NAMING
        }
        found = named_articles(request.user, {number for number in typed.values() if number})
        named = {name: found[number] for name, number in typed.items() if number}
        return super().render_change_form(request, context | {"named_articles": named}, *args, **kwargs)

    # --- The surroundings of the text

    def _surroundings_of_new_text(self) -> dict[str, Any]:
        submit = buttons.button_for(self.page.rights, Deed.SUBMIT)
        frame = {"editable": True, "track": TRACK, "now": Stage.DRAFT, "buttons": [submit], "version": 0}
        return {**frame, **beside.context_of(self.page)}

    def _add_surroundings(self, response: HttpResponse, is_editable: bool) -> None:
        """Complete the page that Django's form made, if it made one.

        This runs once the lock on the story is released, so that a refused form keeps nobody waiting.
        """
        if not isinstance(response, TemplateResponse) or "adminform" not in (response.context_data or {}):
            return
        page, story = self.page, self.page.story
        if page.post is not None:  # a refused form has changed the row in memory
            stored = self.get_queryset(page.request).prefetch_related("writers").filter(pk=story.pk).first()
            page = page.after_save(stored or story)
        context = self.surroundings(page.with_changes(undone=self._undone_deed(page)), is_editable)
        response.context_data = {**(response.context_data or {}), **context}

    def _undone_deed(self, page: OpenPage) -> undone.UndoneDeed:
        """The deed that comes back with the page: what was posted or kept for one, else the last that was refused."""
        typed = undone.typed_for(page.typed) if page.typed is not None else None
        refused = undone.NONE_UNDONE if page.post is not None else undone.take_undone(page.request, page.story)
        return typed or refused

    def surroundings(self, page: OpenPage, is_editable: bool) -> dict[str, Any]:
        """The context of what stands around the text: stage, buttons, panels."""
        story, rights = page.story, page.rights
        return {
            "editable": is_editable,
            "track": TRACK,
            "now": story.stage,
            "version": story.version,
            "buttons": buttons.buttons_for(rights, page.undone),
            "undone": page.undone,
            "last_move": page.moves[0] if page.moves else None,
            "moves": page.moves,
            "may_retry": rights.may_retry,
            "waits_for_others": rights.waits_for_other_eyes,
            **beside.context_of(page),
            "bylines": [] if is_editable else story.bylines.select_related("author"),
            "story_topics": [] if is_editable else story.topics.all(),
        }

    # --- Saving

    def save_model(self, request: HttpRequest, obj: Story, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.saved_at = timezone.now()
        saving.insert_story(obj, by=signed_in(request), key=resubmission.key_of(request))

    @transaction.atomic(durable=True)
    def _sent_again(self, started: AlreadyStarted) -> HttpResponse:
        """The answer to a new article that this page has saved before: the stored one. A text that differs from it is
        kept beside it.
        """
        request, post = self.page.request, self.page.sent
        story, first = started.story, started.content
        typed = post.text(first)
        typed["slug"] = typed.get("slug") or first["slug"]  # made by the desk when none is typed
        if first | typed == first:
            autosave.forget_saved(request, post)
            messages.info(request, gettext("This article was saved already: here it is."))
            return redirect("admin:newsroom_story_change", story.pk)
        post = post.under(post.page, based_on="1")
        if conflict.keep_aside(request, story, post) is None:
            return conflict.too_late(request, story, post)
        message = gettext("An article was saved from this page already. What you changed since is kept beside it.")
        messages.warning(request, message)
        return redirect("admin:newsroom_story_change", story.pk)

    def save_formset(self, request: HttpRequest, form: Any, formset: BylineSet, change: bool) -> None:
        """Write the bylines as one ordered list, if it changed: row by row, two authors could not change places."""
        story: Story = form.instance
        authors = formset.author_ids()
        if authors != list(story.bylines.order_by("order", "pk").values_list("author", flat=True)):
            saving.set_bylines(story, authors)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        story: Story = form.instance
        saving.record_text(story, by=signed_in(request))
        autosave.forget_saved(request, self.page.sent)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """Empty, as Django's log stays: the newsroom's record is Move and Revision."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def response_add(self, request: HttpRequest, obj: Story, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_save(request, obj)

    def response_change(self, request: HttpRequest, obj: Story) -> HttpResponse:
        return self._after_save(request, obj)

    def _after_save(self, request: HttpRequest, story: Story) -> HttpResponse:
        """Let the panels do their part of the post once the text is saved, then do the deed that came with it."""
        settled = beside.settle_all(self.page.after_save(story), Moment.SAVED)
        if settled.answer is not None:
            return settled.answer
        post = self.page.sent
        if left_out := left_out_in(self.typed_body):
            messages.warning(request, left_out)
        if post.deed is not None:
            return perform.go_on(request, story, post.deed, post)
        undone.keep_unsent(request, story, post.fields)
        if story.version != post.based_on:
            messages.success(request, gettext("Saved: version %(version)s.") % {"version": story.version})
        elif self.sent_on != story.version:
            messages.info(request, gettext("Already saved: the stored text has all that you typed."))
        elif not settled.did:
            messages.info(request, gettext("Nothing changed: no new version."))
        return redirect(reverse("admin:newsroom_story_change", args=[story.pk]) + settled.anchor)
