"""The preview: a text that is not public, drawn on the page that readers will see, from its stored or typed words.

The article is made in memory. No row is written, so none can stay behind in a table that readers reach.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.body import ARTICLE, References, references
from articles.frame import Link
from articles.models import Article, Author, Byline, CreditKind, Image, ImageCredit, Section, Topic
from articles.models.image import Rendition
from articles.views.article import context_of
from articles.wording import by_letter
from newsroom import access, body
from newsroom.models import Photo, Revision, Story
from newsroom.photos import renditions
from newsroom.publishing import IMAGE_FIELDS, minutes_to_read
from newsroom.scheduling.wording import spoken
from newsroom.stories.content import PLAIN_FIELDS, ContentDict
from newsroom.workflow import Stage

PREVIEW_WIDTHS = {"lead": 960, "full": 960}  # the presets of an article's page, and the width in pixels of each

# The address of a photo's size: `photo_address(number, preset)`.
PhotoAddress = Callable[[int, str], str]


# The words of a picture: caption, description, credit. PinnedWords has those of several, by their numbers as JSON keys.
PictureWords: TypeAlias = dict[str, Any]
PinnedWords: TypeAlias = dict[str, PictureWords]


@dataclass(frozen=True)
class PreviewReader:
    """Who reads the preview: it decides which other headlines they may know and where they get the pictures.

    `pinned` limits them to those pictures, with the words kept then. None gives every picture as the library has it.
    """

    photo_address: PhotoAddress
    login: access.Login | None = None  # None: somebody without an account
    pinned: PinnedWords | None = None

    def words_of(self, photo: Photo) -> PictureWords | None:
        """The words beside a picture. None when this reader may not see it."""
        return _words(photo) if self.pinned is None else self.pinned.get(str(photo.pk))

    def headlines_of(self, numbers: Iterable[int]) -> dict[int, str]:
        """The headlines of texts that are not public, as far as this reader may see them."""
        if self.login is None:
            return {}
        return dict(access.visible_stories(self.login).filter(pk__in=numbers).values_list("pk", "headline"))


STANDINGS: dict[str, str | Promise] = {
    Stage.DRAFT: gettext_lazy("Version %(number)s, in draft, not published"),
    Stage.REVIEW: gettext_lazy("Version %(number)s, in review, not published"),
    Stage.READY: gettext_lazy("Version %(number)s, approved, not published"),
    Stage.SCHEDULED: gettext_lazy("Version %(number)s, scheduled for %(when)s, not published yet"),
    Stage.SPIKED: gettext_lazy("Version %(number)s, spiked, not published"),
}


def standing_of(story: Story, number: int) -> str:
    """What a version of `story` is, in place of the day of its publication. Empty for the one that is on the site."""
    live = Revision.objects.filter(pk=story.live_revision_id or 0).values_list("number", flat=True).first() or 0
    if number == live:
        return ""
    sentence = STANDINGS.get(story.stage) if number == story.version else None
    if sentence is None:
        sentence = _("Version %(number)s, an older one, not the text of today")
    known = {"number": number, "when": spoken(story.publish_at) if story.publish_at else ""}
    words = str(sentence) % known
    return _("%(standing)s. Readers see version %(live)s") % {"standing": words, "live": live} if live else words


def draw(content: ContentDict, story: Story, seen_by: PreviewReader, *, standing: str) -> dict[str, Any]:
    """The context of the readers' page for `content`, a text of `story` (which may have no row yet).

    `standing` says what the text is (`standing_of`); empty for the one that is on the site, which has its dates.
    A « Lire aussi » whose target is not public stands there with a mark, and so does an article that the text follows
    or answers. Pictures come from private storage, in the sizes of the page.
    """
    text = body.clean(content["body"])
    named = references(text)
    images = {
        number: _image(photo, words, seen_by.photo_address)
        for number, photo in _photos(content, named).items()
        if (words := seen_by.words_of(photo)) is not None
    }
    ties = {"follows": content.get("follows"), "replies_to": content.get("replies_to")}
    waiting = _waiting({*named.articles, *filter(None, ties.values())} - {story.pk}, seen_by)
    article = _article({**content, "body": _marked(text, waiting)}, story, seen_by)
    article.lead_image = images.get(content["lead_photo"] or 0)
    context = context_of(article, {number: images[number] for number in named.images if number in images})
    context["frame"].topics = _topics(content)
    context["standing"] = standing
    context["waiting"] = {name: waiting[number] for name, number in ties.items() if number in waiting}
    return context


def words_of_pictures(content: ContentDict) -> PinnedWords:
    """The present words of the pictures of a text, to be kept with a review link."""
    photos = _photos(content, references(body.clean(content["body"])))
    return {str(number): _words(photo) for number, photo in photos.items()}


def _words(photo: Photo) -> PictureWords:
    """The words beside a picture. A missing credit is marked as missing."""
    credit = photo.credit
    return {
        "alt": photo.alt,
        "is_decorative": photo.is_decorative,
        "caption": photo.caption,
        "credit_line": photo.credit_line or _("credit to be added"),
        "kind": credit.kind if credit else CreditKind.HANDOUT.value,
        "url": credit.url if credit else "",
    }


def _photos(content: ContentDict, named: References) -> dict[int, Photo]:
    lead = content["lead_photo"]
    return Photo.objects.select_related("credit").in_bulk([*named.images, *([lead] if lead else [])])


def _article(content: ContentDict, story: Story, seen_by: PreviewReader) -> Article:
    """An article like the one that publication would make, without a row."""
    live = Article.objects.filter(pk=story.pk).first() if story.is_live else None
    first = story.first_published_at or (seen_by.login and story.publish_at) or timezone.now()
    article = Article(
        pk=story.pk or 0,
        **{name: content[name] for name in PLAIN_FIELDS},
        follows_id=content.get("follows"),
        replies_to_id=content.get("replies_to"),
        is_sensitive=story.is_sensitive,
        revision=0,
        first_published_at=first,
        updated_at=live.updated_at if live else first,
        has_corrections=live is not None and live.has_corrections,
        reading_minutes=minutes_to_read(content["body"]),
    )
    article.section = Section.objects.select_related("parent").filter(pk=content["section"]).first() or _no_section()
    authors = Author.objects.in_bulk(content["authors"])
    signed = [authors[number] for number in content["authors"] if number in authors]
    _sign(article, signed)
    return article


def _sign(article: Article, authors: list[Author]) -> None:
    """Put bylines without rows where Django keeps those it has read, so that no query asks for them."""
    lines = article.bylines.all()
    lines._result_cache = [Byline(article=article, author=who, order=place) for place, who in enumerate(authors)]
    lines._prefetch_done = True  # type: ignore[attr-defined]
    article._prefetched_objects_cache = {"bylines": lines}  # type: ignore[attr-defined]


def _no_section() -> Section:
    """A stand-in while no section is chosen: the page must show one."""
    return Section(pk=0, name=_("Section to be chosen"), slug="to-be-chosen")


def _topics(content: ContentDict) -> list[Link]:
    topics = sorted(Topic.objects.filter(pk__in=content["topics"]), key=lambda topic: by_letter(topic.name))
    return [Link(topic.pk, topic.name, topic.slug, topic.get_absolute_url()) for topic in topics]


def _waiting(numbers: set[int], seen_by: PreviewReader) -> dict[int, str]:
    """Those of these articles that readers cannot see, each with the name that this reader may know."""
    if not numbers:
        return {}
    hidden = numbers - set(Article.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    headlines = seen_by.headlines_of(hidden) if hidden else {}
    return {number: headlines.get(number) or _("an article that is not public yet") for number in hidden}


def _marked(text: str, waiting: dict[int, str]) -> str:
    """`text` with a mark on each « Lire aussi » whose target is not public."""

    def mark(number: int) -> str:
        return format_html(
            '<aside class="lire-aussi lire-aussi--waits"><p><span>{}</span> {} <small>{}</small></p></aside>',
            _("Read also:"),
            waiting[number],
            _("Not on the site yet: readers will see this link once it is."),
        )

    return ARTICLE.sub(lambda match: mark(int(match[1])) if int(match[1]) in waiting else match[0], text)


def _image(photo: Photo, words: PictureWords, address: PhotoAddress) -> Image:
    """The image that publication would make of `photo`, without a row and with these words."""
    fields = {name: getattr(photo, name) for name in IMAGE_FIELDS}
    fields |= {name: words[name] for name in ("alt", "is_decorative", "caption", "credit_line")}
    fields["renditions"] = [_size(photo, preset, width, address) for preset, width in PREVIEW_WIDTHS.items()]
    image = Image(pk=photo.pk, **fields)
    image.credit = ImageCredit(name="", kind=words["kind"], url=words["url"])
    return image


def _size(photo: Photo, preset: str, width: int, address: PhotoAddress) -> Rendition:
    ready = renditions.nearest(photo, preset, width)
    if ready is None:  # the size is not made yet: use the shape that it will have
        cut = next(
            cut
            for cut in renditions.cuts(photo.width, photo.height, photo.focal_x, photo.focal_y)
            if cut.preset == preset
        )
        across, down = cut.width, cut.height
    else:
        across, down = ready["width"], ready["height"]
    # called JPEG whatever it is: the page then names one source, and the browser finds the format out itself
    return {
        "preset": preset,
        "width": across,
        "height": down,
        "format": "jpeg",
        "name": "",
        "url": address(photo.pk, preset),
    }
