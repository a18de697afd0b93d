"""The people of the newsroom: a profile for each login, a desk for each section, the name that colleagues read."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Section


def name_of(login: User) -> str:
    """The name that colleagues know a login by: its full name, or the login itself while no name was written."""
    return login.get_full_name() or login.get_username()


class StaffProfile(models.Model):
    """The author that a login signs as, its sections and the mail it wants. Its roles are Django groups."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_profile")
    author = models.ForeignKey(
        Author, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("signs as")
    )
    sections = models.ManyToManyField(
        Section, blank=True, related_name="+", verbose_name=_("sections"), help_text=_("None chosen: all of them.")
    )
    # `wants_mail` stops all mail; the others each stop the mail of one `newsroom.notifications.Concern`.
    wants_mail = models.BooleanField(_("receives the desk’s mail"), default=True)
    mail_asked = models.BooleanField(
        _("what is asked of me"),
        default=True,
        db_default=True,
        help_text=_("A note that names me, a check to give, a text to write."),
    )
    mail_texts = models.BooleanField(
        _("what becomes of my texts"),
        default=True,
        db_default=True,
        help_text=_("Sent back, approved, scheduled, published, and what the desk changed in them."),
    )
    mail_desk = models.BooleanField(
        _("what waits for the desk"),
        default=True,
        db_default=True,
        help_text=_("A text to review, a flash to look at again, a publication that failed."),
    )

    class Meta:
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")

    def __str__(self) -> str:
        return str(self.user)


class SectionDesk(models.Model):
    """What the newsroom keeps of a section and readers do not see."""

    section = models.OneToOneField(Section, models.CASCADE, related_name="+", verbose_name=_("section"))
    photo = models.ForeignKey(
        "Photo",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture of the section"),
        help_text=_("What a flash shows that has no picture of its own."),
    )

    class Meta:
        verbose_name = _("section’s desk")
        verbose_name_plural = _("sections’ desks")

    def __str__(self) -> str:
        return str(self.section)
