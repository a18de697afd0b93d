"""Narrows a page of the desk to a section, a person, a stage or one's own texts, as its address says.

Home, board, calendar and list read the same words there, so that a link from one to another keeps them.
The words are French, as all addresses are; a stage is named by the code under which it is stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom import access
from newsroom.admin.forms.parsing import row_number
from newsroom.models import Story, name_of
from newsroom.workflow import IN_WORK, Stage

STAGES = (*IN_WORK, Stage.PUBLISHED)  # what is spiked is asked of the list
# The answer to each question that lets everything through.
EVERYTHING: dict[str, Any] = {"section": None, "person": None, "stage": ""}
SECTION, PERSON, STAGE, MINE = "rubrique", "personne", "etape", "miens"


@dataclass(frozen=True)
class Option:
    label: str | Promise
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Menu:
    """One question of a page's filters, with the address of each answer."""

    title: str | Promise
    options: list[Option]

    @property
    def chosen(self) -> Option | None:
        """The answer that narrows; None for the first one, which lets everything through."""
        return next((option for option in self.options[1:] if option.is_chosen), None)


@dataclass(frozen=True)
class Narrowing:
    """What the address asks for. A section, person or stage that is not there narrows nothing."""

    user: access.Login
    section: Section | None = None
    person: User | None = None
    stage: str = ""
    is_mine: bool = False
    kept: tuple[tuple[str, str], ...] = ()  # what else the address holds, such as the week of a calendar
    sections: tuple[Section, ...] = ()
    people: tuple[User, ...] = ()

    def apply(self, stories: QuerySet[Story]) -> QuerySet[Story]:
        if self.section is not None:
            stories = stories.filter(section__in=within(self.section, self.sections))
        if self.person is not None:
            stories = stories.filter(is_written_by(self.person))
        if self.is_mine:
            stories = stories.filter(is_written_by(self.user))
        if self.stage:
            stories = stories.filter(stage=self.stage)
        return stories

    @property
    def narrows(self) -> bool:
        return bool(self.section or self.person or self.stage or self.is_mine)

    @cached_property
    def query(self) -> str:
        """The query that a link to another page takes along: « ?rubrique=politique&miens=1 »."""
        return _query(self._words())

    def query_with(self, **more: str) -> str:
        """The same with more words, or other ones: `query_with(etape="review")`."""
        return _query({**self._words(), **more})

    def _words(self) -> dict[str, str]:
        return {
            SECTION: self.section.slug if self.section else "",
            PERSON: str(self.person.pk) if self.person else "",
            STAGE: self.stage,
            MINE: "1" if self.is_mine else "",
        }

    # --- What may be chosen

    @property
    def mine(self) -> Option:
        other = replace(self, is_mine=not self.is_mine)
        return Option(_("Mine"), other._address(), self.is_mine)

    @property
    def menus(self) -> list[Menu]:
        menus = [self._menu(_("Section"), _("All sections"), "section", [(str(row), row) for row in self.sections])]
        if self.people:
            people = [(name_of(row), row) for row in self.people]
            menus.append(self._menu(_("Person"), _("Everybody"), "person", people))
            menus.append(self._menu(_("Stage"), _("All stages"), "stage", [(stage.label, stage) for stage in STAGES]))
        return menus

    @property
    def cleared(self) -> str:
        return Narrowing(self.user, kept=self.kept)._address()

    def _menu(
        self, title: Promise, everything: Promise, name: str, choices: Iterable[tuple[str | Promise, Any]]
    ) -> Menu:
        now = getattr(self, name)
        answers: list[tuple[str | Promise, Any]] = [(everything, EVERYTHING[name]), *choices]
        return Menu(title, [Option(label, self._with(name, row)._address(), now == row) for label, row in answers])

    def _with(self, name: str, value: Any) -> "Narrowing":
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def _address(self) -> str:
        return _query({**self._words(), **dict(self.kept)})


def read(request: HttpRequest, *, keep: tuple[str, ...] = (), people: bool = True) -> Narrowing:
    """What the address of a page asks for, among what its reader may see. `keep` are words of that page's own."""
    query, user = request.GET, request.user
    sections = tuple(visible_sections(user))
    staff = tuple(access.assignable()) if people else ()
    stage = query.get(STAGE, "")
    return Narrowing(
        user,
        section=next((row for row in sections if row.slug == query.get(SECTION)), None),
        person=next((row for row in staff if row.pk == row_number(query.get(PERSON))), None),
        stage=stage if stage in STAGES else "",
        is_mine=query.get(MINE) == "1",
        kept=tuple((name, query[name]) for name in keep if query.get(name)),
        sections=sections,
        people=staff,
    )


def visible_sections(user: access.Login) -> list[Section]:
    """The sections to choose among: those whose stories `user` may read, each before its subsections."""
    rows = access.choosable_sections(user)
    return sorted(rows, key=lambda row: (row.root.order, row.root.name, row.parent_id is not None, row.order, row.name))


def within(section: Section, among: Iterable[Section]) -> list[int]:
    """The numbers of a section and of its subsections."""
    return [section.pk, *(row.pk for row in among if row.parent_id == section.pk)]


def is_written_by(person: access.Login) -> Exists:
    """Whether somebody writes a story. The database asks it of each story, so ask it of few."""
    return Exists(Story.writers.through.objects.filter(story=OuterRef("pk"), user=person.pk))


def written_by(person: access.Login) -> Any:
    """The numbers of all the stories somebody ever wrote, as a subquery."""
    return Story.writers.through.objects.filter(user=person.pk).values("story_id")


def _query(words: dict[str, str]) -> str:
    written = {name: value for name, value in words.items() if value}
    return f"?{urlencode(written)}" if written else "?"
