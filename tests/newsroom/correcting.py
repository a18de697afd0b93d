"""The page on which a live article is corrected while its next version is open: its fields, and its posts."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article
from newsroom import deeds
from newsroom.deeds import ChangeNotice
from newsroom.models import Story
from newsroom.stories import saving
from newsroom.stories.content import content_of
from newsroom.workflow import ChangeKind

from .scheduling import hour_of
from .stages import CHIEF, WRITER, bring_to

OPEN = ["draft", "review", "ready", "scheduled"]
FIRST, SECOND = "Le quai a 400 mètres.", "La criée ouvre à l’aube."
BODY = f"<p>{FIRST}</p>\n<p>{SECOND}</p>"
CORRECTED = BODY.replace("400", "300")
ADDED = f"{BODY}\n<p>Une buvette suivra.</p>"  # what the next version says besides
CLASHING = BODY.replace("400", "450")


def in_two_hours() -> datetime:
    return timezone.now() + timedelta(hours=2)


def open_next_version(story: Story, stage: str, by: User, chief: User, body: str = ADDED, **fields: Any) -> Story:
    """Publish the story, then bring its next version, with another text, to a stage."""
    story = bring_to("draft+live", story, {WRITER: by, CHIEF: chief})
    saving.put_text(story, {**content_of(story), "body": body, **fields}, by=by)
    if stage != "draft":
        deeds.submit(story, revision=story.version, by=by)
    if stage in ("ready", "scheduled"):
        deeds.approve(story, revision=story.version, by=chief)
    if stage == "scheduled":
        update = ChangeNotice(ChangeKind.UPDATE)
        deeds.schedule(story, revision=story.version, by=chief, when=hour_of(in_two_hours()), change=update)
    story.refresh_from_db()
    return story


def page_of(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/correct/"


def shown(client: Client, story: Story) -> dict[str, Any]:
    """The fields of the page as a browser would post them, untouched."""
    html = client.get(page_of(story)).content.decode()
    form = re.search(r'<form[^>]*id="story_form".*?</form>', html, re.DOTALL)
    assert form is not None
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form[0]):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_box = named.get("type") in ("checkbox", "radio")
        if "name" not in named or named.get("type") == "submit" or (is_box and " checked" not in tag):
            continue
        value = unescape(named.get("value", "on" if is_box else ""))
        if named.get("type") == "checkbox":
            fields.setdefault(unescape(named["name"]), []).append(value)
        else:
            fields[unescape(named["name"])] = value
    for attributes, words in re.findall(r"<textarea ([^>]*)>(.*?)</textarea>", form[0], re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        if name:
            fields[name[1]] = unescape(words).removeprefix("\n").replace("\r\n", "\n")
    for attributes, options in re.findall(r"<select ([^>]*)>(.*?)</select>", form[0], re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        chosen = re.search(r'value="([^"]*)" selected', options)
        if name:
            fields[name[1]] = chosen[1] if chosen else ""
    return fields


def corrected_fields(client: Client, story: Story, **changes: Any) -> dict[str, Any]:
    """What a browser posts from the page, with these changes."""
    return {**shown(client, story), "_deed": "correct", "change_kind": "typo", **changes}


def corrected(client: Client, story: Story, **changes: Any) -> Any:
    """The answer to a correction from the page as it is now."""
    return client.post(page_of(story), corrected_fields(client, story, **changes))


def article_of(story: Story) -> Article:
    return Article.objects.get(pk=story.pk)
