"""The one door to readers. Nothing else writes a text or a picture into `articles_*`.

`publish`, `flash`, `correct` and `withdraw` are deeds like those of `deeds`; `refresh_image` and `refresh_credit` bring
a corrected caption or credit to every page at once, `refresh_sensitivity` the word that a case is sensitive.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
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
    ImageCredit,
    Listing,
    ListingKind,
    Section,
    Withdrawal,
)

from . import body
from .deeds import Decision, Refused, Told, decide, mark, told_of
from .models import Change, Dispatch, Milestone, Move, Photo, Revision, Story
from .models.photo import originals
from .photos import renditions
from .photos.reading import Unfit
from .workflow import ChangeKind, Deed
from .writing import PLAIN_FIELDS, ContentDict

WORDS_A_MINUTE = 230  # silent reading of French
IMAGE_FIELDS = (
    "alt",
    "is_decorative",
    "caption",
    "credit_id",
    "photographer",
    "credit_line",
    "focal_x",
    "focal_y",
    "colour",
    "renditions",
)


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
    are stories that appear with it, just before it, by their numbers, each with its revision: all or none. All rows are
    written in one transaction. Raises Refused or NotAllowed, as every deed, and then changes nothing.
    """
    together = dict(companions or {})
    if together:
        _hold({story.pk, *together})
    for companion in Story.objects.filter(pk__in=together).order_by("pk"):
        try:
            _publish_rows(companion, revision=together[companion.pk], by=by)
        except Refused as refusal:
            why = " ".join(map(str, [refusal.message, *(problem.message for problem in refusal.problems)]))
            said = _("Nothing is published: “%(headline)s” cannot appear with it. %(why)s")
            raise Refused(said % {"headline": companion.headline, "why": why}) from refusal
    move = _publish_rows(story, revision=revision, by=by, note=note, change=change, by_clock=by_clock)
    copy_files_last({story.pk, *together})
    return move


def _hold(numbers: set[int]) -> None:
    """Hold several stories and their pictures, each kind in one order, so that who publishes some of the same waits."""
    list(Story.objects.select_for_update().filter(pk__in=numbers).order_by("pk").values_list("pk"))
    new = Photo.objects.filter(Q(leads__in=numbers) | Q(stories__in=numbers)).values_list("pk", flat=True)
    shown = [images_of(article) for article in Article.objects.filter(pk__in=numbers)]
    lock_photos(set(new).union(*shown))


def _publish_rows(
    story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None, by_clock: bool = False
) -> Move:
    decision = decide(story, Deed.PUBLISH, revision=revision, by=by, note=note, by_clock=by_clock)
    locked = decision.story
    if locked.approved_revision is None or locked.approved_revision != decision.revision:
        raise Refused(_("Not done: this version was not approved. Reopen the article and have it approved again."))
    if change is None and locked.change_kind:
        change = Told(ChangeKind(locked.change_kind), locked.change_text, locked.change_reply)
    return _write_for_readers(decision, change)


@transaction.atomic
def flash(story: Story, *, revision: int, by: User, note: str = "") -> Move:
    """Put an urgent text before readers without a second pair of eyes, which it waits for afterwards, on the desk.

    `note` is the reason, on record. The checklist of publication, pictures and credits included, is not passed over.
    """
    decision = decide(story, Deed.FLASH, revision=revision, by=by, note=note)
    move = _write_for_readers(decision, None, awaits_second_look=True)
    copy_files_last({story.pk})
    return move


@transaction.atomic
def correct(story: Story, *, revision: int, by: User, note: str = "", change: Told | None = None) -> Move:
    """Put the text of a live article as it now stands before readers, in one step: for a typo or a wrong figure.

    The new text is recorded by the caller, in the same transaction: refused, neither is kept.
    """
    move = _write_for_readers(decide(story, Deed.CORRECT, revision=revision, by=by, note=note), change)
    copy_files_last({story.pk})
    return move


