"""Who may order a text, who may be given one to write, and who may be asked for a check."""

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from newsroom.models import Check, Story

from .people import logins_with, readers_of, tied_logins
from .standing import CHIEFS, EDITORS_UP, PICTURE_DESK, SUB_EDITORS_UP, WRITERS, Login, Role, standing_of
from .stories import may_write_stories, visible_stories


def may_commission(user: Login) -> bool:
    """Whether `user` may order a text that nobody has begun, under the sections that are theirs."""
    return standing_of(user).is_any(SUB_EDITORS_UP)


def may_be_assigned(person: Login) -> bool:
    """Whether a text may be given to `person` to write; they then read it, whatever section it is filed under."""
    return person.is_active and may_write_stories(person)


def assignable() -> QuerySet[User]:
    """The logins of `may_be_assigned`, by name."""
    names = [role.value for role in WRITERS]
    people = User.objects.filter(is_active=True, groups__name__in=names).distinct()
    return people.order_by("last_name", "first_name", "username")


def checks_to_give(user: Login) -> QuerySet[Check]:
    """The checks that were asked for and that `user` may give, as `may_give_check` says."""
    standing = standing_of(user)
    if standing.user_id is None:
        return Check.objects.none()
    theirs = Q()
    if standing.sections is not None:
        theirs = Q(story__section__in=standing.sections)
    givable = Q(pk=None)
    if standing.is_any(CHIEFS):
        givable |= Q(kind=Check.Kind.LEGAL) & theirs
    if standing.is_any(PICTURE_DESK):
        givable |= Q(kind=Check.Kind.PICTURES)
    if standing.is_any(EDITORS_UP):
        written = Story.writers.through.objects.filter(user_id=standing.user_id).values("story_id")
        givable |= Q(kind=Check.Kind.SOURCE) & theirs & ~Q(story__in=written)
    return Check.objects.filter(givable, Exists(visible_stories(user).filter(pk=OuterRef("story"))), outcome="")


def givers_of_check(kind: str, story: Story) -> QuerySet[User]:
    """The logins to tell of a check that is asked for: those who may give it, in one query.

    Photo editors are told of a check on pictures; where nobody is one, the rest of the picture desk is.
    """
    over = logins_with(CHIEFS if kind == Check.Kind.LEGAL else EDITORS_UP)
    over = over.filter(~Q(pk__in=tied_logins()) | Q(pk__in=tied_logins(story.section_id)))
    match kind:
        case Check.Kind.PICTURES:
            first = readers_of(story).filter(pk__in=logins_with({Role.PHOTO_EDITOR}).values("pk"))
            return first if first.exists() else readers_of(story).filter(pk__in=logins_with(PICTURE_DESK).values("pk"))
        case Check.Kind.SOURCE:
            return over.exclude(pk__in=Story.writers.through.objects.filter(story_id=story.pk).values("user_id"))
    return over
