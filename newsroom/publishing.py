"""The one door to readers. Nothing else writes a text or a picture into `articles_*`.

`publish`, `flash`, `correct` and `withdraw` are deeds like those of `deeds`; `refresh_image` and `refresh_credit` bring
a corrected caption or credit to every page at once, `refresh_sensitivity` the word that a case is sensitive. What
concerns pictures alone stands in `publishing_pictures`, and is called from here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.body import references, text_of
from articles.models import (
    Article,
    Byline,
    Correction,
    CrossLink,
    Image,
    Listing,
    ListingKind,
    Section,
    Withdrawal,
)

from . import body, notices
from .companions import in_order_of_appearance
from .deeds import Decision, Refused, Told, decide, mark, refuse_reply_elsewhere, told_of
from .models import Change, Milestone, Move, Photo, Revision, Story
from .photos.reading import Unfit
from .publishing_pictures import (
    IMAGE_FIELDS,
    copy_files_last,
    copy_sizes,
    erase_strays,
    erase_unused_images,
    images_of,
    lock_photos,
    refresh_credit,
    refresh_image,
    write_image,
)
from .text import linked_articles
from .workflow import ChangeKind, Deed, Stage
from .writing import PLAIN_FIELDS, ContentDict, surviving

__all__ = [
    "IMAGE_FIELDS",
    "copy_sizes",
    "correct",
    "erase_strays",
    "flash",
    "hold",
    "lock_photos",
    "minutes_to_read",
    "publish",
    "refresh_credit",
    "refresh_image",
    "refresh_sensitivity",
    "withdraw",
    "write_article",
]

WORDS_A_MINUTE = 230  # silent reading of French
GONE = _(
    "Not done: a section, a topic, an author or a picture of this version is not there any more. Reopen the article, "
    "choose another, and have it approved again."
)


def hold(
    *appearing: int, others: Iterable[int | None] = (), pictures: Iterable[int | None] = (), waits: bool = True
) -> bool:
    """Hold all that publishing or withdrawing these stories may write on, until the transaction ends.

    That is the stories with those they answer and `others`, then their pictures and `pictures`, then the articles, each
    in the order of their numbers, and all of it before anything is decided: two who need some of the same wait for one
    another, and never each for the other. Unless it `waits`, returns False when somebody else holds one of the stories.
    """
    said = Story.objects.filter(pk__in=appearing).values_list("replies_to", "change_reply")
    answered = Article.objects.filter(pk__in=appearing).values_list("replies_to", flat=True)
    named = [*appearing, *others, *(number for pair in said for number in pair), *answered]
    wanted = {number for number in named if number}
    # SQLite has one writer at a time: there, nobody else holds any
    skips = not waits and connection.features.has_select_for_update_skip_locked
    stories = Story.objects.select_for_update(no_key=True, skip_locked=skips).filter(pk__in=wanted)
    held = list(stories.order_by("pk").values_list("pk", flat=True))
    if skips and len(held) < Story.objects.filter(pk__in=wanted).count():
        return False
    new = Photo.objects.filter(Q(leads__in=appearing) | Q(stories__in=appearing)).values_list("pk", flat=True)
    shown = [images_of(article) for article in Article.objects.filter(pk__in=appearing)]
    lock_photos({*new, *pictures}.union(*shown))
    articles = Article.objects.select_for_update(no_key=True).filter(pk__in=held)
    list(articles.order_by("pk").values_list("pk"))
    return True


@transaction.atomic
def publish(
    story: Story,
    *,
    revision: int,
    by: User,
    note: str = "",
    change: Told | None = None,
    companions: Mapping[int, int] | None = None,
    by_clock: bool = False,
) -> Move:
    """Put the approved revision, and no other, before readers: the first time or again.

    `change` is what a new version of a live article is; of a scheduled one that was said with the hour. `companions`
    are stories that appear with it, by their numbers, each with its revision: all or none, each after what it follows
    or answers. All rows are written in one transaction. Raises Refused or NotAllowed, as every deed, and then changes
    nothing.
    """
    together = {**(companions or {}), story.pk: revision}
    hold(*together, others=_reply_of(change))
    stories = Story.objects.filter(pk__in=together).order_by("pk")
    moves = {
        each.pk: _publish_rows(each, revision=revision, by=by, note=note, change=change, by_clock=by_clock)
        if each.pk == story.pk
        else _publish_companion(each, revision=together[each.pk], by=by)
        for each in in_order_of_appearance(stories, last=story.pk)
    }
    _finish(set(together))
    return moves[story.pk]


def _reply_of(change: Told | None) -> list[int]:
    return [change.reply.pk] if change is not None and change.reply is not None else []


def _publish_companion(companion: Story, *, revision: int, by: User) -> Move:
    try:
        return _publish_rows(companion, revision=revision, by=by)
    except Refused as refusal:
        why = " ".join(map(str, [refusal.message, *(problem.message for problem in refusal.problems)]))
        said = _("Nothing is published: “%(headline)s” cannot appear with it. %(why)s")
        raise Refused(said % {"headline": companion.headline, "why": why}) from refusal


def _publish_rows(
    story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None, by_clock: bool = False
) -> Move:
    decision = decide(story, Deed.PUBLISH, revision=revision, by=by, note=note, by_clock=by_clock)
    locked = decision.story
    if locked.approved_revision is None or locked.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if change is None and locked.change_kind and decision.from_stage == Stage.SCHEDULED:
        change = Told(ChangeKind(locked.change_kind), locked.change_text, locked.change_reply)
    return _write_for_readers(decision, change)


@transaction.atomic
def flash(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Put an urgent text before readers without a second pair of eyes, which it waits for afterwards, on the desk.

    `note` is the reason, on record. The checklist of publication, pictures and credits included, is not passed over.
    """
    hold(story.pk)
    decision = decide(story, Deed.FLASH, revision=revision, by=by, note=note)
    move = _write_for_readers(decision, None, awaits_second_look=True)
    _finish({story.pk})
    return move


