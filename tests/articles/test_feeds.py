"""The feeds, as RSS 2.0 readers get them."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import html5lib
import pytest
from django.conf import LazySettings, settings
from django.test import Client

from articles.models import Article, Author, Section

from .conftest import NOON
from .reading import xml

pytestmark = pytest.mark.django_db
PutLive = Callable[..., Article]
NAMES = {"atom": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/"}


def channel_of(client: Client, path: str) -> ElementTree.Element:
    channel = xml(client, path).find("channel")
    assert channel is not None
    return channel


def test_an_entry_gives_the_headline_standfirst_address_date_section_and_authors(
    client: Client, put_live: PutLive, parliament: Section, writers: list[Author]
) -> None:
    article = put_live(
        section=parliament,
        authors=writers[:2],
        headline="Le vote est reporté",
        standfirst="Faute de quorum.",
        first_published_at=NOON,
        updated_at=NOON + timedelta(hours=3),
    )

    entry = channel_of(client, "/flux/").find("item")

    assert entry is not None
    assert entry.findtext("title") == "Le vote est reporté"
    assert entry.findtext("description") == "Faute de quorum."
    assert entry.findtext("link") == settings.SITE_URL + article.get_absolute_url()
    assert entry.findtext("dc:creator", namespaces=NAMES) == "Nadia Berrahal et Hicham Aït Wakrim"
    assert entry.findtext("category") == "Politique"
    assert parsedate_to_datetime(str(entry.findtext("pubDate"))) == NOON


def test_an_entry_keeps_its_identifier_when_the_address_of_its_article_changes(
    client: Client, put_live: PutLive
) -> None:
    article = put_live()
    before = channel_of(client, "/flux/").findtext("item/guid")
    Article.objects.filter(pk=article.pk).update(slug="un-autre-titre")

    after = channel_of(client, "/flux/")

    assert str(after.findtext("item/link")).endswith(f"un-autre-titre-{article.pk}/")
    assert after.findtext("item/guid") == before


def test_a_feed_lists_the_thirty_newest_articles_the_newest_first(client: Client, put_live: PutLive) -> None:
    numbers = [put_live(first_published_at=NOON + timedelta(minutes=minute)).pk for minute in range(32)]

    links = [str(link.text) for link in channel_of(client, "/flux/").iterfind("item/link")]

    assert [int(link.rstrip("/").rpartition("-")[2]) for link in links] == numbers[::-1][:30]


def test_a_feed_gives_its_title_language_copyright_and_own_address(client: Client, put_live: PutLive) -> None:
    put_live()
    for path, home, title in (
        ("/flux/", "/", settings.NEWSPAPER_NAME),
        ("/flux/politique/", "/politique/", f"{settings.NEWSPAPER_NAME} – Politique"),
    ):
        channel = channel_of(client, path)
        own = channel.find("atom:link[@rel='self']", NAMES)
        assert own is not None
        assert own.get("href") == settings.SITE_URL + path
        assert channel.findtext("title") == title
        assert channel.findtext("link") == settings.SITE_URL + home
        assert channel.findtext("language") == "fr"
        assert settings.NEWSPAPER_NAME in str(channel.findtext("copyright"))


def as_html(text: str) -> str:
    """What a feed reader shows of a description, which it takes for HTML."""
    fragment = html5lib.parseFragment(text, namespaceHTMLElements=False)
    assert list(fragment) == [], f"The description holds markup: {text}"
    return str(fragment.text)


BRACKETED = (
    "La balise <title> donne son titre à une page, et le reste se lit aussi.",
    "Un lecteur a envoyé <script>alert(1)</script> et <img src=x onerror=alert(1)>.",
    "Recherche & développement : 3 < 4, et « &lt; » s’écrit ainsi.",
    "Rien à ajouter.",
)


@pytest.mark.parametrize("standfirst", BRACKETED)
def test_a_feed_reader_shows_a_standfirst_with_angle_brackets_whole_and_as_text(
    standfirst: str, client: Client, put_live: PutLive
) -> None:
    put_live(standfirst=standfirst)

    for path in ("/flux/", "/flux/politique/"):
        assert as_html(str(channel_of(client, path).findtext("item/description"))) == standfirst


@pytest.mark.parametrize("about", [*BRACKETED, "La balise <title> & compagnie"])
def test_a_feed_reader_shows_what_a_feed_is_about_whole_and_as_text(
    about: str, client: Client, put_live: PutLive, politics: Section, settings: LazySettings
) -> None:
    Section.objects.filter(pk=politics.pk).update(description=about)
    settings.NEWSPAPER_TAGLINE = about
    put_live()

    for path in ("/flux/", "/flux/politique/"):
        assert as_html(str(channel_of(client, path).findtext("description"))) == about


def test_a_section_without_a_description_is_described_by_its_name_as_text(
    client: Client, put_live: PutLive, politics: Section
) -> None:
    Section.objects.filter(pk=politics.pk).update(name="Droit & <Lois>", description="")
    put_live()

    channel = channel_of(client, "/flux/politique/")

    assert channel.findtext("title") == f"{settings.NEWSPAPER_NAME} – Droit & <Lois>"
    assert as_html(str(channel.findtext("description"))) == channel.findtext("title")
    assert channel.findtext("item/category") == "Droit & <Lois>"


def test_control_characters_that_xml_forbids_do_not_break_a_feed(
    client: Client, put_live: PutLive, politics: Section, writers: list[Author]
) -> None:
    Author.objects.filter(pk=writers[0].pk).update(name="Nadia\x01 Berrahal")
    Section.objects.filter(pk=politics.pk).update(name="Poli\x02tique", description="La vie\x0bpublique\x03")
    put_live(headline="Le vote\x0best reporté\x05", standfirst="Faute\x1f de quorum", authors=writers[:1])

    for path in ("/flux/", "/flux/politique/"):
        channel = channel_of(client, path)
        assert channel.findtext("item/title") == "Le vote est reporté"
        assert channel.findtext("item/description") == "Faute de quorum"
        assert channel.findtext("item/dc:creator", namespaces=NAMES) == "Nadia Berrahal"
        assert channel.findtext("item/category") == "Politique"
    assert channel.findtext("description") == "La vie publique"


def test_a_feed_carries_the_cache_keys_of_all_feeds_and_of_its_own_list(
    client: Client, put_live: PutLive, politics: Section
) -> None:
    put_live()
    assert client.get("/flux/")["Surrogate-Key"].split() == ["feeds", "all-0"]
    assert client.get("/flux/politique/")["Surrogate-Key"].split() == ["feeds", f"section-{politics.pk}"]
