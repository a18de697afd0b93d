"""The lists and searches of the desk answer any query, for each role, without a fault."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.urls import NoReverseMatch, reverse

from articles.models import Topic

from .desk import NINES, at_the_desk

pytestmark = pytest.mark.django_db

LONG = " ".join(f"mot{number}" for number in range(2_500))
QUERIES: list[dict[str, str]] = [
    {"q": LONG}, {"q": "x" * 20_000}, {"q": "\x00"}, {"q": '"sans fin'}, {"q": "'%_\\"}, {"q": "é" * 300},
    {"p": NINES}, {"p": "-1"}, {"p": "x"}, {"o": "1.2.3.-99.x"}, {"o": NINES}, {"e": "1"}, {"all": ""},
    {"pk__in": ",".join(map(str, range(3_000)))}, {"id__exact": "x"}, {"section__id__exact": NINES},
    {"_facets": "True"}, {"_popup": "1", "_to_field": "pk"}, {"etape": "x"}, {"statut__regex": "(a+)+$"},
]  # fmt: skip
LOOKUPS = ["lookup_articles", "lookup_photos", "lookup_references"]


@pytest.fixture(params=["journalist", "sub_editor", "editor", "photo_editor", "chief", "superuser", "outsider"])
def somebody(request: pytest.FixtureRequest) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


def lists() -> list[str]:
    names = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in site._registry]
    return [reverse(name) for name in names]


def test_no_query_of_a_list_or_a_search_is_a_fault(somebody: User) -> None:
    browser = at_the_desk(somebody)
    pages = [*lists(), *(reverse(f"admin:{name}") for name in LOOKUPS), "/redaction/tableau/", "/redaction/calendrier/"]
    for page in pages:
        for query in QUERIES:
            answer = browser.get(page, query)
            assert answer.status_code < 500, f"{page} {str(query)[:60]}"


def test_the_completion_of_djangos_own_fields_has_no_address(somebody: User) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:autocomplete")
    fields = {"app_label": "articles", "model_name": "section", "field_name": "children"}
    assert at_the_desk(somebody).get("/redaction/autocomplete/", fields).status_code in (302, 404)  # 302: to sign in


def test_a_search_of_many_words_searches_for_the_first_ones(chief: User) -> None:
    Topic.objects.create(name="mot0 mot1 mot2 mot3 mot4 mot5 mot6 mot7 mot8 mot9 mot10 mot11", slug="mots")

    page = at_the_desk(chief).get(reverse("admin:articles_topic_changelist"), {"q": LONG[:60]}).content.decode()

    assert "mot10 mot11" in page
