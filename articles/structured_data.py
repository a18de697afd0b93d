"""What machines read of a page: schema.org in JSON-LD, as Google News asks for it."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from .delivery import absolute
from .frame import CorrectionNote
from .models import Article, Author, CreditKind, Image, Section
from .pictures import renditions_of, url_of

# Unescaped, « </script> » in a headline would end the script element.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}

Thing = dict[str, Any]  # schema.org's name for anything it describes: https://schema.org/Thing


def as_json(*things: Thing) -> SafeString:
    """The content of a `<script type="application/ld+json">`."""
    document = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  (escaped in the line above)


def organisation() -> Thing:
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#journal"),
        "name": settings.NEWSPAPER_NAME,
        "url": absolute("/"),
        "correctionsPolicy": absolute("/corrections/"),
        "logo": {"@type": "ImageObject", "url": absolute(static("articles/img/fanal.svg"))},
    }


def website() -> Thing:
    return {
        "@type": "WebSite",
        "@id": absolute("/#site"),
        "name": settings.NEWSPAPER_NAME,
        "url": absolute("/"),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": absolute("/#journal")},
    }


def news_article(article: Article, corrections: Sequence[CorrectionNote]) -> Thing:
    """Describe an article, whose section, picture, credit and bylines must be loaded."""
    address = absolute(article.get_absolute_url())
    thing: Thing = {
        "@type": "NewsArticle",
        "@id": address,
        "mainEntityOfPage": address,
        "headline": article.headline,
        "description": article.standfirst,
        "inLanguage": settings.LANGUAGE_CODE,
        "articleSection": article.section.name,
        "datePublished": article.first_published_at.isoformat(),
        "dateModified": article.updated_at.isoformat(),
        "isAccessibleForFree": True,
        "author": [_author(line.author) for line in article.bylines.all()],
        "publisher": {"@id": absolute("/#journal")},
    }
    if article.lead_image:
        thing["image"] = _images(article.lead_image, article.lead_caption)
    if worded := [note for note in corrections if note.text]:
        thing["correction"] = [
            {"@type": "CorrectionComment", "text": note.text, "datePublished": note.at.isoformat()} for note in worded
        ]
    return thing


def breadcrumbs(section: Section) -> Thing:
    steps = [section.parent, section] if section.parent else [section]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.name, "item": absolute(step.get_absolute_url())}
            for place, step in enumerate(steps, start=1)
        ],
    }


def profile(author: Author) -> Thing:
    person = _author(author)
    if author.role and not author.is_collective:
        person["jobTitle"] = author.role
    return {"@type": "ProfilePage", "mainEntity": person}


def _author(author: Author) -> Thing:
    return {
        "@type": "Organization" if author.is_collective else "Person",
        "name": author.name,
        "url": absolute(author.get_absolute_url()),
    }


def _images(image: Image, caption: str) -> list[Thing]:
    """The largest file of each crop, with its credit."""
    things = []
    for preset in ("lead", "card", "thumb"):
        if ready := renditions_of(image, preset, "jpeg") or renditions_of(image, preset, "webp"):
            thing: Thing = {
                "@type": "ImageObject",
                "url": absolute(url_of(ready[-1])),
                "width": ready[-1]["width"],
                "height": ready[-1]["height"],
                "caption": caption or image.caption,
                "creditText": image.credit_line.removeprefix("© "),
                "copyrightNotice": image.credit_line,
            }
            if image.photographer:
                thing["creator"] = {"@type": "Person", "name": image.photographer}
            if image.credit.kind == CreditKind.LICENCE and image.credit.url:
                thing["license"] = image.credit.url
            if image.credit.kind == CreditKind.AI:
                thing["digitalSourceType"] = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
            things.append(thing)
    return things
