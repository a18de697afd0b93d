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
            # the rows to deliver, at every beat: clock.outbox; the letters that wait, on the desk's home
            models.Index(fields=["kind", "due_at"], name="dispatch_waiting", condition=models.Q(done_at=None)),
            # the rows whose term is over: clock.terms
            models.Index(fields=["done_at"], name="dispatch_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key
