"""The readers' templates print dates, pictures, names and shortened texts with these."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from articles import body, dates, pictures, wording
from articles.models import Article, Author, Image, Label

register = template.Library()

register.filter("long_date", dates.long_date)
register.filter("short_date", dates.short_date)
register.filter("clock", dates.clock)


@register.filter
def with_scrolling_tables(html: str) -> SafeString:
    """The body of a page, which was cleaned when it was saved."""
    return mark_safe(body.with_scrolling_tables(html))  # noqa: S308


@register.filter
def long_day(when: date | datetime) -> str:
    return dates.long_day(timezone.localdate(when) if isinstance(when, datetime) else when)


@register.filter
def machine_date(moment: datetime) -> str:
    """The value of <time datetime>."""
    return timezone.localtime(moment).isoformat(timespec="minutes")


@register.simple_tag
def today() -> date:
    return timezone.localdate()


@register.filter
def wire_time(moment: datetime) -> str:
    """The hour of an article of today, the day of an older one."""
    local = timezone.localdate(moment)
    return dates.clock(moment) if local == timezone.localdate() else dates.numeric_day(local)


@register.filter
def weekday(when: date) -> str:
    return dates.weekday_date(when)


@register.filter
def cut(text: str, length: int) -> str:
    return wording.cut(text, length)


@register.filter
def signed_by(article: Article) -> str:
    """« A, B et C », of an article whose bylines were loaded."""
    return wording.join_names([line.author.name for line in article.bylines.all()])


@register.filter
def cosigners(article: Article, author: Author) -> str:
    """The names that sign `article` beside `author`, whose page prints it."""
    return wording.join_names([line.author.name for line in article.bylines.all() if line.author_id != author.pk])


@register.filter
def printed_label(article: Article) -> str:
    """« Reportage », « Analyse »… Empty for news, and where a section prints no label, except on partner content."""
    if article.label == Label.PARTNER:
        return str(article.get_label_display())
    if not article.section.prints_label or article.label == Label.NEWS:
        return ""
    return str(article.get_label_display())


@register.simple_tag
def picture(image: Image | None, preset: str, use: str, alt: bool = True, eager: bool = False) -> SafeString:
    return pictures.draw(image, preset, use, alt=alt, eager=eager) if image else mark_safe("")


@register.filter
def mention(image: Image) -> SafeString:
    return pictures.mention_of(image)


@register.simple_tag
def caption(image: Image, words: str = "") -> SafeString:
    return pictures.caption_of(image, words)
