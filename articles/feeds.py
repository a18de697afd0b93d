"""The RSS 2.0 feeds: one of every article, one of each section."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .cards import load_cards, pick
from .delivery import absolute, stamp
from .frame import load_frame
from .listings import newest
from .models import Listing, ListingKind, Section
from .models.former import AddressSpace, row_named_before
from .views.former import to_present
from .wording import join_names, legible

LENGTH = 30


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    return _feed(request, ListingKind.ALL, 0, settings.NEWSPAPER_NAME, "/", settings.NEWSPAPER_TAGLINE)


@require_safe
def of_section(request: HttpRequest, slug: str) -> HttpResponse:
    section = Section.objects.select_related("parent").filter(slug=slug).first()
    if section is None:
        row = row_named_before(AddressSpace.TOP, slug)
        if not isinstance(row, Section) or not Listing.objects.filter(kind=ListingKind.SECTION, ref=row.pk).exists():
            raise Http404
        return to_present(request, reverse("articles:section_feed", args=[row.slug]))
    title = _("%(newspaper)s – %(section)s") % {"newspaper": settings.NEWSPAPER_NAME, "section": section.name}
    about = section.description or title
    return _feed(request, ListingKind.SECTION, section.pk, title, section.get_absolute_url(), about)


def _feed(request: HttpRequest, kind: ListingKind, ref: int, title: str, link: str, about: str) -> HttpResponse:
    """Three queries. 404 for a section without a live article.

    A description, that of the feed as that of an item, is HTML, which XML escapes once more; titles and names are plain
    text (RSS Advisory Board, « Really Simple Syndication Best Practices Profile »).
    """
    numbers = load_frame({"feed": newest(kind, ref, limit=LENGTH)}).lists.get("feed", [])
    if not numbers and ref:
        raise Http404
    feed = Rss201rev2Feed(
        title=legible(title),
        link=absolute(link),
        description=_as_html(about),
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(request.path),
        feed_copyright=f"© {settings.NEWSPAPER_NAME}",
    )
    cards = load_cards(numbers)
    for card in pick(cards, numbers):
        feed.add_item(
            title=legible(card.headline),
            link=absolute(card.get_absolute_url()),
            description=_as_html(card.standfirst),
            author_name=legible(join_names([line.author.name for line in card.bylines.all()])) or None,
            pubdate=card.first_published_at,
            unique_id=absolute(f"/a/{card.pk}/"),
            unique_id_is_permalink=False,
            categories=[legible(card.section.root.name)],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
    return stamp(response, keys=["feeds", f"{kind}-{ref}"])


def _as_html(text: str) -> str:
    """Plain text as the HTML that shows it."""
    return str(escape(legible(text)))
