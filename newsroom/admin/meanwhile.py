"""Two people in one form: what each changed is kept, and what both changed is shown to the one who saves last.

A form that stands on `SharedForm` carries what it showed. At its save the row is held, and each field is compared: one
that only the other changed stays as it is stored, one that only this person changed is saved, and one that both changed
is refused with both values, unless it is a long text in which their changes stand apart. Saved again, it replaces what
is stored, knowingly. Every admin of the desk but that of stories stands on `SharedRows`, which holds the row.
"""

import json
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.wording import cut, join_names, legible, one_spaced
from newsroom import body
from newsroom.body.inline import DROPPED_CHARACTERS
from newsroom.editing.merge import Clash, merge_bodies, merge_words
from newsroom.models import name_of

from .base import ScopedAdmin
from .errors import what_was_typed

SHOWN = "shown"
LONGEST_SHOWN = 2000  # characters of a value beside a field

Value = str | bool | list[str]


class SharedForm(forms.ModelForm[Any]):
    """A form of a row that somebody else may have open too."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    not_compared: ClassVar[tuple[str, ...]] = ()  # fields that say what to do, and show nothing that is stored
    bodies: ClassVar[tuple[str, ...]] = ()  # fields that are merged as the body of an article
    one_line: ClassVar[tuple[str, ...]] = ()  # fields of words that are stored with one space between two

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined: list[str] = []  # the labels of the fields that somebody else changed, and that are kept
        self._clashes: list[tuple[str, str]] = []

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return _write(self._stored()) if field_name == SHOWN else super().get_initial_for_field(field, field_name)

    def full_clean(self) -> None:
        if self.is_bound and self.instance.pk:
            self._meet_other_saves()
        super().full_clean()
        for name, sentence in self._clashes:
            self.add_error(name, sentence)
        if self.joined and self.errors:
            self.add_error(None, self.what_was_joined())

    def what_was_joined(self) -> str:
        """The sentence on what somebody else changed meanwhile."""
        words = {"name": last_to_save(self.instance), "fields": join_names(self.joined)}
        return gettext("%(name)s changed this while you had it open: %(fields)s. That is kept.") % words

    # --- The three values of a field

    def compared(self) -> list[str]:
        """The names of the fields that a form shows and a save may take from somebody else."""
        return [
            name
            for name, field in self.fields.items()
            if name != SHOWN
            and name not in self.not_compared
            and not field.disabled
            and not isinstance(field.widget, forms.PasswordInput | forms.FileInput)
        ]

    def _stored(self) -> dict[str, Value]:
        return {
            name: plain(self.fields[name], self.get_initial_for_field(self.fields[name], name))
            for name in self.compared()
        }

    def _meet_other_saves(self) -> None:
        """Put what is stored in the place of what this person left alone, and note what both changed."""
        self.joined, self._clashes = [], []
        stored = self._stored()
        shown = _read(self.data.get(self.add_prefix(SHOWN), ""))
        posted = _as_posted(self.data)
        for name, theirs in stored.items():
            field = self.fields[name]
            key = self.add_prefix(name)
            if name not in shown:
                continue
            base = plain(field, shown[name])
            mine = plain(field, field.widget.value_from_datadict(self.data, self.files, key))
            if name in self.one_line:  # a form that is sent twice clashes with itself nowhere
                mine = one_spaced(str(mine))
            if theirs in (base, mine):
                continue
            if mine == base:
                value: Value | None = theirs
            else:
                value = self._join(name, base, mine, theirs)
            if value is not None:
                _put(posted, key, value)
                self.joined.append(gettext("“%(label)s”") % {"label": capfirst(str(field.label or name))})
            elif name in self.bodies:
                passages = _passages(str(base), str(mine), str(theirs))
                # sent again, it replaces the passages that both changed, and no others
                _put(posted, key, "\n".join(line for each in passages for line in _blocks(each, mine=True)))
                other = [line for each in passages if isinstance(each, Clash) for line in each.theirs]
                seen = [line for each in passages if isinstance(each, Clash) for line in each.base]
                self._note_clash(name, "\n".join(seen), "\n".join(other))
            else:
                self._note_clash(name, base, theirs)
        _put(posted, self.add_prefix(SHOWN), _write(stored))
        self.data = posted

    def _join(self, name: str, base: Value, mine: Value, theirs: Value) -> Value | None:
        """One long text with the changes of both; None when they clash, and for a field that is no long text."""
        if not (isinstance(base, str) and isinstance(mine, str) and isinstance(theirs, str)):
            return None
        if name in self.bodies:
            passages = _passages(base, mine, theirs)
            if any(isinstance(passage, Clash) for passage in passages):
                return None
            return "\n".join(line for each in passages for line in each)
        return merge_words(base, mine, theirs) if isinstance(self.fields[name].widget, forms.Textarea) else None

    def _note_clash(self, name: str, seen: Value, stored: Value) -> None:
        field = self.fields[name]
        sentence = gettext(
            "%(name)s changed this too while you had it open. You saw: “%(seen)s”. Stored now: “%(stored)s”. "
            "What you typed is still here: save again to put it in that place."
        )
        words = {"seen": in_words(field, seen), "stored": in_words(field, stored), "name": last_to_save(self.instance)}
        self._clashes.append((name, sentence % words))


def plain(field: forms.Field, value: Any) -> Value:
    """A value as one may compare it, whether it is stored, was shown or is posted."""
    if isinstance(field, forms.BooleanField):
        return bool(field.to_python(value))
    value = field.prepare_value(value)
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return sorted(str(each) for each in value or [])
    if isinstance(field, forms.IntegerField | forms.CharField):  # a fraction, or an address without its « https:// »
        with suppress(ValidationError):
            value = field.to_python(value)
    if value is None:
        return ""
    text = DROPPED_CHARACTERS.sub("", legible(str(value)))
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def in_words(field: forms.Field, value: Value) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    chosen = value if isinstance(value, list) else [value]
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        numbers = [each for each in chosen if each.isdigit() and len(each) < 19]
        chosen = [str(row) for row in field.queryset.filter(pk__in=numbers)]
    elif isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in field.widget.choices}
        chosen = [labels.get(each, each) for each in chosen]
    return cut(", ".join(each for each in chosen if each), LONGEST_SHOWN) or gettext("nothing")


def last_to_save(row: Any) -> str:
    """The name of whoever saved the row last in the desk, or that it was somebody."""
    kind = ContentType.objects.get_for_model(type(row))
    saves = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user")
    last = saves.order_by("-pk").first()
    return name_of(last.user) if last else gettext("Somebody")


def _passages(base: str, mine: str, theirs: str) -> list[Any]:
    texts = [body.clean(text) if body.fits(text) else None for text in (base, mine, theirs)]
    if None in texts:
        return [Clash(base.split("\n"), mine.split("\n"), theirs.split("\n"))]
    return list(merge_bodies(*map(str, texts)))


def _blocks(passage: Any, *, mine: bool) -> list[str]:
    return list(passage.mine if isinstance(passage, Clash) else passage)


def _write(values: dict[str, Value]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _read(posted: str) -> dict[str, Any]:
    try:
        values = json.loads(posted)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str | bool) or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    }


def _as_posted(data: Any) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name in data:
        value = data.getlist(name) if hasattr(data, "getlist") else data[name]
        posted.setlist(name, value if isinstance(value, list) else [value])
    return posted


def _put(posted: QueryDict, name: str, value: Value) -> None:
    if isinstance(value, bool):
        posted.setlist(name, ["on"] if value else [])
        if not value:
            del posted[name]
    else:
        posted.setlist(name, value if isinstance(value, list) else [value])


class SharedRows(ScopedAdmin):
    """An admin whose rows several people may have open: the row is held at its save, and nobody's change is lost."""

    def hold(self, number: str) -> None:
        """Hold the row until the transaction ends: the form is compared with what is then stored."""
        if number.isascii() and number.isdigit() and len(number) < 19:
            list(self.model._default_manager.select_for_update(no_key=True).filter(pk=number).values_list("pk"))

    def _changeform_view(self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any) -> Any:
        if request.method == "POST" and object_id is not None:
            self.hold(object_id)
        return super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Django's, without what the form carries for itself: the page of the form has it."""
        return [name for name in super().get_fields(request, obj) if name != SHOWN]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change and getattr(form, "joined", None):
            messages.info(request, form.what_was_joined())
        return super().save_form(request, form, change)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """A row that was deleted while its form was open: what was typed is given back, to be copied."""
        typed = what_was_typed(request) if request.method == "POST" else []
        if not typed:
            answer: HttpResponse = super()._get_obj_does_not_exist_redirect(  # type: ignore[misc]
                request, opts, object_id
            )
            return answer
        context = {**self.admin_site.each_context(request), "title": _("Deleted meanwhile"), "typed": typed}
        return render(request, "newsroom/errors/deleted.html", context, status=404)
