"""The pages of unsaved text in Chromium, judged by axe and Nu."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from newsroom.models import Story
from tests.browser.unsaved import (
    open_page,
    type_at_the_end,
    wait_until_saved,
)
from tests.newsroom.desk import at_the_desk
from tests.newsroom.story_post import address, typed
from tests.outage import database_away

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("short_intervals"),
]


@pytest.mark.parametrize("width", [1280, 375])
def test_the_bar_the_offer_and_the_kept_text_are_accessible_and_valid(
    seat: Callable[..., Page], width: int, journalist: User, editor: User, story: Story,
    assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    seat(journalist)
    page = seat(editor)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")  # axe finds too little contrast in a menu that is fading in
    type_at_the_end(page, " Une ligne.")
    wait_until_saved(page)
    open_page(page, address(story))
    expect(page.locator("#kept-texts .kept-line")).to_be_visible()
    expect(page.locator("#here li")).to_have_count(1)
    page.locator("#here summary").click()
    assert_accessible(page)
    assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")

    page.goto(str(page.locator("#kept-texts .kept-line a").get_attribute("href")))

    assert_accessible(page)
    assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    client = at_the_desk(editor)
    for where in (address(story), page.url.removeprefix(page.url.split("/redaction")[0])):
        assert_valid_html(client.get(where).content.decode())


def test_the_page_of_an_outage_is_accessible_and_valid(
    page: Page, journalist: User, story: Story, live_server: Any,
    assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(journalist)
    posted = typed(story, body="<p>Trois heures de travail.</p>")
    with database_away():
        answer = client.post(address(story), posted)
    document = answer.content.decode()
    assert_valid_html(document)

    page.goto("/redaction/login/")
    page.set_content(document)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
