"""Menus of the desk's lists that narrow them to what names one row: the way there is the refusal to delete that row."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Author, ImageCredit, Topic
from newsroom import access
from newsroom.models import Photo, Story, StoryByline

from .forms.parsing import row_number


class RowMenu(admin.SimpleListFilter):
    """One row, named in the address by its number. The menu is there only then: no list of all rows is made for it."""

    template = "newsroom/components/filter_menu.html"
    model: type[Model]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        number = row_number(self.value())
        rows = access.visible(request.user, self.model).filter(pk=number) if number else ()
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        number = row_number(self.value())
        return self.narrow(queryset, number) if number else queryset

    def narrow(self, queryset: QuerySet[Any], number: int) -> QuerySet[Any]:
        """The rows of the list that name row `number`."""
        raise NotImplementedError


class AuthorMenu(RowMenu):
    title = _("author")
    parameter_name = "signature"
    model = Author

    def narrow(self, queryset: QuerySet[Any], number: int) -> QuerySet[Any]:
        return queryset.filter(pk__in=StoryByline.objects.filter(author=number).values("story"))


class TopicMenu(RowMenu):
    title = _("topic")
    parameter_name = "sujet"
    model = Topic

    def narrow(self, queryset: QuerySet[Any], number: int) -> QuerySet[Any]:
        return queryset.filter(pk__in=Story.topics.through.objects.filter(topic=number).values("story"))


class PhotoMenu(RowMenu):
    title = _("photo")
    parameter_name = "photo"
    model = Photo

    def narrow(self, queryset: QuerySet[Any], number: int) -> QuerySet[Any]:
        bodies = Story.body_photos.through.objects.filter(photo=number).values("story")
        leads = Story.objects.filter(lead_photo=number).order_by().values("pk")
        return queryset.filter(pk__in=leads.union(bodies, all=True))


class CreditMenu(RowMenu):
    title = _("credit")
    parameter_name = "credit"
    model = ImageCredit

    def narrow(self, queryset: QuerySet[Photo], number: int) -> QuerySet[Photo]:
        return queryset.filter(credit=number)
