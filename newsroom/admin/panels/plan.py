"""The plan of a story by its form: on the story's page beside the text, and on a page of its own."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Section
from newsroom import access, planning
from newsroom.admin.base import signed_in
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.choices import offer_rows
from newsroom.admin.forms.datetimes import FAR_AWAY, HourField, HourInput, ask_twice
from newsroom.admin.forms.post import PLAN, PLAN_FIELDS, touched_plan
from newsroom.admin.forms.story import one_line
from newsroom.admin.overview import selection
from newsroom.editing import autosave
from newsroom.models import PlanChange, Story, name_of
from newsroom.planning import Subject
from newsroom.refusals import Refused
from newsroom.stories import attached
from newsroom.stories.saving import AlreadyStarted

from .base import HISTORY_ROWS, NOTHING_ASKED, Moment, OpenPage, Outcome

LONGEST = 200_000  # characters: no article is longer
SETTLES_ON = frozenset({Moment.SAVED})


class PersonChoice(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)


class OrderForm(forms.Form):
    """An order: who writes a text, by when and how long, whether it is begun or not."""

    assignee = PersonChoice(
        queryset=User.objects.none(),
        required=False,
        label=gettext_lazy("Assigned to"),
        empty_label=gettext_lazy("Nobody yet"),
        error_messages={"invalid_choice": gettext_lazy("Choose somebody of the list: this one writes no articles.")},
    )
    deadline = HourField(required=False, label=gettext_lazy("Deadline"))
    characters = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST,
        label=gettext_lazy("Length ordered, in signs"),
        error_messages={"invalid": gettext_lazy("Write a whole number of signs.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "assignee", access.assignable())

    def clean(self) -> dict[str, Any]:
        """A deadline in another year than was meant calls nobody. Nor does an embargo that is over keep anything."""
        super().clean()
        for name, past in (("deadline", FAR_AWAY), ("embargo", timedelta(0))):
            if name in self.touched():
                ask_twice(self, name, past=past)
        return self.cleaned_data

    def touched(self) -> set[str]:
        """The fields that hold another value than the page showed."""
        return set(self.fields)

    def ordered(self) -> dict[Subject, Any]:
        """What was typed, as `newsroom.planning` takes it."""
        typed = self.cleaned_data
        deadline = typed.get("deadline")
        return {
            Subject.ASSIGNEE: typed.get("assignee"),
            Subject.DEADLINE: deadline.moment if deadline else None,
            Subject.CHARACTERS: typed.get("characters"),
        }


class PlanForm(OrderForm):
    """The whole plan, as far as it is theirs to change. It posts the values that it showed beside those typed, so
    that whoever changes one thing does not put back another that a colleague changed meanwhile.
    """

    embargo = HourField(required=False, label=gettext_lazy("Under embargo until"))
    sensitive = forms.BooleanField(
        required=False,
        label=gettext_lazy("Sensitive case"),
        help_text=gettext_lazy("No automatic neighbour on its page: two names side by side can do harm."),
    )

    def __init__(self, data: QueryDict | None, *, rights: access.StoryRights) -> None:
        story = rights.story
        initial = {
            "assignee": story.assignee_id,
            "deadline": story.deadline,
            "characters": story.characters_ordered,
            "embargo": story.embargo_until,
            "sensitive": story.is_sensitive,
        }
        super().__init__(data, prefix=PLAN, initial=initial)
        theirs = set()
        if rights.may_plan:
            theirs |= {"assignee", "deadline", "characters"}
        if rights.may_add_caution:
            theirs |= {"embargo", "sensitive"}
        for name in set(self.fields) - theirs:
            del self.fields[name]

    def original_values(self) -> list[tuple[str, str]]:
        """What each field showed when the page was made: names and values of hidden inputs."""
        return [(f"{PLAN}-{name}-was", self._before(name)) for name in self.fields]

    def touched(self) -> set[str]:
        return {name for name in self.fields if self._typed(name) != self.data.get(f"{PLAN}-{name}-was", "")}

    def wanted(self) -> dict[Subject, Any]:
        """The changes of the plan. Of a valid form."""
        touched = {PLAN_FIELDS[name] for name in self.touched()}
        typed = {
            **self.ordered(),
            Subject.EMBARGO: self.cleaned_data.get("embargo"),
            Subject.SENSITIVE: self.cleaned_data.get("sensitive"),
        }
        return {subject: value for subject, value in typed.items() if subject in touched}

    def _typed(self, name: str) -> str:
        return str(self.data.get(f"{PLAN}-{name}", "")).strip()

    def _before(self, name: str) -> str:
        if self.is_bound:
            return str(self.data.get(f"{PLAN}-{name}-was", ""))
        field, value = self.fields[name], self.initial[name]
        if isinstance(field, HourField):
            return cast(HourInput, field.widget).format_value(field.prepare_value(value)) or ""
        if isinstance(field, forms.BooleanField):
            return "on" if value else ""
        return "" if value is None else str(value)


class CommissionForm(OrderForm):
    """A text that nobody has begun."""

    headline = forms.CharField(
        max_length=200,
        label=gettext_lazy("Working headline"),
        error_messages={"required": gettext_lazy("Write a working headline: it says what the text is about.")},
    )
    section = forms.ModelChoiceField(
        queryset=Section.objects.none(),
        label=gettext_lazy("Section"),
        error_messages={
            "required": gettext_lazy("Choose a section: it says who will review."),
            "invalid_choice": gettext_lazy("Choose a section of yours."),
        },
    )
    field_order = ("headline", "section", "assignee", "deadline", "characters")
    sent_before: Story | None = None  # the story that this very form ordered before, under another headline

    def __init__(self, data: QueryDict | None, *, user: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer_rows(self, "section", access.choosable_sections(user))

    def clean_headline(self) -> str:
        return one_line(self.cleaned_data["headline"])

    def commission(self, by: User, key: UUID | None) -> Story:
        """Order it. Of a valid form, whose key is `key`; raises AlreadyStarted when it was sent before."""
        typed = self.cleaned_data
        return planning.commission(
            by=by, headline=typed["headline"], section=typed["section"], wanted=self.ordered(), key=key
        )


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the plan, behind the desk's door."""
    return [
        path("newsroom/story/<int:number>/plan/", desk.admin_view(plan), name="newsroom_story_plan"),
        path("commande/", desk.admin_view(order), name="commission"),
    ]


