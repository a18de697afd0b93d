"""The desk of the torture, in its own process: it schedules stories, cancels some at their very hour, and counts.

Some stories share a picture. Some come as a pair: the next version of a live article, which announces a right of reply,
and that reply.

The process reads one command a line, as JSON, and answers with one line. When the database crashes, it asks again until
the database is back.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 (Django is set up first)
from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import Error, close_old_connections, transaction  # noqa: E402
from django.db.models.functions import Now  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from articles.models import Article, Author, Correction, CreditKind, ImageCredit, Section  # noqa: E402
from newsroom import deeds, publishing  # noqa: E402
from newsroom.access import Role  # noqa: E402
from newsroom.accounts import set_standing  # noqa: E402
from newsroom.deeds import ChangeNotice  # noqa: E402
from newsroom.models import Dispatch, Move, Photo, Story  # noqa: E402
from newsroom.photos import intake  # noqa: E402
from newsroom.refusals import Refused  # noqa: E402
from newsroom.scheduling.wall_time import WallTime  # noqa: E402
from newsroom.stories import content, saving  # noqa: E402
from newsroom.workflow import ChangeKind, Deed, Stage  # noqa: E402

Answer = TypeVar("Answer")
CANCELLATIONS: list[Callable[..., Move]] = [deeds.unschedule, deeds.reopen]
BODY = "<p>Le conseil s’est réuni mardi soir, portes ouvertes, devant une cinquantaine d’habitants.</p>"


def retry(ask: Callable[[], Answer]) -> Answer:
    """The answer of `ask`, which is called again for as long as the database fails."""
    while True:
        try:
            return ask()
        except Error:
            close_old_connections()
            time.sleep(0.1)


def open_newsroom() -> None:
    """Make the tables, a journalist, a sub-editor, an editor who schedules and cancels, and the pictures they share."""
    call_command("migrate", verbosity=0)
    for login, role in [("ines", Role.JOURNALIST), ("mathieu", Role.SUB_EDITOR), ("hajar", Role.EDITOR)]:
        user = User.objects.create(username=login, email=f"{login}@fanal.example")
        set_standing(user, roles=[role], sections=[])
    Section.objects.create(name="Politique", slug="politique")
    Author.objects.create(name="Inès Delcourt", slug="ines-delcourt")
    credit = ImageCredit.objects.create(name="Agence du Large", kind=CreditKind.AGENCY)
    for colour in [(20, 90, 140), (200, 120, 30)]:
        file = BytesIO()
        Picture.new("RGB", (640, 480), colour).save(file, "JPEG")
        fields = {"alt": "Le phare au petit matin.", "caption": "Le phare, mardi.", "credit": credit}
        by = User.objects.get(username="hajar")
        intake.take_in(
            ContentFile(file.getvalue(), name=f"{colour}.jpg"), by=by, photographer="Salma Idrissi", **fields
        )


def schedule(stories: int, unfit: int, lead: float, spread: float) -> dict[str, Any]:
    """Schedule `stories` that pass the checklist and `unfit` that do not.

    They are due in random order over `spread` seconds, the first in `lead` seconds. Of six, one is the next version of
    a live article and one the right of reply that it announces, due together; four have a picture. Returns the numbers
    of both kinds, and the pairs of an article and its reply.
    """
    photos = list(Photo.objects.order_by("pk").values_list("pk", flat=True))
    with publishing.with_pictures(photos=photos), transaction.atomic(durable=True):
        return _schedule(photos, stories, unfit, lead, spread)


def _schedule(photos: list[int], stories: int, unfit: int, lead: float, spread: float) -> dict[str, Any]:
    fit_ones: list[int] = []
    replies: dict[int, int] = {}
    while len(fit_ones) < stories:
        place = len(fit_ones)
        if place % 6 == 4 and place + 1 < stories:
            answered, reply = _pair(place, photos)
            replies[answered] = reply
            fit_ones += [answered, reply]
        else:
            fit_ones.append(_scheduled(_started(place, lead_photo_id=photos[place % 6] if place % 6 < 2 else None)))
    unfit_ones = [_scheduled(_started(stories + place)) for place in range(unfit)]
    Story.objects.filter(pk__in=unfit_ones).update(standfirst="")
    _give_hours([*fit_ones, *unfit_ones], replies, lead, spread)
    return {"fit": fit_ones, "unfit": unfit_ones, "replies": list(replies.items())}


def _give_hours(numbers: list[int], replies: dict[int, int], lead: float, spread: float) -> None:
    begins = timezone.now() + timedelta(seconds=lead)
    turns = [number for number in numbers if number not in replies.values()]
    random.shuffle(turns)
    for place, number in enumerate(turns):
        hour = begins + timedelta(seconds=spread * place / len(turns))
        both = [number, *([replies[number]] if number in replies else [])]
        Story.objects.filter(pk__in=both).update(publish_at=hour, due_at=hour)


def _started(place: int, **fields: Any) -> Story:
    return saving.start_story(
        by=User.objects.get(username="ines"),
        authors=[Author.objects.get().pk],
        topics=[],
        headline=f"Le budget tient en trois lignes, {place}",
        standfirst="Réuni mardi, le conseil a voté sans débat.",
        body=BODY,
        section=Section.objects.get(),
        **fields,
    )


def _approved(story: Story) -> Story:
    story.refresh_from_db()
    deeds.submit(story, revision=story.version, by=User.objects.get(username="ines"))
    deeds.approve(story, revision=story.version, by=User.objects.get(username="mathieu"))
    story.refresh_from_db()
    return story


def _scheduled(story: Story, notice: ChangeNotice | None = None) -> int:
    later = WallTime(timezone.now() + timedelta(days=1), "")
    editor = User.objects.get(username="hajar")
    deeds.schedule(_approved(story), revision=story.version, by=editor, when=later, change=notice)
    return story.pk


def _pair(place: int, photos: list[int]) -> tuple[int, int]:
    """A live article whose next version is scheduled, and the right of reply to it. Either has the lower number."""
    pair = [_started(number, lead_photo_id=random.choice(photos)) for number in (place, place + 1)]
    answered, reply = random.sample(pair, 2)
    publishing.publish(_approved(answered), revision=1, by=User.objects.get(username="hajar"))
    writer = User.objects.get(username="ines")
    deeds.revise(answered, revision=1, by=writer)
    for story, changed in ((answered, {"kicker": "La réponse est là"}), (reply, {"replies_to": answered.pk})):
        story.refresh_from_db()
        saving.put_text(story, {**content.content_of(story), **changed}, by=writer)
    _scheduled(reply)
    return _scheduled(answered, ChangeNotice(ChangeKind.REPLY, reply=reply)), reply.pk


def cancel(fit: list[int], share: float) -> dict[str, Any]:
    """Cancel a share of the stories, each around its hour, and return those whose cancellation succeeded."""
    editor = User.objects.get(username="hajar")
    chosen = random.sample(fit, round(len(fit) * share))
    hours = retry(lambda: dict(Story.objects.filter(pk__in=chosen).values_list("pk", "due_at")))
    moments = sorted((hours[number].timestamp() + random.uniform(-0.6, 1.2), number) for number in chosen)
    cancelled = []
    for moment, number in moments:
        time.sleep(max(0.0, moment - time.time()))
        deed = random.choice(CANCELLATIONS)
        try:
            story = retry(lambda number=number: Story.objects.get(pk=number))
            retry(lambda deed=deed, story=story: deed(story, revision=story.version, by=editor))
            cancelled.append(number)
        except Refused:
            # either the story was out already, or the deed was done and the database crashed before it answered
            if retry(lambda number=number: _cancelled(number)):
                cancelled.append(number)
    return {"cancelled": cancelled, "tried": len(chosen)}


def _cancelled(number: int) -> bool:
    return Move.objects.filter(story=number, deed__in=[Deed.UNSCHEDULE, Deed.REOPEN]).exists()


def waiting(fit: list[int]) -> dict[str, Any]:
    """How many of these stories are still scheduled, and how many of them are overdue."""
    due = Story.objects.filter(pk__in=fit, stage=Stage.SCHEDULED)
    return retry(lambda: {"waiting": due.count(), "overdue": due.filter(due_at__lte=Now()).count()})


def count(fit: list[int], unfit: list[int], cancelled: list[int], replies: list[list[int]]) -> dict[str, Any]:
    """What became of the stories. The lists hold the numbers of those that the clock failed, by kind of fault."""
    everything = [*fit, *unfit]
    out = Counter(
        Move.objects.filter(story__in=everything, deed=Deed.PUBLISH, by_clock=True).values_list("story", flat=True)
    )
    scheduled = Story.objects.filter(pk__in=everything)
    # only the scheduled version counts, as some articles were live before
    versions = dict(scheduled.values_list("pk", "version"))
    live = Article.objects.filter(pk__in=everything).values_list("pk", "revision")
    public = {number for number, version in live if version == versions[number]}
    stages = dict(scheduled.values_list("pk", "stage"))
    by_clock = Move.objects.filter(story__in=fit, deed=Deed.PUBLISH, by_clock=True)
    publications = dict(by_clock.values_list("pk", "story"))
    mail: Counter[int] = Counter()
    for key in Dispatch.objects.filter(key__startswith="move-").values_list("key", flat=True):
        story = publications.get(int(key.split("-")[1]))
        if story is not None:
            mail[story] += 1
    kept = [number for number in fit if number not in cancelled]
    answered = [article for article, _reply in replies]
    printed = Counter(Correction.objects.filter(article__in=answered).values_list("article", "reply"))
    orders = dict(Move.objects.filter(story__in=fit, deed=Deed.SCHEDULE).values_list("pk", "story"))
    failures = Dispatch.objects.filter(key__startswith="failure-").values_list("key", flat=True)
    blamed = {orders.get(int(key.split("-")[1])) for key in failures} - {None}
    failing = Story.objects.filter(pk__in=unfit, stage=Stage.SCHEDULED).exclude(failure="")
    return {
        "published": sum(1 for number in kept if out[number] and number in public),
        "cancelled": len(cancelled),
        "lost": [n for n in kept if not out[n] or n not in public or stages[n] != Stage.PUBLISHED or not mail[n]],
        "doubled": [n for n in kept if out[n] > 1 or mail[n] > 1],
        "cancelled that went out": [n for n in cancelled if out[n] or n in public or stages[n] == Stage.PUBLISHED],
        "replies shown wrongly": [pair for pair in replies if printed[tuple(pair)] != (pair[1] in public)],
        "called failures for nothing": sorted(blamed),
        "unfit that went out": [n for n in unfit if out[n] or n in public],
        "failures hidden": sorted(set(unfit) - set(failing.values_list("pk", flat=True))),
        "failed tries": sum(failing.values_list("attempts", flat=True)),
    }


def main() -> None:
    commands: dict[str, Callable[..., Any]] = {
        "open": open_newsroom,
        "schedule": schedule,
        "cancel": cancel,
        "waiting": waiting,
        "count": count,
    }
    for line in sys.stdin:
        command = json.loads(line)
        close_old_connections()
        print(json.dumps(commands[command.pop("do")](**command)), flush=True)


if __name__ == "__main__":
    main()
