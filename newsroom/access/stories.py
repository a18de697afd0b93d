"""Who may read, write and move a story. Whether a deed fits its stage is `workflow`'s to say."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from articles.models import Section
from newsroom.models import Move, Story
from newsroom.workflow import TRANSITIONS, Deed, Live, Stage, Who

from .standing import CHIEFS, EDITORS_UP, SUB_EDITORS_UP, WRITERS, Login, standing_of


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
PUTS_FORWARD: dict[Deed, tuple[Deed, ...]] = {
    Deed.APPROVE: (Deed.SUBMIT, Deed.FLASH),
    Deed.LOOK: (Deed.FLASH, Deed.CORRECT),
}


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
        and is_awaited(deed, story)
        and (not lacks_second_eyes(user, deed, story) or may_override_four_eyes(user, deed))
    ]


def fits_live(live: Live, story: Story) -> bool:
    return live is Live.ANY or story.is_live is (live is Live.ONLY)


def is_awaited(deed: Deed, story: Story) -> bool:
    """Whether there is still something for `deed` to answer: a second look is given once."""
    return story.awaits_second_look or not TRANSITIONS[deed].until_looked


def may_retry(user: Login, story: Story) -> bool:
    """Whether `user` may have a publication that failed tried again at once: who may publish it."""
    return story.stage == Stage.SCHEDULED and bool(story.failure) and may_do(user, Deed.PUBLISH, story)


def choosable_sections(user: Login) -> QuerySet[Section]:
    """The sections `user` may file a story under."""
    standing = standing_of(user)
    sections = Section.objects.select_related("parent")
    return sections if standing.sections is None else sections.filter(pk__in=standing.sections)
