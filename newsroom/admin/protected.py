"""Deleting on the desk: what is in use stays, and the refusal never names a text that is not the reader's to see."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from articles.wording import thousands
from newsroom import access
from newsroom.models import Story

from .meanwhile import SharedRows

NAMED_AT_MOST = 5
COUNTED_AT_MOST = 100  # uses: beyond, the list says more than a number


class KeptWhileInUse(SharedRows):
    """An admin whose rows cannot be deleted while they are in use. Subclasses name each use in `uses`."""

    actions = None
    change_list_template = "newsroom/desk_list.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with one button to save, where Django has three."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context | buttons, *args, **kwargs)

    def uses(self, request: HttpRequest, obj: Any) -> Iterator[str | Promise]:
        """The sentences that say where `obj` is in use, for this person; none when it may go."""
        yield from ()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse with sentences. Django would read every row that stands in the way, and name those that are not theirs
        to see.
        """
        with transaction.atomic(durable=True):
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_delete_permission(request, obj):
                if request.method == "POST":  # who begins to use it meanwhile waits, and is then seen, or refused
                    list(self.model._default_manager.select_for_update().filter(pk=obj.pk).values_list("pk"))
                reasons = list(self.uses(request, obj))
                if reasons:
                    refusal = _("“%(name)s” is not deleted: it is in use.") % {"name": obj}
                    messages.error(request, format_html_join(" ", "{}", ((each,) for each in [refusal, *reasons])))
                    return HttpResponseRedirect(
                        reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
                    )
            return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The row itself. `uses` has looked at what depends on it; Django would read all of that to name it."""
        names = [str(obj) for obj in objs]
        may = all(self.has_delete_permission(request, obj) for obj in objs)
        return (
            names,
            {str(self.opts.verbose_name_plural): len(names)},
            set() if may else {str(self.opts.verbose_name)},
            [],
        )


def named_stories(request: HttpRequest, numbers: QuerySet[Any, Any], *, query: str = "") -> str:
    """The sentence on where something is used, with headlines that this person may see; empty when nowhere.

    `numbers` holds the number of each story that uses it, once or twice, and is read from an index. `query` narrows the
    list of stories to them. Few rows are read, however many use it.
    """
    some = numbers[: 2 * (COUNTED_AT_MOST + 1)]
    used = counted(Story.objects.filter(pk__in=some))
    if not used:
        return ""
    seen = access.visible_stories(request.user).filter(pk__in=some)
    named = list(seen.order_by("-saved_at").only("headline")[:NAMED_AT_MOST])
    names: list[str] = [_("“%(headline)s”") % {"headline": story.headline or _("untitled")} for story in named]
    number = counted(seen) if len(named) == NAMED_AT_MOST else len(named)
    if number <= NAMED_AT_MOST:
        names += [_("other articles")] if used > number else []
        return _("Used by: %(articles)s.") % {"articles": get_text_list(names, _("and"))}
    sentence = _("Used by %(number)s articles, among them %(articles)s.") % {
        "number": in_figures(number), "articles": get_text_list(names, _("and")),
    }  # fmt: skip
    return with_list(sentence, "admin:newsroom_story_changelist", query)


def counted(rows: QuerySet[Any, Any]) -> int:
    """How many rows there are, as far as COUNTED_AT_MOST and one more."""
    return rows.order_by()[: COUNTED_AT_MOST + 1].count()


def in_figures(number: int) -> str:
    """« 47 », or « plus de 100 » for a number that `counted` did not count to its end."""
    if number > COUNTED_AT_MOST:
        return _("more than %(number)s") % {"number": thousands(COUNTED_AT_MOST)}
    return thousands(number)


def with_list(sentence: str, name: str, query: str) -> SafeString:
    """`sentence` with the way to the list of that name, narrowed by `query`."""
    return format_html('{} <a href="{}?{}">{}</a>', sentence, reverse(name), query, _("See the list"))


def if_any(rows: QuerySet[Any, Any], sentence: str | Promise) -> Iterator[str]:
    """`sentence`, when there are any such rows."""
    if rows.exists():
        yield str(sentence)
