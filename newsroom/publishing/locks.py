"""The locks of publication. All transactions take them in one order, so that none deadlocks."""

from collections.abc import Iterable

from django.db import connection

from articles.models import Article, ImageCredit
from newsroom.models import Photo, Story


def hold(
    *appearing: int, others: Iterable[int | None] = (), pictures: Iterable[int | None] = (), waits: bool = True
) -> bool:
    """Hold all rows that publishing or withdrawing these stories may write, until the transaction ends.

    It locks the stories with those they answer and `others`, then their pictures and `pictures`, then the articles:
    each kind in the order of its numbers, and all before anything is decided. So two transactions that need some of the
    same rows never deadlock. With `waits=False`, returns False when another transaction holds one of the stories.
    """
    replies = Story.objects.filter(pk__in=appearing).values_list("replies_to", "change_reply")
    answered = Article.objects.filter(pk__in=appearing).values_list("replies_to", flat=True)
    named = [*appearing, *others, *(number for pair in replies for number in pair), *answered]
    wanted = {number for number in named if number}
    # SQLite has one writer at a time, so nobody else can hold a story there
    skips = not waits and connection.features.has_select_for_update_skip_locked
    stories = Story.objects.select_for_update(no_key=True, skip_locked=skips).filter(pk__in=wanted)
    held = list(stories.order_by("pk").values_list("pk", flat=True))
    if skips and len(held) < Story.objects.filter(pk__in=wanted).count():
        return False
    new = pictures_of(appearing)
    published = [images_of(article) for article in Article.objects.filter(pk__in=appearing)]
    lock_photos({*new, *pictures}.union(*published))
    articles = Article.objects.select_for_update(no_key=True).filter(pk__in=held)
    list(articles.order_by("pk").values_list("pk"))
    return True


def pictures_of(stories: Iterable[int]) -> set[int]:
    """The numbers of the photos that these stories name, in their bodies and at their heads."""
    wanted = set(stories)
    leads = (
        Story.objects.filter(pk__in=wanted, lead_photo__isnull=False).order_by().values_list("lead_photo", flat=True)
    )
    within = Story.body_photos.through.objects.filter(story__in=wanted).values_list("photo", flat=True)
    # not one condition on photos: databases would look at each photo of the library
    return set(leads.values_list("lead_photo", flat=True).union(within))


def images_of(article: Article) -> set[int]:
    """The numbers of the pictures that an article shows, in its body and at its head."""
    body_images = set(article.images.values_list("pk", flat=True))
    return body_images | ({article.lead_image_id} if article.lead_image_id else set())


def lock_photos(numbers: Iterable[int | None]) -> list[Photo]:
    """Hold these photos until the transaction ends, in the order of their numbers, and return them as they are now.

    Their credits are held after them, so that no credit line is made from a credit that somebody is just correcting.
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
