"""The pages of the deeds: the form of each, and the same form with the reasons when the deed is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles.models import Article
from newsroom import access
from newsroom.admin.base import signed_in, visible_story
from newsroom.admin.errors import refused_page
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.choices import offer, offer_rows
from newsroom.admin.forms.datetimes import HourField, HourInput, ask_twice
from newsroom.admin.forms.parsing import version_number
from newsroom.deeds import ChangeNotice
from newsroom.models import Story
from newsroom.models.notes import LONGEST_NOTE
from newsroom.publishing.companions import has_own_page, not_public, waited_for
from newsroom.refusals import Refused
from newsroom.scheduling.wording import spoken
from newsroom.stories import saving
from newsroom.stories.backlinks import backlinks_to
from newsroom.stories.saving import AlreadyStarted
from newsroom.workflow import TRANSITIONS, ChangeKind, Deed, Stage

from .buttons import button_for
from .perform import perform, perform_with_note, was_last_done
from .undone import take_undone

LONGEST_NOTICE = 2000  # characters
NOT_NOW = _("This is not to be done on this article now.")


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the deeds, behind the desk's door."""
    story = r"^newsroom/story/(?P<number>\d{1,18})"
    # a correction has a page of its own, with the text
    any_deed = "|".join(deed for deed in Deed if deed is not Deed.CORRECT)
    return [
        re_path(rf"{story}/(?P<deed>{any_deed})/$", desk.admin_view(do_or_ask), name="newsroom_story_deed"),
        re_path(rf"{story}/reply/$", desk.admin_view(open_reply), name="newsroom_story_reply"),
    ]


