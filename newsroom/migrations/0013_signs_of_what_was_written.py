"""The length of the texts that were saved before it was counted."""

import re
from html import unescape

from django.db import migrations

from articles.batches import InBatches

TAG = re.compile(r"<[^>]*>")


def count(apps, stories):
    for story in stories:
        story.signs = len(" ".join(unescape(TAG.sub(" ", story.body)).split()))
    apps.get_model("newsroom", "Story").objects.bulk_update(stories, ["signs"])


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('newsroom', '0012_saved_pages'),
    ]

    operations = [
        InBatches(
            "newsroom", "Story", count, rows=lambda stories: stories.filter(signs=0).exclude(body="").only("body", "signs"),
        ),
    ]
