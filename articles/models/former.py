"""Addresses that sections, pages, authors and topics had before. Each leads to the present one for ever."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AddressSpace(models.TextChoices):
    """The parts of the site within which an address stands for one thing. Sections and pages share one."""

    TOP = "top"
    AUTHORS = "authors"
    TOPICS = "topics"


SPACES = {
    "section": AddressSpace.TOP,
    "page": AddressSpace.TOP,
    "author": AddressSpace.AUTHORS,
    "topic": AddressSpace.TOPICS,
}


class FormerAddress(models.Model):
    """A slug that a row had before. It belongs to that row until a chief gives it up, and to no other meanwhile.

    It names the row and not its next address, so a reader is redirected once, however often the row was renamed.
    """

    space = models.CharField(max_length=10, choices=AddressSpace)
    slug = models.CharField(max_length=120)
    model = models.CharField(max_length=10)  # of the row: a key of SPACES
    row = models.PositiveBigIntegerField()
    since = models.DateTimeField(default=timezone.now)  # when the row left it

    class Meta:
        constraints = [
            # for the reader who comes to it: one range read
            models.UniqueConstraint(fields=["space", "slug"], name="former_address_leads_to_one_row")
        ]
        indexes = [
            # for the form of a row, which shows those it had
            models.Index(fields=["model", "row"], name="former_addresses_of_row")
        ]

    def __str__(self) -> str:
        return f"{self.space}/{self.slug}"


def former_addresses_of(row: models.Model) -> models.QuerySet[FormerAddress]:
    """Those of a stored row, the latest first."""
    return FormerAddress.objects.filter(model=row._meta.model_name, row=row.pk).order_by("-since", "-pk")


def row_named_before(space: AddressSpace, slug: str) -> models.Model | None:
    """The row that had this address before, with its parent if it is a section; None when there is none."""
    former = FormerAddress.objects.filter(space=space, slug=slug).first()
    if former is None:
        return None
    rows = apps.get_model("articles", former.model)._default_manager.filter(pk=former.row)
    row: models.Model | None = (rows.select_related("parent") if former.model == "section" else rows).first()
    return row


def remember_address(row: models.Model, before: str) -> None:
    """Keep the slug that a saved row had before. To be called in the transaction of its save."""
    name, slug = str(row._meta.model_name), str(getattr(row, "slug", ""))
    FormerAddress.objects.filter(space=SPACES[name], slug=slug, model=name, row=row.pk).delete()  # it has it again
    if before and before != slug:
        FormerAddress.objects.update_or_create(
            space=SPACES[name], slug=before, defaults={"model": name, "row": row.pk, "since": timezone.now()}
        )


def refuse_former_slug(row: models.Model, slug: str) -> None:
    """Refuse an address that another row had before, since readers still come to that one by it.

    Raises ValidationError on the field `slug`.
    """
    name = str(row._meta.model_name)
    former = FormerAddress.objects.filter(space=SPACES[name], slug=slug).exclude(model=name, row=row.pk or 0).first()
    if former is None:
        return
    holder = apps.get_model("articles", former.model)._default_manager.filter(pk=former.row).first()
    message = _(
        "Readers still come to “%(holder)s” by this address, which it had before. Choose another one, or ask a chief "
        "to give it up there."
    )
    raise ValidationError({"slug": ValidationError(message, params={"holder": str(holder or former)})})
