"""What the panels of a story's page name of other stories, as one person may know it."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from articles.models import Article
from newsroom import access
from newsroom.admin.typed import row_number

register = template.Library()


@dataclass(frozen=True)
class NamedArticle:
    """An article as it may be named; without an `address` for whoever may not read it at the desk."""

    number: int
    title: str
    is_live: bool
    is_theirs: bool


@register.simple_tag(takes_context=True)
def named_article(context: template.Context, number: object) -> NamedArticle | None:
    """The article of this number: by its published headline, else by the one of a story that the person may see.

    Whatever else it is, it has no name here: what exists and is not theirs looks like what does not.
    """
    wanted = row_number(str(number or ""))
    if wanted is None:
        return None
    theirs = access.visible_stories(context["request"].user).filter(pk=wanted).values_list("headline", flat=True)
    headline, live = theirs.first(), Article.objects.filter(pk=wanted).values_list("headline", flat=True).first()
    title = live or headline or _("an article that is not there any more")
    return NamedArticle(wanted, title, is_live=live is not None, is_theirs=headline is not None)
