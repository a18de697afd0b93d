"""Notes on a story, and the record of their settling."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE, LONGEST_PASSAGE = 4000, 300  # characters


class Note(models.Model):
    """A note of one colleague to others on a story. Never public."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"), auto_now_add=True)
    text = models.TextField(_("note"), max_length=LONGEST_NOTE)
    passage = models.CharField(
        _("passage"),
        max_length=LONGEST_PASSAGE,
        blank=True,
        db_default="",
        help_text="The note is about these words, as they stood in the text.",
    )
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="mentioned_in", verbose_name=_("asked of"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("resolved by")
    )
    key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The key of the form: a form sent twice writes one note."
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["at", "pk"]
        indexes = [
            # the open notes that ask somebody something: review.notes.asked_of()
            models.Index(fields=["-at"], name="note_open", condition=models.Q(resolved_at=None)),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class NoteTurn(models.Model):
    """The record that a note was settled, or opened again. Rows are only ever added."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="turns")
    settles = models.BooleanField(_("settles it"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("turn of a note")
        verbose_name_plural = _("turns of a note")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.note_id} {'settled' if self.settles else 'open'}"
