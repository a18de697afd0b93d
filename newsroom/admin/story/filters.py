"""The filters of the desk's lists, drawn as tabs and menus."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from newsroom.admin.overview import selection
from newsroom.admin.overview.selection import Narrowing
from newsroom.models import Story, name_of
from newsroom.workflow import Stage


class StageTabs(admin.SimpleListFilter):
    """One tab a stage. No counts: those of what is published would read the whole table."""

    title = _("stage")
    parameter_name = selection.STAGE
    template = "newsroom/components/filter_tabs.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Stage.choices)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, code in zip(super().choices(changelist), ["", *Stage.values], strict=True):
            yield {**choice, "code": code}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() in Stage.values else queryset


class NarrowedMenu(admin.SimpleListFilter):
    """A menu of the list that reads the same word of the address as the home, the board and the calendar."""

    template = "newsroom/components/filter_menu.html"
    narrowing: Narrowing  # what the address asks for: see `menus_for`


class SectionMenu(NarrowedMenu):
    """A section with its subsections."""

    title = _("section")
    parameter_name = selection.SECTION

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(section.slug, str(section)) for section in self.narrowing.sections]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.narrowing
        if asked.section is None:
            return queryset
        return queryset.filter(section__in=selection.within(asked.section, asked.sections))


class PersonMenu(NarrowedMenu):
    """The logins that write it, those who were asked to among them."""

    title = _("person")
    parameter_name = selection.PERSON

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(colleague.pk), name_of(colleague)) for colleague in self.narrowing.people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.narrowing.person
        return queryset.filter(pk__in=selection.written_by(asked)) if asked else queryset


class MineMenu(NarrowedMenu):
    title = _("whose")
    parameter_name = selection.MINE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Mine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        mine = selection.written_by(request.user)
        return queryset.filter(pk__in=mine) if self.narrowing.is_mine else queryset


def menus_for(request: HttpRequest, filters: list[Any]) -> list[Any]:
    """The filters of one request's list. What its address asks for is read once for all menus."""
    known = {"narrowing": selection.read(request)}
    return [
        type(entry.__name__, (entry,), known) if isinstance(entry, type) and issubclass(entry, NarrowedMenu) else entry
        for entry in filters
    ]


class StateMenu(admin.SimpleListFilter):
    """States that no stage names. Each is read from a short index of its own."""

    title = _("state")
    parameter_name = "etat"
    template = "newsroom/components/filter_menu.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("retard", _("Late")),
            ("echec", _("Publication failed")),
            ("a-relire", _("Awaits a second look")),
            ("embargo", _("Under embargo")),
            ("sensible", _("Sensitive case")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        conditions = {
            "retard": Q(stage__in=[Stage.DRAFT, Stage.REVIEW], deadline__lt=now),
            "echec": Q(stage=Stage.SCHEDULED) & ~Q(failure=""),
            "a-relire": Q(awaits_second_look=True),
            "embargo": Q(embargo_until__gt=now),
            "sensible": Q(is_sensitive=True),
        }
        asked = conditions.get(self.value() or "")
        return queryset.filter(pk__in=Story.objects.filter(asked).values("pk")) if asked else queryset


class LabelMenu(admin.ChoicesFieldListFilter):
    template = "newsroom/components/filter_menu.html"


class LiveMenu(admin.SimpleListFilter):
    """Whether the story has a live article."""

    title = _("on the air")
    parameter_name = "en-ligne"
    template = "newsroom/components/filter_menu.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("On the air")), ("non", _("Not on the air"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "oui":
                return queryset.filter(live_revision__isnull=False)
            case "non":
                return queryset.filter(live_revision=None)
        return queryset


class CappedPages(Paginator[Any]):
    """Pages whose count stops at `MOST_COUNTED` rows, so that no list counts the archive.

    Older rows are found by searching.
    """

    MOST_COUNTED = 3000

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: self.MOST_COUNTED].count()
