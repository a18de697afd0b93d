"""The dialogs of the deeds in a real browser: used by keyboard, checked by axe and Nu, with their effects."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from articles.models import Article
from newsroom import deeds
from newsroom.models import Change, Photo, SectionDesk, Story
from tests.browser.story_page import wait_for_editor
from tests.newsroom.bodies import naming

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Make = Callable[..., Story]


@pytest.fixture
def judge(
    assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None]
) -> Callable[[Page], None]:
    """Fails when axe or Nu finds a fault on the page, or the page is wider than its window."""

    def check(page: Page) -> None:
        assert_accessible(page)
        assert_valid_html(page.request.get(page.url).text())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


@pytest.fixture
def live(journalist: User, make_story: Make, publish_story: Make, transactional_db: None) -> Story:
    return publish_story(make_story(by=journalist, headline="La criée passe à l’aube"))


def desk(story: Story, *deed: str) -> str:
    return f"/redaction/newsroom/story/{story.pk}/{deed[0] if deed else 'change'}/"


def reach(page: Page, target: Locator, *, most: int = 60) -> None:
    """Move the focus to an element with the Tab key only."""
    for _press in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by the keyboard on {page.url}")


def leave_by(page: Page, press: Callable[[], None]) -> None:
    with page.expect_navigation():
        press()
    page.wait_for_load_state()


def test_a_story_is_scheduled_by_keyboard_and_its_hour_is_spelt_out_in_french(
    page: Page, sign_in: Callable[[Page, User], None], editor: User, approve_story: Make, judge: Callable[[Page], None]
) -> None:
    story = approve_story()
    sign_in(page, editor)
    page.goto(desk(story))
    link = page.locator(f"#rail a[href='{desk(story, 'schedule')}']")
    reach(page, link)
    leave_by(page, lambda: page.keyboard.press("Enter"))
    judge(page)

    field = page.locator("input[name=when]")
    reach(page, field)
    field.fill("2027-02-07T02:30")
    expect(page.locator(".spoken")).to_contain_text("dimanche 7 février 2027")
    button = page.locator(".deed-foot button")
    reach(page, button)
    leave_by(page, lambda: page.keyboard.press("Enter"))

    # on this night the clocks go back, and 2:30 comes twice
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(field).to_have_value("2027-02-07T02:30")
    which = page.locator("select[name=when-which]")
    reach(page, which)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    reach(page, button)
    leave_by(page, lambda: page.keyboard.press("Enter"))

    # it is more than thirty days away
    sure = page.locator("input[name=when-sure_of]")
    reach(page, sure)
    page.keyboard.press("Space")
    reach(page, button)
    leave_by(page, lambda: page.keyboard.press("Enter"))

    story.refresh_from_db()
    assert (story.stage, story.publish_wall) == ("scheduled", "2027-02-07 02:30 Africa/Casablanca")
    expect(page.locator(".messagelist")).to_contain_text("7 février")


def test_a_new_version_is_published_as_a_correction_with_the_article_it_links_to(
    page: Page,
    sign_in: Callable[[Page, User], None],
    editor: User,
    journalist: User,
    live: Story,
    approve_story: Make,
    judge: Callable[[Page], None],
) -> None:
    waiting = approve_story(headline="Les glacières du port")
    deeds.revise(live, revision=live.version, by=journalist)
    Story.objects.filter(pk=live.pk).update(body=naming(waiting.pk))
    approve_story(live)
    sign_in(page, editor)
    page.goto(desk(live))
    leave_by(page, page.locator(f"#rail a[href='{desk(live, 'publish')}']").click)
    judge(page)

    page.locator("[name=change_kind][value=typo]").check()
    expect(page.locator("[name=change_text]")).to_be_hidden()
    page.locator("[name=change_kind][value=correction]").check()
    expect(page.locator("[name=change_reply]")).to_be_hidden()
    page.locator("[name=change_text]").fill("Le quai n’a que 300 mètres.")
    page.locator("[name=companions]").check()
    leave_by(page, page.locator(".deed-foot button").click)

    article = Article.objects.get(pk=live.pk)
    assert article.corrections.get().text == "Le quai n’a que 300 mètres."
    assert Article.objects.filter(pk=waiting.pk).exists()
    answer = page.request.get(article.get_absolute_url())
    assert "Le quai n’a que 300 mètres." in answer.text()


def test_withdrawing_lists_the_articles_that_link_to_it_and_then_the_address_answers_410(
    page: Page,
    sign_in: Callable[[Page, User], None],
    editor: User,
    journalist: User,
    live: Story,
    make_story: Make,
    publish_story: Make,
    judge: Callable[[Page], None],
) -> None:
    publish_story(make_story(by=journalist, headline="Celui qui le cite", body=naming(live.pk)))
    sign_in(page, editor)
    page.goto(desk(live))
    leave_by(page, page.locator(f"#rail a[href='{desk(live, 'withdraw')}']").click)
    expect(page.locator(".backlinks")).to_contain_text("Celui qui le cite")
    judge(page)

    address = Article.objects.get(pk=live.pk).get_absolute_url()
    page.locator("[name=note]").fill("Le témoin s’est rétracté.")
    page.locator("[name=notice]").fill("Cet article a été retiré.")
    leave_by(page, page.locator(".deed-foot button").click)

    gone = page.request.get(address)
    assert gone.status == 410
    assert "Cet article a été retiré." in gone.text()


def test_a_chief_publishes_a_flash_with_a_photo_of_the_library(
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    chief: User,
    sub_editor: User,
    make_story: Make,
    make_photo: Callable[..., Photo],
    section: Any,
    author: Any,
    judge: Callable[[Page], None],
) -> None:
    photo = make_photo(caption="La digue, mardi.")
    SectionDesk.objects.create(section=section, photo=make_photo())
    page = new_page(viewport={"width": 390, "height": 800})
    sign_in(page, chief)
    page.goto("/redaction/")
    leave_by(page, page.locator(".home-head a[href='/redaction/flash/']").click)
    judge(page)

    page.locator("[name=headline]").fill("La digue du port a cédé")
    page.locator("[name=paragraph]").fill("L’eau est montée à 4 heures, rue des Cordiers.")
    page.locator("[name=section]").select_option(str(section.pk))
    page.locator("[name=author]").select_option(str(author.pk))
    page.locator("[data-choose]").click()
    page.locator("#photo-search-words").fill("digue")
    page.locator("#photo-found button", has_text="La digue").click()
    page.locator("[name=note]").fill("L’eau monte.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    leave_by(page, page.locator(".deed-foot button").click)

    story = Story.objects.get()
    assert (story.stage, story.lead_photo, story.awaits_second_look) == ("published", photo, True)
    assert page.locator("#rail [formaction$='/look/']").count() == 0

    other = new_page()
    sign_in(other, sub_editor)
    other.goto(desk(story))
    leave_by(other, other.locator("#rail [formaction$='/look/']").click)
    story.refresh_from_db()
    assert not story.awaits_second_look


def test_enter_in_the_correction_of_a_live_article_keeps_the_text_and_publishes_nothing(
    page: Page, sign_in: Callable[[Page, User], None], editor: User, live: Story, judge: Callable[[Page], None]
) -> None:
    sign_in(page, editor)
    page.goto(desk(live))
    leave_by(page, page.locator(f"#rail a[href='{desk(live, 'correct')}']").click)
    wait_for_editor(page)
    judge(page)

    page.locator("#id_headline").fill("La criée passe à quatre heures")
    page.locator("#id_kicker").fill("Pêche")
    leave_by(page, lambda: page.locator("#id_kicker").press("Enter"))  # must not publish
    expect(page.locator("#id_headline")).to_have_value("La criée passe à quatre heures")
    assert Article.objects.get(pk=live.pk).headline == live.headline

    page.locator("[name=change_kind][value=typo]").check()
    leave_by(page, page.locator("[name=_deed][value=correct]").click)

    assert Article.objects.get(pk=live.pk).headline == "La criée passe à quatre heures"
    assert Change.objects.get(story=live).kind == "typo"
    live.refresh_from_db()
    assert live.stage == "published"
