"""Saving a text: every save that changes something is a new, immutable Revision; one that changes nothing is none."""

from typing import Any, TypeAlias

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.body import references, text_of
from articles.models import Topic

from .folding import search_fold
from .models import Photo, Revision, Story, StoryByline

PLAIN_FIELDS = (
    "kicker", "headline", "standfirst", "body", "label", "slug", "lead_caption", "search_title", "social_title",
)  # fmt: skip

# A text as JSON: PLAIN_FIELDS, and the numbers of the section, lead photo, topics and (in order) authors.
ContentDict: TypeAlias = dict[str, Any]


def content_of(story: Story) -> ContentDict:
    """The text of `story` as a revision keeps it."""
    return {
        **{name: getattr(story, name) for name in PLAIN_FIELDS},
        "section": story.section_id,
        "lead_photo": story.lead_photo_id,
        "topics": sorted(story.topics.values_list("pk", flat=True)),
        "authors": list(story.bylines.order_by("order", "pk").values_list("author_id", flat=True)),
    }


def record_text(story: Story, *, by: User) -> Revision | None:
    """Keep the text of `story`, as its rows now say, as a new revision; None when nothing changed.

    To be called in the transaction that changed the rows, once bylines and topics are written.
    """
    story.slug = slugify(story.slug or _spelt(story.headline))[:80].strip("-") or "article"
    content = content_of(story)
    latest = story.revisions.order_by("-number").first()
    if latest is not None and latest.content == content:
        story.save(update_fields=["slug"])
        return None
    story.version += 1
    story.saved_at = timezone.now()
    story.words = len(text_of(story.body).split())
    story.folded = search_fold(story.headline, story.kicker, limit=300)
    story.save(update_fields=["slug", "version", "saved_at", "words", "folded"])
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
    """Make the text of `story` what `revision` says, as a new revision. Topics that are no longer there stay out."""
    content = revision.content
    for name in PLAIN_FIELDS:
        setattr(story, name, content[name])
    story.section_id = content["section"]
    story.lead_photo_id = content["lead_photo"]
    story.save()
    story.topics.set(Topic.objects.filter(pk__in=content["topics"]))
    set_bylines(story, content["authors"])
    return record_text(story, by=by)


def set_bylines(story: Story, author_ids: list[int]) -> None:
    """Sign `story` by these authors, in this order."""
    story.bylines.all().delete()
    StoryByline.objects.bulk_create(
        StoryByline(story=story, author_id=author, order=place) for place, author in enumerate(author_ids)
    )


@transaction.atomic
def start_story(*, by: User, authors: list[int], topics: list[int], **fields: Any) -> Story:
    """A new story in draft, written by `by`, with its first revision. `fields` are those of the model."""
    story = Story.objects.create(saved_at=timezone.now(), **fields)
    story.writers.add(by)
    story.topics.set(topics)
    set_bylines(story, authors)
    record_text(story, by=by)
    return story
