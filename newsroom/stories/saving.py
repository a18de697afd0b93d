"""Saving a text. A save that changes something makes a new, immutable Revision; one that changes nothing makes none."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.body import references, text_of
from articles.search.folding import search_fold
from newsroom.models import Photo, Revision, Story, StoryByline
from newsroom.workflow import Stage

from .content import PLAIN_FIELDS, ContentDict, complete, content_of, surviving


def record_text(story: Story, *, by: User) -> Revision | None:
    """Keep the text of `story`, as its rows now are, as a new revision. Returns None when nothing changed.

    Whoever changes a draft becomes one of its writers, and so cannot be its second pair of eyes. In review the desk
    mends a text without becoming its writer. To be called in the transaction that changed the rows, once bylines and
    topics are written.
    """
    revision = _record(story, by)
    if revision is not None and story.stage == Stage.DRAFT:
        story.writers.add(by)
    return revision


def _record(story: Story, by: User) -> Revision | None:
    story.slug = slugify(story.slug or _spelt(story.headline))[:80].strip("-") or "article"
    content = content_of(story)
    latest = story.revisions.order_by("-number").first()
    present = latest
    if latest is not None and latest.number != story.version:  # the live text, while a newer version is open
        present = story.revisions.get(number=story.version)
    if present is not None and complete(present.content) == content:
        story.save(update_fields=["slug"])
        return None
    story.version = (latest.number if latest is not None else 0) + 1
    story.saved_at = timezone.now()
    text = text_of(story.body)
    story.words, story.characters = len(text.split()), len(text)
    story.folded = search_fold(story.headline, story.kicker, limit=300)
    story.save(update_fields=["slug", "version", "saved_at", "words", "characters", "folded"])
    story.body_photos.set(Photo.objects.filter(pk__in=references(story.body).images))
    return Revision.objects.create(story=story, number=story.version, content=content, by=by, at=story.saved_at)


def _spelt(headline: str) -> str:
    # slugify would drop œ and turn « l’eau » into « leau »
    return headline.replace("œ", "oe").replace("Œ", "OE").replace("’", " ").replace("'", " ")


@transaction.atomic
def restore_text(story: Story, revision: Revision, *, by: User) -> Revision | None:
    """Make the text of `story` that of `revision` again, as a new revision. Rows that were deleted since stay out.

    `by` does not become a writer: nothing new was written.
    """
    content, _gone = surviving(revision.content, story)
    return replace_text(story, content, by=by)


@transaction.atomic
def replace_text(story: Story, content: ContentDict, *, by: User) -> Revision | None:
    """Make the text of `story` that of `content`, as a new revision. All rows that it refers to must exist.

    `by` does not become a writer: what is written here was written elsewhere.
    """
    write_rows(story, content)
    return _record(story, by)


@transaction.atomic
def put_text(story: Story, content: ContentDict, *, by: User) -> Revision | None:
    """Make the text of `story` that of `content`, as a new revision. All rows that it refers to must exist."""
    write_rows(story, content)
    return record_text(story, by=by)


def write_rows(story: Story, content: ContentDict) -> None:
    """Write `story` with the text of `content`. No revision is made: that is for the caller to do or to undo."""
    put_fields(story, content)
    story.save()
    story.topics.set(content["topics"])
    set_bylines(story, content["authors"])


def put_fields(story: Story, content: ContentDict) -> None:
    """Give `story`, in memory alone, the text of `content`, without its topics and bylines, which have other rows."""
    for name in PLAIN_FIELDS:
        setattr(story, name, content[name])
    story.section_id = content["section"]
    story.lead_photo_id = content["lead_photo"]
    story.follows_id, story.replies_to_id = content.get("follows"), content.get("replies_to")


def set_bylines(story: Story, author_ids: list[int]) -> None:
    """Give `story` the bylines of these authors, in this order."""
    getattr(story, "_prefetched_objects_cache", {}).pop("bylines", None)
    story.bylines.all().delete()
    StoryByline.objects.bulk_create(
        StoryByline(story=story, author_id=author, order=place) for place, author in enumerate(author_ids)
    )


class AlreadyStarted(Exception):  # noqa: N818 (what happened, not an error of ours)
    """Raised when the same person sent this form before. `story` is the one that it made."""

    def __init__(self, story: Story) -> None:
        super().__init__(story.pk)
        self.story = story

    @property
    def content(self) -> ContentDict:
        """The text of `story` as that form made it, without later changes."""
        content: ContentDict = self.story.revisions.get(number=1).content
        return content


@transaction.atomic
def insert_story(story: Story, *, by: User, key: UUID | None) -> None:
    """Insert the row of a new story. The caller must record its first revision, by `by`, in the same transaction.

    `key` is the key of the form. Raises AlreadyStarted when `by` sent that form before.
    """
    story.key = key
    try:
        with transaction.atomic():
            story.save(force_insert=True)
    except IntegrityError:
        first = Story.objects.filter(key=key).first() if key else None
        if first is None:
            raise
        if first.revisions.filter(number=1, by=by).exists():
            raise AlreadyStarted(first) from None
        story.key = None  # it belongs to somebody else's form
        story.save(force_insert=True)


@transaction.atomic
def start_story(*, by: User, authors: list[int], topics: list[int], key: UUID | None = None, **fields: Any) -> Story:
    """Make a new story in draft, written by `by`, with its first revision. `fields` are fields of the model.

    `key` is the key of the form, if a form made it. Raises AlreadyStarted when `by` sent that form before.
    """
    story = Story(saved_at=timezone.now(), **fields)
    insert_story(story, by=by, key=key)
    story.topics.set(topics)
    set_bylines(story, authors)
    record_text(story, by=by)
    return story
