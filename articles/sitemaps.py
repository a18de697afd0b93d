"""Sitemaps (sitemaps.org 0.9): an index, one file of lists and pages, and one for each 5,000 numbers of articles."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from django.db.models import Exists, F, Max, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from .delivery import absolute, stamp
from .frame import live_sections
from .models import Article, Author, Listing, ListingKind, Page, Topic

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
CHUNK = 5_000

Entry = tuple[str, datetime | None]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One query over all articles. nginx keeps the answer, as only robots ask for it."""
    chunks = Article.objects.values(chunk=F("pk") / CHUNK).annotate(at=Max("updated_at")).order_by("chunk")
    entries: list[Entry] = [(reverse("articles:sitemap_pages"), None)]
    entries += [(reverse("articles:sitemap_articles", args=[row["chunk"]]), row["at"]) for row in chunks]
    return _xml("sitemapindex", "sitemap", entries)


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Home, sections, topics and authors that have a live article, and the newspaper's pages."""
    entries: list[Entry] = [("/", None), (reverse("articles:authors"), None), (reverse("articles:corrections"), None)]
    entries += [(section.get_absolute_url(), None) for section in live_sections().select_related("parent")]
    for model, kind in ((Topic, ListingKind.TOPIC), (Author, ListingKind.AUTHOR)):
        listed = Exists(Listing.objects.filter(kind=kind, ref=OuterRef("pk")))
        entries += [(row.get_absolute_url(), None) for row in model.objects.filter(listed)]
    entries += [(page.get_absolute_url(), page.updated_at) for page in Page.objects.all()]
    return _xml("urlset", "url", entries)


@require_safe
def articles(request: HttpRequest, chunk: int) -> HttpResponse:
    live = Article.objects.filter(pk__gte=chunk * CHUNK, pk__lt=(chunk + 1) * CHUNK).order_by("pk")
    live = live.select_related("section__parent").only("slug", "updated_at", "section__slug", "section__parent__slug")
    entries = [(article.get_absolute_url(), article.updated_at) for article in live]
    if not entries:
        raise Http404
    return _xml("urlset", "url", entries)


def _xml(root: str, element: str, entries: Iterable[Entry]) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for path, at in entries:
        modified = f"<lastmod>{at.isoformat()}</lastmod>" if at else ""
        lines.append(f"<{element}><loc>{escape(absolute(path))}</loc>{modified}</{element}>")
    text = "\n".join([*lines, f"</{root}>", ""])
    return stamp(HttpResponse(text, content_type="application/xml; charset=utf-8"), keys=["sitemaps"])
