"""The checklist beside the text, in a real browser: it follows the typing, links to the fields and takes no focus."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from newsroom.models import Photo, Story
from newsroom.review import checks
from tests.browser.story_page import body_of, wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def write(page: Page, journalist: User, sign_in: Callable[[Page, User], None]) -> Callable[[Story], Page]:
    """Opens the page of a story as its writer, and waits for the editor."""

    def open_page(story: Story) -> Page:
        sign_in(page, journalist)
        page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
        wait_for_editor(page)
        return page

    return open_page


@pytest.fixture
def draft(make_story: Callable[..., Story], journalist: User) -> Story:
    story = make_story(by=journalist, standfirst="")
    Story.objects.filter(pk=story.pk).update(characters_ordered=3500)
    return story


def line(page: Page, field: str) -> Any:
    return page.locator(f"#checklist a[href='#row-{field}']")


def state(page: Page, field: str) -> Any:
    return page.locator("#checklist li", has=page.locator(f"a[href='#row-{field}']")).first


def test_the_checklist_follows_the_typing_and_leaves_the_caret_in_place(
    write: Callable[[Story], Page], draft: Story
) -> None:
    page = write(draft)
    expect(state(page, "standfirst")).to_have_attribute("data-state", "todo")
    expect(page.locator("#checklist .checked-version")).to_be_visible()

    page.locator("#id_standfirst").press_sequentially("Trop court.")

    expect(state(page, "standfirst")).to_have_attribute("data-state", "warn")
    expect(page.locator("#checklist .checked-version")).to_have_count(0)
    expect(page.locator("#id_standfirst")).to_be_focused()
    expect(page.locator("#checklist-said")).not_to_be_empty()
    draft.refresh_from_db()
    assert (draft.standfirst, draft.version) == ("", 1)


def test_the_count_of_characters_follows_the_typing_beside_the_length_ordered(
    write: Callable[[Story], Page], draft: Story
) -> None:
    page = write(draft)
    before = page.locator("#character-count").inner_text()

    body_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" Et voilà.")

    expect(page.locator("#character-count")).not_to_have_text(before)
    assert "3 500" in page.locator("#character-count").inner_text().replace("\u202f", " ").replace("\xa0", " ")


def test_a_chosen_picture_and_a_removed_byline_are_checked_too(
    write: Callable[[Story], Page], draft: Story, make_photo: Callable[..., Photo]
) -> None:
    make_photo(caption="")
    page = write(draft)
    page.locator("[data-picker] [data-choose]").click()
    page.locator("#photo-found button").first.click()
    expect(state(page, "lead_photo")).to_have_attribute("data-state", "block")

    page.locator(".byline [data-remove]").first.click()

    expect(state(page, "bylines")).to_have_attribute("data-state", "todo")


def test_the_checklist_sends_no_request_while_the_text_does_not_change(
    page: Page, write: Callable[[Story], Page], draft: Story
) -> None:
    page.clock.install()
    write(draft)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/checklist/") else None)

    page.locator("#checks summary").last.click()
    page.clock.run_for(5000)
    with page.expect_request("**/checklist/"):  # the control: a change does send a request
        page.locator("#id_headline").fill("Le budget de la commune tient en quatre lignes")

    assert len(asked) == 1


def test_a_new_answer_leaves_the_focus_on_the_line_of_the_checklist_where_it_was(
    write: Callable[[Story], Page], draft: Story
) -> None:
    page = write(draft)
    line(page, "topics").focus()

    page.evaluate("""() => {
        const field = document.querySelector('#id_headline');
        field.value = 'Court';
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }""")

    expect(state(page, "headline")).to_have_attribute("data-state", "warn")
    expect(line(page, "topics")).to_be_focused()


@pytest.mark.parametrize(
    ("field", "focused"), [("headline", "#id_headline"), ("section", "#id_section"), ("standfirst", "#id_standfirst")]
)
def test_a_line_of_the_checklist_moves_the_focus_to_its_field(
    write: Callable[[Story], Page], draft: Story, field: str, focused: str
) -> None:
    page = write(draft)

    line(page, field).first.press("Enter")

    expect(page.locator(focused)).to_be_focused()


def test_a_line_about_the_body_moves_the_focus_into_the_editor(write: Callable[[Story], Page], draft: Story) -> None:
    page = write(draft)

    line(page, "body").first.press("Enter")
    page.keyboard.insert_text("Un mot de plus. ")

    expect(body_of(page)).to_contain_text("Un mot de plus.")


def test_a_refused_submission_marks_the_missing_field_in_red_until_it_is_filled(
    write: Callable[[Story], Page], draft: Story
) -> None:
    page = write(draft)
    page.locator("button[value=submit]").first.click()
    expect(state(page, "standfirst")).to_have_attribute("data-state", "block")
    expect(page.locator("#blocking")).not_to_be_empty()

    page.locator("#id_headline").fill("Le budget de la commune tient en quatre lignes")
    expect(page.locator("#checklist .checked-version")).to_have_count(0)
    expect(state(page, "standfirst")).to_have_attribute("data-state", "block")
    page.locator("#id_standfirst").fill(
        "Réuni mardi, le conseil a voté sans débat ; la trésorière, elle, a tout compté."
    )

    expect(state(page, "standfirst")).to_have_attribute("data-state", "ok")
    expect(page.locator("#blocking")).to_be_empty()


def test_the_article_that_a_story_follows_is_found_and_chosen_by_keyboard(
    write: Callable[[Story], Page],
    draft: Story,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
    journalist: User,
) -> None:
    live = publish_story(make_story(by=journalist, headline="La digue a cédé dans la nuit"))
    page = write(draft)
    page.locator("details:has(#row-follows) > summary").press("Enter")
    page.locator("#row-follows [data-choose]").press("Enter")

    page.keyboard.type("digue")
    expect(page.locator("#article-found li")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#row-follows .picked")).to_contain_text("La digue a cédé dans la nuit")
    expect(page.locator("#row-follows [data-choose]")).to_be_focused()
    expect(state(page, "follows")).to_have_attribute("data-state", "ok")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    draft.refresh_from_db()
    assert draft.follows_id == live.pk


def test_asking_for_a_check_saves_the_unsaved_text_too(write: Callable[[Story], Page], draft: Story) -> None:
    page = write(draft)
    page.locator("#id_standfirst").fill("Un chapô que personne n’a encore enregistré.")
    page.locator("#checks summary").last.click()
    page.locator("#note-check").fill("Peut-on le nommer ?")

    page.locator("button[value=ask]").click()

    expect(page.locator("#checks")).to_contain_text("Peut-on le nommer ?")
    draft.refresh_from_db()
    assert draft.standfirst == "Un chapô que personne n’a encore enregistré."


def test_a_photo_editor_answers_the_check_of_pictures_on_a_page_they_cannot_edit(
    page: Page, photo_editor: User, journalist: User, draft: Story, sign_in: Callable[[Page, User], None]
) -> None:
    check = checks.ask(draft, "pictures", by=journalist, question="D’où vient la photo du port ?")
    sign_in(page, photo_editor)
    page.goto(f"/redaction/newsroom/story/{draft.pk}/change/")

    page.locator(f"#check-{check.pk} summary").press("Enter")
    expect(page.locator(f"#note-check-{check.pk}")).to_be_focused()
    page.keyboard.type("De Salma Idrissi, avec son accord.")
    page.locator(f"button[value=give-{check.pk}]").click()

    expect(page.locator("#checks")).to_contain_text("De Salma Idrissi, avec son accord.")
    check.refresh_from_db()
    assert (check.outcome, check.settled_by) == ("given", photo_editor)


def test_without_javascript_the_checklist_names_its_version_and_an_article_is_chosen_by_number(
    new_page: Callable[..., Page],
    journalist: User,
    draft: Story,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
    sign_in: Callable[[Page, User], None],
) -> None:
    live = publish_story(make_story(by=journalist))
    page = new_page(java_script_enabled=False)
    sign_in(page, journalist)
    page.goto(f"/redaction/newsroom/story/{draft.pk}/change/")
    expect(page.locator("#checklist .checked-version")).to_be_visible()

    page.locator("details:has(#row-follows) > summary").click()
    page.locator("#id_follows").fill(str(live.pk))
    page.locator("button[data-save]").click()

    draft.refresh_from_db()
    assert draft.follows_id == live.pk


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, {"width": 375, "height": 800}])
def test_the_panels_are_valid_and_accessible(
    new_page: Callable[..., Page],
    draft: Story,
    journalist: User,
    chief: User,
    sign_in: Callable[[Page, User], None],
    assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
    viewport: Any,
) -> None:
    given = checks.ask(draft, "source", by=journalist, question="Qui d’autre l’a vu ?")
    checks.give(given, revision=1, by=chief, note="La greffière.")
    checks.ask(draft, "legal", by=journalist, question="Le nom du mineur ?")
    page = new_page(viewport=viewport)
    sign_in(page, chief)
    page.goto(f"/redaction/newsroom/story/{draft.pk}/change/")
    assert_valid_html(page.request.get(page.url).text())
    wait_for_editor(page)
    for summary in page.locator("#checks summary").all():
        summary.click()
    page.locator("details:has(#row-follows) > summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert_accessible(page)

    page.locator("#row-follows [data-choose]").click()
    expect(page.locator("#article-search")).to_be_visible()
    assert_accessible(page)
