"""What publication holds before it decides anything, in one order for everybody."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from articles.models import Article, ImageCredit
from newsroom.models import Photo, Story


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


def images_of(article: Article) -> set[int]:
    """The numbers of the pictures it shows, in its body and at its head."""
    body_images = set(article.images.values_list("pk", flat=True))
    return body_images | ({article.lead_image_id} if article.lead_image_id else set())


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
