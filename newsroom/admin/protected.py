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
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from newsroom import access
from newsroom.models import Story

from .meanwhile import SharedRows

NAMED_AT_MOST = 5


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
        """Refuse with sentences. Django would list every row that stands in the way, even those not theirs to see."""
        with transaction.atomic():
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_delete_permission(request, obj):
                reasons = list(self.uses(request, obj))
                if reasons:
                    refusal = _("“%(name)s” is not deleted: it is in use.") % {"name": obj}
                    messages.error(request, " ".join([refusal, *map(str, reasons)]))
                    return HttpResponseRedirect(
                        reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
                    )
            return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The row itself and no row that depends on it, which might name a text that is not the person's to see."""
        _nested, _counts, lacking, protected = super().get_deleted_objects(objs, request)
        names = [str(obj) for obj in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(lacking), names if protected else []


def named_stories(request: HttpRequest, stories: QuerySet[Story]) -> str:
    """The sentence on where something is used, with the headlines that this person may see; empty when nowhere."""
    if not stories.exists():
        return ""
    seen = access.visible_stories(request.user).filter(pk__in=stories.values("pk")).order_by("-saved_at")
    named = list(seen.only("headline")[:NAMED_AT_MOST])
    names = [_("“%(headline)s”") % {"headline": story.headline or _("untitled")} for story in named]
    if stories.exclude(pk__in=[story.pk for story in named]).exists():
        names.append(_("other articles"))
    return _("Used by: %(articles)s.") % {"articles": get_text_list(names, _("and"))}


def if_any(rows: QuerySet[Any, Any], sentence: str | Promise) -> Iterator[str]:
    """`sentence`, when there are any such rows."""
    if rows.exists():
        yield str(sentence)
