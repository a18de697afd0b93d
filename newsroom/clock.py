"""The clock: does what is due, from rows. Publishes, makes picture sizes, delivers the outbox, counts what is read.

Any number of clocks may run, and die at any moment: a story is published under its lock while it still says that it is
due, and a row of the outbox is claimed before it is delivered; sizes and counts come out the same twice.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Image
from articles.readership import refresh_top_reads

from . import access, notices, publishing
from .deeds import Refused
from .models import Beat, Dispatch, Move, Story
from .photos import renditions
from .photos.intake import Unfit
from .workflow import Deed, Stage

Item = TypeVar("Item")

logger = logging.getLogger(__name__)

BEAT = 2  # seconds between two looks
NOTED_EVERY = 5.0  # seconds, at most: that it beats is written for the desk to see
PATIENCE = 5.0  # seconds that sizes, or mail, may take before the clock looks again at what is to be published
AT_ONCE = 20  # stories published before the clock shows again that it beats
TOP_READS_EVERY = timedelta(minutes=1)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)  # of a publication
LEASE = timedelta(minutes=2)  # a delivery whose clock died is somebody else's after that


class Clock:
    """One clock. `beat` does all that is due now and returns how many things it did."""

    def __init__(self) -> None:
        self._counted_at = timezone.now() - TOP_READS_EVERY
        self._noted_at = time.monotonic() - NOTED_EVERY

    def beat(self) -> int:
        """What readers wait for comes first, and nothing else may keep it waiting long."""
        if time.monotonic() - self._noted_at >= NOTED_EVERY:
            note_beat()
            self._noted_at = time.monotonic()
        done = publish_due() + make_sizes() + deliver_due()
        if timezone.now() - self._counted_at >= TOP_READS_EVERY:
            refresh_top_reads()
            self._counted_at = timezone.now()
        return done


def note_beat() -> None:
    """Show the desk that a clock beats, by the database's own hour, which all machines share."""
    Beat.objects.bulk_create([Beat(pk=1, at=Now())], update_conflicts=True, update_fields=["at"], unique_fields=["id"])


def _for_a_while(items: Iterable[Item]) -> Iterator[Item]:
    """These, until PATIENCE is over; the rest waits for the next beat."""
    end = time.monotonic() + PATIENCE
    for item in items:
        yield item
        if time.monotonic() > end:
            return


# --- What is to be published at its hour --------------------------------------------------------------------------


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
        notices.queue(
            f"failure-{order.pk}",
            [order.by, *access.desk_of(story.section_id, access.EDITORS_UP)],
            _("Not published: %(headline)s") % {"headline": story.headline},
            [_("Its hour has come, and the article did not go out:"), failure, _("The clock tries again by itself.")],
            story,
            concern=notices.Concern.DESK,
        )


# --- What can wait a little ---------------------------------------------------------------------------------------


def make_sizes() -> int:
    """Make the sizes of the photos that wait for them; a photo it cannot be done for says why on the desk.

    The work is done outside any transaction, so that nobody waits for it; two clocks at the same photo make the same
    files under the same names.
    """
    made = 0
    for photo in _for_a_while(renditions.waiting()[:20]):
        try:
            renditions.make_missing(photo)
        except Unfit as unfit:
            logger.warning("sizes of photo %s: %s", photo.pk, unfit)
            continue
        with transaction.atomic():
            publishing.refresh_image(photo.pk)
        made += 1
    return made


def deliver_due() -> int:
    """Deliver the rows of the outbox that are due; one that fails is tried again later.

    A row is claimed first, and delivered outside any transaction: a mail server that takes its time holds nothing.
    """
    due = Dispatch.objects.filter(done_at=None, due_at__lte=timezone.now())
    erasing = due.filter(kind=Dispatch.Kind.ERASE)  # first: a picture that was withdrawn does not wait behind the mail
    others = due.exclude(kind=Dispatch.Kind.ERASE)
    numbers = [*erasing.values_list("pk", flat=True)[:1000], *others.values_list("pk", flat=True)[:20]]
    delivered = 0
    for number in _for_a_while(numbers):
        now = timezone.now()
        mine = Dispatch.objects.filter(pk=number, done_at=None, due_at__lte=now)
        if mine.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            delivered += _deliver(Dispatch.objects.get(pk=number))
    return delivered


def _deliver(dispatch: Dispatch) -> bool:
    try:
        match dispatch.kind:
            case Dispatch.Kind.MAIL:
                send_mail(dispatch.payload)
            case Dispatch.Kind.ERASE:
                erase_public_files(dispatch.payload["photo"], dispatch.payload["names"])
    except Exception as error:
        # whatever the mail server or the storage says, the row stays and is tried again
        logger.exception("dispatch %s failed", dispatch.key)
        dispatch.failure = str(error)[:300]
        dispatch.due_at = timezone.now() + min(FIRST_RETRY * 2 ** min(dispatch.attempts - 1, 10), LONGEST_RETRY)
        dispatch.save(update_fields=["failure", "due_at"])
        return False
    dispatch.done_at, dispatch.failure = timezone.now(), ""
    dispatch.save(update_fields=["done_at", "failure"])
    return True


def send_mail(letter: dict[str, Any]) -> None:
    """Send a letter, unless the login it was for was switched off since."""
    login = letter.get("login")
    if login is not None and not User.objects.filter(pk=login, is_active=True).exists():
        return
    EmailMessage(letter["subject"], letter["text"], to=[letter["to"]], reply_to=letter.get("reply_to")).send()


@transaction.atomic
def erase_public_files(photo: int, names: list[str]) -> None:
    """Remove published files of a photo that its image does not name any more (it may be public again meanwhile)."""
    publishing.lock_photos([photo])
    image = Image.objects.filter(pk=photo).first()
    shown = {rendition["name"] for rendition in image.renditions} if image else set()
    for name in names:
        if name not in shown:
            default_storage.delete(name)
