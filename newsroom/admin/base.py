"""The scoped base of every ModelAdmin and inline of the desk: all its questions go to `access`.

Django's own hooks leave side doors when only `get_queryset` and the permissions are overridden: related choices,
forged numbers, filters and raw-id labels. They are closed here, once.
"""

import logging
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet, URLField
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from articles.search.folding import MAX_CHARACTERS, MAX_WORDS
from newsroom import access, deeds
from newsroom.models import Story

logger = logging.getLogger(__name__)


def signed_in(request: HttpRequest) -> User:
    """The signed-in user. Raises PermissionDenied when nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def take_from_session(request: HttpRequest, name: str) -> Any:
    """What the session keeps under `name`, given out once; None when it keeps nothing.

    A HEAD request gets it too and leaves it there, as nobody sees the page that it asks for.
    """
    return request.session.get(name) if request.method == "HEAD" else request.session.pop(name, None)


def visible_story(request: HttpRequest, number: int | str) -> Story:
    """The story of that number. Raises Http404 when there is none, or when the signed-in user may not read it."""
    return get_object_or_404(access.visible_stories(request.user), pk=number)


def opened_story(request: HttpRequest, number: int | str) -> Story:
    """The story of that number, whose text is about to be shown. When it was submitted, the desk has opened it now.

    Raises Http404 as `visible_story` does. A database that cannot write keeps nobody from reading.
    """
    story = visible_story(request, number)
    record_opened(request, story)
    return story


def record_opened(request: HttpRequest, story: Story) -> None:
    """Put on record that the desk has opened `story`, if so, and read it again where it was taken back just now."""
    try:
        is_there = deeds.record_opened(story, by=request.user)
    except DatabaseError:
        logger.warning("story %s: that it was opened could not be recorded", story.pk, exc_info=True)
        return
    if not is_there:
        story.refresh_from_db()


class RowsField(ModelMultipleChoiceField[Any]):
    """Several rows by their numbers; one that no database can hold is an unknown choice, not a fault."""

    def _check_values(self, value: Any) -> Any:
        for number in value:
            if len(str(number)) > 18:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(number)[:20]}
                )
        return super()._check_values(value)  # type: ignore[misc]


class Scoped(BaseModelAdmin[Any]):
    """What an admin and an inline have in common. Autocomplete calls the view permission with `obj=` by keyword."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        scoped: QuerySet[Any] = access.visible(request.user, self.model)
        ordering = self.get_ordering(request)
        return scoped.order_by(*ordering) if ordering else scoped

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, "view", self.model)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "view", self.model, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "change", self.model, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "delete", self.model, obj)

    def choices_for(self, request: HttpRequest, field: Any) -> QuerySet[Any]:
        """The rows a related field may name. A forged number is outside it, and refused as an unknown choice."""
        return access.visible(request.user, field.remote_field.model)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A field of related rows without the « + » and the pencil beside it.

        For these, Django would ask on every page what is allowed on each related model.
        """
        if isinstance(db_field, ForeignKey):
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        if isinstance(db_field, ManyToManyField):
            return self.formfield_for_manytomany(db_field, request, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        kwargs.setdefault("queryset", self.choices_for(request, db_field))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        kwargs.setdefault("queryset", self.choices_for(request, db_field))
        kwargs.setdefault("form_class", RowsField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ScopedAdmin(Scoped, admin.ModelAdmin[Any]):
    """Stand every ModelAdmin of the desk on this."""

    show_full_result_count = False
    view_on_site = False
    list_per_page = 60

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return access.may(request.user, "add", self.model)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        return self.choices_for(request, db_field)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Django's search by the first words alone: each word is one more condition of the query."""
        words = search_term[:MAX_CHARACTERS].split()[:MAX_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Whether the address may narrow the list so: by its own filters alone, not by any field in any comparison."""
        fields = {entry[0] for entry in self.list_filter if isinstance(entry, tuple)}
        ours = {getattr(entry, "parameter_name", "") for entry in self.list_filter}
        return lookup in ours | {f"{name}__{suffix}" for name in fields for suffix in ("exact", "id__exact", "isnull")}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Not found: the newsroom's record is Move and Revision, not Django's own log."""
        raise Http404


class ScopedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that offers only what the reader of the list may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(row.pk, str(row)) for row in model_admin.choices_for(request, field)]


class ScopedTabularInline(Scoped, admin.TabularInline[Any, Any]):
    """Stand every inline of the desk on this."""

    extra = 0