@transaction.atomic
def correct(story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None) -> Move:
    """Put the text of a live article as it now stands before readers, in one step: for a typo or a wrong figure.

    The new text is recorded by the caller, in the same transaction, which begins with `hold`: refused, neither is kept.
    """
    hold(story.pk, others=_reply_of(change))
    move = _write_for_readers(decide(story, Deed.CORRECT, revision=revision, by=by, note=note), change)
    _finish({story.pk})
    return move


def _write_for_readers(decision: Decision, change: Told | None, **fields: Any) -> Move:
    """All that publication writes but the files of pictures, which come last: they know of no transaction."""
    story, revision, now = decision.story, decision.revision, timezone.now()
    told = told_of(story, change)
    if not decision.by_clock:  # it was asked with the hour
        refuse_reply_elsewhere(story, by=decision.by)
    _content, gone = surviving(revision.content, story)
    if gone:
        raise Refused(GONE)
    answered_before = _answered_by(story.pk)
    first = story.first_published_at or now
    if told is not None:
        _record_change(story, told, revision=revision, by=decision.by, at=now)
    try:
        write_article(story, revision, first_published_at=first, at=now, told=told)
    except Unfit as unfit:
        raise Refused(_("Not done: a picture cannot be made ready. %(problem)s") % {"problem": unfit.message}) from None
    mark(revision, Milestone.PUBLISHED)
    move = decision.carry_out(approved_revision=None, live_revision=revision, first_published_at=first, **fields)
    _tell_whom_it_answers(move, before=answered_before)
    return move


def _finish(numbers: set[int]) -> None:
    """The end of a publication: what the database would refuse at the end it refuses before files are copied, of which
    it can take none back.
    """
    if connection.vendor == "postgresql":  # SQLite would read its tables from end to end for it
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise Refused(GONE) from error
    copy_files_last(numbers)


def _answered_by(number: int) -> int | None:
    """What readers see this article answer."""
    return Article.objects.filter(pk=number).values_list("replies_to", flat=True).first()


@transaction.atomic
def withdraw(story: Story, *, revision: int, by: User, note: str = "", notice: str = "") -> Move:
    """Take the live article away: its address answers 410, with `notice` if the desk has something to tell readers, and
    its review links open nothing any more.

    `note` is the reason, on record in the newsroom only.
    """
    hold(story.pk)
    decision = decide(story, Deed.WITHDRAW, revision=revision, by=by, note=note)
    story, answered = decision.story, _answered_by(story.pk)
    erase_article(story.pk)
    story.share_links.revoke(by=by)
    Withdrawal.objects.create(pk=story.pk, at=timezone.now(), notice=notice.strip())
    move = decision.carry_out(approved_revision=None, live_revision=None, awaits_second_look=False)
    if answered is not None:
        refresh_corrections(answered)
    return move


def _record_change(story: Story, told: Told, *, revision: Revision, by: User, at: datetime) -> None:
    fields = {"text": told.text.strip(), "revision": revision, "by": by, "at": at}
    if told.reply is None:
        Change.objects.create(story=story, kind=told.kind, **fields)
    else:
        Change.objects.get_or_create(story=story, kind=told.kind, reply=told.reply, defaults=fields)


