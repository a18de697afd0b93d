"""Who may see and change what is no story: the roles for each model, and the rows of lists, choices and lookups."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet

from articles.models import Article, Author, Image, ImageCredit, Page, Section, Topic
from newsroom.models import (
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
    Story,
    StoryByline,
)
from newsroom.workflow import Deed, Stage

from .accounts import may_manage
from .rights import rights_on
from .standing import CHIEFS, EDITORS_UP, EVERYONE, NOBODY, PICTURE_DESK, WRITERS, Login, Role, may_enter, standing_of
from .stories import may_edit_text, may_view_story, visible_stories, with_put_forward_by


@dataclass(frozen=True)
class ModelRoles:
    """Which roles may view, add, change and delete the rows of a model."""

    view: frozenset[Role]
    add: frozenset[Role] = NOBODY
    change: frozenset[Role] = NOBODY
    delete: frozenset[Role] = NOBODY


ROLES_BY_MODEL: dict[type[Model], ModelRoles] = {
    Section: ModelRoles(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Topic: ModelRoles(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Author: ModelRoles(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    Page: ModelRoles(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    ImageCredit: ModelRoles(EVERYONE, PICTURE_DESK, PICTURE_DESK, PICTURE_DESK),
    Photo: ModelRoles(EVERYONE, EVERYONE, EVERYONE, PICTURE_DESK),
    Story: ModelRoles(EVERYONE, WRITERS, WRITERS),  # a story is spiked, never deleted
    StoryByline: ModelRoles(EVERYONE, WRITERS, WRITERS, WRITERS),
    SectionDesk: ModelRoles(EVERYONE, EDITORS_UP, EDITORS_UP, EDITORS_UP),
    User: ModelRoles(CHIEFS, CHIEFS, CHIEFS),  # a login is switched off, never deleted: its texts name it for ever
}


def may(user: Login, verb: str, model: type[Model], obj: Model | None = None) -> bool:
    """Whether `user` may `verb` (view, add, change or delete) rows of `model`, or this very row.

    A model without a row in ROLES_BY_MODEL is nobody's.
    """
    roles = ROLES_BY_MODEL.get(model)
    if roles is None or not standing_of(user).is_any(getattr(roles, verb)):
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
    """Whether `user` may change the words, the credit and the crops of a photo.

    What was approved is what appears: as long as an approved text that is not out yet shows it, only those may who
    could approve that text. Otherwise the picture desk always may, and who added it until it is part of a text that the
    desk reads or that is out.
    """
    standing = standing_of(user)
    if not standing.is_any(PICTURE_DESK):
        if photo.added_by_id != standing.user_id or Image.objects.filter(pk=photo.pk).exists():
            return False
        if _showing(photo, Stage.REVIEW, Stage.READY, Stage.SCHEDULED).exists():
            return False
    return not approved_texts_of_others(user, photo)


def approved_texts_of_others(user: Login, photo: Photo) -> list[Story]:
    """The approved texts that show a photo, are not out yet, and are not `user`'s to approve: while there are any, the
    photo is not theirs to change.
    """
    approved = _showing(photo, Stage.READY, Stage.SCHEDULED).prefetch_related("writers")
    return [story for story in with_put_forward_by(approved) if not _could_approve(user, story)]


def _could_approve(user: Login, story: Story) -> bool:
    rights = rights_on(user, story)
    return rights.may_do(Deed.APPROVE) and not rights.lacks_second_eyes(Deed.APPROVE)


def _showing(photo: Photo, *stages: Stage) -> QuerySet[Story]:
    """The stories at these stages that show a photo, at their head or in their text."""
    shows = Q(lead_photo=photo) | Q(pk__in=Story.body_photos.through.objects.filter(photo=photo.pk).values("story"))
    return Story.objects.filter(shows, stage__in=stages)


def visible(user: Login, model: type[Model]) -> QuerySet[Any]:
    """The rows of `model` that `user` may see: for lists, choices, filters and lookups alike."""
    if model is Story:
        return visible_stories(user)
    if model in (StoryByline, Note, Revision, Move, PlanChange, Change, Check, ShareLink, Presence):
        return model._default_manager.filter(story__in=visible_stories(user))
    if not may(user, "view", model):
        return model._default_manager.none()
    return model._default_manager.all()


def choosable_articles(user: Login) -> tuple[QuerySet[Article], QuerySet[Story]]:
    """The articles that a « Lire aussi » may name: every live one, and one's own stories that are not live."""
    if not may_enter(user):
        return Article.objects.none(), Story.objects.none()
    own = Story.objects.filter(writers=user.pk, live_revision=None).exclude(stage=Stage.SPIKED)
    return Article.objects.all(), own


def choosable_stories(user: Login) -> QuerySet[Story]:
    """The stories that a text may follow or answer: those of `choosable_articles`."""
    _articles, own = choosable_articles(user)
    if not may_enter(user):
        return own
    return Story.objects.filter(Q(live_revision__isnull=False) | Q(pk__in=own.values("pk")))
