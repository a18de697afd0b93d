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
from newsroom.models import Beat, Hand
from newsroom.refusals import NotAllowed, Refused
from newsroom.scheduling.wording import hour, spoken
from newsroom.workflow import Stage

STOPPED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Watchdog:
    """What is known of the clock, by the database's own hour.

    `silent_for` is the time since its last beat, below zero when that beat lies ahead, and None when it never beat.
    `still` are the hands that stand still while publications go on.
    """

    silent_for: timedelta | None
    next_departure: datetime | None
    still: tuple[Hand, ...] = ()

    @property
    def is_stopped(self) -> bool:
        return self.silent_for is None or _is_long(self.silent_for)

    @property
    def warns(self) -> bool:
        return self.is_stopped or bool(self.still)

    def __str__(self) -> str:
        """The line, as the desk reads it."""
        if self.silent_for is None:
            return _("The clock has never beaten: nothing goes out at its hour. Tell the technician.")
        if self.is_stopped:
            lasted = _lasting(abs(self.silent_for))
            if self.silent_for < timedelta():
                return _(
                    "The last beat of the clock lies %(time)s ahead: the time of the database was moved, and nothing "
                    "shows that anything goes out. Tell the technician."
                ) % {"time": lasted}
            return _("The clock has been stopped for %(time)s: nothing goes out. Tell the technician.") % {
                "time": lasted
            }
        beats = _("The clock beats, seen %(time)s ago.") % {"time": _lasting(max(self.silent_for, timedelta()))}
        return " ".join(filter(None, [beats, self._departure(), self._still()]))

    def _departure(self) -> str:
        if self.next_departure is None:
            return _("Nothing is scheduled.")
        local = timezone.localtime(self.next_departure)
        if local.date() == timezone.localdate():
            return _("Next departure at %(hour)s.") % {"hour": hour(local)}
        return _("Next departure: %(when)s.") % {"when": spoken(local)}

    def _still(self) -> str:
        if not self.still:
            return ""
        names = ", ".join(str(hand.label) for hand in self.still)
        return _("Stands still: %(names)s. Nothing of it is lost; tell the technician.") % {"names": names}


def watch(user: access.Login) -> Watchdog:
    """The state of the clock: when it last beat, and the next departure among the stories that `user` may read."""
    ahead = access.visible_stories(user).filter(stage=Stage.SCHEDULED, publish_at__gt=Now()).order_by("publish_at")
    departure = Subquery(ahead.values("publish_at")[:1], output_field=DateTimeField())
    rows = Beat.objects.annotate(now=Now(), departure=departure).values_list("pk", "at", "now", "departure")
    beats = {number: (now - at, next_departure) for number, at, now, next_departure in rows}
    if Hand.DEPARTURES not in beats:
        return Watchdog(None, None)
    silent_for, next_departure = beats[Hand.DEPARTURES]
    still = tuple(hand for hand in Hand if hand != Hand.DEPARTURES and hand in beats and _is_long(beats[hand][0]))
    return Watchdog(silent_for, next_departure, still)


def _is_long(silence: timedelta) -> bool:
    """Whether a hand beats no more. A beat that lies ahead was recorded before the time of the database was moved."""
    return abs(silence) >= STOPPED_AFTER


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
    return JsonResponse({"line": str(watchdog), "stopped": watchdog.warns})


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
