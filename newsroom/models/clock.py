"""The clock: when each of its hands last beat, and what it could not do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SIZES = "sizes"  # the job that makes the sizes of photos; its faults are shown with the photo


class Hand(models.IntegerChoices):
    """A hand of the clock: the jobs that share one process. Publications share theirs with nothing that may be slow."""

    DEPARTURES = 1, _("departures")
    MAIL = 2, _("the mail")
    PICTURES = 3, _("the sizes of pictures")
    UPKEEP = 4, _("the upkeep")


class Beat(models.Model):
    """The last beat of a hand of the clock, whose number the row has. The desk's watchdog reads it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=Hand.DEPARTURES)
    at = models.DateTimeField(_("last beat"))

    class Meta:
        verbose_name = _("beat of the clock")
        verbose_name_plural = _("beats of the clock")

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%H:%M:%S}"


class Fault(models.Model):
    """What a job of the clock could not do: one of its rows, or the job as a whole. It is tried again later and later.

    The row goes as soon as the thing is done, or is not to be done any more.
    """

    WHOLE = 0  # the `ref` of a job that failed as a whole

    job = models.CharField(max_length=20)
    ref = models.BigIntegerField(default=WHOLE, help_text="The number of the row that the job is for.")
    attempts = models.PositiveIntegerField(default=0)
    failure = models.CharField(_("failure"), max_length=300)
    first_at = models.DateTimeField()
    next_try = models.DateTimeField()

    class Meta:
        verbose_name = _("fault of the clock")
        verbose_name_plural = _("faults of the clock")
        ordering = ["next_try", "pk"]
        constraints = [models.UniqueConstraint(fields=["job", "ref"], name="fault_once")]
        indexes = [
            # what a job tries again: clock.jobs.numbers_of()
            models.Index(fields=["job", "next_try"], name="fault_due"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.ref}"
