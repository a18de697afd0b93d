"""How long rows are kept that would gather for ever. docs/architecture.md gives the term of every table.

What is over is erased in batches, each found by an index, so that no beat reads or locks a whole table.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.utils import timezone

from articles.models import ViewCount
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Dispatch, Fault, Presence, SavedPage

AT_ONCE = 2000  # rows of one table in one turn
LOG_KEPT = timedelta(days=730)


@dataclass(frozen=True)
class Term:
    """The rows of `model` are kept for so long after `since`, a column with an index. Those without it stay."""

    model: type[Model]
    since: str
    kept: timedelta

    @property
    def job(self) -> str:
        return f"old_{self.model._meta.model_name}"[: Fault._meta.get_field("job").max_length]

    def erase(self, _whole: int = 0) -> int:
        """Erase rows whose term is over, a part of them when they are very many, and return how many."""
        over = {f"{self.since}__lt": timezone.now() - self.kept}
        rows = self.model._default_manager.filter(**over).order_by(self.since).values("pk")[:AT_ONCE]
        return self.model._default_manager.filter(pk__in=rows).delete()[0]


TERMS = (
    Term(Dispatch, "done_at", timedelta(days=14)),
    Term(Autosave, "saved_at", autosave.KEPT_FOR),
    Term(SavedPage, "at", autosave.KEPT_FOR),
    Term(Presence, "seen_at", presence.FORGOTTEN_AFTER),
    Term(ViewCount, "hour", timedelta(days=90)),
)


def erase_old_log(_whole: int = 0) -> int:
    """Erase entries of the desk's log whose term is over. Their hours have no index, but follow their numbers."""
    oldest = LogEntry.objects.order_by("pk").values_list("pk", "action_time")
    before = timezone.now() - LOG_KEPT
    first = oldest.first()
    if first is None or first[1] >= before:
        return 0
    return LogEntry.objects.filter(pk__in=[number for number, at in oldest[:AT_ONCE] if at < before]).delete()[0]
