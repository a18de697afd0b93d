"""A story: the newsroom's working copy of a text, live or not."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Content
from newsroom.workflow import Stage

from .photo import Photo


class Story(Content):
    """A text being written, under the number its article has or will have.

    Its stage says where the working copy stands; `live_revision` says what readers see, if anything. The two are
    independent: a live article can have its next version in review.
    """

    lead_photo = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("lead picture")
    )
    body_photos = models.ManyToManyField(Photo, related_name="stories", editable=False)
    authors = models.ManyToManyField(Author, through="StoryByline", verbose_name=_("bylines"))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.DRAFT, editable=False)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="stories", editable=False, verbose_name=_("writers")
    )
    approved_revision = models.ForeignKey(
        "Revision", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved version")
    )
    live_revision = models.ForeignKey(
        "Revision", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("live version")
    )
    first_published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("modified"), editable=False)
    words = models.PositiveIntegerField(_("words"), default=0, editable=False)
    folded = models.CharField(max_length=300, editable=False, help_text="Headline and kicker, folded.")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-saved_at"]
        indexes = [
            # the desk's list, by stage: admin.story.StoryAdmin
            models.Index(fields=["stage", "-saved_at"], name="story_by_stage"),
            models.Index(fields=["section", "-saved_at"], name="story_by_section"),
        ]

    @property
    def is_live(self) -> bool:
        return self.live_revision_id is not None


class StoryByline(models.Model):
    story = models.ForeignKey(Story, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="+", verbose_name=_("author"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["story", "author"], name="storybyline_once")]

    def __str__(self) -> str:
        return str(self.author)
