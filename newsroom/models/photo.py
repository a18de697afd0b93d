"""The photo library: private originals with their words and rights."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import ImageCredit


def originals() -> Storage:
    """The storage of originals and unpublished sizes. No public address leads there."""
    return storages["originals"]


# Its sizes are not made yet. The index `photo_without_sizes` is in these words, or engines pass it over.
LACKS_SIZES = models.Q(renditions=[], failure="")


class Photo(models.Model):
    """A picture as it was received, under the number that its published Image has or will have."""

    original = models.FileField(_("file"), storage=originals, editable=False)
    original_name = models.CharField(_("name of the file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    alt = models.CharField(
        _("description for those who do not see it"),
        max_length=300,
        blank=True,
        help_text=_("What one sees, in a sentence. Read aloud to blind readers."),
    )
    is_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("Adds nothing to the text: screen readers pass over it.")
    )
    caption = models.CharField(_("caption"), max_length=400, blank=True)
    credit = models.ForeignKey(ImageCredit, models.PROTECT, null=True, blank=True, verbose_name=_("credit"))
    photographer = models.CharField(_("photographer"), max_length=120, blank=True)
    search_note = models.TextField(
        _("search for the author"),
        blank=True,
        help_text=_("“DR” is for pictures whose author was looked for and not found: say where you looked."),
    )
    focal_x = models.FloatField(_("focal point, from the left"), default=0.5)
    focal_y = models.FloatField(_("focal point, from the top"), default=0.5)
    colour = models.CharField(max_length=7, default="#888888", editable=False)
    renditions = models.JSONField(default=list, editable=False)
    failure = models.CharField(_("failure"), max_length=300, blank=True, editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("added by")
    )
    folded = models.CharField(max_length=900, editable=False, help_text="Caption, description and credit, folded.")

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-added_at", "-pk"]
        indexes = [
            # the photos that owe a credit, batch by batch: publishing.credits
            models.Index(fields=["credit", "id"], name="photo_of_credit"),
            # the photos whose sizes are to be made, at every beat: photos.renditions.waiting()
            models.Index(fields=["id"], name="photo_without_sizes", condition=LACKS_SIZES),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt or self.original_name

    @property
    def credit_line(self) -> str:
        """The credit as a page prints it after a caption. Empty while the photo has none."""
        return self.credit.line(self.photographer) if self.credit else ""


class CreditChange(models.Model):
    """A corrected credit that the clock is bringing to the pictures that owe it. The row goes when all have it."""

    credit = models.OneToOneField(ImageCredit, models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField(null=True, help_text="Pictures that owe it; empty until the clock begins.")
    done = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0, help_text="The last photo that was looked at.")

    class Meta:
        verbose_name = _("corrected credit")
        verbose_name_plural = _("corrected credits")
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.credit_id}: {self.done}/{self.total}"
