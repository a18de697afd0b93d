"""Who may manage which logins: nobody grants more than they have."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from articles.models import Section

from .standing import CHIEFS, EVERYONE, NOBODY, Login, Role, recorded_standing, standing_of
from .stories import choosable_sections


def may_manage(user: Login, login: User) -> bool:
    """Whether `user` may change this login: a chief, and one who has all that it has."""
    theirs = recorded_standing(login)
    own = standing_of(user)
    within = own.sections is None or (theirs.sections is not None and theirs.sections <= own.sections)
    return theirs.roles <= grantable_roles(user) and within and (user.is_superuser or not login.is_superuser)


def grantable_roles(user: Login) -> frozenset[Role]:
    """The roles `user` may give: a chief has them all, nobody else gives any."""
    return EVERYONE if standing_of(user).is_any(CHIEFS) else NOBODY


def grantable_sections(user: Login) -> QuerySet[Section]:
    """The sections that `user` may tie a login to: their own."""
    return choosable_sections(user) if standing_of(user).is_any(CHIEFS) else Section.objects.none()
