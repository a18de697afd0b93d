from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .former import refuse_former_slug


class Topic(models.Model):
    """A subject that several articles share: « Sécheresse ». Its page is public once it has a live article."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        error_messages={"unique": _("Another topic already has this address.")},
    )
    description = models.CharField(_("description"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:topic", args=[self.slug])

    def clean(self) -> None:
        """Refuse an address that another one had before. Raises ValidationError by field."""
        refuse_former_slug(self, self.slug)
