"""Who may see and do what. The one policy: every admin, view and endpoint of the desk asks here.

It knows roles, not `is_superuser`: somebody without a role may nothing. Whether a deed fits a story's stage is
`workflow`'s to say, whether the text is fit for it `checklist`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Subquery, Value

from articles.models import Article, Author, Image, ImageCredit, Page, Section, Topic

from .models import (
    Change,
    Check,
    Move,
    Note,
    Photo,
    PlanChange,
    Presence,
    Revision,
    SectionDesk,
    ShareLink,
    StaffProfile,
    Story,
    StoryByline,
)
from .workflow import TRANSITIONS, Deed, Live, Stage, Who

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
    """What is on record for a login, switched off or not. One query."""
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


# --- Stories ----------------------------------------------------------------------------------------------------


def visible_stories(user: Login) -> QuerySet[Story]:
    """The stories `user` may read: those of their sections, and those they write."""
    standing = standing_of(user)
    if not standing.roles or standing.user_id is None:
        return Story.objects.none()
    if standing.sections is None:
        return Story.objects.all()
    # asked of each story: all that somebody ever wrote is much to gather for a page
    writes = Story.writers.through.objects.filter(story=OuterRef("pk"), user=standing.user_id)
    return Story.objects.filter(Q(section__in=standing.sections) | Exists(writes))


def may_view_story(user: Login, story: Story) -> bool:
    standing = standing_of(user)
    return bool(standing.roles) and (standing.covers(story.section_id) or is_writer(user, story))


def may_write_stories(user: Login) -> bool:
    return standing_of(user).is_any(WRITERS)


def is_writer(user: Login, story: Story) -> bool:
    """Whether `user` is one of the logins that write `story`."""
    return (
        user.is_authenticated and story.pk is not None and any(writer.pk == user.pk for writer in story.writers.all())
    )


def may_edit_text(user: Login, story: Story) -> bool:
    """Whether `user` may change the text now: in draft its writers and editors, in review the desk, else nobody.

    What is ready or published is read-only, so that what was approved is what appears.
    """
    match story.stage:
        case Stage.DRAFT:
            return is_one_of(Who.WRITERS_AND_EDITORS, user, story)
        case Stage.REVIEW:
            return is_one_of(Who.SUB_EDITORS_UP, user, story)
    return False


def is_one_of(who: Who, user: Login, story: Story) -> bool:
    """Whether `user` is among those the workflow's table means by `who`, for this story."""
    standing = standing_of(user)
    over_it = standing.covers(story.section_id)
    match who:
        case Who.WRITERS_AND_EDITORS:
            writes = standing.is_any(WRITERS) and is_writer(user, story)
            return writes or (over_it and standing.is_any(EDITORS_UP))
        case Who.SUB_EDITORS_UP:
            return over_it and standing.is_any(SUB_EDITORS_UP)
        case Who.EDITORS_UP:
            return over_it and standing.is_any(EDITORS_UP)
        case Who.CHIEFS:
            return over_it and standing.is_any(CHIEFS)


def may_do(user: Login, deed: Deed, story: Story) -> bool:
    """Whether `deed` is `user`'s to do on a story like this one, four eyes aside."""
    return is_one_of(TRANSITIONS[deed].who, user, story)


def lacks_second_eyes(user: Login, deed: Deed, story: Story) -> bool:
    """Whether four eyes forbid it: one does not approve what one wrote or submitted, nor look again at one’s flash."""
    if not TRANSITIONS[deed].four_eyes:
        return False
    return is_writer(user, story) or _put_forward_by(story, deed) == user.pk


def may_override_four_eyes(user: Login, deed: Deed) -> bool:
    """A chief may approve alone, with a reason that stays on record; nobody is their own second look."""
    return TRANSITIONS[deed].may_be_alone and standing_of(user).is_any(CHIEFS)


# What puts a text before the eyes that do a deed.
PUTS_FORWARD: dict[Deed, tuple[Deed, ...]] = {Deed.APPROVE: (Deed.SUBMIT, Deed.FLASH), Deed.LOOK: (Deed.FLASH,)}


def _put_forward_by(story: Story, deed: Deed) -> int | None:
    """Who last put the story before the eyes that do `deed`, by number."""
    known: int | None
    if (known := story.__dict__.get(f"put_to_{deed}", -1)) != -1:
        return known
    return story.moves.filter(deed__in=PUTS_FORWARD[deed]).values_list("by", flat=True).first()


def may_flash(user: Login) -> bool:
    """Whether `user` may put an urgent text before readers from the short form; its section must be theirs too."""
    return standing_of(user).is_any(CHIEFS)


def with_second_eyes(stories: QuerySet[Story]) -> QuerySet[Any]:
    """Each story with what `lacks_second_eyes` asks of its moves, so that a page of many asks nothing for each. Their
    writers are for the caller to prefetch.
    """
    last = Move.objects.filter(story=OuterRef("pk")).order_by("-at", "-pk")
    return stories.annotate(
        **{
            f"put_to_{deed}": Subquery(last.filter(deed__in=puts).values("by")[:1])
            for deed, puts in PUTS_FORWARD.items()
        }
    )


