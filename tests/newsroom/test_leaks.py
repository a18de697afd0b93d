"""A marker in every field of a draft and of a photo reaches no public page, header, feed or file name."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path, resolve
from django.urls.resolvers import URLPattern, URLResolver
from PIL import Image as Picture

from articles.models import Article, Author, ImageCredit, Section, Topic
from newsroom import deeds
from newsroom.clock import Clock
from newsroom.models import Note, Photo, Story
from newsroom.photos import intake
from newsroom.stories import saving

pytestmark = pytest.mark.django_db

MARKER = "zyxmarqueur"
Patterns: TypeAlias = Iterable[URLPattern | URLResolver]


def routes_of(patterns: Patterns, before: str = "") -> Iterator[str]:
    """The pattern of every public address. `test_addresses` tries those of the desk."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        elif f"/{route}" != settings.SESSION_COOKIE_PATH:
            yield from routes_of(entry.url_patterns, route)


def fail_on_what_is_passed_by(addresses: list[str], patterns: Patterns) -> None:
    """Fail on a kind of address that this module does not fill in: it is the likeliest to leak a draft."""
    reached = {resolve(address).route for address in addresses}
    passed_by = sorted(set(routes_of(patterns)) - reached)
    assert not passed_by, f"no address of this test fits {passed_by}: add one to `public_addresses`"


def public_addresses(draft: Story, live: Article, section: Section, author: Author, topic: Topic) -> list[str]:
    """Every kind of public address, filled with what is the draft's, the live one's and ours. Fails on a kind that
    nothing here fits.
    """
    original = draft.lead_photo.original.name if draft.lead_photo else "originals/rien.jpg"
    addresses = [
        "/",
        "/robots.txt",
        "/rubriques.css",
        "/sante/",
        "/sitemap.xml",
        "/sitemap/pages.xml",
        *(f"/sitemap/articles-{chunk}.xml" for chunk in (0, 1)),
        "/corrections/",
        "/flux/",
        *(f"/flux/{slug}/" for slug in (section.slug, draft.section.slug, MARKER)),
        section.get_absolute_url(),
        draft.section.get_absolute_url(),
        f"/{MARKER}/",
        f"{section.get_absolute_url()}{MARKER}/",
        live.get_absolute_url(),
        *(f"/{slug}/{draft.slug}-{draft.pk}/" for slug in (section.slug, draft.section.slug)),
        *(f"/a/{number}/" for number in (draft.pk, live.pk)),
        f"/lu/{draft.pk}/",
        "/auteurs/",
        author.get_absolute_url(),
        f"/auteurs/{MARKER}/",
        topic.get_absolute_url(),
        f"/sujets/{MARKER}/",
        f"/media/{original}",
    ]
    fail_on_what_is_passed_by(addresses, get_resolver().url_patterns)
    return addresses


