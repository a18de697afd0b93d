"""Publishes what is scheduled, at its hour."""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import access, notifications, publishing
from newsroom.models import Move, Story
from newsroom.refusals import Refused
from newsroom.workflow import Deed, Stage

from .pace import FIRST_RETRY

logger = logging.getLogger(__name__)

AT_ONCE = 20  # stories published before the clock shows again that it beats

LONGEST_WAIT = timedelta(minutes=15)  # of a publication


def publish_due() -> int:
    """Publish the stories whose hour has come, by the database's clock, and return how many went out.

    Each has a transaction of its own. One that cannot go out says why on the desk, is tried again later, and keeps no
    other waiting. Raises what the database raises when it is away; what only was in each other's way is tried again at
    the next beat.
    """
    due = Story.objects.filter(stage=Stage.SCHEDULED, due_at__lte=Now()).order_by("due_at", "pk")
    published = 0
    for number in due.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            if _publish(number):
                logger.info("story %s published at its hour", number)
                published += 1
        except (OperationalError, InterfaceError):
            if not connection.is_usable():
                raise
            logger.warning("story %s: the database was busy; it is tried at the next beat", number, exc_info=True)
        except Exception:
            logger.exception("story %s could not be published", number)
            _record_fault(number)
    return published


def _due(number: int) -> QuerySet[Story]:
    return Story.objects.filter(pk=number, stage=Stage.SCHEDULED, due_at__lte=Now())


@transaction.atomic
def _publish(number: int) -> bool:
    """Publish one story if it is still due, under its lock: what was cancelled a moment ago does not go out."""
    if not publishing.hold(number, waits=False):
        return False  # somebody is at it, or at what it answers
    story = _due(number).first()
    if story is None or _waits_for_another(story):
        return False
    order = _order_of(story)
    try:
        publishing.publish(story, revision=story.version, by=order.by, by_clock=True)
    except Refused as refusal:
        found = [str(problem.message) for problem in refusal.problems]
        logger.warning("story %s could not be published: %s %s", number, refusal.message, found)
        _put_off(order, " ".join(found) or str(refusal.message))
        return False
    return True


def _waits_for_another(story: Story) -> bool:
    """Whether what it follows is due as well, and not out yet: it goes first, and this one at the next beat."""
    return story.follows_id is not None and _due(story.follows_id).filter(live_revision=None).exists()


def _order_of(story: Story) -> Move:
    return story.moves.select_related("by").filter(deed=Deed.SCHEDULE)[0]


def _record_fault(number: int) -> None:
    """What failed in a way that nobody foresaw, the very last step of its transaction included, is put off as well:
    in a transaction of its own, since nothing is left of the other but the files that were copied.
    """
    said = _("Something failed that the desk cannot mend. Tell the technician; nothing is lost.")
    try:
        with transaction.atomic():
            story = _due(number).select_for_update(no_key=True, of=("self",)).first()
            if story is not None:
                _put_off(_order_of(story), said)
                publishing.erase_strays(story)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("story %s: its failure could not be recorded", number)


def _put_off(order: Move, failure: str) -> None:
    """Say why a story did not go out as it was ordered, and have it tried again: the longer it fails, the later, but
    not later than its embargo ends.

    The desk sees it until it is out; who ordered it, and the editors of its section, are told once by mail.
    """
    story = order.story
    again = timezone.now() + min(FIRST_RETRY * 2 ** min(story.attempts, 10), LONGEST_WAIT)
    if story.embargo_until is not None and timezone.now() < story.embargo_until < again:
        again = story.embargo_until
    Story.objects.filter(pk=story.pk).update(
        attempts=F("attempts") + 1, failure=failure[: Story._meta.get_field("failure").max_length], due_at=again
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
