"""The editor's lookups: their results, the drafts they do not reveal, and their queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Section
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo, Story

ARTICLES, PHOTOS = "/redaction/recherche/articles/", "/redaction/recherche/photos/"
REFERENCES = "/redaction/references/"
DOORS = [ARTICLES, PHOTOS, REFERENCES]
MakeStory = Callable[..., Story]
Publish = Callable[[Story], Story]


def ask(client: Client, address: str, **words: Any) -> dict[str, Any]:
    answer = client.get(address, words)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def titles(found: dict[str, Any]) -> list[str]:
    return [result["title"] for result in found["results"]]


@pytest.fixture
def elsewhere(section: Section) -> User:
    """A journalist tied to another section, who may read no draft of this one."""
    other = Section.objects.create(name="Culture", slug="culture", accent="#8f3550")
    user = User.objects.create_user("culture", "culture@fanal.example", "x")
    set_standing(user, roles=[Role.JOURNALIST], sections=[other.pk], author_id=None)
    return user


def test_an_article_is_found_by_words_without_accents(
    client: Client, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist, headline="L’économie des phares", kicker="Côte"))
    publish_story(make_story(by=journalist, headline="Le budget de la commune"))
    client.force_login(journalist)
    for words in ("economie", "PHARES économie", "cote phare"):
        found = ask(client, ARTICLES, q=words)
        assert found["results"] == [{"id": live.pk, "title": "L’économie des phares", "live": True}]


def test_an_empty_search_lists_the_twelve_latest_articles(
    client: Client, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    for number in range(14):
        publish_story(make_story(by=journalist, headline=f"Article {number}"))
    client.force_login(journalist)
    found = titles(ask(client, ARTICLES))
    assert len(found) == 12
    assert found[0] == "Article 13"


def test_only_ones_own_unpublished_stories_are_found_and_marked_as_such(
    client: Client, journalist: User, sub_editor: User, make_story: MakeStory
) -> None:
    own = make_story(by=journalist, headline="Mon enquête")
    make_story(by=sub_editor, headline="Leur enquête")
    client.force_login(journalist)
    assert ask(client, ARTICLES, q="enquete")["results"] == [{"id": own.pk, "title": "Mon enquête", "live": False}]


def test_a_story_is_not_found_from_its_own_page(client: Client, journalist: User, make_story: MakeStory) -> None:
    own = make_story(by=journalist, headline="Mon enquête")
    client.force_login(journalist)
    assert titles(ask(client, ARTICLES, q="enquete", sauf=own.pk)) == []


def test_a_search_does_not_reveal_a_headline_being_rewritten(
    client: Client, journalist: User, elsewhere: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist, headline="Le port"))
    Story.objects.filter(pk=live.pk).update(headline="La démission", folded="la demission")
    client.force_login(elsewhere)
    assert titles(ask(client, ARTICLES, q="demission")) == []
    assert titles(ask(client, ARTICLES, q="port")) == ["Le port"]


def test_a_reference_to_a_draft_of_another_section_is_described_like_one_to_a_missing_story(
    client: Client, journalist: User, elsewhere: User, make_story: MakeStory
) -> None:
    draft = make_story(by=journalist, headline="Confidentiel")
    client.force_login(elsewhere)
    assert ask(client, REFERENCES, articles=f"{draft.pk},999999") == {"articles": {}, "images": {}}
    client.force_login(journalist)
    found = ask(client, REFERENCES, articles=f"{draft.pk},999999")
    assert found["articles"] == {str(draft.pk): {"title": "Confidentiel", "live": False}}


def test_the_references_of_a_body_are_described_by_one_request(
    client: Client,
    journalist: User,
    make_story: MakeStory,
    publish_story: Publish,
    make_photo: Callable[..., Photo],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    numbers = [publish_story(make_story(by=journalist, headline=f"Article {n}")).pk for n in range(5)]
    photos = [make_photo(caption=f"Photo {n}").pk for n in range(5)]
    client.force_login(journalist)
    with django_assert_max_num_queries(7):  # the session, the login, its roles and sections; then one a kind
        found = ask(client, REFERENCES, articles=",".join(map(str, numbers)), images=",".join(map(str, photos)))
    assert [found["articles"][str(number)]["live"] for number in numbers] == [True] * 5
    first = found["images"][str(photos[0])]
    assert first["title"] == "Photo 0"
    assert first["credit"] == "© Agence du Large/Salma Idrissi"
    assert first["ready"] is False
    assert client.get(first["thumb"]).status_code == 200


def test_a_photo_is_found_by_its_caption_and_its_credit(
    client: Client, journalist: User, make_photo: Callable[..., Photo]
) -> None:
    make_photo(caption="La cédraie sous la neige")
    make_photo(caption="Le phare")
    client.force_login(journalist)
    assert titles(ask(client, PHOTOS, q="cedraie")) == ["La cédraie sous la neige"]
    assert len(titles(ask(client, PHOTOS, q="agence du large"))) == 2


@pytest.mark.parametrize("numbers", ["", ",", "x", "1;2", "-1", "9" * 40, "١", "1," * 5000])
def test_invalid_numbers_are_ignored(client: Client, journalist: User, numbers: str) -> None:
    client.force_login(journalist)
    assert ask(client, REFERENCES, articles=numbers, images=numbers) == {"articles": {}, "images": {}}


@pytest.mark.parametrize("door", DOORS)
def test_a_login_without_a_role_gets_no_answer_from_a_lookup(
    client: Client, outsider: User, superuser: User, door: str
) -> None:
    for user in (None, outsider, superuser):
        if user:
            client.force_login(user)
        assert client.get(door, {"articles": "1", "q": "a"}).status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_the_answer_of_a_lookup_is_not_cached(client: Client, journalist: User, door: str) -> None:
    client.force_login(journalist)
    assert "no-store" in client.get(door).headers["Cache-Control"]
    assert client.post(door).status_code == 405


def test_a_withdrawn_article_is_no_longer_found(
    client: Client, elsewhere: User, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist, headline="Le port"))
    Article.objects.filter(pk=live.pk).delete()
    Story.objects.filter(pk=live.pk).update(live_revision=None)
    client.force_login(elsewhere)
    assert titles(ask(client, ARTICLES, q="port")) == []
    assert ask(client, REFERENCES, articles=live.pk)["articles"] == {}
