"""Sections, authors, topics, credits and pages on the desk: who may edit them, and what is refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Author, CreditKind, Image, ImageCredit, Page, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo

from .desk import messages_of


def address(name: str, verb: str, *args: Any) -> str:
    return reverse(f"admin:articles_{name}_{verb}", args=args)


def section_words(**fields: Any) -> dict[str, Any]:
    return {"name": "Sports", "slug": "sports", "parent": "", "accent": "#336699", "order": "1", **fields}


def errors(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def delete(client: Client, name: str, row: Any) -> Any:
    return client.post(address(name, "delete", row.pk), {"post": "yes"}, follow=True)


ROWS = {
    "section": section_words(),
    "author": {"name": "Hamid Alaoui"},
    "topic": {"name": "Pêche"},
    "page": {"title": "Contact", "order": "0"},
}


@pytest.mark.parametrize("name", ROWS)
def test_an_editor_may_add_reference_data_and_a_journalist_may_not(
    name: str, client: Client, editor: User, journalist: User
) -> None:
    client.force_login(journalist)
    assert client.post(address(name, "add"), ROWS[name]).status_code == 403
    client.force_login(editor)
    assert client.post(address(name, "add"), ROWS[name]).status_code == 302


def test_a_photo_editor_may_edit_credits_and_a_journalist_may_not(
    client: Client, photo_editor: User, journalist: User
) -> None:
    words = {"name": "Agence du Nord", "kind": CreditKind.AGENCY}
    client.force_login(journalist)
    assert client.post(address("imagecredit", "add"), words).status_code == 403
    client.force_login(photo_editor)
    assert client.post(address("imagecredit", "add"), words).status_code == 302


def test_an_address_is_made_from_the_name(client: Client, editor: User) -> None:
    client.force_login(editor)
    client.post(address("topic", "add"), {"name": "L’école à Salé"})
    assert Topic.objects.get().slug == "l-ecole-a-sale"


@pytest.mark.parametrize("slug", ["recherche", "redaction", "politique-12", "deux mots"])
def test_a_reserved_or_article_like_slug_is_refused_and_the_form_comes_back(
    slug: str, client: Client, editor: User
) -> None:
    client.force_login(editor)
    answer = client.post(address("section", "add"), section_words(slug=slug, name="Une rubrique écrite à la main"))
    assert errors(answer)["slug"]
    assert "Une rubrique écrite à la main" in answer.content.decode()
    assert not Section.objects.exists()


def test_a_name_whose_slug_is_a_reserved_word_is_refused(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert errors(client.post(address("page", "add"), {"title": "Archives", "order": "0"}))["slug"]


def test_a_slug_of_another_section_is_refused(client: Client, editor: User, section: Section) -> None:
    client.force_login(editor)
    assert errors(client.post(address("section", "add"), section_words(slug=section.slug)))["slug"]


def test_a_page_with_the_slug_of_a_section_is_refused(client: Client, editor: User, section: Section) -> None:
    client.force_login(editor)
    words = {"title": "Notre politique", "slug": section.slug, "order": "0"}
    assert errors(client.post(address("page", "add"), words))["slug"]


def test_moving_a_section_under_itself_or_to_a_third_level_is_refused(
    client: Client, editor: User, section: Section
) -> None:
    client.force_login(editor)
    child = Section.objects.create(name="Parlement", slug="parlement", parent=section)
    own = section_words(name=section.name, slug=section.slug, parent=section.pk)
    assert errors(client.post(address("section", "change", section.pk), own))["parent"]
    assert errors(client.post(address("section", "add"), section_words(parent=child.pk)))["parent"]


def test_moving_a_section_with_a_live_article_is_refused(
    client: Client, editor: User, journalist: User, make_story: Any, publish_story: Any
) -> None:
    monde = Section.objects.create(name="Monde", slug="monde")
    child = Section.objects.create(name="Afrique", slug="afrique")
    words = section_words(name=child.name, slug=child.slug, parent=monde.pk)
    client.force_login(editor)
    publish_story(make_story(by=journalist, section=child))
    assert errors(client.post(address("section", "change", child.pk), words))["parent"]
    empty = Section.objects.create(name="Asie", slug="asie")
    words |= {"name": empty.name, "slug": empty.slug}
    assert client.post(address("section", "change", empty.pk), words).status_code == 302


def test_deleting_a_section_in_use_is_refused_and_names_only_drafts_one_may_read(
    client: Client, editor: User, journalist: User, section: Section, make_story: Any
) -> None:
    make_story(by=journalist, headline="Le budget caché")
    client.force_login(editor)
    assert "Le budget caché" in " ".join(messages_of(delete(client, "section", section)))
    set_standing(editor, roles=[Role.EDITOR], sections=[Section.objects.create(name="Sports", slug="sports")])
    answer = delete(client, "section", section)
    assert messages_of(answer)
    assert "Le budget caché" not in answer.content.decode()
    assert Section.objects.filter(pk=section.pk).exists()


def test_deleting_a_section_that_an_account_is_tied_to_is_refused(
    client: Client, editor: User, journalist: User
) -> None:
    alone = Section.objects.create(name="Sports", slug="sports")
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[alone])
    client.force_login(editor)
    delete(client, "section", alone)
    assert Section.objects.filter(pk=alone.pk).exists()


def test_deleting_an_author_a_topic_or_a_credit_in_use_is_refused(
    client: Client, editor: User, journalist: User, author: Author, topic: Topic, make_story: Any, make_photo: Any
) -> None:
    make_story(by=journalist, topics=[topic.pk], lead_photo=make_photo())
    client.force_login(editor)
    for name, row in (("author", author), ("topic", topic), ("imagecredit", ImageCredit.objects.get())):
        assert messages_of(delete(client, name, row))
        assert type(row).objects.filter(pk=row.pk).exists()


def test_unused_reference_data_is_deleted(client: Client, editor: User, topic: Topic) -> None:
    """The control of the refusals above."""
    client.force_login(editor)
    assert client.get(address("topic", "delete", topic.pk)).status_code == 200
    delete(client, "topic", topic)
    assert not Topic.objects.exists()


def test_a_corrected_credit_is_right_on_every_picture_at_once(
    client: Client, photo_editor: User, journalist: User, credit: ImageCredit, make_photo: Any, make_story: Any,
    publish_story: Any,
) -> None:  # fmt: skip
    photo = make_photo(photographer="")
    publish_story(make_story(by=journalist, lead_photo=photo))
    client.force_login(photo_editor)
    client.post(address("imagecredit", "change", credit.pk), {"name": "Agence du Sud", "kind": CreditKind.AGENCY})
    assert Image.objects.get(pk=photo.pk).credit_line == "© Agence du Sud"
    assert "agence du sud" in Photo.objects.get(pk=photo.pk).folded


def test_the_html_of_a_page_is_cleaned_when_it_is_saved(client: Client, editor: User) -> None:
    client.force_login(editor)
    body = '<p>Écrivez-nous.</p><script>alert(1)</script><p onclick="x()">Ici.</p>'
    client.post(address("page", "add"), {"title": "Nous écrire", "body": body, "order": "0"})
    saved = Page.objects.get().body
    assert "Écrivez-nous." in saved
    assert "script" not in saved
    assert "onclick" not in saved
