"""The filters of the desk's lists, drawn as tabs and menus."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from newsroom.workflow import Stage

from .base import ScopedFilter


class StageTabs(admin.SimpleListFilter):
    """One tab a stage. No counts: those of what is published would read the whole table."""

    title = _("stage")
    parameter_name = "stage"
    template = "newsroom/filters/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Stage.choices)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, code in zip(super().choices(changelist), ["", *Stage.values], strict=True):
            yield {**choice, "code": code}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() in Stage.values else queryset


class SectionMenu(ScopedFilter):
    template = "newsroom/filters/menu.html"


class LabelMenu(admin.ChoicesFieldListFilter):
    template = "newsroom/filters/menu.html"


class LiveMenu(admin.SimpleListFilter):
    """Whether readers see something of it."""

    title = _("on the air")
    parameter_name = "live"
    template = "newsroom/filters/menu.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("On the air")), ("no", _("Not on the air"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.filter(live_revision__isnull=False)
            case "no":
                return queryset.filter(live_revision=None)
        return queryset


class NearPages(Paginator[Any]):
    """Pages whose count stops at `FAR` rows: beyond, one searches or filters, and no list counts the whole archive."""

    FAR = 3000

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: self.FAR].count()
