"""Mail to the staff about stories. Only rows are written here: the clock sends them after the transaction.

Nobody gets mail about their own deeds, about a story they may not read, or of a kind they have declined.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article

from . import access
from .models import Dispatch, Move, Revision, Story, name_of
from .scheduling.wording import spoken
from .versions import desk_changes
from .versions.desk_changes import WIDTH
from .workflow import Deed

LONGEST_SUBJECT = 180
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Concern(StrEnum):
    """Why somebody gets mail. The value names the field of StaffProfile that says whether they want such mail."""

    ASKED = "mail_asked"
    TEXTS = "mail_texts"
    DESK = "mail_desk"


@dataclass(frozen=True)
class Announcement:
    """The mail about a deed: to the writers of the story, and to the section's desk when the story now waits for it."""

    subject: str | Promise
    message: str | Promise
    to_writers: bool = True
    to_desk: bool = False


ANNOUNCEMENTS: dict[Deed, Announcement] = {
    Deed.SUBMIT: Announcement(
        gettext_lazy("To review: %(headline)s"),
        gettext_lazy("%(who)s submitted this text for review, in the section %(section)s."),
        to_writers=False,
        to_desk=True,
    ),
    Deed.SEND_BACK: Announcement(
        gettext_lazy("Sent back: %(headline)s"), gettext_lazy("%(who)s sends your text back to you, with this note:")
    ),
    Deed.APPROVE: Announcement(
        gettext_lazy("Approved: %(headline)s"), gettext_lazy("%(who)s approved your text: it is ready to publish.")
    ),
    Deed.SCHEDULE: Announcement(
        gettext_lazy("Scheduled: %(headline)s"),
        gettext_lazy("%(who)s scheduled your text. Readers will see it %(when)s."),
    ),
    Deed.UNSCHEDULE: Announcement(
        gettext_lazy("Unscheduled: %(headline)s"),
        gettext_lazy("%(who)s took your text off the schedule: it is ready, and appears when somebody publishes it."),
    ),
    Deed.PUBLISH: Announcement(
        gettext_lazy("On the air: %(headline)s"), gettext_lazy("%(who)s published your text: readers see it.")
    ),
    Deed.FLASH: Announcement(
        gettext_lazy("Flash on the air: %(headline)s"),
        gettext_lazy("%(who)s published this text as a flash. It waits for its second pair of eyes. The reason:"),
        to_desk=True,
    ),
    Deed.CORRECT: Announcement(
        gettext_lazy("Corrected: %(headline)s"),
        gettext_lazy("%(who)s corrected your article: readers see the new text."),
    ),
    Deed.ABANDON: Announcement(
        gettext_lazy("New version abandoned: %(headline)s"),
        gettext_lazy(
            "%(who)s abandoned the new version of your article: readers see the same text as before. What you had "
            "written stays in the history."
        ),
    ),
    Deed.WITHDRAW: Announcement(
        gettext_lazy("Withdrawn: %(headline)s"),
        gettext_lazy("%(who)s withdrew your article from the site. The reason:"),
    ),
    Deed.SPIKE: Announcement(
        gettext_lazy("Spiked: %(headline)s"),
        gettext_lazy("%(who)s spiked your text. It is kept, and an editor can revive it."),
    ),
    Deed.REVIVE: Announcement(
        gettext_lazy("Revived: %(headline)s"), gettext_lazy("%(who)s revived your text: it is a draft again.")
    ),
}

# The deeds that announce nothing: they ask nothing of anybody. What is taken back is told to who was asked to read it.
SILENT = frozenset({Deed.REOPEN, Deed.LOOK, Deed.REVISE, Deed.TAKE_BACK})


def announce(move: Move) -> None:
    """Queue the mail about a deed: to the desk when the story waits for it, to the writers about their own text."""
    announcement = ANNOUNCEMENTS.get(Deed(move.deed))
    if announcement is None:
        return
    story = move.story
    values = {
        "headline": story.headline,
        "who": _name_of_doer(move),
        "section": story.section.name,
        "when": spoken(story.publish_at) if story.publish_at else "",
    }
    subject, lines = str(announcement.subject) % values, [str(announcement.message) % values, move.note]
    if move.deed in (Deed.PUBLISH, Deed.FLASH, Deed.CORRECT):
        article = Article.objects.select_related("section__parent").get(pk=story.pk)
        lines.append(settings.SITE_URL + article.get_absolute_url())
    # who scheduled the story gets mail too when the clock publishes it
    by = None if move.by_clock else move.by
    if announcement.to_writers:
        change = desk_changes.reported_with(move)
        for writer in story.writers.all():
            paragraphs = [*lines, *_changes(change, writer)] if change else lines
            queue(f"move-{move.pk}", [writer], subject, paragraphs, story, concern=Concern.TEXTS, by=by)
    if announcement.to_desk:
        # who wrote or submitted the text cannot be its second pair of eyes
        desk = access.desk_of(story.section_id, access.SUB_EDITORS_UP, but=[*story.writers.all(), move.by])
        queue(f"move-{move.pk}", desk, subject, lines, story, concern=Concern.DESK, by=by)


def announce_taken_back(move: Move, submitted: Move) -> None:
    """Stop the letters that asked the desk to read this text, and tell those who have one that it was taken back."""
    asked = Dispatch.objects.filter(kind=Dispatch.Kind.MAIL, key__startswith=f"move-{submitted.pk}-")
    asked.filter(done_at=None, attempts=0).delete()
    people = User.objects.filter(pk__in=[letter.payload["login"] for letter in asked])
    story = move.story
    message = _("%(who)s took this text back before anybody had opened it: you need not read it.")
    queue(
        f"taken-back-{move.pk}",
        people,
        _("Taken back: %(headline)s") % {"headline": story.headline},
        [message % {"who": name_of(move.by)}],
        story,
        concern=Concern.DESK,
        by=move.by,
    )


