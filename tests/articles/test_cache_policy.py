"""Every answer to a reader says how long it may be kept, also those that no view makes, and none sets a cookie."""

from collections.abc import Callable

import pytest
from django.test import Client

from articles.models import Article, Section, Withdrawal

from .conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(put_live: Callable[..., Article], parliament: Section) -> list[str]:
    article = put_live(section=parliament)
    Withdrawal.objects.create(pk=9001, at=NOON, notice="")
    return [
        "/", "/politique/", "/politique", "/parlement/", "/politique/parlement", article.get_absolute_url(),
        article.get_absolute_url().rstrip("/"), f"/x/y-{article.pk}/", f"/a/{article.pk}/", f"/a/{article.pk}",
        "/politique/retire-9001/", "/politique/inconnu-9002/", "/inconnu/", "/inconnu", "/flux/", "/flux",
        "/flux/politique/", "/flux/inconnu/", "/auteurs/", "/auteurs/inconnu/", "/sujets/inconnu/", "/sujets",
        "/corrections/", "/corrections", "/sitemap.xml", "/robots.txt", "/rubriques.css", "/sante/", "/lu/1/", "//x",
        "/politique/?apres=x", "/%00/",
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "options"])
def test_every_answer_says_how_long_it_may_be_kept(method: str, client: Client, addresses: list[str]) -> None:
    for address in addresses:
        answer = getattr(client, method)(address)
        assert answer.has_header("Cache-Control"), f"{method} {address}: {answer.status_code}"
        assert not answer.cookies, f"{method} {address}"


def test_a_redirect_that_adds_the_last_slash_is_kept_for_seconds(client: Client, addresses: list[str]) -> None:
    answer = client.get("/corrections")

    assert (answer.status_code, answer["Cache-Control"]) == (301, "public, max-age=10")
