"""The newsroom's working copy of a text, live or not."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Content
from newsroom.workflow import ChangeKind, Stage

from .photo import Photo

# Neither published nor spiked: `workflow.IN_WORK`, in the words of the index `story_in_work`, or engines pass it over.
IS_IN_WORK = ~models.Q(stage=Stage.PUBLISHED) & ~models.Q(stage=Stage.SPIKED)
WALL_TIME_HELP = "The wall time that was meant, with its zone: 2027-02-07 08:00 Africa/Casablanca."


class Story(Content):
    """A text being written, under the number its article has or will have.

    `stage` says where the working copy stands; `live_revision` says what readers see, if anything. The two are
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
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("follows"),
        help_text=_("The article this one carries on. It cannot appear before it; its readers are shown this one."),
    )
    replies_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("right of reply to"),
        help_text=_("The article it answers. Readers find each from the other."),
    )
    # --- The plan, which is no part of the text. Only newsroom.planning and newsroom.deeds write it.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="assignments",
        verbose_name=_("assigned to"),
    )
    deadline = models.DateTimeField(_("deadline"), null=True, editable=False)
    characters_ordered = models.PositiveIntegerField(
        _("length ordered, in signs"), db_column="signs_ordered", null=True, editable=False
    )
    embargo_until = models.DateTimeField(_("embargo until"), null=True, editable=False)
    embargo_wall = models.CharField(max_length=60, blank=True, db_default="", editable=False, help_text=WALL_TIME_HELP)
    publish_at = models.DateTimeField(_("publication"), null=True, editable=False)
    publish_wall = models.CharField(max_length=60, blank=True, db_default="", editable=False, help_text=WALL_TIME_HELP)
    due_at = models.DateTimeField(
        null=True, editable=False, help_text="When the clock next tries: publish_at, or later after a failure."
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0, editable=False)
    failure = models.CharField(_("failure"), max_length=400, blank=True, db_default="", editable=False)
    change_kind = models.CharField(max_length=14, choices=ChangeKind.choices, blank=True, db_default="", editable=False)
    change_text = models.TextField(blank=True, db_default="", editable=False)
    change_reply = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    awaits_second_look = models.BooleanField(_("awaits a second look"), default=False, db_default=False, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text="Who of the desk opened the submitted text first. Its writers may take it back until then.",
    )
    opened_at = models.DateTimeField(null=True, editable=False)
    missed_since = models.PositiveIntegerField(
        null=True, editable=False, help_text="The live version that the open one was last joined with, if it lacks one."
    )
    missed_correction = models.PositiveIntegerField(
        null=True, editable=False, help_text="The version of the correction that readers have and the open one lacks."
    )
    first_published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("modified"), editable=False)
    words = models.PositiveIntegerField(_("words"), default=0, editable=False)
    characters = models.PositiveIntegerField(
        _("signs"),
        db_column="signs",
        default=0,
        db_default=0,
        editable=False,
        help_text="Of the body, spaces included.",
    )
    folded = models.CharField(max_length=300, editable=False, help_text="Headline and kicker, folded.")
    key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The key of the form: a form sent twice starts one story."
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-saved_at"]
        indexes = [
            # the desk's list, by stage: admin.story.list.StoryAdmin
            models.Index(fields=["stage", "-saved_at"], name="story_by_stage"),
            models.Index(fields=["section", "-saved_at"], name="story_by_section"),
            models.Index(fields=["-saved_at"], name="story_lately"),
            # the texts in work, a few hundred rows however large the archive is: admin.overview.home
            models.Index(fields=["stage"], name="story_in_work", condition=IS_IN_WORK),
            models.Index(fields=["-saved_at"], name="story_sensitive", condition=models.Q(is_sensitive=True)),
            # the stories to publish, at every beat: clock.departures.publish_due()
            models.Index(fields=["due_at"], name="story_due", condition=models.Q(stage=Stage.SCHEDULED)),
            # the desk's home: publications that failed, and flashes that wait for their second look
            models.Index(fields=["-due_at"], name="story_failed", condition=~models.Q(failure="")),
            models.Index(fields=["-saved_at"], name="story_unlooked", condition=models.Q(awaits_second_look=True)),
            # the calendar: admin.overview.calendar
            models.Index(fields=["deadline"], name="story_deadline", condition=models.Q(deadline__isnull=False)),
            models.Index(fields=["publish_at"], name="story_departure", condition=models.Q(publish_at__isnull=False)),
            models.Index(
                fields=["embargo_until"], name="story_embargo", condition=models.Q(embargo_until__isnull=False)
            ),
        ]

    @property
    def is_live(self) -> bool:
        return self.live_revision_id is not None


def lock_story(number: int | str) -> None:
    """Lock the row of the story of that number, if there is one, until the transaction ends. Read the story after.

    A query that joins other tables and locks at once would lose the row of a story that is filed elsewhere meanwhile.
    The lock is NO KEY: a transaction that only refers to the story need not wait.
    """
    list(Story.objects.select_for_update(no_key=True).filter(pk=number).values_list("pk"))


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
