"""Live articles with their bylines, links and corrections, and withdrawals. Only `newsroom.publishing` writes them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .author import Author
from .content import Content
from .image import Image


class Article(Content):
    """A text that readers see, under the number of its story. A withdrawn article has no row."""

    id = models.BigIntegerField(primary_key=True)
    lead_image = models.ForeignKey(Image, models.PROTECT, null=True, related_name="leads")
    authors = models.ManyToManyField(Author, through="Byline")
    images = models.ManyToManyField(Image, related_name="articles", help_text="Those the body shows.")
    revision = models.PositiveIntegerField(help_text="The number of the version readers see.")
    first_published_at = models.DateTimeField(help_text="Never moves, not even when a withdrawn article comes back.")
    updated_at = models.DateTimeField(help_text="Moved by a substantive update only.")
    reading_minutes = models.PositiveSmallIntegerField(default=1)
    follows = models.ForeignKey(
        "self", models.DO_NOTHING, db_constraint=False, null=True, related_name="follow_ups", help_text="May be gone."
    )
    replies_to = models.ForeignKey(
        "self", models.DO_NOTHING, db_constraint=False, null=True, related_name="replies", help_text="May be gone."
    )
    has_corrections = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-first_published_at", "-id"]

    def get_absolute_url(self) -> str:
        """The canonical address. It costs no query when `section__parent` was selected."""
        return reverse("articles:article", args=[self.section.root.slug, self.slug, self.pk])

    @property
    def was_updated(self) -> bool:
        return self.updated_at > self.first_published_at


class Byline(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="byline_once")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.author_id}"


class CrossLink(models.Model):
    """A « Lire aussi » in the body of an article, or a plain link in its text.

    The target may not be public yet, or no longer be: a « Lire aussi » then shows nothing.
    """

    source = models.ForeignKey(Article, models.CASCADE, related_name="cross_links")
    target = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="linked_from", db_constraint=False, verbose_name=_("target")
    )
    order = models.PositiveSmallIntegerField()
    is_plain = models.BooleanField(default=False, db_default=False, help_text="A link in the text alone.")

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["source", "target"], name="crosslink_once")]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class Correction(models.Model):
    """A dated note on what was wrong, which the article and `/corrections/` print."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        REPLY = "reply", _("Right of reply")

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.CORRECTION)
    at = models.DateTimeField(_("date"))
    text = models.TextField(_("text"), blank=True)
    reply = models.ForeignKey(
        Article,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        help_text="Of a right of reply: its own text, which may not be public.",
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-at"]
        indexes = [
            # the page of all corrections, newest first: articles.views.corrections
            models.Index(fields=["-at", "-id"], name="correction_page"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Withdrawal(models.Model):
    """Makes the address of a withdrawn article answer 410, with the date and the desk's notice but never the headline.

    Publishing the article again deletes the row.
    """

    id = models.BigIntegerField(primary_key=True, help_text="The number of the article that was there.")
    at = models.DateTimeField()
    notice = models.TextField(blank=True, help_text="What readers are told.")

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.pk} ({self.at:%Y-%m-%d})"