def announce_reply(move: Move, answered: Story) -> None:
    """Queue the mail about a right of reply to `answered`, which its readers now see: to its writers and its desk."""
    reply = move.story
    message = _("%(who)s published a right of reply to this article, “%(reply)s”: readers find each from the other.")
    article = Article.objects.select_related("section__parent").get(pk=reply.pk)
    subject = _("Right of reply on the air: %(headline)s") % {"headline": answered.headline}
    lines = [
        message % {"who": _name_of_doer(move), "reply": reply.headline},
        settings.SITE_URL + article.get_absolute_url(),
    ]
    people = {
        Concern.TEXTS: answered.writers.all(),
        Concern.DESK: access.desk_of(answered.section_id, access.SUB_EDITORS_UP),
    }
    by = None if move.by_clock else move.by
    for concern, recipients in people.items():
        queue(f"reply-{move.pk}", recipients, subject, lines, answered, concern=concern, by=by)


def announce_reopened(move: Move, leaves_at: datetime | None) -> None:
    """Queue the mail about a text that is back in review, since the live article was corrected meanwhile.

    `leaves_at` is the hour that it was scheduled for, if it was.
    """
    story = move.story
    lines = [
        _("%(who)s corrected the live article. Its next version is back in review: it must be read and approved again.")
        % {"who": name_of(move.by)},
        move.note,
    ]
    if leaves_at is not None:
        message = _("It was to appear %(when)s. It does not leave by itself any more: schedule it again.")
        lines.append(message % {"when": spoken(leaves_at)})
    subject = _("To read again: %(headline)s") % {"headline": story.headline}
    for concern, people in (
        (Concern.TEXTS, story.writers.all()),
        (Concern.DESK, access.desk_of(story.section_id, access.SUB_EDITORS_UP, but=[*story.writers.all(), move.by])),
    ):
        queue(f"reopened-{move.pk}", people, subject, lines, story, concern=concern, by=move.by)


def announce_missed_correction(story: Story, revision: Revision, *, by: User) -> None:
    """Queue the mail to the writers of a next version that lacks a correction: they wrote in the same place."""
    lines = [
        _("%(who)s corrected the live article, in a place that your next version changed too.") % {"who": name_of(by)},
        _("Both are on the page of the text: carry the correction over before the version goes on."),
    ]
    subject = _("To carry over: a correction of “%(headline)s”") % {"headline": story.headline}
    queue(f"missed-{revision.pk}", story.writers.all(), subject, lines, story, concern=Concern.TEXTS, by=by)


def _name_of_doer(move: Move) -> str:
    return _("The clock") if move.by_clock else name_of(move.by)


def _changes(change: desk_changes.DeskChange, writer: User) -> list[str]:
    differences = desk_changes.as_lines(change, writer)
    if not differences:  # the desk changed the text, then changed it back
        return []
    title = _("What the desk changed in it")
    page = address_of("admin:newsroom_story_desk_changes", change.story.pk)
    return [f"{title}\n{'-' * len(title)}", *differences, _("All of it, word by word:") + "\n" + page]


def queue(
    key: str,
    people: Iterable[User],
    subject: str,
    lines: Sequence[str],
    story: Story | None = None,
    *,
    concern: Concern = Concern.ASKED,
    by: User | None = None,
) -> None:
    """Have `lines`, a paragraph each, mailed to those of `people` who may read `story` and want mail of this `concern`.

    `key` names the event: an event that is queued twice is mailed once. `by`, who caused it, gets no mail, and replies
    to the mail go to them. The mail ends with the address of the story and the page where one declines such mail.
    """
    people = list(people)
    wanted = {person.pk for person in people} - ({by.pk} if by else set())
    readers = access.readers_of(story) if story else User.objects.filter(is_active=True)
    unwilling = {"staff_profile__wants_mail": False}, {f"staff_profile__{concern}": False}
    recipients = readers.filter(pk__in=wanted).exclude(email="").exclude(**unwilling[0]).exclude(**unwilling[1])
    text = _letter(lines, story)
    reply_to = [by.email] if by is not None and by.email else []
    now = timezone.now()
    Dispatch.objects.bulk_create(
        (
            Dispatch(
                kind=Dispatch.Kind.MAIL,
                key=f"{key}-{person.pk}",
                payload={
                    "to": person.email,
                    "login": person.pk,
                    "subject": _one_line(subject),
                    "text": text,
                    "reply_to": reply_to,
                },
                due_at=now,
            )
            for person in recipients
        ),
        ignore_conflicts=True,
    )


def _one_line(subject: str) -> str:
    """`subject` without line breaks: a headline with one could add a header to the mail."""
    line = CONTROL.sub(" ", subject).strip()
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _letter(lines: Sequence[str], story: Story | None) -> str:
    body = [_wrapped(line) for line in lines if line.strip()]
    if story is not None:
        body.append(_("The text at the desk:") + "\n" + address_of("admin:newsroom_story_change", story.pk))
    choice = _("To choose which mail you receive, or none:")
    return "\n\n".join([*body, f"-- \n{choice}\n{address_of('admin:my_account')}"])


def _wrapped(text: str) -> str:
    """`text` in lines of WIDTH characters. Short lines and long addresses stay whole."""
    return "\n".join(
        line if len(line) <= WIDTH else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )


def address_of(name: str, *args: object) -> str:
    """The whole address of a page of the desk."""
    return settings.SITE_URL + reverse(name, args=args)
