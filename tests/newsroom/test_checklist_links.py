"""The links of a text: which of them the checklist lets pass, warns of and blocks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from newsroom import deeds, publishing
from newsroom.models import Story
from newsroom.stories.content import ContentDict
from newsroom.workflow import Checklist

from .bodies import read_also
from .checklist_texts import LONG, found

pytestmark = pytest.mark.django_db


def linked(address: str) -> str:
    return f'{LONG}<p>Voir <a href="{address}">ici</a>.</p>'


@pytest.mark.parametrize(
    "address",
    [
        "https://", "http://exemple", "https:exemple.fr", "javascript:alert(1)", "ftp://exemple.fr/", "exemple.fr",
        "//exemple.fr/", "mailto:quelquun", "https://exemple.fr/a b", "http://[::1", "/redaction/newsroom/story/1/",
        "https://fanal.example/redaction/", "",
    ],
)  # fmt: skip
def test_an_invalid_link_or_one_to_the_desk_blocks_the_review_already(
    whole: ContentDict, settings: Any, address: str
) -> None:
    settings.SITE_URL = "https://fanal.example"

    assert [(each.field, each.severity) for each in found({**whole, "body": linked(address)}, Checklist.REVIEW)] == [
        ("body", "blocks")
    ]


@pytest.mark.parametrize(
    "address",
    ["https://exemple.fr/page?a=1#b", "http://exemple.fr", "mailto:une@exemple.fr", "/politique/", "/sujets/jo-2030/"],
)
def test_a_valid_link_passes(whole: ContentDict, address: str) -> None:
    assert found({**whole, "body": linked(address)}) == []


def test_a_link_to_a_draft_blocks_until_the_draft_is_public(
    whole: ContentDict, journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    target = make_story(by=journalist)
    content = {**whole, "body": linked(f"/politique/le-budget-{target.pk}/")}

    assert [each.severity for each in found(content)] == ["blocks"]
    assert [each.severity for each in found(content, Checklist.REVIEW)] == ["warns"]
    publish_story(target)
    assert found(content) == []


@pytest.mark.parametrize("page", ["/une-page/qui/manque/", "/politique/budget-12/suite/", "/politique/budget.html"])
def test_a_link_to_a_page_that_our_site_does_not_have_blocks_publication(whole: ContentDict, page: str) -> None:
    for address in (page, f"{settings.SITE_URL}{page}"):
        (problem,) = found({**whole, "body": linked(address)})
        assert (problem.field, problem.severity) == ("body", "blocks")
        assert page[:20] in str(problem.message)
        (problem,) = found({**whole, "body": linked(address)}, Checklist.REVIEW)
        assert problem.severity == "warns"


@pytest.mark.parametrize("page", ["/", "/politique/", "/politique", "/media/abc.jpg", "/static/mentions.pdf", "/flux/"])
def test_a_link_to_a_page_or_a_file_of_our_site_passes(whole: ContentDict, page: str) -> None:
    assert found({**whole, "body": linked(page)}) == []
    assert found({**whole, "body": linked(f"{settings.SITE_URL}{page}")}) == []


def test_a_read_also_of_an_unpublished_story_warns_and_of_a_deleted_one_blocks(
    whole: ContentDict, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    target = make_story(by=journalist)
    content = {**whole, "body": f"{LONG}\n{read_also(target.pk)}"}

    assert [each.severity for each in found(content)] == ["warns"]
    deeds.spike(target, revision=target.version, by=editor)
    assert [each.severity for each in found(content)] == ["blocks"]
    assert [each.severity for each in found({**whole, "body": f"{LONG}\n{read_also(999)}"})] == ["blocks"]


def test_a_read_also_of_a_withdrawn_article_blocks(
    whole: ContentDict,
    journalist: User,
    editor: User,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:
    target = publish_story(make_story(by=journalist))
    content = {**whole, "body": f"{LONG}\n{read_also(target.pk)}"}
    assert found(content) == []

    publishing.withdraw(target, revision=target.version, by=editor, note="Erreur sur la personne.")

    assert [each.severity for each in found(content)] == ["blocks"]
