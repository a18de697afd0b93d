"""The outbox: mail to send and files to erase after a transaction, as rows that the clock delivers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dispatch(models.Model):
    """One thing to do once. The transaction that decides it writes the row; `newsroom.clock` does it afterwards."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        ERASE = "erase", _("Erase public files")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=200, unique=True, help_text="An event queued twice is delivered once.")
    payload = models.JSONField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done"), null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["due_at", "pk"]
        indexes = [
            # the rows to deliver, at every beat: clock.outbox.deliver_due()
            models.Index(fields=["due_at"], name="dispatch_due", condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return self.key


class Beat(models.Model):
    """The last beat of the clock: one row, which the desk's watchdog reads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(_("last beat"))

    class Meta:
        verbose_name = _("beat of the clock")
        verbose_name_plural = _("beats of the clock")

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
