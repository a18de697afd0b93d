"""What the editor asks the desk while one writes: articles and photos to refer to, and what references are now.

Each answer is JSON, a few queries, and says no more than `access` lets the person see.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse

from articles.models import Article
from newsroom import access
from newsroom.folding import search_fold
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


def articles(request: HttpRequest) -> JsonResponse:
    """What a « Lire aussi » may name: live articles by their published headline, and one's own unpublished stories."""
    words = search_fold(request.GET.get("q", "")).split()
    live, own = access.choosable_articles(request.user)
    stories = Story.objects.exclude(pk=_number(request.GET.get("but")))
    for word in words:
        stories = stories.filter(folded__contains=word)
    found_own = list(stories.filter(pk__in=own.values("pk")).order_by("-saved_at")[:MOST])
    found_live = (
        stories.filter(live_revision__isnull=False).order_by("-first_published_at").values_list("pk", flat=True)
    )
    headlines = live.in_bulk(list(found_live[: MOST - len(found_own[: MOST // 2])]))
    results = [
        *({"id": story.pk, "title": story.headline, "live": False} for story in found_own[: MOST // 2]),
        *({"id": article.pk, "title": article.headline, "live": True} for article in headlines.values()),
    ]
    return JsonResponse({"results": results})


def photos(request: HttpRequest) -> JsonResponse:
    """The photo library, newest first."""
    found = access.visible(request.user, Photo).select_related("credit").order_by("-added_at", "-pk")
    for word in search_fold(request.GET.get("q", "")).split():
        found = found.filter(folded__contains=word)
    return JsonResponse({"results": [_described(photo) for photo in found[:MOST]]})


def references(request: HttpRequest) -> JsonResponse:
    """What the references of a body are now: `articles` and `images` are numbers with commas between."""
    numbers = _numbers(request.GET.get("articles", ""))
    live = Article.objects.in_bulk(numbers)
    own = access.visible_stories(request.user).in_bulk([number for number in numbers if number not in live])
    found = (
        access.visible(request.user, Photo).select_related("credit").in_bulk(_numbers(request.GET.get("images", "")))
    )
    return JsonResponse(
        {
            "articles": {
                **{number: {"title": article.headline, "live": True} for number, article in live.items()},
                **{number: {"title": story.headline, "live": False} for number, story in own.items()},
            },
            "images": {number: _described(photo) for number, photo in found.items()},
        }
    )


def _described(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "title": str(photo),
        "credit": photo.credit_line,
        "thumb": reverse("admin:newsroom_photo_size", args=[photo.pk, "thumb"]),
        "large": reverse("admin:newsroom_photo_size", args=[photo.pk, "card"]),
        "ready": bool(photo.renditions),
    }


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _numbers(typed: str) -> list[int]:
    found = (_number(part.strip()) for part in typed.split(",")[:MOST_REFERENCES])
    return [number for number in found if number is not None]
