"""The list of stories, and the admin that leads to their pages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.search.folding import search_words
from newsroom.admin.base import ScopedAdmin
from newsroom.admin.overview.home import bylines, with_last_move
from newsroom.admin.row_menus import AuthorMenu, PhotoMenu, TopicMenu
from newsroom.models import Story
from newsroom.templatetags.desk import short_when, signed
from newsroom.templatetags.desk import stage as stage_mark
from newsroom.workflow import Deed, Stage

from .correction import CorrectionPage
from .filters import (
    CappedPages,
    LabelMenu,
    LiveMenu,
    MineMenu,
    PersonMenu,
    SectionMenu,
    StageTabs,
    StateMenu,
    menus_for,
)
from .page import StoryPage, with_named_rows


@admin.register(Story)
class StoryAdmin(ScopedAdmin):
    """Stories at the desk: the list, each one's page, and the page on which a live article is corrected at once."""

    actions = None
    list_display = ["stage_cell", "title_cell", "section", "signed", "words_cell", "saved_cell"]
    list_display_links = None
    list_filter = [
        *(StageTabs, MineMenu, SectionMenu, PersonMenu, StateMenu, ("label", LabelMenu), LiveMenu),
        *(AuthorMenu, TopicMenu, PhotoMenu),
    ]
    search_fields = ["folded"]
    list_select_related = ["section__parent"]
    paginator = CappedPages

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return menus_for(request, self.list_filter)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        # the rows are chosen first and read after: joined in one query, databases read the archive section by section
        numbers = list(changes.result_list.values_list("pk", flat=True))
        rows = with_last_move(self.get_queryset(request)).prefetch_related(bylines()).in_bulk(numbers)
        changes.result_list = [rows[number] for number in numbers if number in rows]
        return changes

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Every word, anywhere in the headline or the kicker, without regard to case or accents."""
        for word in search_words(search_term):
            queryset = queryset.filter(folded__contains=word)
        return queryset, False

    @admin.display(description=_("stage"), ordering="stage")
    def stage_cell(self, story: Story) -> SafeString:
        return stage_mark(story.stage)

    @admin.display(description=_("headline"), ordering="headline")
    def title_cell(self, story: Any) -> SafeString:
        flag: str | SafeString = ""
        if story.failure:
            flag = format_html(' <span class="chip red">{}</span>', gettext("Publication failed"))
        elif story.awaits_second_look:
            flag = format_html(' <span class="chip ochre">{}</span>', gettext("Awaits a second look"))
        elif story.stage == Stage.DRAFT and story.last_deed == Deed.SEND_BACK:
            flag = format_html(' <span class="chip ochre">{}</span>', gettext("Sent back"))
        elif story.is_live and story.stage != Stage.PUBLISHED:
            flag = format_html(' <span class="chip blue">{}</span>', gettext("On the air"))
        address = reverse("admin:newsroom_story_change", args=[story.pk])
        return format_html(
            '<span class="title-line"><a href="{}" dir="auto">{}</a>{}</span>', address, story.headline, flag
        )

    @admin.display(description=_("bylines"))
    def signed(self, story: Story) -> str:
        return signed(story) or "—"

    @admin.display(description=_("words"), ordering="words")
    def words_cell(self, story: Story) -> int:
        return story.words

    @admin.display(description=_("modified"), ordering="saved_at")
    def saved_cell(self, story: Story) -> str:
        return short_when(story.saved_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        return with_named_rows(super().get_queryset(request))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of a story, made for this request."""
        page = StoryPage(self.admin_site, request)
        return page.begin() if object_id is None else page.answer(unquote(object_id))

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses, and that of the page where a live article is corrected at once."""
        correct = self.admin_site.admin_view(self.correct)
        return [re_path(rf"^(\d{{1,18}})/({Deed.CORRECT})/$", correct, name="newsroom_story_deed"), *super().get_urls()]

    def correct(self, request: HttpRequest, number: str, _deed: str) -> HttpResponse:
        """The page on which a live article is corrected at once, made for this request."""
        return CorrectionPage(self.admin_site, request).correct(number)
