"""What readers get at each address, by HTTP."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks  # noqa: F401

from articles.models import Article, Author, Correction, Image, Listing, ListingKind, Page, Section, Topic, Withdrawal
from articles.models.addresses import RESERVED_SLUGS
from articles.readership import refresh_top_reads
from articles.urls import urlpatterns

from .reading import SITEMAP, json_ld, page

PutLive = Callable[..., Article]
PutPicture = Callable[..., Image]


@pytest.fixture
def full_article(put_live: PutLive, put_picture: PutPicture, writers: list[Author], parliament: Section) -> Article:
    """An article with ten references, three authors, three topics, a correction and full lists beside it."""
    targets = [put_live(lead_image=put_picture(), authors=writers[:2]) for _ in range(8)]
    images = [put_picture() for _ in range(4)]
    body = "<p>Un début.</p>"
    body += "".join(f'<aside class="lire-aussi" data-article="{target.pk}"></aside>' for target in targets[:6])
    body += "".join(f'<figure class="image" data-image="{image.pk}"></figure>' for image in images)
    topics = [Topic.objects.create(name=f"Sujet {n}", slug=f"sujet-{n}") for n in range(3)]
    article = put_live(
        section=parliament,
        body=body,
        images=images,
        authors=writers,
        topics=topics,
        lead_image=put_picture(),
        lead_caption="La rade",
        has_corrections=True,
    )
    Correction.objects.create(article=article, at=timezone.now(), text="Le vote était mardi.")
    Page.objects.create(title="Mentions légales", slug="mentions-legales")
    refresh_top_reads()
    return article


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_an_article_with_ten_references_takes_five_queries(
    client: Client, full_article: Article, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        page(client, full_article.get_absolute_url())


@pytest.mark.parametrize(
    "path",
    ["/", "/politique/", "/politique/parlement/", "/auteurs/", "/auteurs/auteur-0/", "/sujets/sujet-0/", "/flux/",
     "/flux/politique/", "/sitemap.xml", "/sitemap/pages.xml", "/mentions-legales/", "/rubriques.css"],
)  # fmt: skip
def test_every_page_takes_five_queries_at_most_and_sets_no_cookie(
    client: Client, full_article: Article, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert response["Cache-Control"].startswith("public")


def test_an_unchanged_page_is_not_sent_twice_even_compressed(client: Client, full_article: Article) -> None:
    first = client.get("/", headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    again = client.get("/", headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})
    assert again.status_code == 304


# --- Addresses ----------------------------------------------------------------------------------------------------


def test_no_section_or_page_can_take_the_first_word_of_another_address() -> None:
    first_words = {re.split(r"[/.]", str(entry.pattern))[0] for entry in urlpatterns}

    assert {word for word in first_words if word and not word.startswith("<")} - RESERVED_SLUGS == set()


def test_a_wrong_section_or_slug_redirects_to_the_right_address(client: Client, put_live: PutLive) -> None:
    article = put_live()
    for wrong in (f"/culture/{article.slug}-{article.pk}/", f"/politique/autre-{article.pk}/", f"/a/{article.pk}/"):
        response = client.get(wrong)
        assert response.status_code == 301
        assert response["Location"] == article.get_absolute_url()


def test_an_unknown_address_and_the_number_of_a_draft_get_the_same_404(client: Client, put_live: PutLive) -> None:
    put_live()
    answers = {page(client, path, 404) for path in ("/politique/secret-900001/", "/a/900002/", "/rien/", "/a/b/c/d/")}
    assert len(answers) == 1


def test_a_number_too_long_for_the_database_answers_404(client: Client, put_live: PutLive) -> None:
    page(client, f"/politique/x-{'9' * 30}/", 404)
    page(client, f"/politique/x-{'9' * 18}/", 404)


def test_a_withdrawn_article_answers_410_with_its_notice_and_nothing_of_the_article(
    client: Client, put_live: PutLive
) -> None:
    article = put_live(headline="Un titre à oublier")
    address = article.get_absolute_url()
    article.delete()
    Withdrawal.objects.create(pk=article.pk or 0 or int(address.rstrip("/").rsplit("-", 1)[1]), at=timezone.now(),
                              notice="Nous nous sommes <trompés>.")  # fmt: skip
    html = page(client, address, 410)
    assert "Nous nous sommes &lt;trompés&gt;." in html
    assert "oublier" not in html
    assert "noindex" in html


def test_a_subsection_asked_for_elsewhere_redirects_to_its_one_address(
    client: Client, put_live: PutLive, parliament: Section
) -> None:
    put_live(section=parliament)
    page(client, "/politique/parlement/")
    for other in ("/parlement/", "/culture/parlement/"):
        assert client.get(other)["Location"] == "/politique/parlement/"


def test_a_section_author_or_topic_without_a_live_article_answers_404_and_is_named_nowhere(
    client: Client, put_live: PutLive, writers: list[Author], parliament: Section
) -> None:
    put_live()
    Section.objects.create(name="Secrets", slug="secrets", accent="#123456")
    Topic.objects.create(name="Dossier", slug="dossier")
    for path in ("/secrets/", "/politique/parlement/", "/parlement/", "/auteurs/auteur-0/", "/sujets/dossier/"):
        page(client, path, 404)
    page(client, "/flux/secrets/", 404)
    everywhere = "".join(page(client, path) for path in ("/", "/politique/", "/auteurs/", "/sitemap/pages.xml"))
    everywhere += page(client, "/rubriques.css")
    for name in ("secrets", "Secrets", "arlement", "Berrahal", "auteur-0", "ossier"):
        assert name not in everywhere


# --- Lists --------------------------------------------------------------------------------------------------------


def walk(client: Client, path: str, link: str) -> list[list[str]]:
    """The article numbers of each page of a list, along the links whose `rel` is `link`. Keeps the last page's HTML."""
    pages, address = [], path
    while address:
        html = page(client, address)
        main = html[html.index("<main") : html.index("</main>")]
        pages.append(re.findall(r'class="card__title"><a href="[^"]*?-(\d+)/"', main))
        following = re.search(rf'href="(\?[^"]+)" rel="{link}"', main)
        address = path + following[1] if following else ""
        last = html
    walk.last = last  # type: ignore[attr-defined]
    return pages


