"""What readers see of the changes of an article: corrections, clarifications, rights of reply."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q

from articles.models import Article, Correction
from newsroom import notifications
from newsroom.deeds import ChangeNotice
from newsroom.models import Change, Move, Revision, Story
from newsroom.workflow import ChangeKind


def answered_article(number: int) -> int | None:
    """The number of the article that this live article answers, as readers see it. None when it answers none."""
    return Article.objects.filter(pk=number).values_list("replies_to", flat=True).first()


def record_change(story: Story, notice: ChangeNotice, *, revision: Revision, by: User, at: datetime) -> None:
    """Keep the notice with the story. A right of reply is kept once, however often it is announced."""
    fields = {"text": notice.text.strip(), "revision": revision, "by": by, "at": at}
    if notice.reply is None:
        Change.objects.create(story=story, kind=notice.kind, **fields)
    else:
        Change.objects.get_or_create(story=story, kind=notice.kind, reply=notice.reply, defaults=fields)


def update_answered_article(move: Move, *, answered_before: int | None) -> None:
    """Show a right of reply, now public, on the page of the live article that it answers, and queue the mail about it.

    If it answered another article before (`answered_before`), remove it from that page.
    """
    story, answered = move.story, move.story.replies_to
    if answered is not None and answered.live_revision is not None:
        notice = ChangeNotice(ChangeKind.REPLY, reply=story)
        record_change(answered, notice, revision=answered.live_revision, by=move.by, at=move.at)
        if answered_before != answered.pk:
            notifications.announce_reply(move, answered)
    for number in sorted({number for number in (answered_before, story.replies_to_id) if number}):
        refresh_corrections(number)


def refresh_corrections(number: int) -> None:
    """Write the public corrections of an article again. Does nothing when it is not live."""
    article = Article.objects.select_for_update(no_key=True).filter(pk=number).first()
    if article is not None:
        write_corrections(article)


def write_corrections(article: Article) -> None:
    """Write the corrections and clarifications of a held article, and the public rights of reply to it."""
    changes = Change.objects.filter(story=article.pk).exclude(kind__in=[ChangeKind.TYPO, ChangeKind.UPDATE])
    changes = changes.filter(Q(reply=None) | Q(reply__in=Article.objects.filter(replies_to=article.pk).values("pk")))
    article.corrections.all().delete()
    rows = Correction.objects.bulk_create(
        Correction(article=article, kind=change.kind, at=change.at, text=change.text, reply_id=change.reply_id)
        for change in changes.order_by("at", "pk")
    )
    article.has_corrections = bool(rows)
    article.save(update_fields=["has_corrections"])
