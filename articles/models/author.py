from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .former import refuse_former_slug


class Author(models.Model):
    """A person or a collective (« Rédaction ») that signs texts. Its page is public once it has a live article.

    `newsroom.models.StaffProfile` holds the link to a login, which is not public.
    """

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        error_messages={"unique": _("Another author already has this address.")},
    )
    role = models.CharField(_("role"), max_length=120, blank=True)
    biography = models.TextField(_("biography"), blank=True)
    is_collective = models.BooleanField(
        _("collective"), default=False, help_text=_("Signs for several people, such as “Rédaction”.")
    )
    public_email = models.EmailField(_("public e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])

    def clean(self) -> None:
        """Refuse an address that another one had before. Raises ValidationError by field."""
        refuse_former_slug(self, self.slug)
