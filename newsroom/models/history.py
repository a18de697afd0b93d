"""The history of a story: its versions, its moves and its changes. Rows are only ever added."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsroom.workflow import ChangeKind, Deed, Stage


class Milestone(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", pgettext_lazy("of a version", "Published")


class Revision(models.Model):
    """An immutable saved state of a story. `content` is what `newsroom.stories.content.content_of` returns."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))
    milestone = models.CharField(_("milestone"), max_length=10, choices=Milestone.choices, blank=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.story_id} v{self.number}"


class Move(models.Model):
    """A deed that was done on a story: who did it, on which version, and why."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="moves")
    deed = models.CharField(_("action"), max_length=10, choices=Deed.choices)
    from_stage = models.CharField(_("from"), max_length=10, choices=Stage.choices)
    to_stage = models.CharField(_("to"), max_length=10, choices=Stage.choices)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="moves", verbose_name=_("version"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))
    note = models.TextField(_("note"), blank=True)
    by_clock = models.BooleanField(
        _("by the clock"), default=False, db_default=False, help_text="On behalf of who scheduled it."
    )
    overrides_four_eyes = models.BooleanField(_("without a second pair of eyes"), default=False)

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ["-at", "-pk"]
        indexes = [
            # the last move of a story, and who did what last: access.rights.lacks_second_eyes()
            models.Index(fields=["story", "-at"], name="move_of_story"),
            # what was done in the last days: desk_changes.lately_changed()
            models.Index(fields=["-at"], name="move_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} {self.deed}"


class Change(models.Model):
    """A change notice that was published with a new version of a live article.

    Its public part, an articles.Correction, is written again at each publication: a withdrawn article that comes back
    has its corrections again.
    """

    story = models.ForeignKey("Story", models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind of change"), max_length=14, choices=ChangeKind.choices)
    text = models.TextField(_("what readers are told"), blank=True)
    reply = models.ForeignKey("Story", models.PROTECT, null=True, related_name="+", verbose_name=_("right of reply"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+", verbose_name=_("version"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["story", "reply"], name="reply_told_once", condition=models.Q(reply__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.story_id} {self.kind}"


class PlanChange(models.Model):
    """A change of one subject of a story's plan.

    `before` and `after` hold a name, a number or a moment (ISO 8601); empty means none.
    """

    class Subject(models.TextChoices):
        ASSIGNEE = "assignee", _("assigned to")
        DEADLINE = "deadline", _("deadline")
        CHARACTERS = "signs", _("length ordered")  # "signs" is what the rows have, from before the name was changed
        EMBARGO = "embargo", _("embargo")
        SENSITIVE = "sensitive", _("sensitive case")

    story = models.ForeignKey("Story", models.CASCADE, related_name="plan_changes")
    subject = models.CharField(_("what"), max_length=10, choices=Subject.choices)
    before = models.CharField(_("before"), max_length=200, blank=True)
    after = models.CharField(_("after"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("change of plan")
        verbose_name_plural = _("changes of plan")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.story_id} {self.subject}"


class Takeover(models.Model):
    """Somebody took over a text that a colleague had open to write."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="takeovers")
    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken from")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("takeover")
        verbose_name_plural = _("takeovers")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.story_id} {self.taken_from_id} {self.by_id}"
