"""What the readers of an article are told of its changes: corrections, clarifications, rights of reply."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q

from articles.models import Article, Correction
from newsroom import notifications
from newsroom.deeds import Told
from newsroom.models import Change, Move, Revision, Story
from newsroom.workflow import ChangeKind


def answered_by(number: int) -> int | None:
    """What readers see this article answer."""
    return Article.objects.filter(pk=number).values_list("replies_to", flat=True).first()


def record_change(story: Story, told: Told, *, revision: Revision, by: User, at: datetime) -> None:
    fields = {"text": told.text.strip(), "revision": revision, "by": by, "at": at}
    if told.reply is None:
        Change.objects.create(story=story, kind=told.kind, **fields)
    else:
        Change.objects.get_or_create(story=story, kind=told.kind, reply=told.reply, defaults=fields)


def tell_whom_it_answers(move: Move, *, before: int | None) -> None:
    """Let the readers of an article know of the right of reply to it, once that is public, and those of the article
    that it answered before of it no more. Who answers for the article is told as well.
    """
    story, answered = move.story, move.story.replies_to
    if answered is not None and answered.live_revision is not None:
        told = Told(ChangeKind.REPLY, reply=story)
        record_change(answered, told, revision=answered.live_revision, by=move.by, at=move.at)
        if before != answered.pk:
            notifications.announce_reply(move, answered)
    for number in sorted({number for number in (before, story.replies_to_id) if number}):
        refresh_corrections(number)


def refresh_corrections(number: int) -> None:
    """Write again what the readers of an article are told of its changes; nothing when it is not live."""
    article = Article.objects.select_for_update(no_key=True).filter(pk=number).first()
    if article is not None:
        write_corrections(article)


def write_corrections(article: Article) -> None:
    """Of a held article: its corrections and clarifications, and the rights of reply that are public and answer it."""
    told = Change.objects.filter(story=article.pk).exclude(kind__in=[ChangeKind.TYPO, ChangeKind.UPDATE])
    told = told.filter(Q(reply=None) | Q(reply__in=Article.objects.filter(replies_to=article.pk).values("pk")))
    article.corrections.all().delete()
    rows = Correction.objects.bulk_create(
        Correction(article=article, kind=change.kind, at=change.at, text=change.text, reply_id=change.reply_id)
        for change in told.order_by("at", "pk")
    )
    article.has_corrections = bool(rows)
    article.save(update_fields=["has_corrections"])
