"""Reviews beside the stages: checks by colleagues, and answers of people without an account."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_NAME, LONGEST_COMMENT = 120, 4000  # characters, in the answer of somebody without an account


class Check(models.Model):
    """A check of a text that was asked for. It blocks publication until it is given, or waived with a reason."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal")
        PICTURES = "pictures", _("Pictures")
        SOURCE = "source", _("Second source")

    class Outcome(models.TextChoices):
        GIVEN = "given", _("Given")
        WAIVED = "waived", _("Waived")

    story = models.ForeignKey("Story", models.CASCADE, related_name="checks")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    question = models.TextField(_("what is to be looked at"), blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    revision = models.ForeignKey(
        "Revision", models.PROTECT, null=True, related_name="+", verbose_name=_("version that was looked at")
    )

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["story", "kind"], name="check_open_once", condition=models.Q(outcome=""))
        ]
        indexes = [
            # the checks that wait for the desk: admin.overview.home
            models.Index(fields=["kind", "asked_at"], name="check_open", condition=models.Q(outcome="")),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} {self.kind}"


class ShareLinks(models.QuerySet["ShareLink"]):
    def revoke(self, *, by: User) -> int:
        """Close these links at once, and return how many. A link that was closed keeps the date of its closing."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)


class ShareLink(models.Model):
    """A link by which somebody without an account reads one version. It is signed, expires, and can be revoked."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="share_links")
    revision = models.ForeignKey("Revision", models.PROTECT, related_name="+", verbose_name=_("version"))
    reader = models.CharField(_("for whom"), max_length=LONGEST_NAME)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    opened_at = models.DateTimeField(_("last opened"), null=True)
    # the words of the pictures of that version as the library had them then, by number: review.preview.PinnedWords
    pictures = models.JSONField(default=dict, db_default={})

    objects = ShareLinks.as_manager()

    class Meta:
        verbose_name = _("review link")
        verbose_name_plural = _("review links")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.story_id} → {self.reader}"


class GuestAnswer(models.Model):
    """The answer of somebody without an account about the version of a link."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("Approves")
        COMMENT = "comment", _("Comments")

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="answers")
    verdict = models.CharField(_("answer"), max_length=10, choices=Verdict.choices)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"
