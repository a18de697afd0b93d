"""The front page: a lead article, two seconds beside it, the wire, then one band for each section."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.cards import load_bylines, load_cards, pick
from articles.delivery import deliver
from articles.frame import Link, load_frame
from articles.listings import newest
from articles.models import Article, Label, ListingKind
from articles.structured_data import as_json, organisation, website

WIRE = 8
FRONT = 14
BAND = 4
ALSO = 2
APART = frozenset({Label.OPINION, Label.PARTNER})  # opinion and partner content never lead the front page


@dataclass(frozen=True)
class Band:
    section: Link
    articles: list[Article]

    @property
    def shape(self) -> str:
        """The CSS class of the grid: a lead and three, a lead and two, or (empty) plain columns."""
        if self.is_apart or self.articles[0].lead_image is None:
            return ""
        return {4: " band__cards--lead", 3: " band__cards--trio"}.get(len(self.articles), "")

    @property
    def is_apart(self) -> bool:
        return all(article.label == Label.OPINION for article in self.articles)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Four queries: the sections, the heads of all lists, the cards, the bylines."""
    sections = load_frame().navigation
    frame = load_frame(
        {
            "all": newest(ListingKind.ALL, limit=FRONT),
            **{str(s.number): newest(ListingKind.SECTION, s.number, limit=BAND + 3 + ALSO) for s in sections},
        }
    )
    cards = load_cards({number for numbers in frame.lists.values() for number in numbers}, signed=False)
    opening = _front(pick(cards, frame.lists.get("all", [])))
    lead, seconds = (opening[0], opening[1:]) if opening else (None, [])
    also = _also(lead, seconds, cards, frame.lists) if lead else []
    front = {article.pk for article in (lead, *seconds, *also) if article}
    bands = [_band(section, cards, frame.lists.get(str(section.number), []), front) for section in sections]
    filled = [band for band in bands if band.articles]
    wire = [card for card in pick(cards, frame.lists.get("all", [])) if card.pk not in front][:WIRE]
    load_bylines([*([lead] if lead else []), *seconds, *(card for band in filled for card in band.articles)])
    context = {
        "frame": frame,
        "lead": lead,
        "also": also,
        "seconds": seconds,
        "wire": wire,
        "bands": filled,
        "most_read": pick(cards, frame.most_read),
        "json_ld": as_json(organisation(), website()),
    }
    return deliver(request, "articles/home.html", context, keys=["home"], path="/")


def _front(latest: list[Article]) -> list[Article]:
    """The lead and the two seconds: the newest of our own reporting, articles with a picture first."""
    ours = [article for article in latest if article.label not in APART] or latest
    return sorted(ours, key=lambda article: article.lead_image is None)[:3]


def _also(
    lead: Article, seconds: list[Article], cards: dict[int, Article], lists: dict[str, list[int]]
) -> list[Article]:
    """Two more articles of the lead's section, as links under it. None when the section's band would then be bare."""
    rest = [card for card in pick(cards, lists.get(str(lead.section.root.pk), [])) if card not in (lead, *seconds)]
    return rest[:ALSO] if len(rest) >= ALSO + 2 else []


def _band(section: Link, cards: dict[int, Article], numbers: list[int], front: set[int]) -> Band:
    rest = [card for card in pick(cards, numbers) if card.pk not in front][:BAND]
    first = next((card for card in rest if card.lead_image), None)
    return Band(section, [first, *(card for card in rest if card is not first)] if first else rest)
