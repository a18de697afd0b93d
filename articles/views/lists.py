"""The pages of sections, topics and authors: each is a list, read page by page."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.cards import by_day, by_month, load_bylines, load_cards, pick
from articles.delivery import deliver
from articles.frame import load_frame
from articles.listings import BadCursorError, ListPage, PageRequest
from articles.models import Article, Author, Listing, ListingKind, Section, Topic
from articles.models.former import AddressSpace, row_named_before
from articles.structured_data import as_json, breadcrumbs, organisation, profile
from articles.wording import by_letter

from .former import to_present


@require_safe
def subsection(request: HttpRequest, parent: str, slug: str) -> HttpResponse:
    section = Section.objects.select_related("parent").filter(slug=slug).first()
    row = section or row_named_before(AddressSpace.TOP, slug)
    if not isinstance(row, Section):
        raise Http404
    return show_section(request, row)


def show_section(request: HttpRequest, section: Section) -> HttpResponse:
    """Show a section at its own address, and redirect there from any other. 404 without a live article."""
    if request.path != section.get_absolute_url():
        _require_live(ListingKind.SECTION, section.pk)
        return to_present(request, section.get_absolute_url())
    return _list_page(
        request,
        ListingKind.SECTION,
        section.pk,
        template="articles/section.html",
        path=section.get_absolute_url(),
        river=by_day,
        context={
            "section": section,
            "root": section.root,
            "feed": reverse("articles:section_feed", args=[section.slug]),
            "json_ld": as_json(organisation(), breadcrumbs(section)),
        },
    )


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    subject = Topic.objects.filter(slug=slug).first()
    if subject is None:
        return _by_former_address(request, AddressSpace.TOPICS, slug, ListingKind.TOPIC)
    return _list_page(
        request,
        ListingKind.TOPIC,
        subject.pk,
        template="articles/topic.html",
        path=subject.get_absolute_url(),
        river=by_day,
        context={"topic": subject, "json_ld": as_json(organisation())},
    )


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    person = Author.objects.filter(slug=slug).first()
    if person is None:
        return _by_former_address(request, AddressSpace.AUTHORS, slug, ListingKind.AUTHOR)
    return _list_page(
        request,
        ListingKind.AUTHOR,
        person.pk,
        template="articles/author.html",
        path=person.get_absolute_url(),
        river=by_month,
        context={"author": person, "json_ld": as_json(organisation(), profile(person))},
    )


@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    """The authors who have a live article, in alphabetical order."""
    frame = load_frame()
    signing = Author.objects.filter(Exists(Listing.objects.filter(kind=ListingKind.AUTHOR, ref=OuterRef("pk"))))
    context = {
        "frame": frame,
        "authors": sorted(signing, key=lambda one: by_letter(one.name)),
        "json_ld": as_json(organisation()),
    }
    return deliver(request, "articles/authors.html", context, keys=["authors"], path=request.path)


def _list_page(
    request: HttpRequest,
    kind: ListingKind,
    ref: int,
    *,
    template: str,
    path: str,
    river: Callable[[list[Article]], list[dict[str, object]]],
    context: dict[str, Any],
) -> HttpResponse:
    """Three queries: the frame with the lines of the list, the cards, the bylines. 404 when the page has no line."""
    try:
        asked = PageRequest.read(request.GET.dict())
    except BadCursorError as error:
        raise Http404 from error
    frame = load_frame({"page": asked.lines(kind, ref)})
    numbers = frame.lists.get("page", [])
    if not numbers:
        raise Http404
    cards = load_cards([*numbers, *frame.most_read], signed=False)
    page = asked.page(pick(cards, numbers))
    load_bylines(page.articles)
    lead, rest = _lead(page, is_first=not page.newer and not asked.older_than)
    if section := context.get("root"):
        context["subsections"] = frame.children_of(section.pk)
    context |= {
        "frame": frame,
        "lead": lead,
        "river": river(rest),
        "page": page,
        "is_first_page": not page.newer,
        "most_read": pick(cards, frame.most_read),
    }
    here = f"{path}?avant={request.GET['avant']}" if asked.older_than else path
    return deliver(request, template, context, keys=[f"{kind}-{ref}"], path=here)


def _lead(page: ListPage, *, is_first: bool) -> tuple[Article | None, list[Article]]:
    """One of the four newest opens the first page, if it has a picture and enough articles are left for a river."""
    if not is_first or len(page.articles) < 4:
        return None, page.articles
    lead = next((article for article in page.articles[:4] if article.lead_image), None)
    return lead, [article for article in page.articles if article is not lead]


def _by_former_address(request: HttpRequest, space: AddressSpace, slug: str, kind: ListingKind) -> HttpResponse:
    """Send a reader to the present address of what had this one before. 404 when nothing had it, or none is live."""
    row = row_named_before(space, slug)
    if not isinstance(row, Author | Topic):
        raise Http404
    _require_live(kind, row.pk)
    return to_present(request, row.get_absolute_url())


def _require_live(kind: ListingKind, ref: int) -> None:
    if not Listing.objects.filter(kind=kind, ref=ref).exists():
        raise Http404