def _write_for_readers(decision: Decision, change: Told | None, **fields: Any) -> Move:
    """All that publication writes but the files of pictures, which come last: they know of no transaction."""
    story, revision, now = decision.story, decision.revision, timezone.now()
    told = told_of(story, change)
    first = story.first_published_at or now
    if told is not None:
        _record_change(story, told, revision=revision, by=decision.by, at=now)
    try:
        write_article(story, revision, first_published_at=first, at=now, told=told)
    except Unfit as unfit:
        raise Refused(_("Not done: a picture cannot be made ready. %(problem)s") % {"problem": unfit.message}) from None
    mark(revision, Milestone.PUBLISHED)
    move = decision.carry_out(approved_revision=None, live_revision=revision, first_published_at=first, **fields)
    tell_whom_it_answers(story, by=decision.by)
    return move


@transaction.atomic
def withdraw(story: Story, *, revision: int, by: User, note: str = "", notice: str = "") -> Move:
    """Take the live article away: its address answers 410, with `notice` if the desk has something to tell readers.

    `note` is the reason, on record in the newsroom only.
    """
    decision = decide(story, Deed.WITHDRAW, revision=revision, by=by, note=note)
    story = decision.story
    erase_article(story.pk)
    Withdrawal.objects.create(pk=story.pk, at=timezone.now(), notice=notice.strip())
    move = decision.carry_out(approved_revision=None, live_revision=None, awaits_second_look=False)
    if story.replies_to_id:
        refresh_corrections(story.replies_to_id)
    return move


def _record_change(story: Story, told: Told, *, revision: Revision, by: User, at: datetime) -> None:
    fields = {"text": told.text.strip(), "revision": revision, "by": by, "at": at}
    if told.reply is None:
        Change.objects.create(story=story, kind=told.kind, **fields)
    else:
        Change.objects.get_or_create(story=story, kind=told.kind, reply=told.reply, defaults=fields)


def tell_whom_it_answers(story: Story, *, by: User) -> None:
    """Let the readers of an article know of the right of reply to it, once that is public."""
    answered = story.replies_to
    if answered is None or answered.live_revision is None:
        return
    told = Told(ChangeKind.REPLY, reply=story)
    _record_change(answered, told, revision=answered.live_revision, by=by, at=timezone.now())
    refresh_corrections(answered.pk)


def refresh_corrections(number: int) -> None:
    """Write again what the readers of an article are told of its changes; nothing when it is not live."""
    article = Article.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if article is not None:
        _write_corrections(article)


def _write_corrections(article: Article) -> None:
    """Of a held article: its corrections and clarifications, and the rights of reply that are public."""
    told = Change.objects.filter(story=article.pk).exclude(kind__in=[ChangeKind.TYPO, ChangeKind.UPDATE])
    told = told.filter(Q(reply=None) | Q(reply__in=Article.objects.values("pk")))
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
    """Copy one revision into the public record, over what may be there."""
    content: ContentDict = revision.content
    text = body.clean(content["body"])
    named = references(text)
    lead = content["lead_photo"]
    before = Article.objects.filter(pk=story.pk).first()
    shown_before = images_of(before) if before else set()
    for photo in lock_photos({*named.images, lead, *shown_before}):
        if photo.pk in named.images or photo.pk == lead:
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
    article, _created = Article.objects.update_or_create(pk=story.pk, defaults=fields)
    article.topics.set(content["topics"])
    article.images.set(Image.objects.filter(pk__in=named.images))
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author_id=author, order=place) for place, author in enumerate(content["authors"])
    )
    article.cross_links.all().delete()
    CrossLink.objects.bulk_create(
        CrossLink(source=article, target_id=target, order=place)
        for place, target in enumerate(named.articles)
        if target != article.pk
    )
    _write_listings(article, content)
    _write_corrections(article)
    Withdrawal.objects.filter(pk=story.pk).delete()
    _erase_unused_images(shown_before)
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


def images_of(article: Article) -> set[int]:
    """The numbers of the pictures it shows, in its body and at its head."""
    body_images = set(article.images.values_list("pk", flat=True))
    return body_images | ({article.lead_image_id} if article.lead_image_id else set())


