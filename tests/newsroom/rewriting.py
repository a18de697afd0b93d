"""Changes the text of a story as a save does."""

from typing import Any

from django.contrib.auth.models import User

from newsroom.models import Revision, Story
from newsroom.stories import saving


def rewrite(story: Story, by: User, **fields: Any) -> Revision | None:
    """Save a story, as it now stands, with other `fields`, and return the version that this makes."""
    story.refresh_from_db()
    for name, value in fields.items():
        setattr(story, name, value)
    story.save()
    return saving.record_text(story, by=by)
