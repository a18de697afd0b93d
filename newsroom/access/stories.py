"""Who may read, write and move a story. Whether a deed fits its stage is `workflow`'s to say."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from articles.models import Section
from newsroom.models import Move, Story
from newsroom.workflow import Deed, Who

from .rights import PUT_FORWARD_BY, may_do_alone, rights_on
from .standing import CHIEFS, WRITERS, Login, standing_of


def visible_stories(user: Login) -> QuerySet[Story]:
    """The stories `user` may read: those of their sections, and those they write."""
    standing = standing_of(user)
    if not standing.roles or standing.user_id is None:
        return Story.objects.none()
    if standing.sections is None:
        return Story.objects.all()
    # a question about each story: a list of all that somebody ever wrote would be long to gather for one page
    writes = Story.writers.through.objects.filter(story=OuterRef("pk"), user=standing.user_id)
    return Story.objects.filter(Q(section__in=standing.sections) | Exists(writes))


def may_view_story(user: Login, story: Story) -> bool:
    return rights_on(user, story).may_view


def may_edit_text(user: Login, story: Story) -> bool:
    """Whether `user` may change the text of `story` now."""
    return rights_on(user, story).may_edit_text


def is_one_of(who: Who, user: Login, story: Story) -> bool:
    """Whether `user` is among those whom the workflow's table means by `who`, for this story."""
    return rights_on(user, story).is_one_of(who)


def may_do(user: Login, deed: Deed, story: Story) -> bool:
    """Whether `deed` is `user`'s to do on a story like this one, four eyes aside."""
    return rights_on(user, story).may_do(deed)


def deeds_open_to(user: Login, story: Story) -> tuple[Deed, ...]:
    """The deeds to offer to `user` as buttons, in the table's order."""
    return rights_on(user, story).open_deeds


def may_write_stories(user: Login) -> bool:
    return standing_of(user).is_any(WRITERS)


def may_override_four_eyes(user: Login, deed: Deed) -> bool:
    """Whether `user` may do `deed` without another pair of eyes, on any story that is theirs."""
    return may_do_alone(standing_of(user), deed)


def may_flash(user: Login) -> bool:
    """Whether `user` may publish an urgent text from the short form; its section must be theirs too."""
    return standing_of(user).is_any(CHIEFS)


def with_put_forward_by(stories: QuerySet[Story]) -> QuerySet[Any]:
    """Each story with the login that last put it forward for each deed of four eyes, as `put_to_…`.

    `lacks_second_eyes` then makes no query for each story of a page. The caller prefetches the writers.
    """
    last = Move.objects.filter(story=OuterRef("pk")).order_by("-at", "-pk")
    return stories.annotate(
        **{
            f"put_to_{deed}": Subquery(last.filter(deed__in=puts).values("by")[:1])
            for deed, puts in PUT_FORWARD_BY.items()
        }
    )


def choosable_sections(user: Login) -> QuerySet[Section]:
    """The sections `user` may file a story under."""
    standing = standing_of(user)
    sections = Section.objects.select_related("parent")
    return sections if standing.sections is None else sections.filter(pk__in=standing.sections)
