"""Follows a decree that moves the clocks: the wall times that were meant stay, the moments they stand for change."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.models import Move, PlanChange, Story
from newsroom.workflow import Deed, Stage

from .wall_time import moment_meant
from .wording import spoken

LONGEST_SHIFT = timedelta(days=1)  # no change of the rules moves a moment further: an older embargo is over for good

logger = logging.getLogger(__name__)


def keep_wall_times(report: Callable[[int, Exception], None] | None = None) -> int:
    """Move scheduled publications and embargoes to the wall times that were meant, under today's rules of their zone.

    Each story that moves gets a record. Returns how many moved. To be called when a clock starts: a process reads the
    rules of a zone only once. The hour of a story that cannot be read stays as it was, and `report` is called with it.
    """
    scheduled = Story.objects.filter(stage=Stage.SCHEDULED).exclude(publish_wall="")
    held = Story.objects.filter(embargo_until__gte=timezone.now() - LONGEST_SHIFT).exclude(embargo_wall="")
    # in no order: in that of their saves, an engine walks through the archive
    numbers = {number for rows in (scheduled, held) for number in rows.order_by().values_list("pk", flat=True)}
    moved = 0
    for number in sorted(numbers):
        try:
            moved += _keep(number)
        except Exception as error:  # no hour, a zone that this machine does not know, or whatever else
            if not connection.is_usable():
                raise
            logger.exception("story %s: its hour cannot be read, and stays as it was", number)
            if report is not None:
                report(number, error)
    return moved


@transaction.atomic
def _keep(number: int) -> bool:
    story = Story.objects.select_for_update(no_key=True).get(pk=number)
    moved = False
    if story.stage == Stage.SCHEDULED and story.publish_wall:
        moved |= _keep_departure(story, cast(datetime, story.publish_at))
    if story.embargo_until is not None and story.embargo_wall:
        moved |= _keep_embargo(story, story.embargo_until)
    return moved


def _keep_departure(story: Story, known: datetime) -> bool:
    moment = moment_meant(story.publish_wall, known)
    if moment == known:
        return False
    # a publication that failed keeps the hour of its next try
    story.due_at = moment if story.attempts == 0 else max(moment, cast(datetime, story.due_at))
    story.publish_at = moment
    story.save(update_fields=["publish_at", "due_at"])
    order = story.moves.select_related("by", "revision").filter(deed=Deed.SCHEDULE)[0]
    message = _("The rules of the hour have changed. It goes out when clocks show the hour that was meant: %(when)s.")
    Move.objects.create(
        story=story,
        deed=Deed.SCHEDULE,
        from_stage=story.stage,
        to_stage=story.stage,
        revision=order.revision,
        by=order.by,
        at=timezone.now(),
        note=message % {"when": spoken(moment)},
        by_clock=True,
    )
    logger.warning("story %s: scheduled for %s, which is now %s", story.pk, story.publish_wall, moment)
    return True


def _keep_embargo(story: Story, known: datetime) -> bool:
    moment = moment_meant(story.embargo_wall, known)
    if moment == known:
        return False
    story.embargo_until = moment
    story.save(update_fields=["embargo_until"])
    if order := story.plan_changes.select_related("by").filter(subject=PlanChange.Subject.EMBARGO).first():
        PlanChange.objects.create(
            story=story,
            subject=PlanChange.Subject.EMBARGO,
            before=known.isoformat(),
            after=moment.isoformat(),
            by=order.by,
            at=timezone.now(),
        )
    logger.warning("story %s: embargo until %s, which is now %s", story.pk, story.embargo_wall, moment)
    return True
