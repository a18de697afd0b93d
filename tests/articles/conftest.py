"""Writes a public record row by row, as publication leaves it, so that the site is tested without the desk."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from articles.models import (
    Article,
    Author,
    Byline,
    CreditKind,
    Image,
    ImageCredit,
    Listing,
    ListingKind,
    Section,
    Topic,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PRESETS = {"full": (640, 427), "lead": (960, 540), "card": (640, 480), "thumb": (160, 160), "og": (1200, 630)}
numbers = count(101)


@pytest.fixture
def politics(db: None) -> Section:
    return Section.objects.create(name="Politique", slug="politique", accent="#35508f", order=1)


@pytest.fixture
def parliament(politics: Section) -> Section:
    return Section.objects.create(name="Parlement", slug="parlement", parent=politics)


@pytest.fixture
def put_picture(db: None) -> Callable[..., Image]:
    def put(**changes: Any) -> Image:
        number = next(numbers)
        credit, _created = ImageCredit.objects.get_or_create(name="DR", kind=CreditKind.UNKNOWN)
        fields: dict[str, Any] = {
            "alt": f"Vue {number}",
            "caption": f"Le port, vue {number}",
            "credit": credit,
            "credit_line": "© DR",
            "renditions": [
                {
                    "preset": preset,
                    "width": width,
                    "height": height,
                    "format": kind,
                    "name": f"{preset}-{number}.{kind}",
                }
                for preset, (width, height) in PRESETS.items()
                for kind in ("webp", "jpeg")
            ],
        }
        return Image.objects.create(pk=number, **{**fields, **changes})

    return put


@pytest.fixture
def put_live(politics: Section) -> Callable[..., Article]:
    """Write a live article and its lines in the lists."""

    def put(
        *, authors: Sequence[Author] = (), topics: Sequence[Topic] = (), images: Sequence[Image] = (), **changes: Any
    ) -> Article:
        number = changes.pop("pk", None) or next(numbers)
        at = changes.setdefault("first_published_at", NOON + timedelta(minutes=number))
        fields: dict[str, Any] = {
            "headline": f"Titre {number}",
            "standfirst": "Le conseil se prononce jeudi.",
            "slug": f"titre-{number}",
            "body": "<p>Le texte.</p>",
            "section": politics,
            "revision": 1,
            "updated_at": at,
        }
        article = Article.objects.create(pk=number, **{**fields, **changes})
        article.topics.set(topics)
        article.images.set(images)
        for place, author in enumerate(authors):
            Byline.objects.create(article=article, author=author, order=place)
        lines = [(ListingKind.ALL, 0), (ListingKind.SECTION, article.section_id)]
        if article.section.parent_id:
            lines.append((ListingKind.SECTION, article.section.parent_id))
        lines += [(ListingKind.TOPIC, topic.pk) for topic in topics]
        lines += [(ListingKind.AUTHOR, author.pk) for author in authors]
        for kind, ref in lines:
            Listing.objects.create(kind=kind, ref=ref, published_at=at, article=article)
        return article

    return put


@pytest.fixture
def writers(db: None) -> list[Author]:
    names = ("Nadia Berrahal", "Hicham Aït Wakrim", "Salma Zemmouri")
    return [Author.objects.create(name=name, slug=f"auteur-{place}") for place, name in enumerate(names)]
