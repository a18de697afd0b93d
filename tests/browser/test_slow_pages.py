"""Somebody types in a page while its scripts, its editor or an answer are still loading, in Chromium."""

import re
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import APIResponse, Page, Route, expect

from articles.models import Author
from newsroom import deeds
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Photo, Story
from tests.browser.story_page import body_of, hold, wait_for_editor

from .conftest import LONGEST_WAIT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = "**/ckeditor/lang/fr.js*"
SEND_HEARTBEAT = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
TYPED = "La digue tient en quatre lignes"


@pytest.fixture
def story(make_story: Callable[..., Story], journalist: User) -> Story:
    return make_story(by=journalist)


@pytest.fixture
def sit(new_page: Callable[..., Page], sign_in: Callable[[Page, User], None]) -> Callable[[User], Page]:
    """Opens a window in which somebody is signed in: `sit(user)`."""

    def open_window(user: User) -> Page:
        page = new_page(viewport={"width": 1280, "height": 900})
        sign_in(page, user)
        return page

    return open_window


@pytest.fixture
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes pages send the text almost at once."""
    monkeypatch.setattr(autosave, "PAUSE", 0.1)


def address(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/change/"


def open_early(page: Page, story: Story) -> None:
    """Open the page, and return as soon as its headline is visible."""
    page.goto(address(story), wait_until="commit")
    expect(page.locator("#id_headline")).to_be_visible()


def wait_for_scripts(page: Page) -> None:
    """Wait until the scripts of the page have run. Its editor may still be loading."""
    page.wait_for_function("() => Object.keys(window.CKEDITOR?.instances ?? {}).length > 0")


# --- Typed before the scripts and the editor have loaded ----------------------------------------------------------


@pytest.mark.parametrize("late", [EDITOR, "**/panels/checklist.js"], ids=["editor", "script"])
def test_a_headline_typed_while_the_page_loads_is_checked(
    late: str, sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    let_go = hold(page, late)
    open_early(page, story)
    if late == EDITOR:
        wait_for_scripts(page)

    page.locator("#id_headline").fill("Court")
    let_go()
    wait_for_editor(page)

    headline = page.locator("#checklist li", has=page.locator("a[href='#row-headline']"))
    expect(headline.first).to_have_attribute("data-state", "warn")
    expect(page.locator("#checklist .checked-version")).to_have_count(0)


@pytest.mark.parametrize(("field", "words"), [("headline", TYPED), ("body", "<p>La digue tient.</p>")])
def test_text_typed_before_the_autosave_script_loads_is_autosaved(
    field: str, words: str, sit: Callable[[User], Page], journalist: User, story: Story, short_pause: None
) -> None:
    page = sit(journalist)
    let_go = hold(page, "**/panels/autosave.js")
    open_early(page, story)
    page.locator(f"#id_{field}").fill(words)

    let_go()

    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert Autosave.objects.get().fields[field] == [words]


def test_leaving_after_typing_in_a_loading_page_offers_the_text_later(
    sit: Callable[[User], Page], journalist: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE", 600)
    page = sit(journalist)
    let_go = hold(page, "**/panels/autosave.js")
    open_early(page, story)
    page.locator("#id_headline").fill(TYPED)
    let_go()
    wait_for_editor(page)

    page.goto(address(story))

    expect(page.locator("#kept-texts .kept-line")).to_have_count(1)
    assert Autosave.objects.get().fields["headline"] == [TYPED]


def test_signing_out_of_a_loading_page_sends_its_text_first(
    sit: Callable[[User], Page], journalist: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE", 600)
    page = sit(journalist)
    let_go = hold(page, "**/panels/autosave.js")
    open_early(page, story)
    page.locator("#id_headline").fill(TYPED)
    page.locator("#user-tools summary").last.click()
    page.locator("#logout-form button").click(no_wait_after=True)

    let_go()
    page.wait_for_url(re.compile("logout|login"))

    assert Autosave.objects.get().fields["headline"] == [TYPED]


def test_a_text_sent_while_the_editor_loads_is_not_sent_again_once_it_has_loaded(
    sit: Callable[[User], Page], journalist: User, make_story: Callable[..., Story], short_pause: None
) -> None:
    story = make_story(by=journalist, body="<p>La digue tient.</p><p>Elle tient.</p>")  # the editor adds a line break
    page = sit(journalist)
    sent: list[str] = []
    page.on("request", lambda request: "sauvegarde" in request.url and sent.append(request.post_data or ""))
    let_go, answer = hold(page, EDITOR), hold(page, "**/sauvegarde/**")
    open_early(page, story)
    wait_for_scripts(page)
    with page.expect_request("**/sauvegarde/**"):
        page.locator("#id_headline").fill(TYPED)
    let_go()
    wait_for_editor(page)

    answer()

    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    page.locator("#id_headline").fill("La digue a cédé")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert [("La+digue+a" in each) for each in sent] == [False, True]


def test_a_page_in_which_nobody_types_sends_neither_an_autosave_nor_a_checklist(
    sit: Callable[[User], Page], journalist: User, make_story: Callable[..., Story], short_pause: None
) -> None:
    """The editor reformats the text as it loads, and the browser drops the line break of the headline."""
    story = make_story(by=journalist, body="<p>La digue tient.</p><p>Elle tient.</p>")
    Story.objects.filter(pk=story.pk).update(headline="La digue\ntient")
    page = sit(journalist)
    asked: list[str] = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url))
    page.clock.install()
    page.goto(address(story))
    wait_for_editor(page)

    page.locator("#id_headline").click()
    page.clock.run_for(20_000)

    expect(page.locator("#checklist .checked-version")).to_be_visible()
    assert [url for url in asked if "sauvegarde" in url or "checklist" in url] == []

    with page.expect_request("**/checklist/"), page.expect_request("**/sauvegarde/**"):
        page.locator("#id_headline").fill(TYPED)
        page.clock.run_for(20_000)


def test_an_editor_that_finishes_loading_during_a_save_cannot_be_edited(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    let_go = hold(page, EDITOR)
    page.route(
        "**/change/", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_()
    )
    open_early(page, story)
    wait_for_scripts(page)
    page.locator("[data-save]").click()
    expect(page.locator("#id_headline")).not_to_be_editable()

    let_go()

    expect(body_of(page)).to_have_attribute("contenteditable", "false")


def test_leaving_asks_first_when_a_plan_was_changed_on_a_page_that_one_cannot_edit(
    sit: Callable[[User], Page], editor: User, sub_editor: User, journalist: User, story: Story
) -> None:
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    page = sit(editor)
    let_go = hold(page, "**/story/leaving.js")
    page.goto(address(story), wait_until="commit")
    page.locator("#plan summary").click()
    page.locator("#id_plan-sensitive").check()
    let_go()
    page.wait_for_load_state()
    page.on("dialog", lambda dialog: dialog.dismiss())

    with page.expect_event("dialog") as asked:
        page.evaluate("() => setTimeout(() => location.assign('/redaction/'))")

    assert asked.value.type == "beforeunload"


def test_leaving_an_untouched_page_that_one_cannot_edit_asks_nothing(
    sit: Callable[[User], Page], editor: User, sub_editor: User, journalist: User, story: Story
) -> None:
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    page = sit(editor)
    page.goto(address(story))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#plan summary").click()

    page.goto("/redaction/")

    assert asked == []


def test_pictures_and_bylines_entered_before_the_scripts_load_are_shown_as_they_will_be_saved(
    sit: Callable[[User], Page], journalist: User, author: Author, make_story: Callable[..., Story],
    make_photo: Callable[..., Photo],
) -> None:  # fmt: skip
    others = [Author.objects.create(name=name, slug=name.lower()) for name in ("Amal", "Badr")]
    photo = make_photo()
    story = make_story(by=journalist, authors=[author.pk, *(other.pk for other in others)])
    page = sit(journalist)
    let_go = hold(page, "**/panels/autosave.js")
    open_early(page, story)
    rows = page.locator("#bylines-list .byline")
    page.locator("#id_lead_photo").fill(str(photo.pk))
    page.locator("details:has(#row-follows) > summary").click()
    page.locator("#id_follows").fill("77")
    rows.nth(0).locator("[name$=-DELETE]").check()
    rows.nth(1).locator("[data-order]").fill("9")

    let_go()
    wait_for_editor(page)

    expect(page.locator("#row-lead_photo figure img")).to_have_attribute(
        "src", f"/redaction/newsroom/photo/{photo.pk}/size/lead/"
    )
    expect(page.locator("#row-follows .picked")).to_have_text("77")
    expect(page.locator("#row-follows [data-clear]")).to_be_visible()
    shown = [row.locator("select option:checked").inner_text() for row in rows.all() if row.is_visible()]
    assert shown == ["Badr", "Amal"]


def test_a_conflict_settled_by_hand_before_its_script_loads_is_saved_as_typed(
    sit: Callable[[User], Page], journalist: User, editor: User, story: Story
) -> None:
    mine, theirs = sit(journalist), sit(editor)
    for page, headline in ((mine, "Mon titre"), (theirs, "Leur titre")):
        page.goto(address(story))
        wait_for_editor(page)
        page.locator("#id_headline").fill(headline)
    with theirs.expect_navigation():
        theirs.locator("[data-save]").click()
    let_go = hold(mine, "**/panels/conflict.js")
    with mine.expect_navigation(wait_until="commit"):
        mine.locator("[data-save]").click()
    mine.locator("[data-clash] textarea").fill("Notre titre")

    let_go()
    mine.wait_for_load_state()
    mine.locator(".clash-foot .primary").click()

    expect(mine.locator("#id_headline")).to_have_value("Notre titre")


# --- The browser's own memory -------------------------------------------------------------------------------------


def test_going_back_never_fills_the_form_with_an_older_version(
    sit: Callable[[User], Page], journalist: User, story: Story, short_pause: None
) -> None:
    page = sit(journalist)
    page.goto(address(story))
    for headline in ("Premier titre", "Second titre"):
        wait_for_editor(page)
        page.locator("#id_headline").fill(headline)
        with page.expect_navigation():
            page.locator("[data-save]").click()
        expect(page.locator("#id_headline")).to_have_value(headline)

    page.go_back()
    page.go_back()
    wait_for_editor(page)
    page.wait_for_load_state()

    expect(page.locator("#id_headline")).to_have_value("Second titre")
    page.locator("#id_standfirst").fill("Un chapô de plus.")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert Autosave.objects.get().fields["headline"] == ["Second titre"]


# --- Answers that come late ---------------------------------------------------------------------------------------


def test_the_checklist_never_judges_words_that_were_taken_back(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    page.goto(address(story))
    wait_for_editor(page)
    answer = hold(page, "**/checklist/")
    with page.expect_request("**/checklist/"):
        page.locator("#id_headline").fill("Court")
    with page.expect_event("requestfailed"):  # the page aborts it
        page.locator("#id_headline").fill(story.headline)

    answer()

    expect(page.locator("#checklist .checked-version")).to_be_visible()


def test_a_late_answer_does_not_undo_that_one_took_back_the_text(
    sit: Callable[[User], Page], journalist: User, editor: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "HEARTBEAT", 600)
    page = sit(journalist)
    with page.expect_response("**/presence/*/"):
        page.goto(address(story))
    wait_for_editor(page)
    presence.take_over(story, by=editor)
    page.evaluate(SEND_HEARTBEAT)
    expect(page.locator("#hand")).to_be_visible()
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/presence/*/", lambda route: late.append((route, route.fetch())))
    with page.expect_request("**/presence/*/"):
        page.evaluate(SEND_HEARTBEAT)
    deadline = time.monotonic() + LONGEST_WAIT / 1000
    while not late and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert late, "The desk did not answer the heartbeat."
    page.locator("#hand button").click()
    expect(page.locator("#hand")).to_be_hidden()

    with page.expect_response("**/presence/*/") as answer:
        late[0][0].fulfill(response=late[0][1])
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")

    expect(page.locator("#hand")).to_be_hidden()
    expect(page.locator("#id_headline")).to_be_editable()


def test_the_preview_shows_text_typed_while_it_was_loading(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    page.clock.install()
    page.goto(address(story))
    wait_for_editor(page)
    let_go = hold(page, "**/preview/")
    drawn: list[str] = []
    page.on("request", lambda request: request.url.endswith("/draft/") and drawn.append(request.url))
    page.get_by_role("button", name="Aperçu").click()
    page.locator("#id_headline").fill(TYPED)
    page.clock.run_for(5_000)
    assert drawn == []  # the frame has not loaded

    let_go()

    expect(page.frame_locator("#preview iframe").locator("h1")).to_have_text(TYPED)


def test_the_preview_never_shows_words_that_were_taken_back(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    page.goto(address(story))
    wait_for_editor(page)
    with page.expect_response("**/preview/draft/"):
        page.get_by_role("button", name="Aperçu").click()
    answer = hold(page, "**/preview/draft/")
    with page.expect_request("**/preview/draft/"):
        page.locator("#id_headline").fill(TYPED)
    with page.expect_event("requestfailed"):  # the page aborts it
        page.locator("#id_headline").fill(story.headline)

    answer()

    expect(page.frame_locator("#preview iframe").locator("h1")).to_have_text(story.headline)
