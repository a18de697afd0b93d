"""What is true of every page: valid, self-contained, and decent when something is wrong."""

from collections.abc import Callable

import html5lib
import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from articles.checks import first_paint_is_allowed
from articles.models import Article, Author, Image, Page, Section, Topic
from articles.views.errors import server_error

PutLive = Callable[..., Article]


@pytest.fixture
def newspaper(
    put_live: PutLive, put_picture: Callable[..., Image], writers: list[Author], parliament: Section
) -> Article:
    picture = put_picture()
    topic = Topic.objects.create(name="Eau & forêts", slug="eau")
    Page.objects.create(title="Contact", slug="contact", body="<p>Écrivez-nous.</p>")
    for label in ("news", "opinion", "partner", "report"):
        put_live(label=label, kicker="Rabat", lead_image=picture, authors=writers[:2], topics=[topic])
    return put_live(
        pk=5000, section=parliament, authors=writers, topics=[topic], body=f'<p>«</p><figure class="image" '
        f'data-image="{picture.pk}"></figure><figure class="embed" data-embed="https://a.example/v?x=1&amp;y=2"></figure>',
    )  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/", "/politique/", "/politique/parlement/", "/politique/titre-5000-5000/", "/auteurs/", "/auteurs/auteur-0/",
     "/sujets/eau/", "/contact/", "/nulle-part/"],
)  # fmt: skip
def test_a_page_is_html_without_a_parse_error_and_asks_nothing_of_another_site(
    client: Client, newspaper: Article, path: str
) -> None:
    html = client.get(path).content.decode()
    parser = html5lib.HTMLParser()
    document = parser.parse(html)
    assert parser.errors == []
    names = {"img": "src", "script": "src", "source": "srcset", "iframe": "src"}
    loaded = [
        element.get(names[element.tag.partition("}")[2]], "")
        for element in document.iter()
        if isinstance(element.tag, str) and element.tag.partition("}")[2] in names
    ]
    assert loaded
    assert [address for address in loaded if "//" in address] == []
    assert " style=" not in html


def test_only_the_script_of_the_policy_is_written_in_the_page(client: Client, newspaper: Article) -> None:
    assert first_paint_is_allowed(None) == []
    html = client.get(newspaper.get_absolute_url()).content.decode()
    assert html.count("<script>") == 1


def test_the_check_sees_a_script_that_the_policy_does_not_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src", ["'self'"])
    assert [error.id for error in first_paint_is_allowed(None)] == ["articles.E001"]


def test_a_fault_has_a_page_that_needs_no_database(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"
    assert settings.NEWSPAPER_NAME in response.content.decode()


def test_an_embed_is_a_plain_link(client: Client, newspaper: Article) -> None:
    html = client.get(newspaper.get_absolute_url()).content.decode()
    assert '<a href="https://a.example/v?x=1&amp;y=2" rel="noopener nofollow">' in html
    assert "<iframe" not in html


def test_what_is_paid_for_says_so_to_robots_too(client: Client, newspaper: Article) -> None:
    assert 'rel="sponsored"' in client.get("/politique/").content.decode()
