"""The control of the checkers axe and Nu: each fails a page with a fault."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

PLAIN = '<!doctype html><html lang="fr"><head><title>Une</title></head><body><main><h1>Une</h1></main></body></html>'


@pytest.mark.django_db(transaction=True)
def test_axe_accepts_a_plain_page_and_reports_a_picture_without_description(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.set_content(PLAIN)
    assert_accessible(page)

    page.set_content(PLAIN.replace("<h1>", '<img src="phare.jpg"><h1>'))
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_nu_accepts_a_plain_page_and_reports_a_misplaced_element(assert_valid_html: Callable[[str], None]) -> None:
    assert_valid_html(PLAIN)

    with pytest.raises(AssertionError, match="not allowed as child"):
        assert_valid_html(PLAIN.replace("<h1>Une</h1>", "<h1><table></table></h1>"))
