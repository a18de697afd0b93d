"""Sections, on two levels. Their slugs share one name space with pages and reserved words."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .addresses import refuse_taken_slug, validate_public_slug
from .former import refuse_former_slug

validate_colour = RegexValidator(
    r"^#[0-9a-fA-F]{6}\Z", _("Write the colour as six hexadecimal digits, such as #35508f.")
)


class Section(models.Model):
    """A part of the newspaper: Politique, or Parlement within it. Its page is public once it has a live article."""

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[validate_public_slug],
        error_messages={"unique": _("Another section already has this address.")},
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("within")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    accent = models.CharField(_("colour"), max_length=7, default="#5d6268", validators=[validate_colour])
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    in_navigation = models.BooleanField(_("in the navigation"), default=True)
    prints_label = models.BooleanField(
        _("prints the label"), default=True, help_text=_("Shows “Report”, “Analysis”… on this section’s articles.")
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return f"{self.parent.name} › {self.name}" if self.parent else self.name

    def get_absolute_url(self) -> str:
        if self.parent:
            return reverse("articles:subsection", args=[self.parent.slug, self.slug])
        return reverse("articles:section", args=[self.slug])

    @property
    def root(self) -> "Section":
        return self.parent or self

    def clean(self) -> None:
        """Refuse a third level, and the address of a page. Raises ValidationError by field."""
        if self.parent_id is not None:
            if self.parent_id == self.pk:
                raise ValidationError({"parent": _("A section cannot be within itself.")})
            if self.parent is not None and self.parent.parent_id is not None:
                raise ValidationError({"parent": _("Sections have two levels: choose one that is not within another.")})
            if self.pk and self.children.exists():
                raise ValidationError({"parent": _("This section has subsections of its own: move them first.")})
        refuse_taken_slug(self, self.slug)
        refuse_former_slug(self, self.slug)
