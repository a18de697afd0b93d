"""Shows who else has a story open, and which field they write in, so that two people do not write over each other.

Presence is advice only. The version alone decides what may be saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import access
from newsroom.models import Presence, Story, Takeover, name_of
from newsroom.refusals import NotAllowed

HEARTBEAT = 30.0  # seconds between two heartbeats of a page
MOST_PAGES = 20  # of one person on one story
GONE_AFTER: timedelta = timedelta(seconds=90)
FORGOTTEN_AFTER = timedelta(days=1)  # a computer that wakes up within it learns that somebody took over

WRITING_SENTENCES: dict[str, str | Promise] = {
    "kicker": gettext_lazy("%(who)s is writing the kicker"),
    "headline": gettext_lazy("%(who)s is writing the headline"),
    "standfirst": gettext_lazy("%(who)s is writing the standfirst"),
    "lead_photo": gettext_lazy("%(who)s is choosing the picture"),
    "lead_caption": gettext_lazy("%(who)s is writing the caption"),
    "body": gettext_lazy("%(who)s is writing the text"),
    "bylines": gettext_lazy("%(who)s is changing the bylines"),
    "other": gettext_lazy("%(who)s is writing"),
}


@dataclass(frozen=True)
class PresentColleague:
    """A colleague who has a story open, on one page or several."""

    user: User
    field: str  # a key of WRITING_SENTENCES, or empty while they read

    @property
    def name(self) -> str:
        return name_of(self.user)

    @property
    def sentence(self) -> str:
        """« Mathieu Kerbrat lit », « Mathieu Kerbrat écrit le chapô »."""
        return str(WRITING_SENTENCES.get(self.field) or _("%(who)s is reading")) % {"who": self.name}


def record_presence(story: Story, *, by: User, page: str, field: str) -> Presence:
    """Record that `by` has `story` open in `page`, writing in `field` or reading. The row says who took it over."""
    now_there = {"field": field if field in WRITING_SENTENCES else "", "seen_at": timezone.now()}
    row, is_new = Presence.objects.update_or_create(story=story, user=by, page=page, defaults=now_there)
    if is_new:
        forget_gone()
        own = Presence.objects.filter(story=story, user=by).order_by("-seen_at", "-pk")
        Presence.objects.filter(pk__in=list(own.values_list("pk", flat=True)[MOST_PAGES:])).delete()
    return row


def forget_gone() -> None:
    """Delete the presence of pages without a heartbeat for FORGOTTEN_AFTER, some at a time; the clock does the rest."""
    gone = Presence.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).order_by("seen_at").values("pk")
    Presence.objects.filter(pk__in=gone[:MOST_PAGES]).delete()


def leave(story: Story, *, by: User, page: str) -> None:
    """Delete the presence of a page that was closed."""
    Presence.objects.filter(story=story, user=by, page=page).delete()


def of_stories(numbers: Iterable[int]) -> dict[int, list[PresentColleague]]:
    """Who has these stories open now, in the order they came, by the number of the story. One query.

    It does not ask the policy. The caller passes only stories that the reader of these names may see.
    """
    rows = Presence.objects.filter(story__in=list(numbers), seen_at__gte=timezone.now() - GONE_AFTER)
    present: dict[int, dict[int, PresentColleague]] = {}
    for row in rows.select_related("user").order_by("opened_at", "pk"):
        people = present.setdefault(row.story_id, {})
        field = "" if row.taken_over_by_id else row.field
        known = people.get(row.user_id)
        people[row.user_id] = PresentColleague(row.user, field or (known.field if known else ""))
    return {story: list(people.values()) for story, people in present.items()}


def others_at(story: Story, user: access.Login) -> list[PresentColleague]:
    """The colleagues of `user` who have `story` open now."""
    return [here for here in of_stories([story.pk]).get(story.pk, []) if here.user.pk != user.pk]


@transaction.atomic
def take_over(story: Story, *, by: User) -> list[User]:
    """Take over `story` from all who have it open to write, and return them. Each takeover is recorded.

    Their pages learn of it at their next heartbeat. Raises NotAllowed when `by` may not write this text now.
    """
    if not access.rights_on(by, story).may_take_over:
        raise NotAllowed(_("The text of this article is not yours to change now: there is no hand to take."))
    now = timezone.now()
    # all rows are locked first and in one order, even those of `by`: two takeovers at once would deadlock otherwise
    held = Presence.objects.select_for_update(of=("self",)).filter(story=story, seen_at__gte=now - FORGOTTEN_AFTER)
    rows = list(held.select_related("user").order_by("pk"))
    own = [row.pk for row in rows if row.user_id == by.pk]
    open_now = [
        row for row in rows if row.user_id != by.pk and row.taken_over_by_id is None and row.seen_at >= now - GONE_AFTER
    ]
    people = {row.user_id: row.user for row in open_now}
    losing = [person for person in people.values() if access.may_edit_text(person, story)]
    taken = [row.pk for row in open_now if people[row.user_id] in losing]
    Presence.objects.filter(pk__in=own).update(taken_over_by=None)
    Presence.objects.filter(pk__in=taken).update(taken_over_by=by)
    Takeover.objects.bulk_create(Takeover(story=story, taken_from=person, by=by, at=now) for person in losing)
    return losing
