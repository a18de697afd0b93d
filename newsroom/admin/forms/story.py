"""The form of a story: its text, its filing and its ordered bylines."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom.checklist import HEADLINE_IDEAL, STANDFIRST_IDEAL
from newsroom.models import Photo, Story, StoryByline
from newsroom.stories.content import ContentDict

from .bodies import clean_typed
from .parsing import row_number

LINE = {"rows": 1, "data-grow": "", "data-single-line": ""}


NOT_TO_BE_NAMED = _("No article that you may name has this number. Search for it, or leave this empty.")


def one_line(typed: str) -> str:
    return " ".join(typed.split("\n")).replace("\r", "")


class PhotoPicker(forms.NumberInput):
    """The lead picture as a figure with a search beside it; without JavaScript, the number of the photo."""

    template_name = "newsroom/forms/photo.html"
    stored: Photo | None = None  # the story's own photo, which was read with it

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        number = row_number(str(value or ""))
        photo = self.stored
        if photo is None or photo.pk != number:
            photo = Photo.objects.select_related("credit").filter(pk=number).first() if number else None
        return {**super().get_context(name, value, attrs), "photo": photo}


class StoryForm(forms.ModelForm[Story]):
    class Meta:
        model = Story
        fields = [
            "kicker", "headline", "standfirst", "lead_photo", "lead_caption", "body", "section", "label", "topics",
            "follows", "replies_to", "slug", "search_title", "social_title",
        ]  # fmt: skip
        widgets = {
            "kicker": forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Optional")}),
            "headline": forms.Textarea(
                attrs={
                    **LINE,
                    "data-ideal": "{}-{}".format(*HEADLINE_IDEAL),
                    "spellcheck": "true",
                    "placeholder": _("The headline"),
                }
            ),
            "standfirst": forms.Textarea(
                attrs={
                    "rows": 3,
                    "data-grow": "",
                    "data-ideal": "{}-{}".format(*STANDFIRST_IDEAL),
                    "placeholder": _("What matters, in two sentences"),
                }
            ),
            "lead_caption": forms.Textarea(attrs={**LINE, "placeholder": _("The photo library’s caption")}),
            "lead_photo": PhotoPicker,
            "body": import_string(settings.BODY_WIDGET),
            "topics": forms.CheckboxSelectMultiple,
            "follows": forms.NumberInput(attrs={"min": 1}),
            "replies_to": forms.NumberInput(attrs={"min": 1}),
        }
        error_messages = {
            "headline": {"required": _("A headline is needed to save, even a provisional one.")},
            "section": {"required": _("Choose a section: it says who will review.")},
            "lead_photo": {"invalid_choice": _("This picture is not in the library any more. Choose another one.")},
            "follows": {"invalid_choice": NOT_TO_BE_NAMED},
            "replies_to": {"invalid_choice": NOT_TO_BE_NAMED},
        }

    typed_before: ContentDict = {}  # the kept text that the form is opened with

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.typed_before:
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **self.typed_before}
        super().__init__(*args, **kwargs)
        sections = self.fields.get("section")
        if isinstance(sections, forms.ModelChoiceField) and sections.queryset is not None:
            # a text stays in its section, even where that is not one of the writer's own
            kept = Section.objects.select_related("parent").filter(pk=self.instance.section_id)
            sections.queryset = sections.queryset | kept
        picture = self.fields.get("lead_photo")
        if picture is not None and isinstance(picture.widget, PhotoPicker):
            picture.widget.stored = self.instance.lead_photo
        for name in ("follows", "replies_to"):
            named = self.fields.get(name)
            if isinstance(named, forms.ModelChoiceField) and named.queryset is not None:
                # an article that a colleague named stays, even where the writer may not name it
                may_be_named = Q(pk__in=named.queryset.values("pk")) | Q(pk=getattr(self.instance, f"{name}_id"))
                named.queryset = Story.objects.filter(may_be_named)

    def clean_headline(self) -> str:
        """One line, even when pasted in two."""
        return one_line(self.cleaned_data["headline"])

    def clean_body(self) -> str:
        """The body as the newsroom's cleaner leaves it, typed or pasted."""
        return clean_typed(self.cleaned_data["body"])


class BylineForm(forms.ModelForm[StoryByline]):
    class Meta:
        model = StoryByline
        fields = ["author", "order"]
        widgets = {"order": forms.NumberInput(attrs={"data-order": "", "min": 0, "max": 99})}
        error_messages = {"author": {"required": _("Choose an author, or remove the line.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].required = False

    def has_changed(self) -> bool:
        """A new line without an author is no byline."""
        if self.instance.pk is None and not self["author"].data:
            return False
        return super().has_changed()

    def _get_validation_exclusions(self) -> set[str]:
        # `BylineSet.clean` refuses an author twice. Django would compare with stored rows, and refuse two that swap.
        return super()._get_validation_exclusions() | {"story"}  # type: ignore[misc,no-any-return]


class BylineSet(BaseInlineFormSet[StoryByline, Story, BylineForm]):
    """The bylines as typed, in the order of their numbers."""

    @cached_property
    def authors(self) -> list[Any]:
        """The choices of every line, read once."""
        choices = iter(self.form.base_fields["author"].choices)  # type: ignore[attr-defined]
        return list(choices)  # from an iterator: `list` would first count the choices, by a query

    def get_queryset(self) -> Any:
        """The lines that were read with the story; none where a kept text is opened, whose lines are initial values."""
        read = getattr(self.instance, "_prefetched_objects_cache", {}).get("bylines")
        if read is not None and not self.is_bound and self.queryset is not None and not self.queryset.query.is_empty():
            return list(read)
        return super().get_queryset()

    def add_fields(self, form: BylineForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["author"].choices = self.authors  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        seen: set[int] = set()
        for form in self.kept_forms():
            author = form.cleaned_data["author"].pk
            if author in seen:
                form.add_error("author", _("Signs already: once is enough."))
            seen.add(author)
        if any(form.errors for form in self.kept_forms()):
            raise ValidationError(_("The bylines have something to mend."))

    def kept_forms(self) -> list[BylineForm]:
        return [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("author") and not form.cleaned_data.get("DELETE")
        ]

    def author_ids(self) -> list[int]:
        """The authors that sign, first to last."""
        in_order = sorted(self.kept_forms(), key=lambda form: form.cleaned_data.get("order") or 0)
        return [form.cleaned_data["author"].pk for form in in_order]
