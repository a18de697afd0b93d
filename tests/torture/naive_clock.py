"""The control: a naive clock, which the tests of the real one must catch.

It reads the due stories and then publishes them, without a lock, a condition or a transaction around the whole.
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.db import Error, close_old_connections, transaction  # noqa: E402 (Django is set up first)
from django.db.models.functions import Now  # noqa: E402
from django.utils import timezone  # noqa: E402

from newsroom import checklist, notifications, publishing  # noqa: E402
from newsroom.models import Move, Story  # noqa: E402
from newsroom.workflow import Checklist, Deed, Stage  # noqa: E402


def publish_due() -> None:
    for story in list(Story.objects.filter(stage=Stage.SCHEDULED, due_at__lte=Now()).order_by("due_at")):
        if checklist.problems(story, Checklist.PUBLICATION):
            continue
        order = story.moves.select_related("by", "revision").filter(deed=Deed.SCHEDULE)[0]
        now = timezone.now()
        with transaction.atomic():
            publishing.write_article(story, order.revision, first_published_at=now, at=now)
        move = Move.objects.create(
            story=story,
            deed=Deed.PUBLISH,
            from_stage=Stage.SCHEDULED,
            to_stage=Stage.PUBLISHED,
            revision=order.revision,
            by=order.by,
            at=now,
            by_clock=True,
        )
        notifications.announce(move)
        story.stage, story.live_revision, story.first_published_at = Stage.PUBLISHED, order.revision, now
        story.save()


if __name__ == "__main__":
    print("The clock beats.", flush=True)
    while True:
        try:
            publish_due()
        except Error as error:
            print(error, flush=True)
            close_old_connections()
        time.sleep(0.2)
