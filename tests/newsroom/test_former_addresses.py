"""An address that a section, page, author or topic had leads to the present one once, and belongs to nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Author, FormerAddress, Page, Section, Topic
from newsroom.models import Story

from .desk import at_the_desk

pytestmark = pytest.mark.django_db
Named = dict[str, models.Model]


@pytest.fixture
def named(
    make_story: Callable[..., Story], publish_story: Callable[[Story], Story], journalist: User, section: Section,
    author: Author, topic: Topic,
) -> Named:  # fmt: skip
    """A row of each kind that has an address, each with a live article where it needs one."""
    story = make_story(by=journalist, topics=[topic], body="<p>Voir <a href='/culture/'>la rubrique</a>.</p>")
    publish_story(story)
    page = Page.objects.create(title="Mentions", slug="mentions", body="<p>Directeur : le nôtre.</p>")
    return {"section": section, "author": author, "topic": topic, "page": page}


FIELDS = {
    "section": ("name", "slug", "parent", "description", "accent", "order", "in_navigation", "prints_label"),
    "author": ("name", "slug", "role", "biography", "public_email", "website"),
    "topic": ("name", "slug", "description"),
    "page": ("title", "slug", "body", "order"),
}


def change(row: models.Model, by: User, **changes: Any) -> Any:
    """Save the form of a row with other fields, as a browser posts it."""
    row.refresh_from_db()
    name = str(row._meta.model_name)
    page = at_the_desk(by)
    address = reverse(f"admin:articles_{name}_change", args=[row.pk])
    form = page.get(address).context["adminform"].form
    shown = {field.html_name: field.value() for field in form}
    answer = page.post(
        address, {key: value for key, value in {**shown, **changes}.items() if value is not None and value is not False}
    )
    row.refresh_from_db()
    return answer


def public_address(row: Any) -> str:
    return str(row.get_absolute_url())


@pytest.mark.parametrize("kind", FIELDS)
def test_a_former_address_redirects_for_good_and_once_however_often_the_row_was_renamed(
    kind: str, named: Named, editor: User, client: Client
) -> None:
    row = named[kind]
    first = public_address(row)
    change(row, editor, slug="deuxieme-nom")
    second = public_address(row)
    change(row, editor, slug="troisieme-nom")

    for former in (first, second):
        answer = client.get(former)
        assert (answer.status_code, answer["Location"]) == (301, public_address(row))
        assert "max-age" in answer["Cache-Control"]
    assert client.get(public_address(row)).status_code == 200


def test_a_place_in_a_list_is_kept_on_the_way(named: Named, editor: User, client: Client) -> None:
    before = public_address(named["topic"])
    change(named["topic"], editor, slug="deuxieme-nom")

    assert client.get(f"{before}?avant=2026")["Location"] == f"{public_address(named['topic'])}?avant=2026"


def test_the_feed_of_a_renamed_section_redirects(named: Named, editor: User, client: Client) -> None:
    before = named["section"].slug  # type: ignore[attr-defined]
    change(named["section"], editor, slug="deuxieme-nom")

    assert client.get(f"/flux/{before}/")["Location"] == "/flux/deuxieme-nom/"
    assert client.get("/flux/deuxieme-nom/").status_code == 200


def test_an_article_and_a_subsection_under_the_former_address_of_a_section_redirect_once(
    named: Named, editor: User, client: Client, journalist: User, make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    within = Section.objects.create(name="Parlement", slug="parlement", parent=named["section"])  # type: ignore[misc]
    story = publish_story(make_story(by=journalist, section=within))
    article, subsection = Article.objects.get(pk=story.pk).get_absolute_url(), within.get_absolute_url()
    change(named["section"], editor, slug="deuxieme-nom")
    within.refresh_from_db()

    assert client.get(article)["Location"] == Article.objects.get(pk=story.pk).get_absolute_url()
    assert client.get(subsection)["Location"] == Section.objects.get(pk=within.pk).get_absolute_url()
    change(within, editor, slug="assemblee")
    assert client.get(subsection)["Location"] == "/deuxieme-nom/assemblee/"


def test_a_former_address_of_a_section_without_a_live_article_tells_nothing(editor: User, client: Client) -> None:
    empty = Section.objects.create(name="Projets", slug="projets", accent="#336699")
    change(empty, editor, slug="projets-secrets")

    assert client.get("/projets/").status_code == 404
    assert client.get("/flux/projets/").status_code == 404


@pytest.mark.parametrize("kind", FIELDS)
def test_a_former_address_is_refused_to_others_and_the_sentence_says_whose_it_is(
    kind: str, named: Named, editor: User
) -> None:
    row = named[kind]
    former = row.slug  # type: ignore[attr-defined]
    change(row, editor, slug="deuxieme-nom")
    others = ["section", "page"] if kind in ("section", "page") else [kind]

    for other in others:
        words = {"title": "Autre", "name": "Autre", "slug": former, "order": "1", "accent": "#336699"}
        answer = at_the_desk(editor).post(reverse(f"admin:articles_{other}_add"), words)
        assert answer.status_code == 200
        assert str(row) in str(answer.context["adminform"].form.errors["slug"])


def test_a_row_takes_its_own_former_address_again(named: Named, editor: User, client: Client) -> None:
    row = named["section"]
    first = row.slug  # type: ignore[attr-defined]
    change(row, editor, slug="deuxieme-nom")
    change(row, editor, slug=first)

    assert client.get(f"/{first}/").status_code == 200
    assert client.get("/deuxieme-nom/")["Location"] == f"/{first}/"
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["deuxieme-nom"]


def test_the_form_shows_the_former_addresses_and_only_a_chief_gives_one_up(
    named: Named, editor: User, chief: User, client: Client
) -> None:
    row = named["section"]
    first = row.slug  # type: ignore[attr-defined]
    change(row, editor, slug="deuxieme-nom")
    form = reverse("admin:articles_section_change", args=[row.pk])

    assert "Anciennes adresses" in at_the_desk(editor).get(form).content.decode()
    change(row, editor, former=[first])
    assert client.get(f"/{first}/").status_code == 301

    change(row, chief, former=[first])

    assert client.get(f"/{first}/").status_code == 404
    assert not FormerAddress.objects.exists()


def test_a_deleted_row_keeps_no_address_from_others(editor: User, client: Client) -> None:
    topic = Topic.objects.create(name="Pêche", slug="peche")
    change(topic, editor, slug="la-peche")
    at_the_desk(editor).post(reverse("admin:articles_topic_delete", args=[topic.pk]), {"post": "yes"})

    assert not Topic.objects.exists()
    assert not FormerAddress.objects.exists()


def test_an_unknown_address_costs_two_small_queries_more_and_a_redirect_few(
    named: Named, editor: User, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    before = public_address(named["section"])
    change(named["section"], editor, slug="deuxieme-nom")

    with django_assert_max_num_queries(5):
        client.get(before)
