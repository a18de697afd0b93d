"""What a login is to the newsroom: its roles, and the sections it is tied to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import CharField, Q, Value

from articles.models import Section
from newsroom.models import StaffProfile

Login: TypeAlias = User | AnonymousUser


class Role(StrEnum):
    """The roles, by the names of their Django groups (which staff see, hence French)."""

    JOURNALIST = "Journaliste"
    SUB_EDITOR = "Secrétaire de rédaction"
    EDITOR = "Éditeur"
    PHOTO_EDITOR = "Iconographe"
    CHIEF = "Rédaction en chef"


EVERYONE = frozenset(Role)
WRITERS = frozenset({Role.JOURNALIST, Role.SUB_EDITOR, Role.EDITOR, Role.CHIEF})
SUB_EDITORS_UP = frozenset({Role.SUB_EDITOR, Role.EDITOR, Role.CHIEF})
EDITORS_UP = frozenset({Role.EDITOR, Role.CHIEF})
PICTURE_DESK = frozenset({Role.PHOTO_EDITOR, Role.SUB_EDITOR, Role.EDITOR, Role.CHIEF})
CHIEFS = frozenset({Role.CHIEF})
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Standing:
    """What a login is to the newsroom. `sections` holds subsections too; None means all of them."""

    user_id: int | None
    roles: frozenset[Role]
    sections: frozenset[int] | None

    def is_any(self, roles: frozenset[Role]) -> bool:
        return bool(self.roles & roles)

    def covers(self, section_id: int | None) -> bool:
        return self.sections is None or section_id in self.sections


NO_STANDING = Standing(None, frozenset(), frozenset())


def standing_of(user: Login) -> Standing:
    """The standing of `user`, read once for each user object (that is, once a request)."""
    if not user.is_authenticated or not user.is_active:
        return NO_STANDING
    known: Standing | None = getattr(user, "_standing", None)
    if known is None:
        known = recorded_standing(user)
        user._standing = known  # type: ignore[attr-defined]
    return known


def recorded_standing(user: Any) -> Standing:
    """The standing on record for a login, whether it is switched off or not. One query."""
    tied = StaffProfile.sections.through.objects.filter(staffprofile__user=user).values("section_id")
    within = Section.objects.filter(Q(pk__in=tied) | Q(parent__in=tied)).order_by()
    names = user.groups.order_by().values_list("name", Value(0))
    rows = list(names.union(within.values_list(Value("", output_field=CharField()), "pk"), all=True))
    roles = frozenset(role for role in Role if (role.value, 0) in rows)
    sections = frozenset(number for _name, number in rows if number)
    return Standing(user.pk, roles, sections or None)


def may_enter(user: Login) -> bool:
    """Whether the desk opens its door at all."""
    return bool(standing_of(user).roles)
