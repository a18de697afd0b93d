"""Two people or two tabs edit one story, and its versions are compared, in a real browser under the real policy."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from articles.models import Article, Topic
from newsroom.models import Photo, Story
from newsroom.stories.content import content_of
from newsroom.stories.saving import put_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 812}


def address(story: Story, page: str = "change/") -> str:
    return f"/redaction/newsroom/story/{story.pk}/{page}"


@pytest.fixture
def sit_down(new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], story: Story) -> Callable[..., Page]:
    """Opens the page of the story in a browser for somebody."""

    def open_story(user: User, **options: object) -> Page:
        page = new_page(viewport=DESK, **options)
        sign_in(page, user)
        page.goto(address(story))
        return page

    return open_story


def save(page: Page, status: int = 302) -> None:
    with (
        page.expect_navigation(),
        page.expect_response(
            lambda response: response.request.method == "POST" and "/change/" in response.url
        ) as answer,
    ):
        page.locator("[data-save]").click()
    assert answer.value.status == status


def test_two_people_who_edit_two_places_get_both_texts_merged(
    sit_down: Callable[..., Page], story: Story, journalist: User, editor: User
) -> None:
    mine, theirs = sit_down(journalist), sit_down(editor)
    mine.locator("#id_headline").fill("Mon titre")
    theirs.locator("#id_standfirst").fill("Le chapô du desk.")
    save(theirs)

    save(mine)

    expect(mine.locator("#id_headline")).to_have_value("Mon titre")
    expect(mine.locator("#id_standfirst")).to_have_value("Le chapô du desk.")
    mine.locator(".messagelist a").click()
    expect(mine.locator(".diff ins").first).to_contain_text("desk")


def test_a_conflict_between_two_tabs_is_settled_by_hand(
    sit_down: Callable[..., Page], story: Story, journalist: User, assert_accessible: Callable[[Page], None]
) -> None:
    one = sit_down(journalist)
    other = one.context.new_page()
    other.goto(address(story))
    one.locator("#id_headline").fill("Le titre du premier onglet")
    other.locator("#id_headline").fill("Le titre du second onglet")
    save(other)

    save(one, status=409)

    assert_accessible(one)
    kept = one.locator("textarea[name=hand-headline]")
    expect(kept).to_have_value("Le titre du premier onglet")
    one.locator("input[name=choice-headline][value=theirs]").check()
    expect(kept).to_have_value("Le titre du second onglet")
    kept.fill("Les deux onglets")
    expect(one.locator("input[name=choice-headline][value=hand]")).to_be_checked()
    one.locator(".clash-foot .primary").press("Enter")
    expect(one.locator("#id_headline")).to_have_value("Les deux onglets")


def test_a_conflict_between_two_people_is_settled_passage_by_passage_without_javascript(
    sit_down: Callable[..., Page], story: Story, journalist: User, editor: User
) -> None:
    mine = sit_down(journalist, java_script_enabled=False)
    theirs = sit_down(editor, java_script_enabled=False)
    body = mine.locator("#id_body").input_value()
    mine.locator("#id_body").fill(body.replace("mardi", "jeudi"))
    theirs.locator("#id_body").fill(body.replace("mardi", "lundi").replace("dirham", "centime"))
    save(theirs)

    save(mine, status=409)

    expect(mine.locator(".clash-side mark")).to_have_text(["jeudi", "lundi"])
    with mine.expect_navigation():
        mine.locator(".clash-foot .primary").click()
    story.refresh_from_db()
    assert story.body == body.replace("mardi", "jeudi").replace("dirham", "centime").replace("\r", "")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone by night", "desk by day"])
def test_the_screens_of_the_versions_are_accessible_valid_and_never_wider_than_the_screen(
    new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], story: Story, journalist: User, editor: User,
    publish_story: Callable[[Story], Story], make_story: Callable[..., Story], make_photo: Callable[..., Photo],
    topic: Topic, assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None],
    size: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    live = publish_story(make_story(by=journalist, headline="Un article en ligne"))
    assert Article.objects.filter(pk=live.pk).exists()
    more = (
        f'<aside class="lire-aussi" data-article="{live.pk}"></aside>\n'
        f'<figure class="image" data-image="{make_photo().pk}"></figure>\n'
        '<blockquote class="exergue"><p>« Chaque\u202fdirham »</p></blockquote>\n'
        "<ul><li>Un</li><li>Deux</li></ul>"
    )
    changed = {"topics": [topic.pk], "label": "opinion", "lead_photo": make_photo().pk, "body": f"{story.body}\n{more}"}
    put_text(story, content_of(story) | changed, by=editor)
    for number in range(3):
        put_text(story, content_of(story) | {"kicker": f"Un surtitre {number}"}, by=journalist)
    page = new_page(viewport=size, color_scheme=scheme)
    sign_in(page, journalist)

    for name in (
        "versions/",
        "compare/?avant=1&apres=5",
        "compare/?avant=2&apres=2",
        "version/1/",
        "version/1/restore/",
    ):
        answer = page.goto(address(story, name))
        assert answer is not None
        assert answer.status == 200
        page.evaluate(
            "document.querySelectorAll('.diff details, .all-versions details').forEach(one => one.open = true)"
        )
        assert_accessible(page)
        assert_valid_html(answer.text())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
