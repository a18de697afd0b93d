"""Addresses of one word, which name a section or else a page of the newspaper, and the site's small files."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.cards import load_cards, pick
from articles.delivery import absolute, deliver, stamp
from articles.frame import live_sections, load_frame
from articles.models import Page, Section
from articles.models.former import AddressSpace, row_named_before
from articles.structured_data import as_json, organisation

from .former import to_present
from .lists import show_section

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@require_safe
def top(request: HttpRequest, slug: str) -> HttpResponse:
    section = Section.objects.select_related("parent").filter(slug=slug).first()
    if section is not None:
        return show_section(request, section)
    page = Page.objects.filter(slug=slug).first()
    if page is None:
        return _by_former_address(request, slug)
    frame = load_frame()
    cards = load_cards(frame.most_read, signed=False)
    context = {
        "frame": frame,
        "page": page,
        "most_read": pick(cards, frame.most_read),
        "json_ld": as_json(organisation()),
    }
    return deliver(request, "articles/page.html", context, keys=[f"page-{page.pk}"], path=page.get_absolute_url())


def _by_former_address(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a reader to the section or the page that had this address before. 404 when none had it."""
    row = row_named_before(AddressSpace.TOP, slug)
    if isinstance(row, Section):
        return show_section(request, row)
    if isinstance(row, Page):
        return to_present(request, row.get_absolute_url())
    raise Http404


@require_safe
def colours(request: HttpRequest) -> HttpResponse:
    """The sections' colours as a style sheet, as the Content-Security-Policy allows no style inside a page."""
    rules = [
        f'[data-rubrique="{section.slug}"]{{--rubrique:{section.accent}}}\n'
        for section in live_sections().order_by("order", "name")
        if COLOUR.fullmatch(section.accent)
    ]
    response = HttpResponse("".join(rules), content_type="text/css; charset=utf-8")
    return stamp(response, keys=["sections"], policy="public, max-age=300, stale-while-revalidate=86400")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        f"Disallow: {settings.SESSION_COOKIE_PATH}",
        "Disallow: /lu/",
        "",
        f"Sitemap: {absolute('/sitemap.xml')}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    return stamp(response, policy="public, max-age=3600")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answers 200 when this process reaches its database. A monitor asks for it."""
    Section.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
