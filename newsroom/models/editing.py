"""Texts being written: who has a story open, and what they typed and have not saved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """One page on which somebody has a story open. Advice only: the version decides what may be saved."""

    story = models.ForeignKey("Story", models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=36, help_text="A random name: it tells one page of one browser from all others.")
    field = models.CharField(
        max_length=40, blank=True, help_text="The field that is being written; empty while one reads."
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    taken_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["story", "user", "page"], name="presence_once")]
        indexes = [
            # pages without a heartbeat: editing.presence.forget_gone(), clock.terms
            models.Index(fields=["seen_at"], name="presence_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} {self.user_id}"


class SavedPage(models.Model):
    """A page that was saved. An autosave of it that comes in later, because it was slow, is in the story already.

    A page numbers what it sends; `turn` is the number of the save.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=36, help_text="A random name: it tells one page of one browser from all others.")
    turn = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved page")
        verbose_name_plural = _("saved pages")
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="saved_page_once")]
        indexes = [
            # the rows whose term is over: clock.terms
            models.Index(fields=["at"], name="saved_page_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"


class Autosave(models.Model):
    """What somebody typed in one page and has not saved: the fields of its form, as it would post them.

    The save of that page deletes it. `story` is empty for a new article; `based_on` is the version that was open.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    story = models.ForeignKey("Story", models.CASCADE, null=True, related_name="autosaves")
    page = models.CharField(max_length=36, help_text="A random name: it tells one page of one browser from all others.")
    based_on = models.PositiveIntegerField(default=0)
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("autosave")
        verbose_name_plural = _("autosaves")
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="autosave_once")]
        indexes = [
            # the autosaves offered when a page is opened again: editing.autosave.waiting_for()
            models.Index(fields=["user", "story", "-saved_at"], name="autosave_of_story"),
            # the rows whose term is over: clock.terms
            models.Index(fields=["saved_at"], name="autosave_saved"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.story_id} {self.page}"
