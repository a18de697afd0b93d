"""A text that is not public, drawn as readers will see it: from its stored or typed words, on their own page.

The article is made in memory. Nothing is written, so nothing can stay behind in a table that readers reach.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.body import ARTICLE, References, references
from articles.frame import Link
from articles.models import Article, Author, Byline, CreditKind, Image, ImageCredit, Section, Topic
from articles.models.image import Rendition
from articles.views.article import context_of
from articles.wording import by_letter
from newsroom import access, body
from newsroom.models import Photo, Story
from newsroom.photos import renditions
from newsroom.publishing import IMAGE_FIELDS, minutes_to_read
from newsroom.stories.content import PLAIN_FIELDS, ContentDict

SHOWN = {"lead": 960, "full": 960}  # the presets of an article's page, and the width at which each is shown

# The address of a photo's size: `photo_address(number, preset)`.
PhotoAddress = Callable[[int, str], str]


# What is said of a picture beside it, and of several, by their numbers as JSON has them.
Words: TypeAlias = dict[str, Any]
Pinned: TypeAlias = dict[str, Words]


@dataclass(frozen=True)
class Onlooker:
    """Who looks: what they may be told of other texts, and where the pictures are for them. With `pinned`, they see
    those pictures alone, with those words; None, as the library now has them.
    """

    photo_address: PhotoAddress
    login: access.Login | None = None  # None: somebody without an account
    pinned: Pinned | None = None

    def words_of(self, photo: Photo) -> Words | None:
        """What they read beside a picture; None when it is not for them."""
        return _words(photo) if self.pinned is None else self.pinned.get(str(photo.pk))

    def headlines_of(self, numbers: Iterable[int]) -> dict[int, str]:
        """The headlines they may know of texts that are not public."""
        if self.login is None:
            return {}
        return dict(access.visible_stories(self.login).filter(pk__in=numbers).values_list("pk", "headline"))


def draw(content: ContentDict, story: Story, seen_by: Onlooker) -> dict[str, Any]:
    """The context of the readers' page for `content`, a text of `story` (which may not be stored yet).

    A « Lire aussi » that waits is there, and says so, as does the article it follows or answers. Pictures come from
    private storage, at the sizes of the page.
    """
    text = body.clean(content["body"])
    named = references(text)
    images = {
        number: _image(photo, words, seen_by.photo_address)
        for number, photo in _photos(content, named).items()
        if (words := seen_by.words_of(photo)) is not None
    }
    led_to = {"follows": content.get("follows"), "replies_to": content.get("replies_to")}
    waiting = _waiting({*named.articles, *filter(None, led_to.values())} - {story.pk}, seen_by)
    article = _article({**content, "body": _marked(text, waiting)}, story, seen_by)
    article.lead_image = images.get(content["lead_photo"] or 0)
    context = context_of(article, {number: images[number] for number in named.images if number in images})
    context["frame"].topics = _topics(content)
    context["waiting"] = {name: waiting[number] for name, number in led_to.items() if number in waiting}
    return context


def words_of_pictures(content: ContentDict) -> Pinned:
    """What the library now says of the pictures of a text, to be kept for those it is shown to."""
    photos = _photos(content, references(body.clean(content["body"])))
    return {str(number): _words(photo) for number, photo in photos.items()}


def _words(photo: Photo) -> Words:
    """What stands beside a picture; one without a credit says that it lacks."""
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


def _article(content: ContentDict, story: Story, seen_by: Onlooker) -> Article:
    """An article like the one that publication would make, of no row."""
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
    """Give it bylines of no row, where Django keeps those that it has read: nothing asks for them again."""
    lines = article.bylines.all()
    lines._result_cache = [Byline(article=article, author=who, order=place) for place, who in enumerate(authors)]
    lines._prefetch_done = True  # type: ignore[attr-defined]
    article._prefetched_objects_cache = {"bylines": lines}  # type: ignore[attr-defined]


def _no_section() -> Section:
    """Stands where no section was chosen yet: a page stands under some name."""
    return Section(pk=0, name=_("Section to be chosen"), slug="to-be-chosen")


def _topics(content: ContentDict) -> list[Link]:
    topics = sorted(Topic.objects.filter(pk__in=content["topics"]), key=lambda topic: by_letter(topic.name))
    return [Link(topic.pk, topic.name, topic.slug, topic.get_absolute_url()) for topic in topics]


def _waiting(numbers: set[int], seen_by: Onlooker) -> dict[int, str]:
    """Of the articles that a text leads to, those readers cannot see, each by what may be told of it."""
    if not numbers:
        return {}
    hidden = numbers - set(Article.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    headlines = seen_by.headlines_of(hidden) if hidden else {}
    return {number: headlines.get(number) or _("an article that is not public yet") for number in hidden}


def _marked(text: str, waiting: dict[int, str]) -> str:
    """`text` with each « Lire aussi » that waits for its target told apart from those that readers would see."""

    def mark(number: int) -> str:
        return format_html(
            '<aside class="lire-aussi lire-aussi--waits"><p><span>{}</span> {} <small>{}</small></p></aside>',
            _("Read also:"),
            waiting[number],
            _("Not on the site yet: readers will see this link once it is."),
        )

    return ARTICLE.sub(lambda found: mark(int(found[1])) if int(found[1]) in waiting else found[0], text)


def _image(photo: Photo, words: Words, address: PhotoAddress) -> Image:
    """The picture that publication would make of `photo`, of no row, with these words."""
    fields = {name: getattr(photo, name) for name in IMAGE_FIELDS}
    fields |= {name: words[name] for name in ("alt", "is_decorative", "caption", "credit_line")}
    fields["renditions"] = [_size(photo, preset, width, address) for preset, width in SHOWN.items()]
    image = Image(pk=photo.pk, **fields)
    image.credit = ImageCredit(name="", kind=words["kind"], url=words["url"])
    return image


def _size(photo: Photo, preset: str, width: int, address: PhotoAddress) -> Rendition:
    ready = renditions.nearest(photo, preset, width)
    if ready is None:  # what will be made of it has this shape
        cut = next(
            cut
            for cut in renditions.cuts(photo.width, photo.height, photo.focal_x, photo.focal_y)
            if cut.preset == preset
        )
        across, down = cut.width, cut.height
    else:
        across, down = ready["width"], ready["height"]
    # as JPEG whatever the file is: the page then names one source, which the browser reads by itself
    return {
        "preset": preset,
        "width": across,
        "height": down,
        "format": "jpeg",
        "name": "",
        "url": address(photo.pk, preset),
    }
