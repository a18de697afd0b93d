"""A table with paragraphs and lists in its cells, as readers get it on a phone and on a desk."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from newsroom import body
from newsroom.models import Story
from tests.browser.random_bodies import Writer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESKTOP = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
WIDE = "".join(f"<td>Valeur numéro {number}</td>" for number in range(9))
TABLES = body.clean(
    "<p>Trois ports se partagent la pêche.</p>"
    "<table><caption>Les ports, en 2026</caption><thead><tr><th scope=col>Port</th><th scope=col>Pêche</th>"
    "<th scope=col>Tonnes</th></tr></thead><tbody>"
    "<tr><td>Le Fanal</td><td><ul><li>thon</li><li>sardine<ol><li>en été</li></ol></li></ul></td><td>1 200</td></tr>"
    '<tr><td><p>Un autre port</p><p>fermé <a href="/politique/">depuis mars</a></p></td><td></td><td>0</td></tr>'
    "<tr><td></td><td></td><td></td></tr><tr><td rowspan=9>Deux lignes</td><td colspan=2>ensemble</td></tr>"
    "<tr><td><p>Rien</p><ul><li>ni ici</li></ul><p>ni là</p></td><td>5</td></tr></tbody></table>"
    "<ul><li><p>Un point</p><p>en deux paragraphes</p></li><li>un autre<ul><li>dedans</li></ul></li></ul>"
    f"<table><tbody><tr>{WIDE}</tr></tbody></table>"
    "<blockquote><p>Une citation</p><ul><li>et sa liste</li></ul><footer>Elle</footer></blockquote><p>La fin.</p>"
)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_wide_table_scrolls_in_its_frame_and_the_page_is_valid_and_accessible(
    size: dict[str, int],
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    journalist: User,
    make_story: Callable[..., Story],
    assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
) -> None:
    story = make_story(by=journalist, body=TABLES)
    page = new_page(viewport=size)
    sign_in(page, journalist)
    page.goto(f"/redaction/newsroom/story/{story.pk}/preview/")

    frames = page.locator(".prose .table")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert frames.last.evaluate("frame => frame.scrollWidth > frame.clientWidth && frame.tabIndex === 0")
    assert page.locator(".prose td li").first.evaluate("item => getComputedStyle(item).listStyleType") != "none"
    assert_accessible(page)
    assert_valid_html(page.request.get(page.url).text())


def test_tables_of_any_shape_are_valid_html_once_they_are_cleaned(assert_valid_html: Callable[[str], None]) -> None:
    tables = body.clean("\n".join(Writer(seed).table() for seed in range(300)))

    assert_valid_html(
        f'<!DOCTYPE html><html lang="fr"><head><title>Tableaux</title></head><body>{tables}</body></html>'
    )
