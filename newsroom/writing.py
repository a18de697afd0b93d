"""Saving a text: every save that changes something is a new, immutable Revision; one that changes nothing is none."""

from typing import Any, TypeAlias
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.body import references, text_of
from articles.models import Label

from .folding import search_fold
from .models import Photo, Revision, Story, StoryByline
from .workflow import Stage

PLAIN_FIELDS = (
    "kicker", "headline", "standfirst", "body", "label", "slug", "lead_caption", "search_title", "social_title",
)  # fmt: skip

# A text as JSON: PLAIN_FIELDS, and the numbers of the section, of the lead photo, of the stories it follows and answers
# (if any), of the topics and (in order) of the authors.
ContentDict: TypeAlias = dict[str, Any]
OLDER: ContentDict = {"follows": None, "replies_to": None}  # what revisions of an older form do not say
# The text of an article that nobody has begun.
BLANK: ContentDict = {
    **dict.fromkeys(PLAIN_FIELDS, ""), **OLDER, "label": Label.NEWS.value,
    "section": None, "lead_photo": None, "topics": [], "authors": [],
}  # fmt: skip


def content_of(story: Story) -> ContentDict:
    """The text of `story` as a revision keeps it."""
    return {
        **{name: getattr(story, name) for name in PLAIN_FIELDS},
        "section": story.section_id,
        "lead_photo": story.lead_photo_id,
        "follows": story.follows_id,
        "replies_to": story.replies_to_id,
        "topics": sorted(topic.pk for topic in story.topics.all()),
        "authors": [byline.author_id for byline in story.bylines.all()],
    }


def record_text(story: Story, *, by: User) -> Revision | None:
    """Keep the text of `story`, as its rows now say, as a new revision; None when nothing changed.

    In draft, who saves a text that changed is one of its writers from then on, whoever began it, and no second pair of
    eyes for it; in review the desk mends, and is not. To be called in the transaction that changed the rows, once
    bylines and topics are written.
    """
    revision = _record(story, by)
    if revision is not None and story.stage == Stage.DRAFT:
        story.writers.add(by)
    return revision


def _record(story: Story, by: User) -> Revision | None:
    story.slug = slugify(story.slug or _spelt(story.headline))[:80].strip("-") or "article"
    content = content_of(story)
    latest = story.revisions.order_by("-number").first()
    if latest is not None and {**OLDER, **latest.content} == content:
        story.save(update_fields=["slug"])
        return None
    story.version += 1
    story.saved_at = timezone.now()
    text = text_of(story.body)
    story.words, story.signs = len(text.split()), len(text)
    story.folded = search_fold(story.headline, story.kicker, limit=300)
    story.save(update_fields=["slug", "version", "saved_at", "words", "signs", "folded"])
    story.body_photos.set(Photo.objects.filter(pk__in=references(story.body).images))
    return Revision.objects.create(story=story, number=story.version, content=content, by=by, at=story.saved_at)


def _spelt(headline: str) -> str:
    # slugify drops œ and joins « l’eau » into « leau »
    return headline.replace("œ", "oe").replace("Œ", "OE").replace("’", " ").replace("'", " ")


def text_in(revision: Revision) -> Story:
    """A story with the words of `revision`, to be read and never saved."""
    content = revision.content
    story = Story(**{name: content[name] for name in PLAIN_FIELDS}, section_id=content["section"])
    story.lead_photo = Photo.objects.select_related("credit").filter(pk=content["lead_photo"]).first()
    return story


@transaction.atomic
def restore_text(story: Story, revision: Revision, *, by: User) -> Revision | None:
    """Make the text of `story` what `revision` says, as a new revision. What is no longer there stays out. Who gives up
    what came after writes nothing by it.
    """
    content, _gone = surviving(revision.content, story)
    _put(story, content)
    return _record(story, by)


def surviving(content: ContentDict, story: Story) -> tuple[ContentDict, dict[str, list[int]]]:
    """`content` without the rows that are no longer there, and the numbers of those, by field.

    A text stands in some section: `story` keeps its own when the other is gone.
    """
    kept, gone = {**OLDER, **content}, {}
    for name, value in content.items():
        model = Story._meta.get_field(name).related_model
        if not isinstance(model, type):
            continue
        numbers = value if isinstance(value, list) else [value] * (value is not None)
        there = set(model._default_manager.filter(pk__in=numbers).values_list("pk", flat=True))
        if lost := [number for number in numbers if number not in there]:
            gone[name] = lost
            kept[name] = [number for number in numbers if number in there] if isinstance(value, list) else None
    if kept["section"] is None:
        kept["section"] = story.section_id
    return kept, gone


@transaction.atomic
def put_text(story: Story, content: ContentDict, *, by: User) -> Revision | None:
    """Make the text of `story` what `content` says, as a new revision; all it names must be there."""
    _put(story, content)
    return record_text(story, by=by)


def _put(story: Story, content: ContentDict) -> None:
    for name in PLAIN_FIELDS:
        setattr(story, name, content[name])
    story.section_id = content["section"]
    story.lead_photo_id = content["lead_photo"]
    story.follows_id, story.replies_to_id = content.get("follows"), content.get("replies_to")
    story.save()
    story.topics.set(content["topics"])
    set_bylines(story, content["authors"])


def set_bylines(story: Story, author_ids: list[int]) -> None:
    """Sign `story` by these authors, in this order."""
    getattr(story, "_prefetched_objects_cache", {}).pop("bylines", None)
    story.bylines.all().delete()
    StoryByline.objects.bulk_create(
        StoryByline(story=story, author_id=author, order=place) for place, author in enumerate(author_ids)
    )


class AlreadyStarted(Exception):  # noqa: N818 (what happened, not an error of ours)
    """The form was sent before by the same person: `story` is what came of it."""

    def __init__(self, story: Story) -> None:
        super().__init__(story.pk)
        self.story = story

    @property
    def content(self) -> ContentDict:
        """The text of `story` as that form made it, whatever was saved since."""
        return self.story.revisions.get(number=1).content  # type: ignore[no-any-return]


@transaction.atomic
def insert_story(story: Story, *, by: User, key: UUID | None) -> None:
    """Insert the row of a new story, whose first revision `by` is to record in the same transaction.

    `key` is that of the form. Raises AlreadyStarted when `by` sent that form before.
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
        story.key = None  # that of somebody else's form
        story.save(force_insert=True)


@transaction.atomic
def start_story(*, by: User, authors: list[int], topics: list[int], key: UUID | None = None, **fields: Any) -> Story:
    """A new story in draft, written by `by`, with its first revision. `fields` are those of the model.

    `key` is that of the form, if it came by one. Raises AlreadyStarted when `by` sent that form before.
    """
    story = Story(saved_at=timezone.now(), **fields)
    insert_story(story, by=by, key=key)
    story.topics.set(topics)
    set_bylines(story, authors)
    record_text(story, by=by)
    return story
