"""The text of a story as one value: a revision keeps it, a merge joins it, publication copies it."""

from typing import Any, TypeAlias

from articles.models import Label
from newsroom.models import Photo, Revision, Story

PLAIN_FIELDS = (
    "kicker", "headline", "standfirst", "body", "label", "slug", "lead_caption", "search_title", "social_title",
)  # fmt: skip


# A text as JSON: PLAIN_FIELDS, and the numbers of its section, of its lead photo, of the stories it follows and answers
# (if any), of its topics, and of its authors in order.
ContentDict: TypeAlias = dict[str, Any]

MISSING_IN_OLDER: ContentDict = {"follows": None, "replies_to": None}  # fields that older revisions lack

# The text of a new article before anything is typed.
BLANK: ContentDict = {
    **dict.fromkeys(PLAIN_FIELDS, ""), **MISSING_IN_OLDER, "label": Label.NEWS.value,
    "section": None, "lead_photo": None, "topics": [], "authors": [],
}  # fmt: skip


def complete(content: ContentDict) -> ContentDict:
    """`content` of any revision, with the fields that older ones lack."""
    return {**MISSING_IN_OLDER, **content}


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


def text_in(revision: Revision) -> Story:
    """A story with the text of `revision`, to be read and never saved."""
    content = revision.content
    story = Story(**{name: content[name] for name in PLAIN_FIELDS}, section_id=content["section"])
    story.lead_photo = Photo.objects.select_related("credit").filter(pk=content["lead_photo"]).first()
    return story


def surviving(content: ContentDict, story: Story) -> tuple[ContentDict, dict[str, list[int]]]:
    """`content` without the rows that were deleted since, and the numbers of those rows, by field.

    A text must have a section: when that of `content` was deleted, it gets the present one of `story`.
    """
    kept, gone = complete(content), {}
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
