"""What an article's page adds to the text: corrections, follow-ups, rights of reply, and the articles beside it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from articles.models import Article, Correction, TopRead
from tests.page_text import on_one_line

from .conftest import NOON

pytestmark = pytest.mark.django_db
PutLive = Callable[..., Article]


@pytest.fixture
def correct() -> Callable[..., Correction]:
    def write(article: Article, **changes: Any) -> Correction:
        article.has_corrections = True
        article.save()
        fields = {"kind": "correction", "text": "Le record date de 2016, et non de 2018.", "at": NOON, **changes}
        return Correction.objects.create(article=article, **fields)

    return write


def page_of(client: Client, article: Article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_correction_stands_on_its_article_with_its_date(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    article = put_live()
    correct(article)

    page = page_of(client, article)

    assert "Le record date de 2016, et non de 2018." in page
    assert "24\u00a0novembre\u00a02026 à\u00a013\u00a0heures" in page.split("article__foot")[1]


def test_the_structured_data_of_an_article_holds_its_correction(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    article = put_live()
    correct(article)

    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page_of(client, article), re.DOTALL)

    assert script is not None
    thing = json.loads(script[1])["@graph"][0]
    assert thing["correction"][0]["text"] == "Le record date de 2016, et non de 2018."
    assert thing["correction"][0]["datePublished"] == NOON.isoformat()


def test_all_corrections_stand_on_their_page_newest_first(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    first, second = put_live(headline="Marathon"), put_live(headline="Théâtre")
    correct(first, text="Ancienne note.")
    correct(second, text="Note récente.", kind="clarification", at=NOON + timedelta(days=2))

    page = client.get("/corrections/").content.decode()

    assert page.index("Note récente.") < page.index("Ancienne note.")
    assert "Marathon" in page
    assert "Précision" in page


def test_the_page_of_corrections_says_when_there_is_none(client: Client) -> None:
    response = client.get("/corrections/")

    assert response.status_code == 200
    assert "Aucune correction" in response.content.decode()


def test_reading_the_corrections_to_the_last_page_shows_each_of_them_once(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    for place in range(45):
        correct(put_live(), text=f"Note {place:03}.", at=NOON - timedelta(hours=place // 3))

    seen: list[str] = []
    address: str | None = "/corrections/"
    while address:
        page = on_one_line(client.get(address))
        seen += re.findall(r"Note \d{3}\.", page)
        older = re.search(r'href="(\?avant=[^"]+)" rel="next"', page)
        address = f"/corrections/{older[1]}" if older else None

    assert sorted(seen) == [f"Note {place:03}." for place in range(45)]


@pytest.mark.parametrize("cursor", ["rien", "", "MTIzLjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ"])
def test_an_invented_cursor_in_the_corrections_answers_404(client: Client, cursor: str) -> None:
    assert client.get("/corrections/", {"avant": cursor}).status_code == 404


def test_the_page_of_thirty_corrections_takes_five_queries_at_most(
    client: Client, put_live: PutLive, correct: Callable[..., Correction], django_assert_max_num_queries: Any
) -> None:
    for _place in range(30):
        correct(put_live())

    with django_assert_max_num_queries(5):
        client.get("/corrections/")


def test_an_article_links_to_its_follow_up_and_the_follow_up_links_back(client: Client, put_live: PutLive) -> None:
    old = put_live(headline="Le procès s’ouvre")
    new = put_live(headline="Le verdict", follows=old)

    assert "Le verdict" in re.findall(r'class="thread">(.*?)</div>', page_of(client, old), re.DOTALL)[0]
    assert "Le procès s’ouvre" in re.findall(r'class="thread">(.*?)</div>', page_of(client, new), re.DOTALL)[0]


def test_an_article_that_follows_a_withdrawn_one_does_not_mention_it(client: Client, put_live: PutLive) -> None:
    article = put_live(follows_id=999_999)

    assert 'class="thread"' not in page_of(client, article)


def test_a_right_of_reply_and_the_article_it_answers_link_to_each_other(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    accused = put_live(headline="La médiatrice mise en cause")
    reply = put_live(headline="La médiatrice répond", replies_to=accused)
    correct(accused, kind="reply", text="", reply=reply)

    answered, answering = page_of(client, accused), page_of(client, reply)

    assert f'href="{reply.get_absolute_url()}"' in answered.split("article__foot")[1]
    assert f'href="{accused.get_absolute_url()}"' in answering.split('class="thread"')[1].split("</div>")[0]
    assert "La médiatrice répond" in client.get("/corrections/").content.decode()


def test_a_right_of_reply_whose_text_is_withdrawn_is_named_nowhere(
    client: Client, put_live: PutLive, correct: Callable[..., Correction]
) -> None:
    accused = put_live(headline="La médiatrice mise en cause")
    correct(accused, kind="reply", text="", reply_id=999_999)

    assert "Droit de réponse" not in page_of(client, accused).split("article__foot")[1].split("</article>")[0]
    assert "La médiatrice" not in client.get("/corrections/").content.decode()


def test_a_sensitive_case_has_no_automatic_neighbour(client: Client, put_live: PutLive) -> None:
    other = put_live(headline="Un voisin")
    TopRead.objects.create(rank=1, article_id=other.pk, views=9)
    plain, sensitive = put_live(headline="Le budget"), put_live(headline="L’affaire", is_sensitive=True)

    assert "Un voisin" in page_of(client, plain)
    assert "Un voisin" not in page_of(client, sensitive)


def test_a_sensitive_case_is_nobodys_automatic_neighbour(client: Client, put_live: PutLive) -> None:
    sensitive = put_live(headline="L’affaire", is_sensitive=True)
    TopRead.objects.create(rank=1, article_id=sensitive.pk, views=9)

    assert "L’affaire" not in page_of(client, put_live(headline="Le budget"))


def test_an_article_with_corrections_a_reply_and_a_follow_up_takes_five_queries(
    client: Client, put_live: PutLive, correct: Callable[..., Correction], django_assert_max_num_queries: Any
) -> None:
    before = put_live()
    article = put_live(follows=before, replies_to=before)
    correct(article)
    correct(article, kind="reply", text="", reply=put_live(replies_to=article))
    put_live(follows=article)

    with django_assert_max_num_queries(5):
        page_of(client, article)
