"""A live article is corrected while its next version is scheduled; where the two clash, the writer chooses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from articles.models import Article
from newsroom.models import Story
from tests.newsroom.correcting import BODY, CLASHING, CORRECTED, open_next_version

from .story_page import wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Make = Callable[..., Any]


def leave_by(page: Page, press: Callable[[], None]) -> None:
    with page.expect_navigation():
        press()
    page.wait_for_load_state()


def test_an_editor_corrects_what_readers_see_and_the_reviewer_carries_it_over(
    page: Page,
    sign_in: Callable[[Page, User], None],
    editor: User,
    journalist: User,
    chief: User,
    make_story: Make,
    assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
) -> None:
    story: Story = open_next_version(make_story(by=journalist, body=BODY), "scheduled", journalist, chief, CLASHING)
    sign_in(page, editor)
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    leave_by(page, page.locator("#rail a[href$='/correct/']").click)
    wait_for_editor(page)
    expect(page.locator(".deeds")).to_contain_text("Une nouvelle version est ouverte")
    assert page.evaluate("CKEDITOR.instances.id_body.getData()") == BODY.replace("\n", "")
    expect(page.locator("#newer")).to_be_hidden()  # the version in work is not newer than what is shown here
    assert_accessible(page)
    assert_valid_html(page.request.get(page.url).text())

    page.evaluate("body => CKEDITOR.instances.id_body.setData(body)", CORRECTED)
    page.locator("[name=change_kind][value=typo]").check()
    leave_by(page, page.locator("[name=_deed][value=correct]").click)

    assert Article.objects.get(pk=story.pk).body == CORRECTED
    expect(page.locator(".messagelist")).to_contain_text("revenue en relecture")
    wait_for_editor(page)  # the editor is of the desk, and may write what is in review
    assert_accessible(page)
    leave_by(page, page.locator("[name=_carry]").click)
    assert_accessible(page)
    assert_valid_html(page.request.get(page.url).text())
    expect(page.locator(".clash-side")).to_have_count(2)
    leave_by(page, page.locator(".clash-foot [type=submit]").first.click)

    story.refresh_from_db()
    expect(page.locator(".messagelist")).to_contain_text("C’est réglé")
    assert (story.body, story.stage, story.missed_correction) == (CORRECTED, "review", None)
