"""The door of the desk: how it slows who tries passwords, and who came in or was turned away."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _


class Gate(models.Model):
    """A place that tries to sign in pass one by one: an account, a network, both together, or a known browser.

    The key is a short hash, so there is a most to the number of rows, whatever names and networks are tried.
    """

    key = models.CharField(primary_key=True, max_length=16)
    tries = models.PositiveIntegerField(default=0, help_text="Wrong tries since the gate was quiet for an hour.")
    tried_at = models.DateTimeField()
    opens_at = models.DateTimeField(help_text="No try passes before.")

    class Meta:
        verbose_name = _("gate of the door")
        verbose_name_plural = _("gates of the door")
        indexes = [
            # gates that were quiet for long, which the clock deletes
            models.Index(fields=["tried_at"], name="gate_tried"),
        ]

    def __str__(self) -> str:
        return self.key


class SignIn(models.Model):
    """What came from one network to one account on one day: the tries that were refused, and those that came in."""

    NOBODY = 0  # the account of a name that nobody has
    OTHERS = "…"  # the networks beyond the most that are named for one account and day

    account = models.BigIntegerField(help_text="The number of the login. 0 for a name that nobody has.")
    network = models.CharField(max_length=50, blank=True)
    day = models.DateField()
    refused = models.PositiveIntegerField(default=0)
    admitted = models.PositiveIntegerField(default=0)
    unseen = models.PositiveIntegerField(default=0, help_text="Refused since the person signed in for the last time.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["account", "network", "day"], name="signin_once")]
        indexes = [
            # whether somebody came in from a network: door.record.is_an_office()
            models.Index(fields=["network"], name="signin_office", condition=models.Q(admitted__gt=0)),
            # the rows whose term is over, which the clock deletes
            models.Index(fields=["day"], name="signin_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.network} {self.day}"

    @classmethod
    def of(cls, login: User) -> "models.QuerySet[SignIn]":
        """The rows of one account, the newest first."""
        return cls.objects.filter(account=login.pk)
