"""Legal notice, contact, about, charter: pages that are public as soon as they are saved."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .addresses import refuse_taken_slug, validate_public_slug
from .former import refuse_former_slug


class Page(models.Model):
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[validate_public_slug],
        error_messages={"unique": _("Another page already has this address.")},
    )
    body = models.TextField(_("text"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(_("last modified"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:top", args=[self.slug])

    def clean(self) -> None:
        """Refuse the address of a section. Raises ValidationError by field."""
        refuse_taken_slug(self, self.slug)
        refuse_former_slug(self, self.slug)
