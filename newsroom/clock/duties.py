"""What the clock does, in its order: every job of every hand."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.readership import forget_readers, refresh_top_reads
from newsroom.door.gates import forget_quiet
from newsroom.door.record import forget_old
from newsroom.door.sessions import forget_ended
from newsroom.models import SIZES, Fault, Hand
from newsroom.photos import renditions
from newsroom.scheduling.zone_changes import keep_wall_times

from . import faults
from .credits import CREDIT_WORDS, CREDITS, bring_credit, bring_to_photo, waiting_credits, waiting_photos
from .departures import Departures
from .jobs import Job
from .outbox import erase_files, send_letters
from .overlong import end_overlong
from .renditions import make_sizes
from .terms import TERMS, erase_old_log

A_MINUTE = timedelta(minutes=1)
WALL_TIMES = "wall_times"


def jobs() -> list[Job]:
    """The jobs of one clock. A new one needs a case in tests/newsroom/test_clock_jobs.py."""
    return [
        Job(
            WALL_TIMES,
            Hand.DEPARTURES,
            _("Hours as they were meant"),
            _keep_wall_times,
            at_start=True,
            page="admin:newsroom_story_change",
        ),
        # each story that fails has a wait of its own, so publications never wait as a whole
        Job(
            "departures",
            Hand.DEPARTURES,
            _("Publications at their hour"),
            Departures().publish_due,
            longest_wait=timedelta(0),
        ),
        Job(
            SIZES,
            Hand.PICTURES,
            _("Sizes of the photos"),
            make_sizes,
            rows=renditions.waiting,
            page="admin:newsroom_photo_change",
        ),
        Job("erasures", Hand.UPKEEP, _("Erasing of files that are public no more"), erase_files),
        Job("letters", Hand.MAIL, _("Mail"), send_letters, longest_wait=timedelta(minutes=5)),
        Job(
            CREDITS,
            Hand.UPKEEP,
            _("Corrected credits"),
            bring_credit,
            rows=waiting_credits,
            page="admin:articles_imagecredit_change",
        ),
        Job(
            CREDIT_WORDS,
            Hand.UPKEEP,
            _("Corrected credits of single photos"),
            bring_to_photo,
            rows=waiting_photos,
            page="admin:newsroom_photo_change",
        ),
        Job("top_reads", Hand.UPKEEP, _("The most read"), _refresh_top_reads, every=A_MINUTE),
        *(
            Job(term.job, Hand.UPKEEP, _("Erasing of rows whose term is over"), term.erase, every=A_MINUTE)
            for term in TERMS
        ),
        *(
            Job(name, Hand.UPKEEP, title, work, every=A_MINUTE)
            for name, title, work in (
                ("readers", _("Forgetting of readers"), lambda _whole: forget_readers()),
                ("gates", _("Forgetting of tries to sign in"), _forget_gates),
                ("sign_ins", _("Forgetting of old sign-ins"), lambda _whole: forget_old()),
                ("sessions", _("Forgetting of ended sessions"), lambda _whole: forget_ended()),
                ("old_log", _("Erasing of old entries of the desk’s log"), erase_old_log),
                ("former_jobs", _("Forgetting of faults of former jobs"), _forget_former_jobs),
                ("overlong", _("Ending of readers’ queries that take too long"), lambda _whole: end_overlong()),
            )
        ),
    ]


def _keep_wall_times(_whole: int) -> int:
    faults.forgive_all(WALL_TIMES)
    return keep_wall_times(lambda number, error: faults.record(WALL_TIMES, number, error))


def _refresh_top_reads(_whole: int) -> int:
    refresh_top_reads()
    return 0


def _forget_former_jobs(_whole: int) -> int:
    return Fault.objects.exclude(job__in={job.name for job in jobs()}).delete()[0]


def _forget_gates(_whole: int) -> int:
    return forget_quiet(timezone.now())
