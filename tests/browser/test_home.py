"""Home, board and calendar in a browser: checked in light and dark, on a phone and a desktop, used by keyboard only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from articles.models import Section, ViewCount
from newsroom import deeds, planning
from newsroom.models import Check, Note, Presence, SectionDesk, Story
from newsroom.planning import Subject
from newsroom.review import checks
from newsroom.scheduling.wall_time import WallTime

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
SCREENS = [
    "/redaction/",
    "/redaction/?rubrique=politique&miens=1",
    "/redaction/tableau/",
    "/redaction/tableau/?etape=review",
    "/redaction/calendrier/",
    "/redaction/commande/",
    "/redaction/newsroom/story/?etat=retard",
]


@pytest.fixture
def in_review(
    journalist: User,
    sub_editor: User,
    editor: User,
    chief: User,
    section: Section,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> Story:
    """A newsroom with a story in every queue of an editor. The fixture is the story that waits for review."""
    now = timezone.now()
    for name, headline in (("published", "La halle a ouvert"), ("rewritten", "Le pont, jour 2")):
        story = publish_story(make_story(by=journalist, headline=headline))
        ViewCount.objects.create(
            article_id=story.pk, hour=now.replace(minute=0, second=0, microsecond=0), views=len(name) * 100
        )
    deeds.revise(story, revision=1, by=journalist)
    review, ready, leaving, failed = (make_story(by=journalist, headline=f"Le texte {letter}") for letter in "ABCD")
    for story in (review, ready, leaving, failed):
        deeds.submit(story, revision=1, by=journalist)
    for story in (ready, leaving, failed):
        deeds.approve(story, revision=1, by=sub_editor)
    for story in (leaving, failed):
        deeds.schedule(story, revision=1, by=editor, when=WallTime(now + timedelta(minutes=90), "then"))
    Story.objects.filter(pk=failed.pk).update(failure="L’heure est passée, mais la photo a perdu ses droits.")
    own = make_story(by=editor, headline="Un éditorial " + "interminable " * 8)
    plan = {
        Subject.ASSIGNEE: editor,
        Subject.DEADLINE: now - timedelta(hours=3),
        Subject.CHARACTERS: 4000,
        Subject.SENSITIVE: True,
        Subject.EMBARGO: WallTime(now + timedelta(hours=30), "then"),
    }
    planning.change_plan(own, by=editor, wanted=plan)
    checks.ask(review, Check.Kind.SOURCE, by=journalist, question="D’où vient ce chiffre ?")
    Note.objects.create(story=ready, by=chief, text="Un mot pour toi.").mentions.add(editor)
    Presence.objects.create(story=review, user=chief, page="a", seen_at=now)
    SectionDesk.objects.create(section=section)
    return review


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_screens_are_accessible_and_never_wider_than_the_window(
    in_review: Story,
    editor: User,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    assert_accessible: Callable[[Page], None],
    scheme: str,
    size: dict[str, int],
) -> None:
    page = new_page(viewport=size, color_scheme=scheme)
    sign_in(page, editor)
    for address in [*SCREENS, f"/redaction/newsroom/story/{in_review.pk}/plan/"]:
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"


def test_the_screens_are_valid_html(
    in_review: Story,
    editor: User,
    page: Page,
    sign_in: Callable[[Page, User], None],
    assert_valid_html: Callable[[str], None],
) -> None:
    sign_in(page, editor)
    for address in [
        *SCREENS,
        f"/redaction/newsroom/story/{in_review.pk}/plan/",
        "/redaction/articles/section/add/",
    ]:
        assert_valid_html(page.request.get(address).text())


def test_a_card_of_the_board_is_moved_by_keyboard_only(
    in_review: Story, editor: User, page: Page, sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, editor)
    page.goto("/redaction/tableau/?etape=review")

    menu = page.locator(".card-moves summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith(f"/{in_review.pk}/approve/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approve/")
    page.locator("main form button[type=submit].primary").press("Enter")
    page.wait_for_url(f"**/{in_review.pk}/change/")

    in_review.refresh_from_db()
    assert in_review.stage == "ready"


def test_a_card_dropped_on_a_column_opens_the_page_of_the_deed_that_leads_there(
    in_review: Story, editor: User, page: Page, sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, editor)
    page.goto("/redaction/tableau/")
    card = page.locator(f".column li:has(a[href*='/{in_review.pk}/change/'])")

    card.drag_to(page.locator("[data-stage=published]"), source_position={"x": 20, "y": 8})
    assert page.url.endswith("/redaction/tableau/"), "nothing leads from review to the site"
    card.drag_to(page.locator("[data-stage=ready]"), source_position={"x": 20, "y": 8})
    page.wait_for_url(f"**/{in_review.pk}/approve/")

    in_review.refresh_from_db()
    assert in_review.stage == "review"


def test_a_screen_is_filtered_and_a_story_ordered_from_it_by_keyboard_only(
    in_review: Story, editor: User, page: Page, sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, editor)
    page.goto("/redaction/calendrier/")

    page.locator(".narrowing summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**rubrique=politique**")
    page.locator(".actions-end a").press("Enter")
    page.wait_for_url("**/commande/**")
    assert page.locator("#id_section option:checked").inner_text() == "Politique"
    page.locator("#id_headline").focus()
    page.keyboard.type("Commandé au clavier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    page.locator(".cke_wysiwyg_frame").wait_for()

    assert Story.objects.filter(headline="Commandé au clavier", stage="draft").exists()


def test_the_plan_of_a_story_is_changed_on_the_page_of_its_text(
    in_review: Story, editor: User, page: Page, sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, editor)
    page.goto(f"/redaction/newsroom/story/{in_review.pk}/change/")

    page.locator("#plan summary").click()
    page.locator("#id_plan-characters").fill("3200")
    page.locator("#id_plan-sensitive").check()
    with page.expect_navigation():
        page.locator("#plan button[type=submit]").click()
    page.locator(".cke_wysiwyg_frame").wait_for()

    in_review.refresh_from_db()
    assert (in_review.characters_ordered, in_review.is_sensitive, in_review.version) == (3200, True, 1)
