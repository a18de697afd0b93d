"""The desk of the torture, a process of its own: schedules stories, cancels some at their very hour, counts at the end.

Reads one command a line, as JSON, and answers with one line. A database that falls is waited for, and asked again.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 (Django is set up first)
from django.core.management import call_command  # noqa: E402
from django.db import Error, close_old_connections, transaction  # noqa: E402
from django.db.models.functions import Now  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Author, Section  # noqa: E402
from newsroom import deeds, writing  # noqa: E402
from newsroom.access import Role  # noqa: E402
from newsroom.deeds import Refused  # noqa: E402
from newsroom.models import Dispatch, Move, Story  # noqa: E402
from newsroom.staff import set_standing  # noqa: E402
from newsroom.wall_time import WallTime  # noqa: E402
from newsroom.workflow import Deed, Stage  # noqa: E402

Answer = TypeVar("Answer")
CANCELLATIONS: list[Callable[..., Move]] = [deeds.unschedule, deeds.reopen]
BODY = "<p>Le conseil s’est réuni mardi soir, portes ouvertes, devant une cinquantaine d’habitants.</p>"


def insisting(ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers, however often the database has to be asked."""
    while True:
        try:
            return ask()
        except Error:
            close_old_connections()
            time.sleep(0.1)


def open_newsroom() -> None:
    """The tables, and four people: who writes, approves, schedules and cancels."""
    call_command("migrate", verbosity=0)
    for login, role in [("ines", Role.JOURNALIST), ("mathieu", Role.SUB_EDITOR), ("hajar", Role.EDITOR)]:
        user = User.objects.create(username=login, email=f"{login}@fanal.example")
        set_standing(user, roles=[role], sections=[])
    Section.objects.create(name="Politique", slug="politique")
    Author.objects.create(name="Inès Delcourt", slug="ines-delcourt")


@transaction.atomic
def schedule(stories: int, unfit: int, lead: float, spread: float) -> dict[str, Any]:
    """Schedule `stories` that may go out and `unfit` that may not, due in any order over `spread` seconds, the first
    in `lead` seconds. Returns their numbers.
    """
    writer, reader, editor = (User.objects.get(username=login) for login in ("ines", "mathieu", "hajar"))
    section, author = Section.objects.get(), Author.objects.get()
    later = WallTime(timezone.now() + timedelta(days=1), "")
    made = []
    for number in range(stories + unfit):
        story = writing.start_story(
            by=writer,
            authors=[author.pk],
            topics=[],
            headline=f"Le budget tient en trois lignes, {number}",
            standfirst="Réuni mardi, le conseil a voté sans débat.",
            body=BODY,
            section=section,
        )
        deeds.submit(story, revision=1, by=writer)
        deeds.approve(story, revision=1, by=reader)
        deeds.schedule(story, revision=1, by=editor, when=later)
        made.append(story.pk)
    fit, unfit_ones = made[:stories], made[stories:]
    Story.objects.filter(pk__in=unfit_ones).update(standfirst="")
    begins = timezone.now() + timedelta(seconds=lead)
    random.shuffle(made)
    for place, number in enumerate(made):
        hour = begins + timedelta(seconds=spread * place / len(made))
        Story.objects.filter(pk=number).update(publish_at=hour, due_at=hour)
    return {"fit": fit, "unfit": unfit_ones}


def cancel(fit: list[int], share: float) -> dict[str, Any]:
    """Cancel a share of them around the hour of each, and return those of which the desk was told that it was done."""
    editor = User.objects.get(username="hajar")
    chosen = random.sample(fit, round(len(fit) * share))
    hours = insisting(lambda: dict(Story.objects.filter(pk__in=chosen).values_list("pk", "due_at")))
    moments = sorted((hours[number].timestamp() + random.uniform(-0.6, 1.2), number) for number in chosen)
    cancelled = []
    for moment, number in moments:
        time.sleep(max(0.0, moment - time.time()))
        deed = random.choice(CANCELLATIONS)
        story = Story(pk=number)
        try:
            insisting(lambda deed=deed, story=story: deed(story, revision=1, by=editor))
            cancelled.append(number)
        except Refused:
            # out already; or done, and the database fell before it could say so
            if insisting(lambda number=number: _cancelled(number)):
                cancelled.append(number)
    return {"cancelled": cancelled, "tried": len(chosen)}


def _cancelled(number: int) -> bool:
    return Move.objects.filter(story=number, deed__in=[Deed.UNSCHEDULE, Deed.REOPEN]).exists()


def waiting(fit: list[int]) -> dict[str, Any]:
    """How many of these are still to go out."""
    due = Story.objects.filter(pk__in=fit, stage=Stage.SCHEDULED)
    return insisting(lambda: {"waiting": due.count(), "overdue": due.filter(due_at__lte=Now()).count()})


def count(fit: list[int], unfit: list[int], cancelled: list[int]) -> dict[str, Any]:
    """What became of them. The lists hold the numbers of stories that the clock did wrong by."""
    everything = [*fit, *unfit]
    out = Counter(
        Move.objects.filter(story__in=everything, deed=Deed.PUBLISH, by_clock=True).values_list("story", flat=True)
    )
    public = set(Article.objects.filter(pk__in=everything).values_list("pk", flat=True))
    stages = dict(Story.objects.filter(pk__in=everything).values_list("pk", "stage"))
    publications = dict(Move.objects.filter(story__in=fit, deed=Deed.PUBLISH).values_list("pk", "story"))
    mail: Counter[int] = Counter()
    for key in Dispatch.objects.filter(key__startswith="move-").values_list("key", flat=True):
        story = publications.get(int(key.split("-")[1]))
        if story is not None:
            mail[story] += 1
    kept = [number for number in fit if number not in cancelled]
    failing = Story.objects.filter(pk__in=unfit, stage=Stage.SCHEDULED).exclude(failure="")
    return {
        "published": sum(1 for number in kept if out[number] and number in public),
        "cancelled": len(cancelled),
        "lost": [n for n in kept if not out[n] or n not in public or stages[n] != Stage.PUBLISHED or not mail[n]],
        "doubled": [n for n in kept if out[n] > 1 or mail[n] > 1],
        "cancelled that went out": [n for n in cancelled if out[n] or n in public or stages[n] == Stage.PUBLISHED],
        "unfit that went out": [n for n in unfit if out[n] or n in public],
        "failures hidden": sorted(set(unfit) - set(failing.values_list("pk", flat=True))),
        "failed tries": sum(failing.values_list("attempts", flat=True)),
    }


def main() -> None:
    doings: dict[str, Callable[..., Any]] = {
        "open": open_newsroom,
        "schedule": schedule,
        "cancel": cancel,
        "waiting": waiting,
        "count": count,
    }
    for line in sys.stdin:
        command = json.loads(line)
        close_old_connections()
        print(json.dumps(doings[command.pop("do")](**command)), flush=True)


if __name__ == "__main__":
    main()
