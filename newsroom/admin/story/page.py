"""The page of a story: the text one writes in, what stands around it, and what is done from it."""

from contextlib import nullcontext
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom import access
from newsroom.admin.base import ScopedAdmin, ScopedTabularInline
from newsroom.admin.deeds import buttons
from newsroom.admin.errors import given_back
from newsroom.admin.forms import parsing, resubmission
from newsroom.admin.forms.parsing import row_number
from newsroom.admin.forms.post import typed_content
from newsroom.admin.forms.story import BylineForm, BylineSet, StoryForm
from newsroom.admin.panels import autosave, checklist, checks, conflict, notes, plan, presence, share_links, versions
from newsroom.admin.policies import WITH_EDITOR, WITH_PREVIEW, guard
from newsroom.models import StaffProfile, Story, StoryByline
from newsroom.stories import attached, saving
from newsroom.stories.saving import AlreadyStarted
from newsroom.versions.names import named_articles
from newsroom.workflow import TRANSITIONS, Deed, Stage

TRACK = [Stage.DRAFT, Stage.REVIEW, Stage.READY, Stage.SCHEDULED, Stage.PUBLISHED]
HISTORY_ROWS = 50
NAMING = ("follows", "replies_to")  # the fields that name an article by its number


class BylineInline(ScopedTabularInline):
    model = StoryByline
    form = BylineForm
    formset = BylineSet  # type: ignore[assignment]
    template = "newsroom/story/bylines.html"
    fields = ["author", "order"]
    media = Media()

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One empty line for those without JavaScript, and one for who starts a text."""
        again = autosave.opened_with(request)
        return (2 if obj is None else 1) + (len(again.bylines) if again else 0)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever writes the text says who signs it."""
        return self.has_change_permission(request, obj)


