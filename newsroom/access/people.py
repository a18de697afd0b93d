"""Whom something concerns: the readers of a story, the desk of a section, those who get its mail."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from articles.models import Section
from newsroom.models import StaffProfile, Story

from .standing import EVERYONE, Role


def readers_of(story: Story) -> QuerySet[User]:
    """The logins that may read a story: `may_view_story`, asked of everybody at once."""
    writers = Story.writers.through.objects.filter(story_id=story.pk).values("user_id")
    return logins_with(EVERYONE).filter(
        ~Q(pk__in=tied_logins()) | Q(pk__in=tied_logins(story.section_id)) | Q(pk__in=writers)
    )


def desk_of(section_id: int, roles: Iterable[Role], *, but: Iterable[User] = ()) -> list[User]:
    """The logins with one of `roles` who answer for a section and want the desk's mail: those tied to it, or to the
    section it stands in; the whole desk when nobody is. `but` are those whose own doing it is.
    """
    own = {person.pk for person in but}
    over = [person for person in recipients_over(section_id, roles) if person.pk not in own]
    answering = set(
        tied_logins(section_id).filter(staffprofile__user__in=over).values_list("staffprofile__user", flat=True)
    )
    return [person for person in over if person.pk in answering] or over


def recipients_over(section_id: int, roles: Iterable[Role]) -> list[User]:
    """The logins with one of `roles` over a section who want the desk's mail."""
    over = logins_with(roles).filter(~Q(pk__in=tied_logins()) | Q(pk__in=tied_logins(section_id)))
    unwilling = Q(staff_profile__wants_mail=False) | Q(staff_profile__mail_desk=False)
    return list(over.exclude(email="").exclude(unwilling))


def logins_with(roles: Iterable[Role]) -> QuerySet[User]:
    """The logins that work and have one of `roles`."""
    holders = User.groups.through.objects.filter(group__name__in=[role.value for role in roles]).values("user_id")
    return User.objects.filter(is_active=True, pk__in=holders)


def tied_logins(section_id: int | None = None) -> QuerySet[Any]:
    """The numbers of the logins tied to sections; to this one, or to the one it stands in."""
    ties = StaffProfile.sections.through.objects.all()
    if section_id is not None:
        above = Section.objects.filter(pk=section_id).values("parent")
        ties = ties.filter(Q(section=section_id) | Q(section__in=above))
    return ties.values("staffprofile__user")
