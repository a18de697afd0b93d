"""A day and an hour as people type them, in the newsroom's zone. One that names no moment, or two, is refused.

One that is far away is asked a second time, with its year: that is most often a slip in the year.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.scheduling.wall_time import NoSuchTime, WallTime, wall_time
from newsroom.scheduling.wording import spoken

FARTHEST = timedelta(days=3660)
FAR_AWAY = timedelta(days=30)  # an hour that is farther is asked twice
YES = _("Yes, %(when)s")
SURE_OF = "sure_of"  # ends the name of the box that confirms an hour, whose value is the hour's WallTime.meant


class HourInput(forms.DateTimeInput):
    """The browser's own field, with the hour written beside it in words: browsers write dates in their own language.

    An hour that comes twice in the night of a change of the clocks has a choice between the two. One that is `doubted`
    has a box that confirms it, which says `yes` to that very hour.
    """

    input_type = "datetime-local"
    template_name = "newsroom/forms/hour.html"

    doubted: WallTime | None = None
    is_sure = False

    def __init__(self, attrs: dict[str, Any] | None = None, *, yes: str | Promise = YES) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
        self.yes = yes

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, ""), data.get(f"{name}-which", "")

    def format_value(self, value: Any) -> str | None:
        typed = value[0] if isinstance(value, tuple) else value
        return typed if isinstance(typed, str) else super().format_value(typed)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed, which = value if isinstance(value, tuple) else (value, "")
        context = super().get_context(name, value, attrs)
        return {
            **context,
            "moment": typed if isinstance(typed, datetime) else None,
            "which": which,
            "is_double": _is_double(typed),
            "doubted": self.doubted,
            "is_sure": self.is_sure,
            "yes": self.yes % {"when": spoken(self.doubted.moment)} if self.doubted else "",
        }


class HourField(forms.Field):
    """Cleans to a WallTime, or None when nothing was typed."""

    widget = HourInput
    default_error_messages = {
        "invalid": _("This is no date and hour. Write them so: 2026-11-26 18:00."),
        "far": _("This date is more than ten years away. Check the year."),
    }

    def prepare_value(self, value: Any) -> Any:
        return timezone.localtime(value) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> WallTime | None:
        typed, which = value
        if not typed.strip():
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        naive = _naive(typed)
        if naive is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if _is_far(naive):
            raise ValidationError(self.error_messages["far"], code="far")
        try:
            return wall_time(naive, second={"first": False, "second": True}.get(which))
        except NoSuchTime as problem:
            raise ValidationError(str(problem.message), code="no_such_time") from problem


def ask_twice(form: forms.BaseForm, name: str, *, past: timedelta | None = FAR_AWAY) -> None:
    """Have the hour that was typed in an HourField confirmed if it is FAR_AWAY, or longer ago than `past`.

    The box that confirms an hour does not stand for another one. Called by the form's `clean`.
    """
    when = form.cleaned_data.get(name)
    if when is None:
        return
    ahead = when.moment - timezone.now()
    if ahead > FAR_AWAY:
        question = gettext("This hour is more than thirty days away: confirm it, or choose another.")
    elif past is not None and -ahead > past:
        question = gettext("This hour is past: confirm it, or choose another. Check the year too.")
    else:
        return
    widget = cast(HourInput, form.fields[name].widget)
    widget.doubted = when
    widget.is_sure = form.data.get(f"{form.add_prefix(name)}-{SURE_OF}") == when.meant
    if not widget.is_sure:
        form.add_error(name, question)


def _naive(typed: str) -> datetime | None:
    try:
        moment = parse_datetime(typed.strip()[:40])
    except ValueError:  # well written, but no such date: 30 February
        return None
    return moment.replace(tzinfo=None, second=0, microsecond=0) if moment else None


def _is_far(naive: datetime) -> bool:
    return abs(naive - timezone.localtime().replace(tzinfo=None)) > FARTHEST


def _is_double(typed: Any) -> bool:
    naive = _naive(typed) if isinstance(typed, str) else None
    if naive is None or _is_far(naive):
        return False
    try:
        wall_time(naive)
    except NoSuchTime as problem:
        return problem.is_double
    return False