class StoryPage(ScopedAdmin):
    """The page of a story: what the admin of stories and the correction of a live article have in common."""

    form = StoryForm
    inlines = [BylineInline]
    media = Media()
    fieldsets = [
        (None, {"fields": ["kicker", "headline", "standfirst", "lead_photo", "lead_caption", "body"]}),
        (_("Filing"), {"fields": ["section", "label", "topics"], "classes": ["rail", "open"]}),
        (_("Follow-up and right of reply"), {"fields": ["follows", "replies_to"], "classes": ["rail"]}),
        (_("Address and titles"), {"fields": ["slug", "search_title", "social_title"], "classes": ["rail"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        stories: QuerySet[Story] = super().get_queryset(request)
        return stories.select_related("section__parent", "lead_photo__credit", "assignee")

    def choices_for(self, request: HttpRequest, field: Any) -> QuerySet[Any]:
        if field.remote_field.model is Section:
            return access.choosable_sections(request.user)
        if field.remote_field.model is Story:
            return access.choosable_stories(request.user)
        return super().choices_for(request, field)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and obj.pk is None:
            author = StaffProfile.objects.filter(user=request.user.pk).values_list("author", flat=True).first()
            kwargs["initial"] = [{"author": author, "order": 0}] if author else []
        if (again := autosave.opened_with(request)) is not None:
            # all lines are new ones: a save writes the list again as a whole
            kwargs |= {"queryset": StoryByline.objects.none(), "initial": again.bylines}
        return kwargs

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a story, with a text that was kept typed in when it is opened to take that up."""
        form = super().get_form(request, obj, change=change, **kwargs)
        again = autosave.opened_with(request)
        return form if again is None else type(form.__name__, (form,), {"typed_before": again.text})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Story:
        """The story, under lock when it is about to be written. One that is not visible was never there."""
        held: Story | None = getattr(request, "_story", None)
        if held is None:
            if row_number(object_id) is None:
                raise Http404
            if request.method == "POST":
                # held first, then read: a join would lose the row that a colleague files elsewhere meanwhile
                list(Story.objects.select_for_update(no_key=True).filter(pk=object_id).values_list("pk"))
            stories = self.get_queryset(request).prefetch_related("writers")  # asked of by every question of access
            if request.method == "GET":
                stories = attached.with_what_hangs(stories, request.user).prefetch_related("topics", "bylines")
            held = get_object_or_404(stories, pk=object_id)
            request._story = held  # type: ignore[attr-defined]
        return held

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A save that rests on an older text is joined with it, or answered, before anything is read from it."""
        if object_id is None:
            autosave.open_with(request, None)
            try:
                response = super().changeform_view(request, None, form_url, self._blank_page(request))
            except AlreadyStarted as sent:
                return self._sent_again(request, sent)
            return guard(response, WITH_EDITOR)
        # who only reads keeps nobody from writing: where the database has one writer at a time, a transaction would
        with transaction.atomic() if request.method == "POST" else nullcontext():
            try:
                story = self.get_object(request, unquote(object_id))
            except Http404:
                if request.method == "POST" and access.may_enter(request.user):
                    return given_back(request)
                raise
            editable = access.may_edit_text(request.user, story)
            if request.method == "POST":
                if not editable:
                    checks.settle(request, story)  # a check is asked for and given whatever stage the text has reached
                request._sent_on = parsing.whole(request.POST.get("based_on"))  # type: ignore[attr-defined]
                answer = conflict.settle(request, story) if editable else conflict.too_late(request, story)
                if answer is not None:
                    return answer
            if editable:
                autosave.open_with(request, story)
            response = super().changeform_view(request, object_id, form_url)
        shown = getattr(response, "context_data", None) or {}
        if "adminform" in shown:
            # asked once the story is let go: who is refused keeps nobody waiting
            shown.update(self._page(request, self._as_stored(request, story), editable))
        return guard(response, WITH_EDITOR if editable else WITH_PREVIEW)

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

    def _as_stored(self, request: HttpRequest, story: Story) -> Story:
        """The row of `story` as it is, where a form that was refused has written upon it."""
        if request.method != "POST":
            return story
        return self.get_queryset(request).prefetch_related("writers").filter(pk=story.pk).first() or story

    def _blank_page(self, request: HttpRequest) -> dict[str, Any]:
        submit = buttons.button_for(request.user, Deed.SUBMIT, Story())
        page = {"editable": True, "track": TRACK, "now": Stage.DRAFT, "buttons": [submit], "version": 0}
        return {**page, "panel": checklist.blank_panel(request), **autosave.around(request, None)}

    def _page(self, request: HttpRequest, story: Story, editable: bool) -> dict[str, Any]:
        """What stands around the text: stage, buttons, checklist, notes, history."""
        kept = buttons.take_kept(request, story) if request.method == "GET" else buttons.NOTHING_KEPT
        if request.method == "POST":  # shown again only when the save is refused: its notes come back with the text
            kept = buttons.first_said(request.POST) or kept
        elif (again := autosave.opened_with(request)) is not None:
            kept = buttons.first_said(again.posted) or kept
        moves = list(story.moves.select_related("by", "revision").defer("revision__content")[:HISTORY_ROWS])
        last = moves[0] if moves else None
        shown = buttons.buttons_for(request.user, story, kept)
        return {
            "editable": editable,
            "track": TRACK,
            "now": story.stage,
            "version": story.version,
            "buttons": shown,
            "kept": kept,
            **checks.around(request, story, kept),
            "last_move": last,
            "may_retry": access.may_retry(request.user, story),
            "waits_for_others": _waits_for_others(request, story, shown),
            "moves": moves,
            "stretches": versions.history_of(story, moves if len(moves) < HISTORY_ROWS else None),
            **notes.talk_of(request, story, moves),
            **plan.panel(request, story),
            **share_links.panel_of(request.user, story),
            **autosave.around(request, story),
            **presence.panel_of(request, story),
            "bylines": [] if editable else story.bylines.select_related("author"),
            "story_topics": [] if editable else story.topics.all(),
        }

    # --- Saving

    def save_model(self, request: HttpRequest, obj: Story, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.saved_at = timezone.now()
        saving.insert_story(obj, by=cast(User, request.user), key=resubmission.key_of(request))

    @transaction.atomic
    def _sent_again(self, request: HttpRequest, sent: AlreadyStarted) -> HttpResponse:
        """The answer to a new article that was saved from this page before: the one that is there. Other words than
        those are kept beside it.
        """
        story, first = sent.story, sent.content
        typed = typed_content(request.POST, first)
        typed["slug"] = typed.get("slug") or first["slug"]  # made by the desk when none is typed
        if first | typed == first:
            autosave.saved(request)
            messages.info(request, gettext("This article was saved already: here it is."))
        else:
            posted = request.POST.copy()
            posted["based_on"] = "1"
            request.POST = posted  # type: ignore[assignment]
            if not conflict.keep_aside(request, story):
                return conflict.too_late(request, story)
            said = gettext("An article was saved from this page already. What you changed since is kept beside it.")
            messages.warning(request, said)
        return redirect("admin:newsroom_story_change", story.pk)

    def save_formset(self, request: HttpRequest, form: Any, formset: BylineSet, change: bool) -> None:
        """The bylines as one ordered list, written when it is another one: two authors may change places."""
        story: Story = form.instance
        authors = formset.author_ids()
        if authors != list(story.bylines.order_by("order", "pk").values_list("author", flat=True)):
            saving.set_bylines(story, authors)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        story: Story = form.instance
        saving.record_text(story, by=cast(User, request.user))
        autosave.saved(request)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """Django's log stays empty: the newsroom's record is Move and Revision."""
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
        """The text is in; now the note and the deed that came with it."""
        talked = notes.talk_in(request, story)
        planned, answer = plan.settle(request, story)
        if answer is not None:
            return answer
        checked = checks.settle(request, story)
        deed = request.POST.get("_deed")
        if deed in Deed.values:
            return buttons.go_on(request, story, Deed(deed))
        buttons.keep_unsent(request, story)
        if story.version == parsing.whole(request.POST.get("based_on")):
            if getattr(request, "_sent_on", story.version) != story.version:
                messages.info(request, gettext("Already saved: the stored text has all that you typed."))
            elif not talked and not planned and not checked:
                messages.info(request, gettext("Nothing changed: no new version."))
        else:
            messages.success(request, gettext("Saved: version %(version)s.") % {"version": story.version})
        return notes.back_to_notes(story) if talked else redirect("admin:newsroom_story_change", story.pk)


def _waits_for_others(request: HttpRequest, story: Story, shown: list[buttons.Button]) -> bool:
    """Whether four eyes alone keep the button to approve away."""
    deeds = {button.deed for button in shown}
    return (
        story.stage in TRANSITIONS[Deed.APPROVE].sources
        and Deed.APPROVE not in deeds
        and access.may_do(request.user, Deed.APPROVE, story)
    )
