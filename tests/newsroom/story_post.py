"""The forms of a story's page as a browser posts them."""

from typing import Any

from articles.models import Section
from newsroom.models import Story

PAGE = "page-of-nadia"


ADD = "/redaction/newsroom/story/add/"


def address(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/change/"


def typed(story: Story, **changes: Any) -> dict[str, Any]:
    """The fields that a browser posts from the page of `story`, with `changes`."""
    bylines = list(story.bylines.all())
    fields: dict[str, Any] = {
        name: getattr(story, name)
        for name in ("kicker", "headline", "standfirst", "body", "label", "slug", "lead_caption", "search_title")
    }
    fields |= {
        "social_title": story.social_title,
        "section": story.section_id,
        "lead_photo": story.lead_photo_id or "",
        "topics": list(story.topics.values_list("pk", flat=True)),
        "based_on": story.version,
        "bylines-TOTAL_FORMS": len(bylines) + 1,
        "bylines-INITIAL_FORMS": len(bylines),
        "bylines-MIN_NUM_FORMS": 0,
        "bylines-MAX_NUM_FORMS": 1000,
    }
    for row, byline in enumerate(bylines):
        line = {"id": byline.pk, "story": story.pk, "author": byline.author_id, "order": byline.order}
        fields |= {f"bylines-{row}-{name}": value for name, value in line.items()}
    return fields | changes


def new(section: Section, **fields: Any) -> dict[str, Any]:
    """The fields that a browser posts from the page of a new story."""
    return {
        "headline": "La digue tient",
        "section": section.pk,
        "label": "news",
        "body": "<p>Elle tient.</p>",
        "based_on": "0",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
        **fields,
    }