def do_or_ask(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """Show the page of a deed (GET), or do the deed (POST)."""
    story = visible_story(request, number)
    return answer(request, story, Deed(deed))


class Dialog(forms.Form):
    """The form on the page of a deed. `refusal` holds the reasons once the deed was tried and refused."""

    note = forms.CharField(
        label=_("A note for the record (optional)"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    refusal: Refused | None = None

    def __init__(self, story: Story, user: User, data: QueryDict | None = None, *, note: str = "") -> None:
        super().__init__(data, initial={"note": note}, label_suffix="")
        self.story, self.user = story, user

    def ask(self, deed: Deed) -> None:
        """Put the question that the note of `deed` must answer, if any. Call it before any field is drawn."""
        if question := button_for(access.rights_on(self.user, self.story), deed).asks:
            self.fields["note"].label = str(question)
            self.fields["note"].widget.attrs["required"] = True

    def arguments(self) -> dict[str, Any]:
        """The arguments of the deed besides its note, by their names. Of a valid dialog."""
        return {}

    def message(self, deed: Deed) -> str:
        """The confirmation once the deed is done. Of a valid dialog."""
        return str(TRANSITIONS[deed].confirmation)

    def was_done(self, deed: Deed, revision: int) -> bool:
        """Whether the last move of the story is `deed`, with what was typed here. Of a valid dialog."""
        return was_last_done(self.story, deed, revision=revision, by=self.user, note=self.cleaned_data["note"])


class NoteDialog(Dialog):
    """The page of a deed that asks for no more than a note, for those without JavaScript."""


class WithdrawDialog(Dialog):
    notice = forms.CharField(
        label=_("What readers are told (optional)"),
        required=False,
        max_length=LONGEST_NOTICE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown at the address of the article, which from now on answers that it is gone."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"notice": self.cleaned_data["notice"]}


class ChangeDialog(Dialog):
    """Asks how a new version of a live article is announced to its readers.

    Of a story that is not live it asks nothing.
    """

    change_kind = forms.ChoiceField(
        label=_("What is this change to readers?"),
        required=False,
        choices=ChangeKind.choices,
        widget=forms.RadioSelect,
    )
    change_text = forms.CharField(
        label=_("The note that readers see"),
        required=False,
        max_length=LONGEST_NOTICE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong or unclear, and what is right. Dated, it stands under the article."),
    )
    change_reply = forms.ModelChoiceField(
        label=_("The text of the right of reply"), required=False, queryset=Story.objects.none()
    )

    def __init__(self, story: Story, user: User, data: QueryDict | None = None, *, note: str = "") -> None:
        super().__init__(story, user, data, note=note)
        if not story.is_live:
            for name in ("change_kind", "change_text", "change_reply"):
                del self.fields[name]
            return
        offer_rows(self, "change_reply", access.visible_stories(user).filter(replies_to=story.pk))
        self.initial["change_kind"], self.initial["change_text"] = story.change_kind, story.change_text
        self.initial["change_reply"] = story.change_reply_id

    def change_notice(self) -> ChangeNotice | None:
        """How the change is announced to readers; None when no kind was chosen. Of a valid dialog."""
        kind = self.cleaned_data.get("change_kind")
        if not kind:
            return None
        reply = self.cleaned_data["change_reply"] if kind == ChangeKind.REPLY else None
        return ChangeNotice(ChangeKind(kind), self.cleaned_data["change_text"], reply)

    def arguments(self) -> dict[str, Any]:
        return {"change": self.change_notice()}


class ScheduleDialog(ChangeDialog):
    """Asks for the hour, and a second time for one that is far away. One that is past is refused by the deed."""

    when = HourField(
        label=_("Day and hour"),
        widget=HourInput(yes=_("Yes, publish on %(when)s")),
        error_messages={"required": _("Choose a day and an hour.")},
    )

    def __init__(self, story: Story, user: User, data: QueryDict | None = None, *, note: str = "") -> None:
        super().__init__(story, user, data, note=note)
        if story.embargo_until and story.embargo_until > timezone.now():
            self.initial["when"] = story.embargo_until

    def clean(self) -> dict[str, Any]:
        super().clean()
        ask_twice(self, "when", past=None)
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "when": self.cleaned_data["when"]}

    def message(self, deed: Deed) -> str:
        return f"{super().message(deed)} {spoken(self.cleaned_data['when'].moment).capitalize()}."

    def was_done(self, deed: Deed, revision: int) -> bool:
        """The same deed with another hour is not done yet."""
        self.story.refresh_from_db(fields=["publish_at"])
        return self.story.publish_at == self.cleaned_data["when"].moment and super().was_done(deed, revision)


@dataclass(frozen=True)
class Awaited:
    """A text that is not public, named by the one to be published. With a `box`, the two may appear together."""

    story: Story
    box: Any = None


class PublishDialog(ChangeDialog):
    companions = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of these articles changed meanwhile: look at the list again, then choose.")
        },
    )

    def __init__(self, story: Story, user: User, data: QueryDict | None = None, *, note: str = "") -> None:
        super().__init__(story, user, data, note=note)
        waited = waited_for(story)
        self._waited = [each for each in waited if access.may_view_story(user, each)]
        self.hidden = len(not_public(story)) - len(self._waited)
        # the version goes with the tick: what appears is what was on the screen
        offer(self, "companions", [(_tick(each), each.headline) for each in self._waited if self._may_appear_too(each)])
        self.initial["companions"] = [_tick(each) for each in self._waited if each.pk == story.follows_id]

    def _may_appear_too(self, story: Story) -> bool:
        return story.stage == Stage.READY and Deed.PUBLISH in access.deeds_open_to(self.user, story)

    def awaited(self) -> list[Awaited]:
        """The texts that this one waits for, in the order of the list, each with its box if it may appear too."""
        boxes = {box.data["value"]: box for box in cast(Sequence[Any], self["companions"])}
        return [Awaited(each, boxes.get(_tick(each))) for each in self._waited]

    def arguments(self) -> dict[str, Any]:
        pairs = (tick.split("-") for tick in self.cleaned_data["companions"])
        return {**super().arguments(), "companions": {int(number): int(version) for number, version in pairs}}


def _tick(story: Story) -> str:
    return f"{story.pk}-{story.version}"


DIALOGS: dict[Deed, type[Dialog]] = {
    Deed.SCHEDULE: ScheduleDialog,
    Deed.PUBLISH: PublishDialog,
    Deed.WITHDRAW: WithdrawDialog,
}


def answer(request: HttpRequest, story: Story, deed: Deed) -> HttpResponse:
    """The page of `deed` for a story that is theirs to see, or the answer to the deed that was posted.

    A refused deed that has a page of its own comes back with all that was typed (409). One that is not theirs to do
    answers 403.
    """
    user, kind = signed_in(request), DIALOGS.get(deed, NoteDialog)
    rights = access.rights_on(user, story)
    if request.method != "POST":
        if deed not in rights.open_deeds:
            return refused_page(request, story, NOT_NOW)
        dialog = kind(story, user, note=take_undone(request, story, deed).note)
        dialog.ask(deed)
        return _page(request, deed, dialog)
    revision = version_number(request.POST.get("revision"))
    if not has_own_page(deed, story):
        return perform_with_note(request, story, deed, revision=revision, posted=request.POST)
    if not rights.may_do(deed):
        return refused_page(request, story, NOT_NOW)
    dialog = kind(story, user, request.POST)
    dialog.ask(deed)
    if dialog.is_valid():
        done = perform(
            request, story, deed, revision=revision, note=dialog.cleaned_data["note"],
            was_done=lambda: dialog.was_done(deed, revision), message=dialog.message(deed), **dialog.arguments(),
        )  # fmt: skip
        if not isinstance(done, Refused):
            return done
        dialog.refusal = done
    story.refresh_from_db()
    return _page(request, deed, dialog, status=409)


def _page(request: HttpRequest, deed: Deed, dialog: Dialog, *, status: int = 200) -> HttpResponse:
    story = dialog.story
    button = button_for(access.rights_on(dialog.user, story), deed)
    seen = version_number(request.POST.get("revision")) if request.method == "POST" else 0
    context = {
        **admin.site.each_context(request),
        "title": deed.label,
        "story": story,
        "button": button,
        "dialog": dialog,
        "embargo": spoken(story.embargo_until) if story.embargo_until else "",
        "page": resubmission.page_of(request),
        "seen": seen or story.version,
        "backlinks": backlinks_to(story, request.user) if deed is Deed.WITHDRAW else None,
    }
    return render(request, "newsroom/deeds/deed.html", context, status=status)


@require_POST
def open_reply(request: HttpRequest, number: str) -> HttpResponse:
    """Start the text of a right of reply to a live article, and go to its page."""
    story = visible_story(request, number)
    user = signed_in(request)
    if not story.is_live or not access.may_do(user, Deed.CORRECT, story):
        return refused_page(request, story, NOT_NOW)
    # the headline that readers know: that of the next version is not public
    published = Article.objects.values_list("headline", flat=True).get(pk=story.pk)
    headline = gettext("Right of reply: %(headline)s") % {"headline": published}
    try:
        reply = saving.start_story(
            by=user,
            key=resubmission.key_of(request),
            authors=[],
            topics=[],
            headline=headline[:200],
            section=story.section,
            replies_to=story,
        )
    except AlreadyStarted as sent:
        messages.info(request, gettext("This reply is open already: here it is."))
        return redirect("admin:newsroom_story_change", sent.story.pk)
    messages.success(request, gettext("The reply is open: readers of the article are shown it once it is published."))
    return redirect("admin:newsroom_story_change", reply.pk)