def deeds_open_to(user: Login, story: Story) -> list[Deed]:
    """The buttons to show: what the table allows here and `user` may do, in the table's order."""
    return [
        deed
        for deed, row in TRANSITIONS.items()
        if story.stage in row.sources
        and fits_live(row.live, story)
        and may_do(user, deed, story)
        and (deed is not Deed.LOOK or story.awaits_second_look)
        and (not lacks_second_eyes(user, deed, story) or may_override_four_eyes(user, deed))
    ]


def fits_live(live: Live, story: Story) -> bool:
    return live is Live.ANY or story.is_live is (live is Live.ONLY)


def may_retry(user: Login, story: Story) -> bool:
    """Whether `user` may have a publication that failed tried again at once: who may publish it."""
    return story.stage == Stage.SCHEDULED and bool(story.failure) and may_do(user, Deed.PUBLISH, story)


# --- The plan of a story, and the looks asked for beside its stages ---------------------------------------------


def may_plan(user: Login, story: Story) -> bool:
    """Whether `user` may say who writes it, by when and how long."""
    return is_one_of(Who.SUB_EDITORS_UP, user, story)


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


def may_add_caution(user: Login, story: Story) -> bool:
    """Whether `user` may put an embargo on it (or a longer one), or call it a sensitive case: who may write it, and
    the desk. Caution is everybody's.
    """
    return is_one_of(Who.WRITERS_AND_EDITORS, user, story) or is_one_of(Who.SUB_EDITORS_UP, user, story)


def may_lift_caution(user: Login, story: Story) -> bool:
    """Whether `user` may shorten or lift an embargo, or say that a case is sensitive no more: an editor."""
    return is_one_of(Who.EDITORS_UP, user, story)


def may_ask_check(user: Login, story: Story) -> bool:
    """Whether `user` may ask for a check: whoever may read the story."""
    return may_view_story(user, story)


def may_give_check(user: Login, kind: str, story: Story) -> bool:
    """Whether `user` may say that a check is good: a chief on the law, the picture desk on pictures, and on a second
    source an editor who did not write the text.
    """
    standing = standing_of(user)
    if not may_view_story(user, story):
        return False
    match kind:
        case Check.Kind.LEGAL:
            return standing.is_any(CHIEFS) and standing.covers(story.section_id)
        case Check.Kind.PICTURES:
            return standing.is_any(PICTURE_DESK)
        case Check.Kind.SOURCE:
            return is_one_of(Who.EDITORS_UP, user, story) and not is_writer(user, story)
    return False


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
    return Check.objects.filter(givable, outcome="", story__in=visible_stories(user))


def givers_of_check(kind: str, story: Story) -> QuerySet[User]:
    """Who is told that a check is asked for: those who may give it, asked of everybody at once. Of pictures the photo
    editors hear, the rest of the desk only where there is none.
    """
    over = _logins(CHIEFS if kind == Check.Kind.LEGAL else EDITORS_UP)
    over = over.filter(~Q(pk__in=_tied()) | Q(pk__in=_tied(story.section_id)))
    match kind:
        case Check.Kind.PICTURES:
            first = readers_of(story).filter(pk__in=_logins({Role.PHOTO_EDITOR}).values("pk"))
            return first if first.exists() else readers_of(story).filter(pk__in=_logins(PICTURE_DESK).values("pk"))
        case Check.Kind.SOURCE:
            return over.exclude(pk__in=Story.writers.through.objects.filter(story_id=story.pk).values("user_id"))
    return over


def may_waive_check(user: Login, kind: str, story: Story) -> bool:
    """Whether `user` may do without a check, with a reason: a chief on the law, an editor on the others."""
    return is_one_of(Who.CHIEFS if kind == Check.Kind.LEGAL else Who.EDITORS_UP, user, story)


def may_share(user: Login, story: Story) -> bool:
    """Whether `user` may show a version to somebody without an account: the desk, which answers for what leaves it."""
    return is_one_of(Who.SUB_EDITORS_UP, user, story)


def may_take_over(user: Login, story: Story) -> bool:
    """Whether `user` may take the hand from who is writing: who may write the text now."""
    return may_edit_text(user, story)


# --- Everything else the desk shows -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rights:
    """Which roles may view, add, change and delete the rows of a model."""

    view: frozenset[Role]
    add: frozenset[Role] = NOBODY
    change: frozenset[Role] = NOBODY
    delete: frozenset[Role] = NOBODY


