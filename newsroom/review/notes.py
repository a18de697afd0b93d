"""Notes of colleagues on a story, or on a passage of it. A note may ask somebody something, and is settled in the end.

Notes are never public: no page of the site, no review link and no export reads them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from articles.wording import one_spaced
from newsroom import access, notifications
from newsroom.models import Move, Note, NoteTurn, Story, name_of
from newsroom.models.notes import LONGEST_NOTE, LONGEST_PASSAGE
from newsroom.notifications import Concern
from newsroom.workflow import Deed, Stage

# an @ that begins a word, unlike that of a mail address
MENTION = re.compile(r"(?<![\w@.+-])@([\w.@+-]{1,150})")
# The latest of these deeds tells whether the writers still have a text that the desk sent back.
RETURN_OR_ANSWER = (Deed.SEND_BACK, Deed.SUBMIT, Deed.FLASH, Deed.ABANDON, Deed.PUBLISH)


class NoteRefused(Exception):  # noqa: N818 (what happened, not an error of ours)
    """Raised when a note is not kept. `message` says why; the page gives its text back to the one who wrote it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class WrittenNote:
    """A note that was kept. `unknown` are the names after an @ that belong to no login."""

    note: Note
    is_new: bool
    unknown: list[str]


@transaction.atomic
def write_note(story: Story, *, by: User, text: str, passage: str = "", key: UUID | None = None) -> WrittenNote:
    """Keep a note on a story, or on a `passage` of it, and queue mail to those whom it names after an @.

    `key` is the key of the form: if it is sent twice, the note is written once. Raises NoteRefused when the note is
    empty or too long, or names somebody who may not read this story.
    """
    text, passage = text.strip(), one_spaced(passage)[:LONGEST_PASSAGE]
    if not text:
        raise NoteRefused(_("Write the note first: the passage alone says nothing."))
    if len(text) > LONGEST_NOTE:
        raise NoteRefused(
            _("Your note has %(signs)s signs; %(most)s is the most. Shorten it, or write two.")
            % {"signs": len(text), "most": LONGEST_NOTE}
        )
    named, unknown = _named_in(text)
    if outside := _outside(named, story):
        raise NoteRefused(
            _("Your note is not added: %(names)s may not read this article, so could not see it. Take the @ away.")
            % {"names": get_text_list(outside, _("and"))}
        )
    fields = {"story": story, "by": by, "text": text, "passage": passage}
    is_new = True
    if key is None:
        note = Note.objects.create(**fields)
    else:
        note, is_new = Note.objects.get_or_create(key=key, defaults=fields)
        if (note.by_id, note.story_id) != (by.pk, story.pk):  # the key belongs to somebody else's form
            note, is_new = Note.objects.create(**fields), True
    if is_new:
        note.mentions.set(named)
        _queue_mail(note, named)
    return WrittenNote(note, is_new, unknown)


def _named_in(text: str) -> tuple[list[User], list[str]]:
    """The logins that a text names after an @, and the names that belong to none. « @hajar. » names hajar."""
    typed = {word: {word.lower(), word.rstrip(".-+@").lower()} for word in MENTION.findall(text)}
    names = {name for either in typed.values() for name in either if name}
    # in lower case on both sides, and as typed: SQLite lowers ASCII letters only
    logins = User.objects.annotate(low=Lower("username")).filter(Q(low__in=names) | Q(username__in=typed))
    known = {user.get_username().lower(): user for user in logins}
    people, unknown = {}, []
    for word, either in typed.items():
        user = known.get(word.lower()) or next((known[name] for name in either if name in known), None)
        if user is not None:
            people[user.pk] = user
        elif bare := word.rstrip(".-+@"):
            unknown.append(bare)
    return list(people.values()), unknown


def _outside(named: list[User], story: Story) -> list[str]:
    readers = set(access.readers_of(story).filter(pk__in=[user.pk for user in named]).values_list("pk", flat=True))
    return [name_of(user) for user in named if user.pk not in readers]


def _queue_mail(note: Note, named: list[User]) -> None:
    lines = [_("%(who)s asks you something:") % {"who": name_of(note.by)}, note.text]
    if note.passage:
        lines.insert(1, f"«\u00a0{note.passage}\u00a0»")
    subject = _("Asked of you: %(headline)s") % {"headline": note.story.headline}
    notifications.queue(f"note-{note.pk}", named, subject, lines, note.story, concern=Concern.ASKED, by=note.by)


@transaction.atomic
def resolve(note: Note, *, by: User) -> bool:
    """Settle a note, and record it. Returns False when it was settled already."""
    now = timezone.now()
    done = Note.objects.filter(pk=note.pk, resolved_at=None).update(resolved_at=now, resolved_by=by)
    if done:
        NoteTurn.objects.create(note=note, settles=True, by=by, at=now)
    return bool(done)


@transaction.atomic
def reopen(note: Note, *, by: User) -> bool:
    """Open a settled note again, and record it. Returns False when it was open already."""
    done = Note.objects.filter(pk=note.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None)
    if done:
        NoteTurn.objects.create(note=note, settles=False, by=by, at=timezone.now())
    return bool(done)


def asked_of(user: access.Login, stories: QuerySet[Story]) -> QuerySet[Note]:
    """The open notes on these stories that ask `user` something, the latest first."""
    # the index `note_open` gives the open notes; the two EXISTS then look at each of them
    named = Note.mentions.through.objects.filter(note=OuterRef("pk"), user=user.pk)
    notes = Note.objects.filter(Exists(named), Exists(stories.filter(pk=OuterRef("story"))), resolved_at=None)
    return notes.select_related("by").order_by("-at", "-pk")


def last_return(story: Story, moves: Iterable[Move]) -> Move | None:
    """The move that sent the story back to its writers, with the desk's reason. `moves` are its moves, latest first.

    None once it was submitted again, or when it is not a draft.
    """
    if story.stage != Stage.DRAFT:
        return None
    last = next((move for move in moves if move.deed in RETURN_OR_ANSWER), None)
    return last if last is not None and last.deed == Deed.SEND_BACK else None
