"""Plain links beside those of « Lire aussi »: what was published before has its own recorded too."""

import re

from django.conf import settings
from django.db import migrations

from articles.batches import InBatches

SITE = re.escape(settings.SITE_URL.rstrip("/"))
LINK = re.compile(rf'href="(?:{SITE})?/(?:a/|[-\w]+/[-\w]+-)([0-9]{{1,18}})/?["?#]', re.ASCII)


def record(apps, articles):
    CrossLink = apps.get_model("articles", "CrossLink")
    known = {article.pk: set() for article in articles}
    for source, target in CrossLink.objects.filter(source__in=known).values_list("source", "target"):
        known[source].add(target)
    missing = []
    for article in articles:
        linked = dict.fromkeys(int(found) for found in LINK.findall(article.body))
        targets = [target for target in linked if target not in known[article.pk] and target != article.pk]
        missing += [
            CrossLink(source_id=article.pk, target_id=target, order=len(known[article.pk]) + place, is_plain=True)
            for place, target in enumerate(targets)
        ]
    CrossLink.objects.bulk_create(missing)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("articles", "0005_corrected_credits"),
    ]

    operations = [
        InBatches(
            "articles", "Article", record, rows=lambda articles: articles.filter(body__contains="<a ").only("body"),
        ),
    ]
