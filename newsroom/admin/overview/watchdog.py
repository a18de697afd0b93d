"""The watchdog: whether the clock beats, in a line that the desk's pages show, and the way to try again what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import DateTimeField, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, re_path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from newsroom import access, deeds
from newsroom.admin.base import signed_in, visible_story
from newsroom.admin.errors import refused_page
from newsroom.models import Beat
from newsroom.refusals import NotAllowed, Refused
from newsroom.scheduling.wording import hour, spoken
from newsroom.workflow import Stage

STOPPED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Watchdog:
    """What is known of the clock, by the database's own hour: `silent_for` is None when it never beat."""

    silent_for: timedelta | None
    next_departure: datetime | None

    @property
    def is_stopped(self) -> bool:
        return self.silent_for is None or self.silent_for >= STOPPED_AFTER

    def __str__(self) -> str:
        """The line, as the desk reads it."""
        if self.silent_for is None:
            return _("The clock has never beaten: nothing goes out at its hour. Tell the technician.")
        if self.is_stopped:
            lasted = _lasting(self.silent_for)
            return _("The clock has been stopped for %(time)s: nothing goes out. Tell the technician.") % {
                "time": lasted
            }
        beats = _("The clock beats, seen %(time)s ago.") % {"time": _lasting(self.silent_for)}
        return f"{beats} {self._departure()}"

    def _departure(self) -> str:
        if self.next_departure is None:
            return _("Nothing is scheduled.")
        local = timezone.localtime(self.next_departure)
        if local.date() == timezone.localdate():
            return _("Next departure at %(hour)s.") % {"hour": hour(local)}
        return _("Next departure: %(when)s.") % {"when": spoken(local)}


def watch(user: access.Login) -> Watchdog:
    """The state of the clock: when it last beat, and the next departure among the stories that `user` may read."""
    ahead = access.visible_stories(user).filter(stage=Stage.SCHEDULED, publish_at__gt=Now()).order_by("publish_at")
    departure = Subquery(ahead.values("publish_at")[:1], output_field=DateTimeField())
    beat = Beat.objects.annotate(now=Now(), departure=departure).values_list("at", "now", "departure").first()
    if beat is None:
        return Watchdog(None, None)
    at, now, next_departure = beat
    return Watchdog(max(now - at, timedelta()), next_departure)


def _lasting(time: timedelta) -> str:
    """A length of time in its largest unit: « 12 s », « 4 min », « 3 h », « 2 jours »."""
    seconds = int(time.total_seconds())
    if seconds < 60:
        return _("%(number)s s") % {"number": seconds}
    if seconds < 3600:
        return _("%(number)s min") % {"number": seconds // 60}
    if seconds < 24 * 3600:
        return _("%(number)s h") % {"number": seconds // 3600}
    days = seconds // (24 * 3600)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the watchdog, behind the desk's door."""
    return [
        path("horloge/", desk.admin_view(line), name="watchdog"),
        re_path(r"^newsroom/story/(?P<number>\d{1,18})/retry/$", desk.admin_view(retry), name="newsroom_story_retry"),
    ]


@require_GET
def line(request: HttpRequest) -> JsonResponse:
    """The line as JSON, for a page that stays open."""
    watchdog = watch(request.user)
    return JsonResponse({"line": str(watchdog), "stopped": watchdog.is_stopped})


@require_POST
def retry(request: HttpRequest, number: str) -> HttpResponse:
    """Have the clock try again at once a publication that failed."""
    story = visible_story(request, number)
    try:
        deeds.retry(story, by=signed_in(request))
    except NotAllowed as refusal:
        return refused_page(request, story, refusal.message)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The clock tries again at once."))
    return redirect("admin:newsroom_story_change", story.pk)
