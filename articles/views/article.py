"""An article at its canonical address, its short address, and the 410 of a withdrawn article."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles.body import references, render, takes_drop_cap
from articles.cards import load_bylines, load_cards, pick
from articles.delivery import absolute, deliver, stamp
from articles.frame import load_frame
from articles.listings import newest
from articles.models import Article, Image, Label, ListingKind, Withdrawal
from articles.networks import is_from_our_pages, network_of
from articles.pictures import renditions_of, url_of
from articles.readership import record_view
from articles.structured_data import as_json, breadcrumbs, news_article, organisation

LATEST = 6
SPARE = 4  # candidates beyond LATEST, for the sensitive cases that are left out


@require_safe
def article(request: HttpRequest, section: str, slug: str, number: int) -> HttpResponse:
    """The number decides: a wrong section or slug redirects to the right address. Five queries for any article."""
    live = _find(number)
    if live is None:
        return _gone(request, number)
    if request.path != live.get_absolute_url():
        return stamp(HttpResponsePermanentRedirect(live.get_absolute_url()), keys=[f"article-{number}"])
    return _show(request, live)


@require_safe
def short(request: HttpRequest, number: int) -> HttpResponse:
    """The short address, for print and for reading aloud."""
    live = _find(number)
    if live is None:
        return _gone(request, number)
    return stamp(HttpResponsePermanentRedirect(live.get_absolute_url()), keys=[f"article-{number}"])


@csrf_exempt
@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """The beacon counts one more view and identifies nobody. A number without an article gets the same answer, and so
    does a request that no page of ours made, which counts for nothing.
    """
    if is_from_our_pages(request):
        record_view(number, network_of(request))
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _find(number: int) -> Article | None:
    return Article.objects.select_related("section__parent", "lead_image__credit").filter(pk=number).first()


def _show(request: HttpRequest, live: Article) -> HttpResponse:
    context = context_of(live)
    frame, on_page, images = context["frame"], context["on_page"], context["images"]
    public = {
        "sharing_image": _sharing_image(live),
        "json_ld": as_json(news_article(live, frame.corrections), breadcrumbs(live.section), organisation()),
    }
    keys = [*(f"article-{pk}" for pk in on_page), f"section-{context['root'].pk}", *(f"image-{pk}" for pk in images)]
    return deliver(request, "articles/article.html", {**context, **public}, keys=keys, path=live.get_absolute_url())


def context_of(live: Article, images: Mapping[int, Image] | None = None) -> dict[str, Any]:
    """The template context of an article's page.

    The preview passes an article that is not stored, with its section, lead image and bylines set, and the `images` of
    its body by number. Without `images`, the public ones are read.
    """
    named = references(live.body)
    root = live.section.root
    frame = load_frame({"latest": newest(ListingKind.SECTION, root.pk, limit=LATEST + 1 + SPARE)}, article=live)
    latest = [number for number in frame.lists.get("latest", []) if number != live.pk]
    replies = [note.reply for note in frame.corrections if note.reply]
    chosen = [*named.articles, *frame.follow_ups, *replies, *filter(None, [live.follows_id, live.replies_to_id])]
    cards = load_cards([*chosen, *latest, *frame.most_read], signed=False)
    neighbours = _neighbours(live, pick(cards, latest))[:LATEST]
    load_bylines([live, *neighbours])
    if images is None:
        images = Image.objects.select_related("credit").in_bulk(named.images) if named.images else {}
    targets = {number: card for number, card in cards.items() if number != live.pk}
    return {
        "frame": frame,
        "article": live,
        "root": root,
        "authors": [line.author for line in live.bylines.all()],
        "body": render(live.body, articles=targets, images=images),
        "images": images,
        "on_page": [live.pk, *dict.fromkeys(number for number in chosen if number in targets)],
        "takes_drop_cap": takes_drop_cap(live.body),
        "is_opinion": live.label == Label.OPINION,
        "latest": neighbours,
        "most_read": _neighbours(live, pick(cards, frame.most_read)),
        "follow_ups": pick(cards, frame.follow_ups),
        "follows": cards.get(live.follows_id or 0),
        "replies_to": cards.get(live.replies_to_id or 0),
        "corrections": [
            (note, cards.get(note.reply)) for note in frame.corrections if not note.reply or note.reply in cards
        ],
        "address": f"{settings.SITE_URL.partition('://')[2]}/a/{live.pk}/",
    }


def _neighbours(live: Article, cards: list[Article]) -> list[Article]:
    """The articles that may stand beside `live` without a journalist's choice.

    Two names side by side can do harm: a sensitive case has no neighbour, and is nobody's neighbour.
    """
    return [] if live.is_sensitive else [card for card in cards if not card.is_sensitive]


def _sharing_image(live: Article) -> dict[str, object] | None:
    image = live.lead_image
    if image is None or not (ready := renditions_of(image, "og", "jpeg") or renditions_of(image, "lead", "jpeg")):
        return None
    best = ready[-1]
    return {"url": absolute(url_of(best)), "width": best["width"], "height": best["height"], "alt": image.alt}


def _gone(request: HttpRequest, number: int) -> HttpResponse:
    """Answer 410 with the desk's notice. A number that was never public answers 404, like any unknown address."""
    withdrawal = Withdrawal.objects.filter(pk=number).first()
    if withdrawal is None:
        raise Http404
    frame = load_frame()
    most_read = load_cards(frame.most_read, signed=False)
    context = {
        "frame": frame,
        "withdrawal": withdrawal,
        "most_read": pick(most_read, frame.most_read),
    }
    return deliver(request, "articles/withdrawn.html", context, keys=[f"article-{number}"], status=410)
