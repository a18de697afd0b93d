"""Draws for the desk's templates: icons, stages, initials, short dates, and a body as staff read it."""

from datetime import datetime

from django import template
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles.body import ARTICLE, EMBED, IMAGE, references, with_scrolling_tables
from articles.models import Article
from newsroom import access, body
from newsroom.models import Photo, name_of
from newsroom.scheduling import wording
from newsroom.workflow import Deed, Stage

register = template.Library()

# Each deed in the past tense, for the history. Its label, for a button, is in the present.
DONE = {
    Deed.SUBMIT: pgettext_lazy("of an article", "Submitted"),
    Deed.TAKE_BACK: gettext_lazy("Taken back by its writer"),
    Deed.SEND_BACK: gettext_lazy("Sent back to its writer"),
    Deed.APPROVE: pgettext_lazy("of an article", "Approved"),
    Deed.REOPEN: gettext_lazy("Reopened"),
    Deed.SCHEDULE: gettext_lazy("Scheduled"),
    Deed.UNSCHEDULE: gettext_lazy("Unscheduled"),
    Deed.PUBLISH: gettext_lazy("Published"),
    Deed.FLASH: gettext_lazy("Published as a flash"),
    Deed.LOOK: gettext_lazy("Looked at afterwards"),
    Deed.CORRECT: gettext_lazy("Corrected at once"),
    Deed.REVISE: gettext_lazy("New version opened"),
    Deed.ABANDON: gettext_lazy("New version abandoned"),
    Deed.WITHDRAW: gettext_lazy("Withdrawn from the site"),
    Deed.SPIKE: gettext_lazy("Spiked"),
    Deed.REVIVE: gettext_lazy("Revived"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true" viewBox="0 0 20 20"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def stage(code: str, name: bool = True) -> SafeString:
    """The stage as a disc and its name. Without `name`, only screen readers get the name."""
    glyph = format_html(
        '<svg class="glyph {0}" aria-hidden="true" viewBox="0 0 16 16"><use href="#s-{0}"/></svg>', code
    )
    label = Stage(code).label
    if name:
        return format_html('<span class="stage {}">{}{}</span>', code, glyph, label)
    return format_html('<span class="stage {}">{}<span class="visually-hidden">{}</span></span>', code, glyph, label)


@register.filter
def initials(name: str) -> str:
    return "".join(part[0] for part in str(name).replace("-", " ").split()[:2]).upper()


@register.filter
def done(deed: str) -> str:
    """The deed of a move in the past tense: « Soumis »."""
    return str(DONE[Deed(deed)])


@register.filter
def person(user: object) -> str:
    """The name that colleagues know a login by. What is no login is written as it is."""
    return name_of(user) if isinstance(user, User) else str(user)


@register.filter
def short_when(when: datetime | None) -> str:
    """The hour today, else the day with it: « 14 h 05 », « 12 nov. 14 h 05 »."""
    return wording.short(when) if when else ""


@register.simple_tag(takes_context=True)
def read_body(context: template.Context, html: str) -> SafeString:
    """A body as staff read it where they may not write. References show only what this person may see."""
    user = context["request"].user
    text = body.clean(html)
    named = references(text)
    live = dict(Article.objects.filter(pk__in=named.articles).values_list("pk", "headline"))
    drafts = dict(access.visible_stories(user).filter(pk__in=named.articles).values_list("pk", "headline"))
    photos = access.visible(user, Photo).select_related("credit").in_bulk(named.images)

    def link(number: int) -> str:
        if number in live:
            return format_html('<aside class="ref">{} <strong>{}</strong></aside>', _("Read also:"), live[number])
        title = drafts.get(number, _("an article that is not there any more"))
        label = _("Read also, not public yet:")
        return format_html('<aside class="ref missing">{} <strong>{}</strong></aside>', label, title)

    def picture(number: int, caption: str | None) -> str:
        photo = photos.get(number)
        if photo is None:
            return format_html('<p class="ref missing">{}</p>', _("A picture that is not there any more"))
        return format_html(
            '<figure><img src="{}" alt="{}" loading="lazy"><figcaption>{} {}</figcaption></figure>',
            reverse("admin:newsroom_photo_size", args=[number, "lead"]),
            photo.alt,
            mark_safe(caption) if caption else photo.caption,  # noqa: S308 (cleaned above)
            photo.credit_line,
        )

    text = ARTICLE.sub(lambda match: link(int(match[1])), text)
    text = IMAGE.sub(lambda match: picture(int(match[1]), match[2]), text)
    text = EMBED.sub(lambda match: f'<p class="ref">{match[1]}</p>', text)
    return mark_safe(with_scrolling_tables(text))  # noqa: S308 (cleaned above, and the references are escaped)


@register.simple_tag
def signed(story: object) -> str:
    """The bylines of a story, in order: « Inès Delcourt, Samuel Oyono »."""
    names = [str(byline.author) for byline in story.bylines.all()]  # type: ignore[attr-defined]
    return format_html_join(", ", "{}", ((name,) for name in names))