def erase_article(number: int) -> None:
    """Remove an article and all that hangs on it, and the pictures that no other article shows."""
    # held before anything hangs on it any more, such as a place among the most read
    article = Article.objects.select_for_update().get(pk=number)
    shown = images_of(article)
    lock_photos(shown)
    article.delete()
    _erase_unused_images(shown)


# --- Pictures: who writes or removes an Image, or its files, holds its Photo -------------------------------------


def lock_photos(numbers: Iterable[int | None]) -> list[Photo]:
    """Hold these photos until the transaction ends, always in the same order, and read them as they then are.

    Their credits are held after them, so that a credit line is never made from an older credit.
    """
    photos = list(
        Photo.objects.select_for_update().filter(pk__in={number for number in numbers if number}).order_by("pk")
    )
    owed = {photo.credit_id for photo in photos if photo.credit_id}
    credits = {
        credit.pk: credit
        for credit in ImageCredit.objects.select_for_update(no_key=True).filter(pk__in=owed).order_by("pk")
    }
    for photo in photos:
        photo.credit = credits.get(photo.credit_id) if photo.credit_id else None
    return photos


def write_image(photo: Photo) -> Image:
    """Write the public row of a held photo. What is missing of its sizes is made now; files come last."""
    renditions.make_missing(photo)
    before = Image.objects.filter(pk=photo.pk).first()
    fields = {name: getattr(photo, name) for name in IMAGE_FIELDS}
    image, _created = Image.objects.update_or_create(pk=photo.pk, defaults=fields)
    if before is not None:
        _erase_files({photo.pk: {r["name"] for r in before.renditions} - {r["name"] for r in photo.renditions}})
    return image


def copy_files_last(numbers: set[int]) -> None:
    """Copy the sizes of the pictures of these articles to public storage: the last step before the end of a
    transaction. Raises Refused when the storage will not.
    """
    shown = set[int]().union(*(images_of(article) for article in Article.objects.filter(pk__in=numbers)))
    try:
        copy_sizes(Image.objects.filter(pk__in=shown))
    except OSError as error:
        raise Refused(
            _("Not done: the pictures could not be copied to the site (%(problem)s). The article is as it was.")
            % {"problem": error}
        ) from error


def copy_sizes(images: Iterable[Image]) -> None:
    """Copy what is missing in public storage. What this call copied is removed again if it cannot copy all."""
    copied: list[str] = []
    try:
        for image in images:
            for rendition in image.renditions:
                name = rendition["name"]
                if not default_storage.exists(name):
                    with originals().open(name) as file:
                        copied.append(name)
                        default_storage.save(name, file)
    except BaseException:
        for name in copied:
            default_storage.delete(name)
        raise


def refresh_image(number: int) -> None:
    """Bring a corrected photo to every page that shows it; nothing when no page does. In the caller's transaction."""
    for photo in lock_photos([number]):
        if Image.objects.filter(pk=photo.pk).exists():
            copy_sizes([write_image(photo)])


def refresh_credit(credit: ImageCredit) -> None:
    """Bring a corrected credit to every picture that owes it. In the caller's transaction."""
    ImageCredit.objects.select_for_update(no_key=True).get(pk=credit.pk)
    images = list(Image.objects.select_for_update(of=("self",)).filter(credit=credit).order_by("pk"))
    for image in images:
        image.credit_line = credit.line(image.photographer)
    Image.objects.bulk_update(images, ["credit_line"])


def _erase_unused_images(numbers: set[int]) -> None:
    """Of these held pictures, remove those that no article shows any more."""
    unused = Image.objects.filter(pk__in=numbers, leads=None, articles=None)
    names = {image.pk: {rendition["name"] for rendition in image.renditions} for image in unused}
    Image.objects.filter(pk__in=names).delete()
    _erase_files(names)


def _erase_files(names: dict[int, set[str]]) -> None:
    """Have the clock remove public files, by the number of their photo, once this transaction is in."""
    now = timezone.now()
    Dispatch.objects.bulk_create(
        Dispatch(
            kind=Dispatch.Kind.ERASE,
            key=f"erase-{photo}-{uuid4()}",
            payload={"photo": photo, "names": sorted(files)},
            due_at=now,
        )
        for photo, files in names.items()
        if files
    )
