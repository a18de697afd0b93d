"""The length of the texts that were saved before it was counted."""

import re
from html import unescape

from django.db import migrations

TAG = re.compile(r"<[^>]*>")


def count(apps, schema_editor):
    Story = apps.get_model("newsroom", "Story")
    stories = Story.objects.filter(signs=0).exclude(body="").order_by("pk").values_list("pk", "body")
    for number, body in stories.iterator(chunk_size=200):
        Story.objects.filter(pk=number).update(signs=len(" ".join(unescape(TAG.sub(" ", body)).split())))


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0012_saved_pages'),
    ]

    operations = [
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
