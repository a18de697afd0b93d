"""The judges of a page can fail one: without this, their silence would say nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

WELL = '<!doctype html><html lang="fr"><head><title>Une</title></head><body><main><h1>Une</h1></main></body></html>'


@pytest.mark.django_db(transaction=True)
def test_axe_accepts_a_plain_page_and_finds_a_picture_without_description(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.set_content(WELL)
    assert_accessible(page)

    page.set_content(WELL.replace("<h1>", '<img src="phare.jpg"><h1>'))
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_nu_accepts_a_plain_page_and_finds_a_misplaced_element(assert_valid_html: Callable[[str], None]) -> None:
    assert_valid_html(WELL)

    with pytest.raises(AssertionError, match="not allowed as child"):
        assert_valid_html(WELL.replace("<h1>Une</h1>", "<h1><table></table></h1>"))
