"""Who has a story open, and what they write: told to the others, so that nobody writes over somebody unawares.

Advice only: what may be saved is decided by the version alone.
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
from newsroom.models import Presence, Story, Takeover
from newsroom.refusals import NotAllowed

BEAT = 30.0  # seconds between two signs of life of a page
MOST_PAGES = 20  # of one person on one story
GONE_AFTER: timedelta = timedelta(seconds=90)
FORGOTTEN_AFTER = timedelta(days=1)  # a computer that slept still learns that the hand was taken

SAID: dict[str, str | Promise] = {
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
class Here:
    """Somebody who has a story open, on one page or several."""

    user: User
    field: str  # one of SAID; empty while they read

    @property
    def name(self) -> str:
        return self.user.get_full_name() or self.user.get_username()

    @property
    def said(self) -> str:
        """« Mathieu Kerbrat lit », « Mathieu Kerbrat écrit le chapô »."""
        return str(SAID.get(self.field) or _("%(who)s is reading")) % {"who": self.name}


def note_sign(story: Story, *, by: User, page: str, field: str) -> Presence:
    """`by` has `story` open in `page`, writing `field` or reading; whether somebody took the hand is on the row."""
    seen = {"field": field if field in SAID else "", "seen_at": timezone.now()}
    row, is_new = Presence.objects.update_or_create(story=story, user=by, page=page, defaults=seen)
    if is_new:
        forget_gone()
        own = Presence.objects.filter(story=story, user=by).order_by("-seen_at", "-pk")
        Presence.objects.filter(pk__in=list(own.values_list("pk", flat=True)[MOST_PAGES:])).delete()
    return row


def forget_gone() -> None:
    """Forget the pages that gave no sign for so long that nobody has anything to learn from them."""
    Presence.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def leave(story: Story, *, by: User, page: str) -> None:
    """The page is closed."""
    Presence.objects.filter(story=story, user=by, page=page).delete()


def of_stories(numbers: Iterable[int]) -> dict[int, list[Here]]:
    """Who has these stories open now, by the number of the story, in the order they came. One query.

    The numbers are those of stories that the person who is told may see.
    """
    rows = Presence.objects.filter(story__in=list(numbers), seen_at__gte=timezone.now() - GONE_AFTER)
    found: dict[int, dict[int, Here]] = {}
    for row in rows.select_related("user").order_by("opened_at", "pk"):
        people = found.setdefault(row.story_id, {})
        field = "" if row.taken_over_by_id else row.field
        known = people.get(row.user_id)
        people[row.user_id] = Here(row.user, field or (known.field if known else ""))
    return {story: list(people.values()) for story, people in found.items()}


def others_at(story: Story, user: access.Login) -> list[Here]:
    """Who else than `user` has `story` open now."""
    return [here for here in of_stories([story.pk]).get(story.pk, []) if here.user.pk != user.pk]


@transaction.atomic
def take_over(story: Story, *, by: User) -> list[User]:
    """Take the hand from everybody who has `story` open to write in, on record; those it was taken from.

    Their pages learn it at their next sign of life. Raises NotAllowed.
    """
    if not access.rights_on(by, story).may_take_over:
        raise NotAllowed(_("The text of this article is not yours to change now: there is no hand to take."))
    now = timezone.now()
    # all of them first and in one order, one's own included: two who take the hand at once wait for each other in turn
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
