"""A database that is away: a reader, a feed reader and a search engine are told to come back, at every address."""

import pytest
from django.db import Error, InterfaceError, OperationalError
from django.test import Client
from django.urls import URLPattern

from articles.urls import urlpatterns
from tests.outage import database_away

pytestmark = pytest.mark.django_db

WITHOUT_A_DATABASE = {"robots.txt": 200}
EXAMPLES = {
    "<number:number>": "12",
    "<number:chunk>": "1",
    "<slug:slug>": "politique",
    "<slug:section>": "politique",
    "<slug:parent>": "culture",
}


def addresses() -> list[str]:
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        for part, example in EXAMPLES.items():
            route = route.replace(part, example)
        assert "<" not in route, "EXAMPLES lacks a kind of part"
        found.append(route)
    return found


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
@pytest.mark.parametrize("route", sorted(set(addresses())))
def test_an_address_of_readers_answers_503_and_when_to_come_back(route: str, fault: type[Error]) -> None:
    client = Client(raise_request_exception=False)
    with database_away(fault):
        answer = (
            client.post(f"/{route}", HTTP_SEC_FETCH_SITE="same-origin")
            if route.startswith("lu/")
            else client.get(f"/{route}")
        )

    if route in WITHOUT_A_DATABASE:
        assert answer.status_code == WITHOUT_A_DATABASE[route]
        return
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "20", "no-store")
    assert "Le site ne répond pas" in answer.content.decode()


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_an_unknown_address_is_unknown_all_the_same(fault: type[Error]) -> None:
    with database_away(fault):
        answer = Client().get("/un/deux/trois/quatre/")

    assert answer.status_code == 404
    assert "Le Fanal" in answer.content.decode()
