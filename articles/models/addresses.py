"""The one name space of readers' addresses, which sections, pages and reserved words share."""

import re

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

# The first parts of addresses that are not sections (see DESIGN, "Reader addresses").
RESERVED_SLUGS = frozenset(
    {"a", "admin", "api", "archives", "auteurs", "corrections", "favicon", "flux", "les-plus-lus", "lu", "manifest"}
    | {"media", "recherche", "redaction", "robots", "rubriques", "sante", "sitemap", "sitemap-actualites", "static"}
    | {"sujets"}
)

# « politique-12 » would be read as the address of article 12.
ENDS_LIKE_AN_ARTICLE = re.compile(r"-\d+$")


def validate_public_slug(slug: str) -> None:
    """Refuse a slug whose address already means something else.

    Raises ValidationError for a reserved word, and for a dash and digits at the end, which name an article.
    """
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is a reserved word of the site. Choose another one."), params={"slug": slug}
        )
    if ENDS_LIKE_AN_ARTICLE.search(slug):
        raise ValidationError(
            _("“%(slug)s” ends like the address of an article (a dash and digits). Choose another one."),
            params={"slug": slug},
        )


TAKEN_BY = {"Section": _("A section already has this address."), "Page": _("A page already has this address.")}


def refuse_taken_slug(row: Model, slug: str) -> None:
    """Refuse a section the slug of a page, and a page the slug of a section.

    Raises ValidationError on the field `slug`. Two sections, or two pages, of one slug are refused by its `unique`.
    """
    for name, message in TAKEN_BY.items():
        other = apps.get_model("articles", name)
        if not isinstance(row, other) and other._default_manager.filter(slug=slug).exists():
            raise ValidationError({"slug": message})
