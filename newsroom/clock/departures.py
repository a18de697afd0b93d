"""Publishes scheduled stories at their hour."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import access, notifications, publishing
from newsroom.models import Move, Photo, Story
from newsroom.models.photo import LACKS_SIZES
from newsroom.refusals import Refused
from newsroom.workflow import Deed, Stage

from .faults import is_lost
from .pace import FIRST_RETRY, one_more_try

logger = logging.getLogger(__name__)

AT_ONCE = 20  # stories published in one beat, so that the desk sees in time that the clock beats

BUSY_AT_MOST = 5  # tries of one story in a row; then it is a failure like any other

PICTURES_MAY_TAKE = timedelta(minutes=2)  # after the hour; then the desk is told that a picture is not ready

LONGEST_WAIT = timedelta(minutes=15)  # between two tries of a publication that fails


class Departures:
    """Publishes what is due, beat after beat.

    Each story has a transaction of its own, so one that fails does not stop the others. Its failure is shown on the
    desk, and it is tried again later. A story whose pictures have no sizes yet waits for them, and keeps no other
    waiting: sizes are made beside publications, and never before one. When the database is only busy (a lock, a
    deadlock), the next beat tries again. All that are due have their turn before one is tried twice, so that stories
    which somebody holds keep no others waiting.
    """

    def __init__(self) -> None:
        self._after: tuple[datetime | None, int] | None = None  # the hour and number of the last one whose turn it was
        self._busy: Counter[int] = Counter()

    def publish_due(self, _whole: int = 0) -> int:
        """Publish the stories whose hour has come by the time of the database, and return how many were published.

        Raises the database's error when the connection is lost.
        """
        due = Story.objects.filter(stage=Stage.SCHEDULED, due_at__lte=Now()).order_by("due_at", "pk")
        due = due.exclude(_waits_for_pictures(), due_at__gt=Now() - PICTURES_MAY_TAKE)
        if self._after is not None:
            hour, last = self._after
            due = due.filter(Q(due_at__gt=hour) | Q(due_at=hour, pk__gt=last))
        turns = list(due.values_list("due_at", "pk")[:AT_ONCE])
        self._after = turns[-1] if len(turns) == AT_ONCE else None
        return sum(self._try(number) for _hour, number in turns)

    def _try(self, number: int) -> bool:
        try:
            published = _publish(number)
        except Exception as error:
            if is_lost(error):
                raise
            if isinstance(error, OperationalError | InterfaceError) and self._busy[number] < BUSY_AT_MOST:
                self._busy[number] += 1
                logger.warning("story %s: the database was busy; it is tried at the next beat", number, exc_info=True)
                return False
            logger.exception("story %s could not be published", number)
            _record_fault(number)
            published = False
        self._busy.pop(number, None)
        if published:
            logger.info("story %s published at its hour", number)
        return published


def publish_due() -> int:
    """Publish what is due now, as the first beat of a clock does."""
    return Departures().publish_due()


def _waits_for_pictures() -> Q:
    lead = Photo.objects.filter(LACKS_SIZES, pk=OuterRef("lead_photo"))
    within = Photo.objects.filter(LACKS_SIZES, pk=OuterRef("photo"))
    in_the_text = Story.body_photos.through.objects.filter(Exists(within), story=OuterRef("pk"))
    return Q(Exists(lead)) | Q(Exists(in_the_text))


def _due(number: int) -> QuerySet[Story]:
    return Story.objects.filter(pk=number, stage=Stage.SCHEDULED, due_at__lte=Now())


def _publish(number: int) -> bool:
    """Publish one story under its lock, if it is still due: somebody may have unscheduled it a moment ago."""
    with publishing.with_pictures(number, may_make=False), transaction.atomic(durable=True):
        return _publish_held(number)


def _publish_held(number: int) -> bool:
    if not publishing.hold(number, waits=False):
        return False  # somebody else holds it, or the story that it answers
    story = _due(number).first()
    if story is None or _waits_for_another(story):
        return False
    order = _order_of(story)
    try:
        publishing.publish(story, revision=story.version, by=order.by, by_clock=True)
    except Refused as refusal:
        problems = [str(problem.message) for problem in refusal.problems]
        logger.warning("story %s could not be published: %s %s", number, refusal.message, problems)
        _put_off(order, " ".join(problems) or str(refusal.message))
        return False
    return True


def _waits_for_another(story: Story) -> bool:
    """Whether the story that it follows is due too and not public yet. That one goes first, this one a beat later."""
    return story.follows_id is not None and _due(story.follows_id).filter(live_revision=None).exists()


def _order_of(story: Story) -> Move:
    return story.moves.select_related("by").filter(deed=Deed.SCHEDULE)[0]


def _record_fault(number: int) -> None:
    """Put off a story whose publication failed in an unforeseen way, even at its commit.

    It needs a transaction of its own: the other one was rolled back.
    """
    message = _("Something failed that the desk cannot mend. Tell the technician; nothing is lost.")
    try:
        with transaction.atomic(durable=True):
            story = _due(number).select_for_update(no_key=True, of=("self",)).first()
            if story is not None:
                _put_off(_order_of(story), message)
    except Exception as error:
        if is_lost(error):
            raise
        logger.exception("story %s: its failure could not be recorded", number)


def _put_off(order: Move, failure: str) -> None:
    """Record why a story was not published at its hour, and set its next try.

    The wait doubles with each failure up to LONGEST_WAIT, but never passes the end of its embargo. The desk sees the
    failure until the story is published. Who scheduled it and the editors of its section get one mail.
    """
    story = order.story
    next_try = timezone.now() + min(FIRST_RETRY * 2 ** min(story.attempts, 10), LONGEST_WAIT)
    if story.embargo_until is not None and timezone.now() < story.embargo_until < next_try:
        next_try = story.embargo_until
    Story.objects.filter(pk=story.pk).update(
        attempts=one_more_try(), failure=failure[: Story._meta.get_field("failure").max_length], due_at=next_try
    )
    if story.attempts == 0:
        notifications.queue(
            f"failure-{order.pk}",
            [order.by, *access.desk_of(story.section_id, access.EDITORS_UP)],
            _("Not published: %(headline)s") % {"headline": story.headline},
            [_("Its hour has come, and the article did not go out:"), failure, _("The clock tries again by itself.")],
            story,
            concern=notifications.Concern.DESK,
        )
