"""The fields that a story and the article made from it share, declared once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Label(models.TextChoices):
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    INTERVIEW = "interview", _("Interview")
    OPINION = "opinion", _("Opinion")
    REPORT = "report", _("Report")
    PARTNER = "partner", _("Partner content")


class Content(models.Model):
    """The text of a story or an article, and where it is filed. The body is HTML as `newsroom.body.clean` leaves it."""

    kicker = models.CharField(_("kicker"), max_length=60, blank=True)
    headline = models.CharField(_("headline"), max_length=200)
    standfirst = models.TextField(_("standfirst"), max_length=600, blank=True)
    body = models.TextField(_("text"), blank=True)
    label = models.CharField(_("label"), max_length=12, choices=Label.choices, default=Label.NEWS)
    section = models.ForeignKey("articles.Section", models.PROTECT, verbose_name=_("section"))
    topics = models.ManyToManyField("articles.Topic", blank=True, verbose_name=_("topics"))
    slug = models.SlugField(
        _("words of the address"),
        max_length=80,
        blank=True,
        help_text=_("Made from the headline when left empty. The number after it never changes."),
    )
    lead_caption = models.CharField(
        _("caption for this use"),
        max_length=400,
        blank=True,
        help_text=_("Replaces the photo library’s caption in this article only."),
    )
    search_title = models.CharField(
        _("title for search engines"), max_length=120, blank=True, help_text=_("The headline when left empty.")
    )
    social_title = models.CharField(
        _("title for sharing"), max_length=120, blank=True, help_text=_("The headline when left empty.")
    )
    is_sensitive = models.BooleanField(
        _("sensitive case"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("No automatic neighbour on its page: two names side by side can do harm."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.headline
