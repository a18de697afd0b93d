"""Plain links beside those of « Lire aussi »: what was published before has its own recorded too."""

import re

from django.conf import settings
from django.db import migrations, models

SITE = re.escape(settings.SITE_URL.rstrip("/"))
LINK = re.compile(rf'href="(?:{SITE})?/(?:a/|[-\w]+/[-\w]+-)([0-9]{{1,18}})/?["?#]', re.ASCII)


def record(apps, schema_editor):
    Article, CrossLink = apps.get_model("articles", "Article"), apps.get_model("articles", "CrossLink")
    bodies = Article.objects.filter(body__contains="<a ").order_by().values_list("pk", "body")
    for number, body in bodies.iterator(chunk_size=200):
        linked = dict.fromkeys(int(found) for found in LINK.findall(body))
        known = set(CrossLink.objects.filter(source=number).values_list("target", flat=True))
        CrossLink.objects.bulk_create(
            CrossLink(source_id=number, target_id=target, order=len(known) + place, is_plain=True)
            for place, target in enumerate(target for target in linked if target not in known and target != number)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_newsroom_at_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='crosslink',
            name='is_plain',
            field=models.BooleanField(db_default=False, default=False, help_text='A link in the text alone.'),
        ),
        migrations.RunPython(record, migrations.RunPython.noop),
    ]
