"""The flash: an urgent text put before readers from one short form, by a chief, with a reason that stays on record."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Section
from newsroom import access, publishing
from newsroom.admin.base import signed_in
from newsroom.admin.forms import resubmission
from newsroom.admin.forms.choices import offer_rows
from newsroom.admin.forms.story import PhotoPicker, one_line
from newsroom.editing import autosave
from newsroom.models import Photo, SectionDesk, StaffProfile, Story
from newsroom.models.notes import LONGEST_NOTE
from newsroom.refusals import Refused
from newsroom.stories import saving
from newsroom.stories.saving import AlreadyStarted
from newsroom.workflow import TRANSITIONS, Deed

from .perform import do

LONGEST_PARAGRAPH = 600  # characters, as for a standfirst


def urls(desk: AdminSite) -> list[URLPattern]:
    """The address of the short form, behind the desk's door."""
    return [path("flash/", desk.admin_view(flash), name="newsroom_flash")]


class FlashForm(forms.Form):
    """What cannot wait, in a few words: the first paragraph is the standfirst, those after it are the body."""

    headline = forms.CharField(label=_("Headline"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    paragraph = forms.CharField(
        label=_("What is known"),
        max_length=4 * LONGEST_PARAGRAPH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One paragraph. Readers are told that more will follow, unless you write a second one."),
    )
    section = forms.ModelChoiceField(label=_("Section"), queryset=Section.objects.none())
    lead_photo = forms.ModelChoiceField(
        label=_("Picture"),
        required=False,
        queryset=Photo.objects.none(),
        widget=PhotoPicker,
        help_text=_("None chosen: the section’s own."),
        error_messages={"invalid_choice": _("This picture is not in the library any more. Choose another one.")},
    )
    author = forms.ModelChoiceField(label=_("Byline"), queryset=Author.objects.none())
    note = forms.CharField(max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2}))
    refusal: Refused | None = None
    sent_before: Story | None = None  # the story that this very form made before, with another text

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"author": _default_author(user)}, label_suffix="")
        self.fields["note"].label = str(TRANSITIONS[Deed.FLASH].question)
        self.fields["note"].error_messages["required"] = str(TRANSITIONS[Deed.FLASH].note_missing)
        choices = {
            "section": access.choosable_sections(user),
            "lead_photo": access.visible(user, Photo),
            "author": access.visible(user, Author),
        }
        for name, rows in choices.items():
            offer_rows(self, name, rows)

    def clean_headline(self) -> str:
        """One line, even when pasted in two."""
        return one_line(self.cleaned_data["headline"])

    def clean_paragraph(self) -> list[str]:
        """The paragraphs as typed, between empty lines."""
        typed = self.cleaned_data["paragraph"].replace("\r", "")
        paragraphs = [one_line(part).strip() for part in typed.split("\n\n") if part.strip()]
        if len(paragraphs[0]) > LONGEST_PARAGRAPH:
            raise ValidationError(
                _("The first paragraph is over %(most)s signs long: cut it in two, with an empty line."),
                params={"most": LONGEST_PARAGRAPH},
            )
        return paragraphs

    def clean(self) -> None:
        super().clean()
        section, photo = self.cleaned_data.get("section"), self.cleaned_data.get("lead_photo")
        if section is None or photo is not None or "lead_photo" in self.errors:
            return
        self.cleaned_data["lead_photo"] = _picture_of(section)
        if self.cleaned_data["lead_photo"] is None:
            self.add_error("lead_photo", _("This section has no picture of its own: choose one in the library."))

    def words(self) -> dict[str, str]:
        """The text that readers will see. Of a valid form."""
        standfirst, *text = self.cleaned_data["paragraph"]
        body = "\n".join(f"<p>{escape(part)}</p>" for part in text or [gettext("More to follow.")])
        return {"headline": self.cleaned_data["headline"], "standfirst": standfirst, "body": body}

    def publish(self, by: User, key: UUID | None) -> Story:
        """Write the text and publish it, both or neither. Of a valid form.

        `key` is that of the form. Raises Refused, or AlreadyStarted when the form was sent before.
        """
        typed = self.cleaned_data
        with publishing.with_pictures(photos=[typed["lead_photo"].pk]), transaction.atomic(durable=True):
            story = saving.start_story(
                by=by,
                key=key,
                authors=[typed["author"].pk],
                topics=[],
                section=typed["section"],
                lead_photo=typed["lead_photo"],
                **self.words(),
            )
            do(Deed.FLASH, story, revision=story.version, by=by, note=typed["note"])
            return story


def _default_author(user: User) -> int | None:
    """The author unless another one is chosen: the one that `user` signs as, or the newsroom as a whole."""
    own = StaffProfile.objects.filter(user=user).values_list("author", flat=True).first()
    return own or Author.objects.filter(is_collective=True).order_by("pk").values_list("pk", flat=True).first()


def _picture_of(section: Section) -> Photo | None:
    """The section's own picture, else that of the section it stands in."""
    own = {
        desk.section_id: desk.photo
        for desk in SectionDesk.objects.select_related("photo").filter(section__in=[section.pk, section.parent_id or 0])
    }
    return own.get(section.pk) or own.get(section.parent_id or 0)


def flash(request: HttpRequest) -> HttpResponse:
    """The short form. When it is refused it comes back as it was typed, with the reasons (409)."""
    user = signed_in(request)
    if not access.may_flash(user):
        return _page(request, None, status=403)
    if request.method != "POST":
        return _page(request, FlashForm(user))
    form = FlashForm(user, request.POST)
    if form.is_valid():
        try:
            story = form.publish(user, resubmission.key_of(request))
        except Refused as refusal:
            form.refusal = refusal
        except AlreadyStarted as sent:
            if form.words().items() <= sent.content.items():
                messages.info(request, gettext("This flash was published already: here it is."))
                return redirect("admin:newsroom_story_change", sent.story.pk)
            form.sent_before = sent.story
        else:
            messages.success(request, str(TRANSITIONS[Deed.FLASH].confirmation))
            return redirect("admin:newsroom_story_change", story.pk)
    return _page(request, form, status=409)


def _page(request: HttpRequest, form: FlashForm | None, *, status: int = 200) -> HttpResponse:
    page = autosave.new_page() if form and form.sent_before else resubmission.page_of(request)
    context = {**admin.site.each_context(request), "title": gettext("Flash"), "form": form, "page": page}
    return render(request, "newsroom/deeds/flash.html", context, status=status)
