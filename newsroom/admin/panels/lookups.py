"""The searches of the editor while one writes: articles and photos to refer to, and what references stand for now.

Each answer is JSON, takes a few queries, and names nothing that `access` does not let the person see.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from articles.search.folding import MAX_CHARACTERS, search_fold, search_words
from newsroom import access
from newsroom.admin.forms.parsing import row_number
from newsroom.models import Photo, Story

MOST = 12  # results of a search
MOST_REFERENCES = 200  # of one body


def urls(desk: AdminSite) -> list[URLPattern]:
    """The addresses of the lookups, behind the desk's door."""
    return [
        path("recherche/articles/", desk.admin_view(articles), name="lookup_articles"),
        path("recherche/photos/", desk.admin_view(photos), name="lookup_photos"),
        path("references/", desk.admin_view(references), name="lookup_references"),
    ]


@require_GET
def articles(request: HttpRequest) -> JsonResponse:
    """What a « Lire aussi » may name: live articles by their published headline, and one's own unpublished stories.

    `q` holds the words, `sauf` the number of the story being written, which does not name itself.
    """
    typed, this = request.GET.get("q", "")[:MAX_CHARACTERS], row_number(request.GET.get("sauf")) or 0
    words = search_words(typed)
    live, own = access.choosable_articles(request.user)
    found_own = _holding(words, own.exclude(pk=this)).order_by("-saved_at")[: MOST // 2]
    results = [{"id": story.pk, "title": story.headline, "live": False} for story in found_own]
    # No article is found by the words of its next headline: only the one that readers see counts.
    drafted = Story.objects.filter(live_revision__isnull=False)
    candidates = live.exclude(pk=this).filter(
        Q(pk__in=_holding(words, drafted).values("pk")) | Q(headline__icontains=typed.strip())
    )
    for article in candidates.only("headline", "kicker").order_by("-first_published_at")[: MOST * 4]:
        folded = search_fold(article.headline, article.kicker)
        if len(results) < MOST and all(word in folded for word in words):
            results.append({"id": article.pk, "title": article.headline, "live": True})
    return JsonResponse({"results": results})


def _holding(words: list[str], stories: QuerySet[Story]) -> QuerySet[Story]:
    for word in words:
        stories = stories.filter(folded__contains=word)
    return stories


@require_GET
def photos(request: HttpRequest) -> JsonResponse:
    """The photo library, newest first."""
    photos = access.visible(request.user, Photo).select_related("credit").order_by("-added_at", "-pk")
    for word in search_words(request.GET.get("q", "")):
        photos = photos.filter(folded__contains=word)
    return JsonResponse({"results": [_described(photo) for photo in photos[:MOST]]})


@require_GET
def references(request: HttpRequest) -> JsonResponse:
    """What the references of a body stand for now: `articles` and `images` are numbers with commas between.

    What is not there, or not the person's to see, is missing from the answer: both look the same.
    """
    numbers = _numbers(request.GET.get("articles", ""))
    live = access.choosable_articles(request.user)[0].only("headline").in_bulk(numbers)
    drafts = access.visible_stories(request.user).only("headline")
    unpublished = drafts.in_bulk([number for number in numbers if number not in live])
    pictures = access.visible(request.user, Photo).select_related("credit")
    named = {number: {"title": article.headline, "live": True} for number, article in live.items()}
    named |= {number: {"title": story.headline, "live": False} for number, story in unpublished.items()}
    images = pictures.in_bulk(_numbers(request.GET.get("images", "")))
    return JsonResponse({"articles": named, "images": {number: _described(photo) for number, photo in images.items()}})


def _described(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "title": str(photo),
        "credit": photo.credit_line,
        "thumb": reverse("admin:newsroom_photo_size", args=[photo.pk, "thumb"]),
        "large": reverse("admin:newsroom_photo_size", args=[photo.pk, "full"]),
        "ready": bool(photo.renditions),
    }


def _numbers(typed: str) -> list[int]:
    numbers = (row_number(part.strip()) for part in typed.split(",")[:MOST_REFERENCES])
    return [number for number in numbers if number is not None]
