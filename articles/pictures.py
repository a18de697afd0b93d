"""Published pictures in HTML. A page names only the sizes that are ready, and no size is made on request."""

from django.core.files.storage import default_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .models import CreditKind, Image
from .models.image import Rendition
from .wording import sentence

# The width at which the style sheets draw each use, so that a telephone loads the small file.
SIZES = {
    "article": "(width >= 80rem) 916px, (width >= 70rem) 75vw, calc(100vw - 2rem)",
    "text": "(width >= 70rem) 38rem, (width >= 48rem) 85vw, calc(100vw - 2rem)",
    "front": "(width >= 80rem) 600px, (width >= 70rem) 48vw, calc(100vw - 2rem)",
    "big": "(width >= 70rem) 18rem, (width >= 48rem) 45vw, calc(100vw - 2rem)",
    "side": "(width >= 70rem) 13rem, 30vw",
}


def renditions_of(image: Image, preset: str, format: str) -> list[Rendition]:
    """The ready files of a crop in a format, the narrowest first."""
    ready: list[Rendition] = [r for r in image.renditions if r["preset"] == preset and r["format"] == format]
    return sorted(ready, key=lambda rendition: rendition["width"])


def url_of(rendition: Rendition) -> str:
    return rendition.get("url") or str(default_storage.url(rendition["name"]))


def draw(image: Image, preset: str, use: str, *, alt: bool = True, eager: bool = False) -> SafeString:
    """A <picture> for a use named in SIZES. Empty when no size is ready.

    Pass `alt=False` where the picture only repeats the headline beside it, and `eager` for the first picture of a page.
    """
    jpegs = renditions_of(image, preset, "jpeg")
    webps = renditions_of(image, preset, "webp")
    all_sizes = jpegs or webps
    if not all_sizes:
        return mark_safe("")
    fallback = next((r for r in all_sizes if r["width"] >= 640), all_sizes[-1])
    largest = all_sizes[-1]
    source = (
        format_html('<source type="image/webp" srcset="{}" sizes="{}">', _srcset(webps), SIZES[use])
        if webps and jpegs
        else ""
    )
    loading = 'fetchpriority="high"' if eager else 'loading="lazy" decoding="async"'
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" data-fond="{}" {}></picture>',
        source,
        url_of(fallback),
        _srcset(all_sizes),
        SIZES[use],
        largest["width"],
        largest["height"],
        image.alt if alt and not image.is_decorative else "",
        image.colour,
        mark_safe(loading),  # noqa: S308  (one of the two literals above)
    )


def caption_of(image: Image, caption: str = "") -> SafeString:
    """« Caption. © Credit ». A `caption`, plain text or HTML marked safe, replaces that of the photo library."""
    words = caption if isinstance(caption, SafeString) else sentence(caption or image.caption)
    return format_html_join(" ", "{}", ((part,) for part in (words, credit_of(image)) if part))


def credit_of(image: Image) -> SafeString:
    """The credit line. A free licence is linked, as Creative Commons licences require."""
    credit = image.credit
    if credit.kind == CreditKind.LICENCE and credit.url:
        return format_html('<a href="{}" rel="license noopener">{}</a>', credit.url, image.credit_line)
    return format_html("{}", image.credit_line)


def mention_of(image: Image) -> SafeString:
    """The label on a picture made by AI. Empty for every other picture."""
    if image.credit.kind != CreditKind.AI:
        return mark_safe("")
    return format_html('<span class="tag">{}</span>', _("Image made by AI"))


def is_portrait(image: Image) -> bool:
    """Whether the uncropped picture is taller than it is wide."""
    full = renditions_of(image, "full", "jpeg") or renditions_of(image, "full", "webp")
    return bool(full) and full[-1]["height"] > full[-1]["width"]


def _srcset(renditions: list[Rendition]) -> str:
    return ", ".join(f"{url_of(rendition)} {rendition['width']}w" for rendition in renditions)