def test_a_list_is_read_to_its_end_and_back_without_a_gap_or_a_repeat(client: Client, put_live: PutLive) -> None:
    at = timezone.now().replace(microsecond=123456)
    expected = [str(put_live(first_published_at=at).pk) for _ in range(45)][::-1]
    down = walk(client, "/politique/", "next")
    assert [len(numbers) for numbers in down] == [20, 20, 5]
    assert [number for numbers in down for number in numbers] == expected
    newer = re.search(r'href="(\?apres=[^"]+)" rel="prev"', walk.last)  # type: ignore[attr-defined]
    assert newer
    back = page(client, "/politique/" + newer[1])
    assert re.findall(r'class="card__title"><a href="[^"]*?-(\d+)/"', back) == expected[20:40]


@pytest.mark.parametrize(
    "cursor", ["", "abc", "MTIz", "é", "MS45OTk5OTk5OTk5OTk5OTk5OTk5OTk", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OS4x"]
)
def test_an_invented_cursor_answers_404(client: Client, put_live: PutLive, cursor: str) -> None:
    put_live()
    page(client, f"/politique/?avant={cursor}", 404)


# --- The article --------------------------------------------------------------------------------------------------


def test_an_article_prints_its_references_authors_topics_correction_and_lists(
    client: Client, full_article: Article
) -> None:
    html = page(client, full_article.get_absolute_url())
    assert html.count('class="lire-aussi"') == 6
    assert html.count('<figure class="image') == 4
    assert "La rade. © DR" in html
    assert "Le vote était mardi." in html
    assert html.count('rel="author"') == 3
    assert html.count('href="/sujets/sujet-') == 3
    latest = html[html.index('id="derniers"') : html.index('id="lus"')]
    assert latest.count('class="card__title"') == 6
    assert html[html.index('id="lus"') :].count("<li><a href") >= 6


def test_a_reference_whose_target_is_not_public_shows_nothing(client: Client, put_live: PutLive) -> None:
    article = put_live(
        body='<p>Avant.</p><aside class="lire-aussi" data-article="900001"></aside>'
        '<figure class="image" data-image="900002"><figcaption>Secrète</figcaption></figure><p>Après.</p>'
    )
    html = page(client, article.get_absolute_url())
    for trace in ("lire-aussi", "90000", "Secrète", "<figure"):
        assert trace not in html


def test_a_script_typed_in_a_headline_caption_or_credit_does_not_become_markup(
    client: Client, put_live: PutLive, put_picture: PutPicture
) -> None:
    evil = "</script><script>alert('&')</script>"
    article = put_live(
        headline=evil,
        standfirst=evil,
        kicker=evil[:60],
        lead_image=put_picture(caption=evil, alt=evil, credit_line=evil),
    )
    other = put_live(body=f'<aside class="lire-aussi" data-article="{article.pk}"></aside>')
    for path in (article.get_absolute_url(), other.get_absolute_url(), "/", "/politique/", "/flux/"):
        assert "<script>alert" not in page(client, path)
    assert json_ld(page(client, article.get_absolute_url()))["NewsArticle"]["headline"] == evil


def test_the_structured_data_of_an_article_names_its_authors_date_credit_and_section(
    client: Client, full_article: Article
) -> None:
    things = json_ld(page(client, full_article.get_absolute_url()))
    news = things["NewsArticle"]
    assert [author["name"] for author in news["author"]] == ["Nadia Berrahal", "Hicham Aït Wakrim", "Salma Zemmouri"]
    assert news["image"][0]["creditText"] == "DR"
    assert news["datePublished"] == full_article.first_published_at.isoformat()
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == ["Politique", "Parlement"]


# --- Feeds, sitemaps, small files ---------------------------------------------------------------------------------


def test_a_feed_lists_a_live_article_with_its_address(client: Client, put_live: PutLive, writers: list[Author]) -> None:
    article = put_live(headline="Pêche & quotas", authors=writers)
    for path in ("/flux/", "/flux/politique/"):
        channel = ElementTree.fromstring(page(client, path)).find("channel")  # noqa: S314  (our own words)
        assert channel is not None
        assert [item.findtext("title") for item in channel.iter("item")] == ["Pêche & quotas"]
        assert str(channel.findtext("item/link")).endswith(article.get_absolute_url())


def test_the_sitemap_names_every_live_article(client: Client, put_live: PutLive) -> None:
    articles = [put_live(), put_live(pk=7_001)]
    index = ElementTree.fromstring(page(client, "/sitemap.xml"))  # noqa: S314
    files = [str(loc.text).partition("/sitemap/")[2] for loc in index.iterfind(".//s:loc", SITEMAP)]
    everything = "".join(page(client, f"/sitemap/{name}") for name in files)
    assert len(files) == 3
    for article in articles:
        assert f"{article.get_absolute_url()}</loc>" in everything


def test_the_style_sheet_of_colours_names_live_sections_only(client: Client, put_live: PutLive) -> None:
    put_live()
    assert page(client, "/rubriques.css") == '[data-rubrique="politique"]{--rubrique:#35508f}\n'


def test_an_empty_newspaper_has_a_front_page(client: Client, db: None) -> None:
    page(client, "/")
    assert not Listing.objects.filter(kind=ListingKind.ALL).exists()
