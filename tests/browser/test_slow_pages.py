"""Pages that are written in while their scripts, their editor or an answer are still on the way, in Chromium."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import APIResponse, Page, Route, expect

from articles.models import Author
from newsroom import deeds
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Photo, Story
from tests.browser.story_page import body_of, hold, wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = "**/ckeditor/lang/fr.js*"
SIGN_AGAIN = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
TYPED = "La digue tient en quatre lignes"


@pytest.fixture
def story(make_story: Callable[..., Story], journalist: User) -> Story:
    return make_story(by=journalist)


@pytest.fixture
def sit(new_page: Callable[..., Page], sign_in: Callable[[Page, User], None]) -> Callable[[User], Page]:
    """A window of somebody signed in: `sit(user)`."""

    def open_window(user: User) -> Page:
        page = new_page(viewport={"width": 1280, "height": 900})
        sign_in(page, user)
        return page

    return open_window


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that send what is typed at once."""
    monkeypatch.setattr(autosave, "PAUSE", 0.1)


def address(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/change/"


def open_early(page: Page, story: Story) -> None:
    """The page as soon as it is seen."""
    page.goto(address(story), wait_until="commit")
    expect(page.locator("#id_headline")).to_be_visible()


def is_listening(page: Page) -> None:
    """The scripts of the page have run; its editor may still be on the way."""
    page.wait_for_function("() => Object.keys(window.CKEDITOR?.instances ?? {}).length > 0")


# --- Written before the scripts and the editor are there ----------------------------------------------------------


@pytest.mark.parametrize("late", [EDITOR, "**/panels/checklist.js"], ids=["editor", "script"])
def test_a_headline_typed_while_the_page_loads_is_looked_at(
    late: str, sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    let_go = hold(page, late)
    open_early(page, story)
    if late == EDITOR:
        is_listening(page)

    page.locator("#id_headline").fill("Court")
    let_go()
    wait_for_editor(page)

    headline = page.locator("#checklist li", has=page.locator("a[href='#row-headline']"))
    expect(headline.first).to_have_attribute("data-state", "warn")
    expect(page.locator("#checklist .checked-version")).to_have_count(0)


@pytest.mark.parametrize(("field", "words"), [("headline", TYPED), ("body", "<p>La digue tient.</p>")])
def test_what_is_typed_before_the_page_can_keep_it_is_kept(
    field: str, words: str, sit: Callable[[User], Page], journalist: User, story: Story, impatient: None
) -> None:
    page = sit(journalist)
    let_go = hold(page, "**/panels/autosave.js")
    open_early(page, story)
    page.locator(f"#id_{field}").fill(words)

    let_go()

    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert Autosave.objects.get().fields[field] == [words]


def test_who_leaves_after_typing_in_a_page_that_was_loading_is_offered_the_text(
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


def test_who_signs_out_of_a_page_that_is_loading_has_the_text_at_the_desk(
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


def test_a_text_sent_while_the_editor_loads_is_not_sent_again_when_it_is_there(
    sit: Callable[[User], Page], journalist: User, make_story: Callable[..., Story], impatient: None
) -> None:
    story = make_story(by=journalist, body="<p>La digue tient.</p><p>Elle tient.</p>")  # the editor adds a line break
    page = sit(journalist)
    sent: list[str] = []
    page.on("request", lambda request: "sauvegarde" in request.url and sent.append(request.post_data or ""))
    let_go, answer = hold(page, EDITOR), hold(page, "**/sauvegarde/**")
    open_early(page, story)
    is_listening(page)
    with page.expect_request("**/sauvegarde/**"):
        page.locator("#id_headline").fill(TYPED)
    let_go()
    wait_for_editor(page)

    answer()

    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    page.locator("#id_headline").fill("La digue a cédé")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert [("La+digue+a" in each) for each in sent] == [False, True]


def test_a_page_that_is_opened_and_left_alone_has_nothing_to_say(
    sit: Callable[[User], Page], journalist: User, make_story: Callable[..., Story], impatient: None
) -> None:
    """Whatever the editor makes of the text, and however the headline came to have two lines."""
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


def test_nothing_can_be_typed_in_an_editor_that_is_ready_when_the_form_is_on_its_way(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    let_go = hold(page, EDITOR)
    page.route(
        "**/change/", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_()
    )
    open_early(page, story)
    is_listening(page)
    page.locator("[data-save]").click()
    expect(page.locator("#id_headline")).not_to_be_editable()

    let_go()

    expect(body_of(page)).to_have_attribute("contenteditable", "false")


def test_an_order_begun_where_one_only_reads_is_asked_about(
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


def test_a_page_one_only_reads_is_left_without_a_question(
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


def test_numbers_and_bylines_written_before_the_scripts_are_shown_as_what_will_be_saved(
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


def test_what_is_written_over_two_texts_before_the_script_is_what_is_kept(
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


def test_going_back_never_puts_an_older_text_over_a_newer_version(
    sit: Callable[[User], Page], journalist: User, story: Story, impatient: None
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


def test_the_panel_never_speaks_of_words_that_were_taken_back(
    sit: Callable[[User], Page], journalist: User, story: Story
) -> None:
    page = sit(journalist)
    page.goto(address(story))
    wait_for_editor(page)
    answer = hold(page, "**/checklist/")
    with page.expect_request("**/checklist/"):
        page.locator("#id_headline").fill("Court")
    with page.expect_event("requestfailed"):  # let go of by the page
        page.locator("#id_headline").fill(story.headline)

    answer()

    expect(page.locator("#checklist .checked-version")).to_be_visible()


def test_a_hand_that_was_taken_back_is_not_lost_again_to_an_answer_from_before(
    sit: Callable[[User], Page], journalist: User, editor: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "HEARTBEAT", 600)
    page = sit(journalist)
    with page.expect_response("**/presence/*/"):
        page.goto(address(story))
    wait_for_editor(page)
    presence.take_over(story, by=editor)
    page.evaluate(SIGN_AGAIN)
    expect(page.locator("#hand")).to_be_visible()
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/presence/*/", lambda route: late.append((route, route.fetch())))
    page.evaluate(SIGN_AGAIN)
    while not late:
        page.wait_for_timeout(50)
    page.locator("#hand button").click()
    expect(page.locator("#hand")).to_be_hidden()

    with page.expect_response("**/presence/*/") as answer:
        late[0][0].fulfill(response=late[0][1])
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")

    expect(page.locator("#hand")).to_be_hidden()
    expect(page.locator("#id_headline")).to_be_editable()


def test_the_preview_shows_what_was_typed_while_it_was_loading(
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
    assert drawn == []  # there is nothing to draw in

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
    with page.expect_event("requestfailed"):  # let go of by the page
        page.locator("#id_headline").fill(story.headline)

    answer()

    expect(page.frame_locator("#preview iframe").locator("h1")).to_have_text(story.headline)