def context(page: OpenPage) -> dict[str, Any]:
    """The plan: the form of what is theirs to change, if the page has one, and what changed before."""
    return {"plan": None if page.is_correction else _form(page), "plan_changes": changes_of(page.story)}


def _form(page: OpenPage) -> PlanForm | None:
    kept = page.kept_text
    posted = page.post.fields if page.post else kept.posted if kept and touched_plan(kept.posted) else None
    form = PlanForm(posted, rights=page.rights)
    return form if form.fields else None


def changes_of(story: Story) -> list[PlanChange]:
    if not attached.may_have_attached(story, "plan_changes"):
        return []
    return list(story.plan_changes.select_related("by")[:HISTORY_ROWS])


def settle(page: OpenPage) -> Outcome:
    """Change the plan as the post asks. When that is refused, the answer is the page of the plan as it was typed."""
    request, story = page.request, page.story
    form = PlanForm(page.sent.fields, rights=page.rights)
    if not form.touched():
        return NOTHING_ASKED
    return Outcome(did=True, answer=None if _carry_out(request, story, form) else _page(request, story, form))


def plan(request: HttpRequest, number: int) -> HttpResponse:
    """The plan of a story one may read, on a page of its own."""
    story = get_object_or_404(access.visible_stories(request.user).select_related("assignee"), pk=number)
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, rights=access.rights_on(request.user, story))
    if posted is not None and _carry_out(request, story, form):
        return redirect("admin:newsroom_story_change", story.pk)
    return _page(request, story, form)


def order(request: HttpRequest) -> HttpResponse:
    """Order a text: one short form, from the board or from a day of the calendar."""
    if not access.may_commission(request.user):
        return _not_theirs(request)
    if request.method == "POST":
        form = CommissionForm(request.POST, user=request.user)
        if form.is_valid():
            try:
                story = form.commission(signed_in(request), resubmission.key_of(request))
            except AlreadyStarted as sent:
                if sent.content["headline"] == form.cleaned_data["headline"]:
                    messages.info(request, _("This article was ordered already: here it is."))
                    return redirect("admin:newsroom_story_change", sent.story.pk)
                form.sent_before = sent.story
            else:
                messages.success(request, _("Ordered: %(headline)s") % {"headline": story.headline})
                return redirect("admin:newsroom_story_change", story.pk)
    else:
        section = selection.read(request, people=False).section
        initial = {"deadline": request.GET.get("echeance", "")[:16], "section": section.pk if section else None}
        form = CommissionForm(None, user=request.user, initial=initial)
    page = autosave.new_page() if form.sent_before else resubmission.page_of(request)
    context = {"form": form, "page": page, "title": _("Order an article")}
    return _rendered(request, "newsroom/panels/plan/commission.html", context)


def _carry_out(request: HttpRequest, story: Story, form: PlanForm) -> bool:
    if not form.is_valid():
        return False
    try:
        changes = planning.change_plan(story, by=signed_in(request), wanted=form.wanted())
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return False
    for change in changes:
        messages.success(request, planning.sentence_of(change))
    if changes:
        story.refresh_from_db()
    if planning.appears_too_early(story):
        messages.warning(
            request, _("It is scheduled before its embargo ends: the clock will not publish it. Choose another hour.")
        )
    return True


def _page(request: HttpRequest, story: Story, form: PlanForm) -> HttpResponse:
    context = {"story": story, "plan": form, "title": _("Order and embargo"), "plan_changes": changes_of(story)}
    return _rendered(request, "newsroom/panels/plan/plan_page.html", context)


def _not_theirs(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Order an article"), "form": None}
    response = _rendered(request, "newsroom/panels/plan/commission.html", context)
    response.status_code = 403
    return response


def _rendered(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})
