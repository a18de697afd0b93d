"""The demo's texts beyond the plain stages: scheduled, embargoed, corrected, answered, withdrawn, commented by notes.

Each step leaves alone what is there already, so that it can be run again.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.models import Section
from newsroom import body, deeds, planning, publishing
from newsroom.deeds import ChangeNotice
from newsroom.models import Check, Move, PlanChange, Revision, SectionDesk, Story
from newsroom.review import checks, notes, share_links
from newsroom.scheduling.wall_time import WallTime, wall_time
from newsroom.stories import saving
from newsroom.workflow import ChangeKind

from .files import DemoText, words

People = dict[str, User]
Numbers = dict[str, int]


def bring(story: Story, text: DemoText, people: People, numbers: Numbers) -> None:
    """Take a text of the demo to the state that its file names, if that is not a plain stage."""
    head = text.head
    match head["stage"]:
        case "scheduled":
            _approve(story, people)
            _again(story)
            deeds.schedule(story, revision=story.version, by=people["editeur"], when=_next(time(20, 0)))
        case "embargoed":
            wanted = {PlanChange.Subject.EMBARGO: _tomorrow(time(20, 30), days=2)}
            planning.change_plan(story, by=_writer(story), wanted=wanted)
            _approve(story, people)
        case "flash":
            publishing.flash(story, revision=story.version, by=people["chef"], note=head["note"])
        case "withdrawn":
            _publish(story, people)
            _again(story)
            reasons = {"note": head["note"], "notice": head["notice"]}
            publishing.withdraw(story, revision=story.version, by=people["editeur"], **reasons)
        case "follow-up":
            _tie(story, follows_id=numbers[head["follows"]])
            _publish(story, people)
        case "reply":
            _tie(story, replies_to_id=numbers[head["to"]])
            _publish(story, people)
        case "inquiry":
            planning.change_plan(story, by=_writer(story), wanted={PlanChange.Subject.SENSITIVE: True})
            checks.ask(story, Check.Kind.LEGAL, by=_writer(story), question=head["question"])
            _again(story)
            deeds.submit(story, revision=story.version, by=_writer(story))
            _show_outside(story, people)
        case "assigned":
            planned: dict[PlanChange.Subject, Any] = {
                PlanChange.Subject.ASSIGNEE: people[head["authors"][0]],
                PlanChange.Subject.DEADLINE: timezone.now() + timedelta(hours=head["hours"]),
                PlanChange.Subject.CHARACTERS: head["characters"],
            }
            planning.change_plan(story, by=people["editeur"], wanted=planned)
            notes.write_note(story, by=people["editeur"], text=head["note"])


def finish(story: Story, html: str) -> None:
    """Write the whole text, as a second version."""
    story.body = body.clean(html)
    story.save()
    saving.record_text(story, by=_writer(story))


def spread(story: Story) -> None:
    """Date the versions and moves of a text in work over the last days, not at the moment of the set-up."""
    _again(story)
    if story.is_live:
        return
    now = timezone.now()
    for kind, rows in ((Revision, story.revisions.order_by("-number")), (Move, story.moves.order_by("-pk"))):
        for place, number in enumerate(rows.values_list("pk", flat=True)):
            at = now - timedelta(minutes=35) - place * timedelta(hours=7)
            kind.objects.filter(pk=number).update(at=at)
    Story.objects.filter(pk=story.pk).update(saved_at=now - timedelta(minutes=50))


def correct_a_price(people: People, numbers: Numbers) -> None:
    """Correct a live article in one step, with a note to its readers."""
    correction = words("correction")
    story = Story.objects.get(pk=numbers[correction["of"]])
    if story.changes.exists():
        return
    with publishing.with_pictures(story.pk), transaction.atomic(durable=True):
        story.body = body.clean(story.body + correction["added"])
        story.save()
        saving.record_text(story, by=people["editeur"])
        publishing.correct(
            story,
            revision=story.version,
            by=people["editeur"],
            change=ChangeNotice(ChangeKind.CORRECTION, correction["note"]),
        )


def mend_a_text(people: People, numbers: Numbers) -> None:
    """Mend a text in review as the desk does, and ask its writer about it in a note."""
    mended = words("mended")
    story = Story.objects.get(pk=numbers[mended["of"]])
    if story.notes.exists():
        return
    story.headline, story.standfirst = mended["headline"], mended["standfirst"]
    story.save()
    saving.record_text(story, by=people["secretaire"])
    notes.write_note(story, by=people["secretaire"], text=mended["question"], passage=mended["passage"])


def give_sections_their_picture(photos: Numbers) -> None:
    """Give each section the picture that its flashes show when they have none of their own."""
    for section, photo in words("pictures").items():
        SectionDesk.objects.get_or_create(
            section=Section.objects.get(slug=section), defaults={"photo_id": photos[photo]}
        )


def _approve(story: Story, people: People) -> None:
    _again(story)
    deeds.submit(story, revision=story.version, by=_writer(story))
    deeds.approve(story, revision=story.version, by=second_eyes(_writer(story), people))


def second_eyes(writer: User, people: People) -> User:
    """The colleague who is the second pair of eyes for what `writer` wrote."""
    return people["editeur"] if writer == people["secretaire"] else people["secretaire"]


def _publish(story: Story, people: People) -> None:
    _approve(story, people)
    publishing.publish(story, revision=story.version, by=people["chef"])


def _tie(story: Story, **fields: int) -> None:
    """Set the story that it follows or answers, as a new version."""
    for name, number in fields.items():
        setattr(story, name, number)
    story.save()
    saving.record_text(story, by=_writer(story))


def _show_outside(story: Story, people: People) -> None:
    """Make a review link for a lawyer without an account."""
    _again(story)
    share_links.make_link(
        story, revision=story.version, reader=words("outside")["reader"], by=people["chef"], lasts=timedelta(days=3)
    )


def _writer(story: Story) -> User:
    writer = story.writers.order_by("pk").first()
    if writer is None:
        raise ValueError(f"story {story.pk} has no writer")
    return writer


def _again(story: Story) -> None:
    story.refresh_from_db()


def _next(hour: time) -> WallTime:
    """That hour today, or tomorrow when less than half an hour is left."""
    soon = timezone.localtime() + timedelta(minutes=30)
    return _tomorrow(hour, days=0 if soon.time() < hour and soon.date() == timezone.localdate() else 1)


def _tomorrow(hour: time, *, days: int = 1) -> WallTime:
    return wall_time(datetime.combine(timezone.localdate() + timedelta(days=days), hour))
