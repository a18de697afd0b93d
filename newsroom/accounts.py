"""Writes what a login may do at the desk, and signs it out. `access` decides who may ask for that."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.utils import timezone

from articles.models import Section

from .access import Role
from .models import StaffProfile


def set_standing(
    login: User, *, roles: Iterable[Role], sections: Iterable[Section], author_id: int | None = None
) -> StaffProfile:
    """Give `login` these roles and no others, these sections (none means all of them), and the author it signs as."""
    login.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    profile, _created = StaffProfile.objects.update_or_create(user=login, defaults={"author_id": author_id})
    profile.sections.set(sections)
    return profile


def end_sessions(login: User) -> None:
    """Sign `login` out of every browser. One that is still signed in would enter again when the account reopens."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(login.pk):
            session.delete()
