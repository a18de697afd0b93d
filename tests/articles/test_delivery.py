"""Every page is valid and self-contained, and caches may keep it; errors have pages of their own."""

from collections.abc import Callable

import html5lib
import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from articles.checks import first_paint_is_allowed
from articles.models import Article, Author, Image, Page, Section, Topic, Withdrawal
from articles.views.errors import server_error
from tests.outage import database_away

from .reading import cache_directives, page

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
def test_a_page_is_valid_html_and_loads_nothing_from_another_site(
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
    assert not [element.tag for element in document.iter() if "style" in element.attrib]


def test_a_page_holds_one_inline_script_which_the_policy_allows(client: Client, newspaper: Article) -> None:
    assert first_paint_is_allowed(None) == []
    html = client.get(newspaper.get_absolute_url()).content.decode()
    assert html.count("<script>") == 1


def test_the_check_refuses_an_inline_script_that_the_policy_does_not_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src", ["'self'"])
    assert [error.id for error in first_paint_is_allowed(None)] == ["articles.E001"]


def test_the_page_of_a_server_error_needs_no_database(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"
    assert settings.NEWSPAPER_NAME in response.content.decode()


def test_an_embed_is_a_plain_link(client: Client, newspaper: Article) -> None:
    html = client.get(newspaper.get_absolute_url()).content.decode()
    assert '<a href="https://a.example/v?x=1&amp;y=2" rel="noopener nofollow">' in html
    assert "<iframe" not in html


def test_a_link_to_partner_content_is_marked_as_sponsored_for_robots(client: Client, newspaper: Article) -> None:
    assert 'rel="sponsored"' in client.get("/politique/").content.decode()


# --- What caches may do with our pages ----------------------------------------------------------------------------


def test_caches_may_keep_a_page_for_seconds_and_serve_it_stale_for_a_day_when_the_newspaper_does_not_answer(
    client: Client, newspaper: Article
) -> None:
    for path in ("/", "/politique/", newspaper.get_absolute_url(), "/flux/", "/sitemap.xml"):
        allowed = cache_directives(client.get(path))
        assert int(allowed["max-age"]) <= 10, path
        assert int(allowed["stale-while-revalidate"]) <= 60, path
        assert int(allowed["stale-if-error"]) >= 24 * 3600, path


def test_caches_may_not_serve_a_404_a_410_or_a_redirect_stale(client: Client, newspaper: Article) -> None:
    """Otherwise an article published a moment ago would go on answering that it is unknown, or withdrawn."""
    Withdrawal.objects.create(pk=900_001, at=timezone.now())
    for path, status in (("/nulle-part/", 404), ("/politique/titre-900001/", 410), (f"/a/{newspaper.pk}/", 301)):
        response = client.get(path)
        assert response.status_code == status
        assert set(cache_directives(response)) == {"public", "max-age"}, path


def test_an_article_carries_the_cache_keys_of_every_article_picture_and_section_on_its_page(
    client: Client, newspaper: Article, put_live: PutLive, put_picture: Callable[..., Image]
) -> None:
    picture = put_picture()
    text = f'<aside class="lire-aussi" data-article="5000"></aside><figure class="image" data-image="{picture.pk}">'
    article = put_live(body=f"{text}</figure>", images=[picture])

    response = client.get(article.get_absolute_url())

    section = f"section-{article.section_id}"
    assert {f"article-{article.pk}", "article-5000", f"image-{picture.pk}", section} <= set(
        response["Surrogate-Key"].split(" ")
    )
    assert response["Cache-Tag"].split(",") == response["Surrogate-Key"].split(" ")


def test_a_page_gives_its_canonical_address_when_the_reader_came_by_another(client: Client, newspaper: Article) -> None:
    for path in ("/", "/politique/", "/auteurs/auteur-0/", newspaper.get_absolute_url()):
        html = page(client, f"{path}?utm_source=ailleurs")
        assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in html


@pytest.mark.parametrize("cookie", ["brisee", "une-session-qui-n-est-plus-la"])
def test_a_page_neither_deletes_a_session_cookie_nor_differs_for_a_reader_who_sends_one(
    cookie: str, client: Client, newspaper: Article
) -> None:
    """The desk deletes a cookie that belongs to no session. Caches could not share a reader's page that did so."""
    paths = ("/", "/politique/", newspaper.get_absolute_url(), "/flux/", "/nulle-part/")
    plain = {path: client.get(path) for path in paths}
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    for path in paths:
        response = client.get(path)
        assert not response.cookies, path
        assert "cookie" not in response.get("Vary", "").lower(), path
        assert response.content == plain[path].content, path


def test_an_unknown_address_answers_404_while_the_database_is_away(client: Client, newspaper: Article) -> None:
    client.raise_request_exception = False
    with database_away():
        response = client.get("/a/b/c/d/")

    assert response.status_code == 404
    assert settings.NEWSPAPER_NAME in response.content.decode()
    assert "stale" not in response["Cache-Control"]
