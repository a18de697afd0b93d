"""The one narrow table behind every list of the site."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .article import Article


class ListingKind(models.TextChoices):
    ALL = "all", _("Everything")
    SECTION = "section", _("A section or one of its subsections")
    TOPIC = "topic", _("A topic")
    AUTHOR = "author", _("An author")


class Listing(models.Model):
    """One line of one list: `ref` is the number of the section, topic or author (0 in the list of everything).

    An article of a subsection also stands in its parent's list, so that every list is one range of one index.
    """

    kind = models.CharField(max_length=8, choices=ListingKind.choices)
    ref = models.BigIntegerField(default=0)
    published_at = models.DateTimeField()
    article = models.ForeignKey(Article, models.CASCADE, related_name="listings", db_index=True)

    class Meta:
        ordering = ["-published_at", "-article_id"]
        constraints = [models.UniqueConstraint(fields=["kind", "ref", "article"], name="listing_once")]
        indexes = [
            # every list of the site, at any depth: articles.listings.page_of()
            models.Index(fields=["kind", "ref", "-published_at", "-article"], name="listing_page"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}: {self.article_id}"