def _tell_whom_it_answers(move: Move, *, before: int | None) -> None:
    """Let the readers of an article know of the right of reply to it, once that is public, and those of the article
    that it answered before of it no more. Who answers for the article is told as well.
    """
    story, answered = move.story, move.story.replies_to
    if answered is not None and answered.live_revision is not None:
        told = Told(ChangeKind.REPLY, reply=story)
        _record_change(answered, told, revision=answered.live_revision, by=move.by, at=move.at)
        if before != answered.pk:
            notices.announce_reply(move, answered)
    for number in sorted({number for number in (before, story.replies_to_id) if number}):
        refresh_corrections(number)


def refresh_corrections(number: int) -> None:
    """Write again what the readers of an article are told of its changes; nothing when it is not live."""
    article = Article.objects.select_for_update(no_key=True).filter(pk=number).first()
    if article is not None:
        _write_corrections(article)


def _write_corrections(article: Article) -> None:
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


def refresh_sensitivity(story: Story) -> None:
    """Bring the word that a case is sensitive, or is no more, to its page at once. In the caller's transaction."""
    Article.objects.filter(pk=story.pk).update(is_sensitive=story.is_sensitive)


def write_article(
    story: Story, revision: Revision, *, first_published_at: datetime, at: datetime, told: Told | None = None
) -> Article:
    """Copy one revision into the public record, over what may be there. Of a held story: see `hold`."""
    content: ContentDict = revision.content
    text = body.clean(content["body"])
    named = references(text)
    lead = content["lead_photo"]
    before = Article.objects.filter(pk=story.pk).first()
    shown_before = images_of(before) if before else set()
    for photo in Photo.objects.select_related("credit").filter(pk__in={*named.images, lead} - {None}).order_by("pk"):
        write_image(photo)
    fields = {
        **{name: content[name] for name in PLAIN_FIELDS},
        "body": text,
        "section_id": content["section"],
        "lead_image_id": lead,
        "follows_id": content.get("follows"),
        "replies_to_id": content.get("replies_to"),
        "is_sensitive": story.is_sensitive,
        "revision": revision.number,
        "first_published_at": first_published_at,
        "reading_minutes": minutes_to_read(text),
    }
    fields["updated_at"] = _update_moment(before, told, first_published_at, at)
    # not update_or_create: it would hold the row against whoever only names it
    article = before or Article(pk=story.pk)
    for name, value in fields.items():
        setattr(article, name, value)
    article.save(force_insert=before is None)
    article.topics.set(content["topics"])
    article.images.set(Image.objects.filter(pk__in=named.images))
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author_id=author, order=place) for place, author in enumerate(content["authors"])
    )
    article.cross_links.all().delete()
    plain = [target for target in linked_articles(text) if target not in named.articles]
    CrossLink.objects.bulk_create(
        CrossLink(source=article, target_id=target, order=place, is_plain=place >= len(named.articles))
        for place, target in enumerate([*named.articles, *plain])
        if target != article.pk
    )
    _write_listings(article, content)
    _write_corrections(article)
    Withdrawal.objects.filter(pk=story.pk).delete()
    erase_unused_images(shown_before)
    return article


def minutes_to_read(html: str) -> int:
    """How long a body takes to read in silence."""
    return max(1, round(len(text_of(html).split()) / WORDS_A_MINUTE))


def _update_moment(before: Article | None, told: Told | None, first: datetime, at: datetime) -> datetime:
    """When readers are told it was updated: at every change but a typo, or when it came back."""
    if before is None:
        return first if at - first < timedelta(minutes=1) else at
    return before.updated_at if told is not None and told.kind == ChangeKind.TYPO else at


def _write_listings(article: Article, content: ContentDict) -> None:
    section = Section.objects.get(pk=content["section"])
    lines = [
        (ListingKind.ALL, 0),
        (ListingKind.SECTION, section.pk),
        *([(ListingKind.SECTION, section.parent_id)] if section.parent_id else []),
        *((ListingKind.TOPIC, topic) for topic in content["topics"]),
        *((ListingKind.AUTHOR, author) for author in content["authors"]),
    ]
    article.listings.all().delete()
    Listing.objects.bulk_create(
        Listing(kind=kind, ref=ref, published_at=article.first_published_at, article=article) for kind, ref in lines
    )


def erase_article(number: int) -> None:
    """Remove a held article and all that hangs on it, and the pictures that no other article shows."""
    # held against those who name it, before anything hangs on it any more, such as a place among the most read
    article = Article.objects.select_for_update().get(pk=number)
    shown = images_of(article)
    article.delete()
    erase_unused_images(shown)
