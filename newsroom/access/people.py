"""Whom something concerns: the readers of a story, the desk of a section."""

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
    """The logins with one of `roles` who answer for a section, whatever mail they want: those tied to it, or to the
    section it stands in; when nobody is, all who are tied to none. `but` are left out.

    A journalist who is tied to sections files under those alone, so that these decide who answers for their texts. A
    text that they were given in another section has the desk of that section: their own may have no right to read it.
    """
    over = logins_with(roles).exclude(pk__in=[person.pk for person in but])
    tied = over.filter(pk__in=tied_logins(section_id))
    return list(tied) or list(over.exclude(pk__in=tied_logins()))


def logins_with(roles: Iterable[Role]) -> QuerySet[User]:
    """The logins that are not switched off and have one of `roles`."""
    holders = User.groups.through.objects.filter(group__name__in=[role.value for role in roles]).values("user_id")
    return User.objects.filter(is_active=True, pk__in=holders)


def tied_logins(section_id: int | None = None) -> QuerySet[Any]:
    """The numbers of the logins tied to sections; to this one, or to the one it stands in."""
    ties = StaffProfile.sections.through.objects.all()
    if section_id is not None:
        above = Section.objects.filter(pk=section_id).values("parent")
        ties = ties.filter(Q(section=section_id) | Q(section__in=above))
    return ties.values("staffprofile__user")