def test_no_field_of_a_draft_or_of_its_photo_reaches_a_reader(
    client: Client, journalist: User, section: Section, make_story: Callable[..., Story],
    make_photo: Callable[..., Photo], publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    author = Author.objects.create(name=f"Auteur {MARKER}", slug=f"auteur-{MARKER}", biography=MARKER, role=MARKER)
    topic = Topic.objects.create(name=f"Sujet {MARKER}", slug=f"sujet-{MARKER}", description=MARKER)
    hidden = Section.objects.create(name=f"Rubrique {MARKER}", slug=f"rubrique-{MARKER}", description=MARKER)
    owed = ImageCredit.objects.create(name=f"Crédit {MARKER}", kind="agency", url=f"https://{MARKER}.example/")
    photo = make_photo(alt=MARKER, caption=MARKER, photographer=MARKER, credit=owed, search_note=MARKER)
    Photo.objects.filter(pk=photo.pk).update(original_name=f"{MARKER}.jpg")
    draft = make_story(
        by=journalist, section=hidden, headline=f"Titre {MARKER}", kicker=MARKER, standfirst=MARKER,
        body=f"<p>{MARKER}</p>", slug=MARKER, lead_caption=MARKER, search_title=MARKER, social_title=MARKER,
        lead_photo=photo, authors=[author.pk], topics=[topic.pk],
    )  # fmt: skip
    Note.objects.create(story=draft, by=journalist, text=MARKER)
    link = f'<p>Texte.</p><aside class="lire-aussi" data-article="{draft.pk}"></aside>'
    shown = intake.take_in(
        marked_picture(), by=journalist, alt="Un phare.", caption="Le phare.", credit=make_photo().credit
    )
    live = publish_story(make_story(by=journalist, body=link, section=section, lead_photo=shown))
    Clock().beat()

    article = Article.objects.get(pk=live.pk)
    addresses = public_addresses(draft, article, section, author, topic)
    assert article.get_absolute_url() in addresses
    assert_nowhere(client, addresses)
    files = [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if MARKER in str(file.relative_to(settings.MEDIA_ROOT))]
    assert not [file for file in files if MARKER.encode() in file.read_bytes()]


def test_the_next_version_of_a_live_article_reaches_no_reader(
    client: Client, journalist: User, section: Section, author: Author, topic: Topic,
    make_story: Callable[..., Story], publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist, section=section, topics=[topic.pk]))
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    for name in ("headline", "kicker", "standfirst", "lead_caption", "search_title", "social_title"):
        setattr(live, name, MARKER)
    live.body = f"<p>{MARKER}</p>"
    live.save()
    saving.record_text(live, by=journalist)

    assert_nowhere(client, public_addresses(live, Article.objects.get(pk=live.pk), section, author, topic))


def assert_nowhere(client: Client, addresses: list[str]) -> None:
    """Fail when the marker is in an answer of these addresses, or when one answers with a server error."""
    for address in addresses:
        for method in (client.get, client.post):
            response = method(address)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            shown = content.decode(errors="replace").replace(address, "")
            headers = str({name: value for name, value in response.headers.items() if name != "Location"})
            assert MARKER not in shown, f"{address} shows the draft"
            assert MARKER not in headers, f"{address} tells of the draft in a header"
            assert response.status_code < 500


def marked_picture() -> ContentFile[bytes]:
    """A JPEG with the marker in its name, its EXIF and its comment."""
    file, exif = BytesIO(), Picture.Exif()
    exif[0x010E] = MARKER
    Picture.new("RGB", (640, 480), (30, 90, 140)).save(file, "JPEG", exif=exif, comment=MARKER.encode())
    assert MARKER.encode() in file.getvalue()
    return ContentFile(file.getvalue(), name=f"{MARKER}.jpg")


def test_a_draft_and_an_unknown_address_get_the_same_answer(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    draft = make_story(by=journalist)

    theirs = client.get(f"/{draft.section.slug}/{draft.slug}-{draft.pk}/")
    nobodys = client.get(f"/{draft.section.slug}/{draft.slug}-999999/")

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert dict(theirs.headers) == dict(nobodys.headers)


def test_the_control_a_published_text_is_found_by_the_same_search(
    client: Client, journalist: User, make_story: Callable[..., Story], publish_story: Callable[[Story], Story]
) -> None:
    live = publish_story(make_story(by=journalist, headline=f"Titre {MARKER}"))

    assert MARKER in client.get("/").content.decode()
    assert MARKER in client.get(Article.objects.get(pk=live.pk).get_absolute_url()).content.decode()


def test_the_control_an_unforeseen_kind_of_address_fails(
    journalist: User, section: Section, author: Author, topic: Topic, make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist))
    addresses = public_addresses(live, Article.objects.get(pk=live.pk), section, author, topic)

    def preview(request: HttpRequest, key: UUID) -> HttpResponse:
        raise NotImplementedError

    patterns = get_resolver().url_patterns
    with pytest.raises(AssertionError, match="apercu"):
        fail_on_what_is_passed_by(addresses, [*patterns, path("apercu/<uuid:key>/", preview)])
    with pytest.raises(AssertionError, match="flux"):
        fail_on_what_is_passed_by([address for address in addresses if "flux" not in address], patterns)
