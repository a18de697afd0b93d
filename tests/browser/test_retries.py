"""A second press of a button, in a real browser: after the text changed, or for a flash in other words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from articles.models import Article, Author, Section
from newsroom import deeds
from newsroom.models import Photo, SectionDesk, Story
from newsroom.stories import content, saving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [1280, 375])


@pytest.fixture
def press(assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None]) -> Callable[[Page], str]:
    """Presses the button of the form, and fails when axe or Nu finds a fault on the page that answers."""

    def click(page: Page) -> str:
        with page.expect_navigation() as answer:
            page.locator(".deed-foot button").click()
        document = answer.value.text()
        assert_valid_html(document)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        return document

    return click


@WIDTHS
def test_an_article_whose_text_changed_meanwhile_is_withdrawn_by_a_second_press_that_names_its_version(
    width: int, new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], press: Callable[[Page], str],
    editor: User, journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story],
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist))
    page = new_page(viewport={"width": width, "height": 900})
    sign_in(page, editor)
    page.goto(f"/redaction/newsroom/story/{story.pk}/withdraw/")
    page.locator("[name=note]").fill("Erreur de personne.")
    deeds.revise(story, revision=1, by=journalist)
    saving.put_text(story, {**content.content_of(story), "headline": "Un autre titre"}, by=journalist)

    press(page)

    expect(page.locator(".deed-foot button")).to_contain_text("version 2")
    expect(page.locator(".errornote a")).to_have_attribute("href", re.compile(r"\?avant=1&apres=2$"))
    expect(page.locator("[name=note]")).to_have_value("Erreur de personne.")
    page.locator(".deed-foot button").click()
    expect(page.locator(".cke_wysiwyg_frame")).to_be_visible()  # the story is a draft again
    assert not Article.objects.exists()


@WIDTHS
def test_a_second_flash_in_other_words_is_published_by_a_second_press(
    width: int, new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], press: Callable[[Page], str],
    chief: User, section: Section, author: Author, make_photo: Callable[..., Photo],
) -> None:  # fmt: skip
    SectionDesk.objects.create(section=section, photo=make_photo())
    fields: dict[str, Any] = {"headline": "La digue a cédé", "paragraph": "À 4 heures.", "note": "L’eau monte."}
    page = new_page(viewport={"width": width, "height": 900})
    sign_in(page, chief)
    page.goto("/redaction/flash/")
    first = Client()
    first.force_login(chief)
    key = page.locator("form.flash [name=page]").input_value()
    first.post("/redaction/flash/", {**fields, "page": key, "section": section.pk, "author": author.pk})
    for name, text in {**fields, "headline": "La digue du port a cédé"}.items():
        page.locator(f"form.flash [name={name}]").fill(text)
    page.locator("[name=section]").select_option(str(section.pk))
    page.locator("[name=author]").select_option(str(author.pk))

    press(page)

    expect(page.locator(".errornote a")).to_have_attribute("href", re.compile(r"/\d+/change/$"))
    expect(page.locator("[name=headline]")).to_have_value("La digue du port a cédé")
    assert Article.objects.count() == 1
    page.locator(".deed-foot button").click()
    page.wait_for_url("**/change/")
    assert Article.objects.count() == 2
