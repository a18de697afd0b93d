"""Writes one article into the public record, or erases it from there."""

from datetime import datetime, timedelta

from articles.body import references, text_of
from articles.models import Article, Byline, CrossLink, Image, Listing, ListingKind, Section, Withdrawal
from newsroom import body
from newsroom.body.links import linked_articles
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, Revision, Story
from newsroom.stories.content import PLAIN_FIELDS, ContentDict
from newsroom.workflow import ChangeKind

from .corrections import write_corrections
from .locks import images_of
from .pictures import erase_unused_images, write_image

WORDS_A_MINUTE = 230  # silent reading of French


def refresh_sensitivity(story: Story) -> None:
    """Mark the live article as a sensitive case, or remove the mark. To be called in the caller's transaction."""
    Article.objects.filter(pk=story.pk).update(is_sensitive=story.is_sensitive)


def write_article(
    story: Story, revision: Revision, *, first_published_at: datetime, at: datetime, notice: ChangeNotice | None = None
) -> Article:
    """Copy one revision into the public record, over the article that may be there. The caller has called `hold`."""
    content: ContentDict = revision.content
    text = body.clean(content["body"])
    named = references(text)
    lead = content["lead_photo"]
    before = Article.objects.filter(pk=story.pk).first()
    images_before = images_of(before) if before else set()
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
    fields["updated_at"] = _update_moment(before, notice, first_published_at, at)
    # not update_or_create: its lock would make every transaction wait that only refers to this article
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
    write_corrections(article)
    Withdrawal.objects.filter(pk=story.pk).delete()
    erase_unused_images(images_before, story=story.pk, is_withdrawn=False)
    return article


def minutes_to_read(html: str) -> int:
    """The minutes that a body takes to read in silence, at least one."""
    return max(1, round(len(text_of(html).split()) / WORDS_A_MINUTE))


def _update_moment(before: Article | None, notice: ChangeNotice | None, first: datetime, at: datetime) -> datetime:
    """The date of update that readers see. It moves with every change but a typo, and after a withdrawal."""
    if before is None:
        return first if at - first < timedelta(minutes=1) else at
    return before.updated_at if notice is not None and notice.kind == ChangeKind.TYPO else at


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
    """Remove a held article with its rows, and the pictures that no other article shows."""
    # FOR UPDATE makes transactions wait that would add a row for this article meanwhile, such as a most read one
    article = Article.objects.select_for_update().get(pk=number)
    images = images_of(article)
    article.delete()
    erase_unused_images(images, story=number, is_withdrawn=True)
