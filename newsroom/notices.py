"""Whom a deed is told to, by mail. Only rows are written here: the clock sends them, after the transaction."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access
from .models import Dispatch, Move
from .workflow import Deed


def announce(move: Move) -> None:
    """Queue the mail a deed asks for: the desk hears of what is submitted, writers of what becomes of their text."""
    people: Iterable[User]
    match Deed(move.deed):
        case Deed.SUBMIT:
            people = access.recipients_over(move.story.section_id, access.SUB_EDITORS_UP)
            subject = _("To review: %(headline)s")
        case Deed.SEND_BACK:
            people = _writers(move)
            subject = _("Sent back: %(headline)s")
        case Deed.PUBLISH:
            people = _writers(move)
            subject = _("On the air: %(headline)s")
        case Deed.WITHDRAW:
            people = _writers(move)
            subject = _("Withdrawn: %(headline)s")
        case _other:
            return
    _queue(move, people, subject % {"headline": move.story.headline})


def _writers(move: Move) -> Iterable[User]:
    writers = move.story.writers.filter(is_active=True).exclude(email="").exclude(staff_profile__wants_mail=False)
    return [writer for writer in writers if access.may_view_story(writer, move.story)]


def _queue(move: Move, people: Iterable[User], subject: str) -> None:
    address = settings.SITE_URL + reverse("admin:newsroom_story_change", args=[move.story_id])
    who = move.by.get_full_name() or move.by.get_username()
    lines = [_("%(who)s: %(deed)s.") % {"who": who, "deed": Deed(move.deed).label}, *filter(None, [move.note]), address]
    Dispatch.objects.bulk_create(
        Dispatch(
            kind=Dispatch.Kind.MAIL,
            key=f"move-{move.pk}-{person.pk}",
            payload={"to": person.email, "subject": " ".join(subject.split()), "text": "\n\n".join(lines)},
            due_at=timezone.now(),
        )
        for person in people
        if person.pk != move.by_id
    )
