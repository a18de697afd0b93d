"""What a page of another site posts to the desk is never shown there as what somebody typed."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ADDRESSES = ["/redaction/login/", "/redaction/newsroom/story/add/", "/redaction/flash/"]
ELSEWHERE = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
]
HERE = [{}, {"Origin": "http://testserver"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}]


def sent(address: str, headers: dict[str, str]) -> str:
    """The page that answers a form without its token, when nobody is signed in."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(address, {"headline": "Appelez le 06 66", "note": "Vite"}, headers=headers)
    assert answer.status_code == 403
    return answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("headers", ELSEWHERE)
def test_the_words_of_another_site_are_not_shown(address: str, headers: dict[str, str]) -> None:
    page = sent(address, headers)

    assert "Appelez" not in page
    assert "Rien n’a été reçu" in page


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("headers", HERE)
def test_what_was_typed_here_is_given_back(address: str, headers: dict[str, str]) -> None:
    page = sent(address, headers)

    assert "Appelez le 06 66" in page
    assert "Ce que vous aviez écrit est ci-dessous" in page