RIGHTS: dict[type[Model], Rights] = {
    Section: Rights(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Topic: Rights(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Author: Rights(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Page: Rights(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    ImageCredit: Rights(EVERYONE, PICTURE_DESK, PICTURE_DESK, PICTURE_DESK),
    Photo: Rights(EVERYONE, EVERYONE, EVERYONE, PICTURE_DESK),
    Story: Rights(EVERYONE, WRITERS, WRITERS),  # a story is spiked, never deleted
    StoryByline: Rights(EVERYONE, WRITERS, WRITERS, WRITERS),
    SectionDesk: Rights(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    User: Rights(CHIEFS, CHIEFS, CHIEFS),  # a login is switched off, never deleted: its texts name it for ever
}


def may(user: Login, verb: str, model: type[Model], obj: Model | None = None) -> bool:
    """Whether `user` may `verb` (view, add, change or delete) rows of `model`, or this very row.

    A model without a row in RIGHTS is nobody's.
    """
    rights = RIGHTS.get(model)
    if rights is None or not standing_of(user).is_any(getattr(rights, verb)):
        return False
    match obj:
        case User() if verb == "change":
            return may_manage(user, obj)
        case Story():
            return may_view_story(user, obj) if verb == "view" else verb == "change" and may_edit_text(user, obj)
        case StoryByline():
            return may(user, "view" if verb == "view" else "change", Story, obj.story)
        case Photo() if verb == "change":
            return may_change_photo(user, obj)
    return True


def may_change_photo(user: Login, photo: Photo) -> bool:
    """The picture desk always; who added it, until it is part of a text that the desk reads, approved or published."""
    standing = standing_of(user)
    if standing.is_any(PICTURE_DESK):
        return True
    if photo.added_by_id != standing.user_id or Image.objects.filter(pk=photo.pk).exists():
        return False
    return not Story.objects.filter(
        Q(lead_photo=photo) | Q(body_photos=photo), stage__in=[Stage.REVIEW, Stage.READY]
    ).exists()


def visible(user: Login, model: type[Model]) -> QuerySet[Any]:
    """The rows of `model` that `user` may see: for lists, choices, filters and lookups alike."""
    if model is Story:
        return visible_stories(user)
    if model in (StoryByline, Note, Revision, Move, PlanChange, Change, Check, ShareLink, Presence):
        return model._default_manager.filter(story__in=visible_stories(user))
    if not may(user, "view", model):
        return model._default_manager.none()
    return model._default_manager.all()


def choosable_sections(user: Login) -> QuerySet[Section]:
    """The sections `user` may file a story under."""
    standing = standing_of(user)
    sections = Section.objects.select_related("parent")
    return sections if standing.sections is None else sections.filter(pk__in=standing.sections)


def choosable_articles(user: Login) -> tuple[QuerySet[Article], QuerySet[Story]]:
    """What a « Lire aussi » may name: every live article, and one's own stories that are not live."""
    if not may_enter(user):
        return Article.objects.none(), Story.objects.none()
    own = Story.objects.filter(writers=user.pk, live_revision=None).exclude(stage=Stage.SPIKED)
    return Article.objects.all(), own


# --- Whom it concerns ---------------------------------------------------------------------------------------------


def readers_of(story: Story) -> QuerySet[User]:
    """The logins that may read a story: `may_view_story`, asked of everybody at once."""
    writers = Story.writers.through.objects.filter(story_id=story.pk).values("user_id")
    return _logins(EVERYONE).filter(~Q(pk__in=_tied()) | Q(pk__in=_tied(story.section_id)) | Q(pk__in=writers))


def choosable_stories(user: Login) -> QuerySet[Story]:
    """The stories a text may say that it follows or answers: those of `choosable_articles`."""
    _articles, own = choosable_articles(user)
    if not may_enter(user):
        return own
    return Story.objects.filter(Q(live_revision__isnull=False) | Q(pk__in=own.values("pk")))


def desk_of(section_id: int, roles: Iterable[Role], *, but: Iterable[User] = ()) -> list[User]:
    """The logins with one of `roles` who answer for a section and want the desk's mail: those tied to it, or to the
    section it stands in; the whole desk when nobody is. `but` are those whose own doing it is.
    """
    own = {person.pk for person in but}
    over = [person for person in recipients_over(section_id, roles) if person.pk not in own]
    answering = set(_tied(section_id).filter(staffprofile__user__in=over).values_list("staffprofile__user", flat=True))
    return [person for person in over if person.pk in answering] or over


def recipients_over(section_id: int, roles: Iterable[Role]) -> list[User]:
    """The logins with one of `roles` over a section who want the desk's mail."""
    over = _logins(roles).filter(~Q(pk__in=_tied()) | Q(pk__in=_tied(section_id)))
    unwilling = Q(staff_profile__wants_mail=False) | Q(staff_profile__mail_desk=False)
    return list(over.exclude(email="").exclude(unwilling))


def _logins(roles: Iterable[Role]) -> QuerySet[User]:
    holders = User.groups.through.objects.filter(group__name__in=[role.value for role in roles]).values("user_id")
    return User.objects.filter(is_active=True, pk__in=holders)


def _tied(section_id: int | None = None) -> QuerySet[Any]:
    """The logins tied to sections; to this one, or to the one it stands in."""
    ties = StaffProfile.sections.through.objects.all()
    if section_id is not None:
        above = Section.objects.filter(pk=section_id).values("parent")
        ties = ties.filter(Q(section=section_id) | Q(section__in=above))
    return ties.values("staffprofile__user")


# --- Accounts: nobody grants more than they have ------------------------------------------------------------------


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
    """The sections `user` may give over: their own."""
    return choosable_sections(user) if standing_of(user).is_any(CHIEFS) else Section.objects.none()
