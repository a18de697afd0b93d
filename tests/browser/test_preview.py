"""The preview beside the text, and a review link that a guest without an account opens, in a real Chromium."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from newsroom import deeds
from newsroom.clock import Clock
from newsroom.models import GuestAnswer, Photo, ShareLink, Story
from newsroom.review import share_links
from tests.browser.story_page import wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESKTOP = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
NewPage, SignIn = Callable[..., Page], Callable[[Page, User], None]


@pytest.fixture
def story(journalist: User, make_story: Callable[..., Story], make_photo: Callable[..., Photo]) -> Story:
    """A draft with two pictures and a « Lire aussi » of an unpublished story."""
    lead, inside = make_photo(size=(1600, 1000)), make_photo()
    Clock().beat()
    unpublished = make_story(by=journalist, headline="Un texte qui attend")
    body = (
        f'<p>Un texte.</p><aside class="lire-aussi" data-article="{unpublished.pk}"></aside>'
        f'<figure class="image" data-image="{inside.pk}"></figure><p>La suite.</p>'
    )
    return make_story(by=journalist, headline="Premier titre", lead_photo=lead, body=body)


def open_story(page: Page, story: Story, part: str = "change/") -> None:
    page.goto(f"/redaction/newsroom/story/{story.pk}/{part}")
    if page.locator("[data-type=ckeditortype]").count():
        wait_for_editor(page)


def assert_no_wider_than_window(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def test_the_preview_beside_the_text_follows_the_typing_and_saves_nothing(
    new_page: NewPage, sign_in: SignIn, journalist: User, story: Story
) -> None:
    page = new_page(viewport=DESKTOP)
    sign_in(page, journalist)
    open_story(page, story)
    page.get_by_role("button", name="Aperçu").click()
    preview = page.frame_locator("#preview iframe")
    expect(preview.locator("h1")).to_have_text("Premier titre")

    page.locator("#id_headline").fill("Titre tapé")
    expect(preview.locator("h1")).to_have_text("Titre tapé")
    page.frame_locator(".cke_wysiwyg_frame").locator("body > p").first.click()
    page.keyboard.press("Home")
    page.keyboard.type("Mot tapé. ")
    expect(preview.locator(".prose > p").first).to_contain_text("Mot tapé.")
    expect(preview.locator(".lire-aussi--waits")).to_contain_text("Pas encore sur le site")

    story.refresh_from_db()
    assert (story.headline, story.version) == ("Premier titre", 1)


def test_the_preview_of_an_unsaved_story_shows_its_first_words(
    new_page: NewPage, sign_in: SignIn, journalist: User
) -> None:
    page = new_page(viewport=DESKTOP)
    sign_in(page, journalist)
    page.goto("/redaction/newsroom/story/add/")
    page.get_by_role("button", name="Aperçu").click()

    page.locator("#id_headline").fill("Tout neuf")

    expect(page.frame_locator("#preview iframe").locator("h1")).to_have_text("Tout neuf")
    assert not Story.objects.exists()


def test_the_preview_has_the_width_of_a_desktop_or_of_a_phone(
    new_page: NewPage, sign_in: SignIn, journalist: User, story: Story
) -> None:
    page = new_page(viewport=DESKTOP)
    sign_in(page, journalist)
    open_story(page, story)
    page.get_by_role("button", name="Aperçu").click()
    frame = page.locator("#preview iframe")
    expect(page.frame_locator("#preview iframe").locator("h1")).to_be_visible()
    room = page.locator(".preview-stage").bounding_box()
    assert room is not None

    def inner_width() -> int:
        return int(frame.evaluate("frame => frame.contentWindow.innerWidth"))

    assert inner_width() == 1280
    box = frame.bounding_box()
    assert box is not None
    assert abs(box["width"] - room["width"]) < 2
    page.get_by_role("button", name="Téléphone").click()
    assert inner_width() == 375
    page.keyboard.press("Escape")
    expect(frame).to_be_hidden()
    expect(page.get_by_role("button", name="Aperçu")).to_be_focused()


def test_the_preview_runs_no_script_and_keeps_its_scroll_position_when_the_text_changes(
    new_page: NewPage, sign_in: SignIn, journalist: User, story: Story
) -> None:
    page = new_page(viewport=DESKTOP)
    sign_in(page, journalist)
    open_story(page, story)
    page.get_by_role("button", name="Aperçu").click()
    frame, preview = page.locator("#preview iframe"), page.frame_locator("#preview iframe")
    expect(preview.locator(".prose")).to_be_visible()
    expect(preview.locator("html")).not_to_have_class("js")  # the first script of the page sets it
    page.get_by_role("button", name="Téléphone").click()
    frame.evaluate("frame => frame.contentWindow.scrollTo({ top: 200, behavior: 'instant' })")

    page.locator("#id_headline").fill("Titre tapé")
    expect(preview.locator("h1")).to_have_text("Titre tapé")

    assert frame.evaluate("frame => frame.contentWindow.scrollY") == 200


def test_without_javascript_the_preview_opens_as_a_page(
    new_page: NewPage, sign_in: SignIn, journalist: User, story: Story
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, journalist)
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Aperçu").click()
    expect(opened.value.locator("h1")).to_have_text("Premier titre")


def test_a_guest_opens_a_review_link_approves_and_loses_access_when_it_is_closed(
    new_page: NewPage, sign_in: SignIn, sub_editor: User, story: Story
) -> None:
    deeds.submit(story, revision=1, by=story.writers.get())
    desk, guest = new_page(), new_page()
    sign_in(desk, sub_editor)
    open_story(desk, story)
    desk.get_by_text("Relecture extérieure").click()
    desk.get_by_role("link", name="Montrer à quelqu’un").click()
    desk.get_by_label("Pour qui").fill("Me Benali")
    desk.get_by_role("button", name="Créer le lien").click()
    address = desk.get_by_label("Lien pour Me Benali", exact=True).input_value()

    guest.goto(address)
    expect(guest.locator("h1")).to_have_text("Premier titre")
    for picture in guest.locator(".article img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    expect(guest.get_by_label("Votre nom")).to_have_value("Me Benali")
    guest.get_by_label("Je l’approuve telle quelle").check()
    guest.get_by_role("button", name="Envoyer ma réponse").click()
    expect(guest.get_by_text("approuve cette version")).to_be_visible()
    assert guest.context.cookies() == []

    open_story(desk, story)
    expect(desk.locator("#shared")).to_contain_text("approuve la version 1")
    desk.get_by_role("link", name="Liens et réponses").click()
    desk.get_by_role("button", name="Fermer le lien pour Me Benali").click()
    expect(desk.get_by_text("Fermé par secretaire")).to_be_visible()
    assert guest.goto(address).status == 404  # type: ignore[union-attr]
    expect(guest.locator("h1")).to_have_text("Ce lien n’ouvre rien")


@pytest.fixture
def link(story: Story, sub_editor: User) -> ShareLink:
    return share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=2), by=sub_editor)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@SIZES
def test_the_pages_of_a_guest_are_accessible_and_valid(
    new_page: NewPage, link: ShareLink, size: dict[str, int], scheme: str,
    assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    page = new_page(viewport=size, color_scheme=scheme)

    def judge() -> None:
        assert_accessible(page)
        assert_valid_html(page.content())
        assert_no_wider_than_window(page)

    page.goto(share_links.address_of(link))
    judge()
    page.get_by_label("J’ai une remarque à faire").check()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_be_visible()
    judge()
    page.get_by_label("Votre remarque").fill("La date est fausse.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("La date est fausse.")).to_be_visible()
    judge()
    page.goto(share_links.address_of(link)[:-2] + "/")
    judge()


@SIZES
def test_the_preview_and_the_links_are_accessible_and_valid(
    new_page: NewPage, sign_in: SignIn, sub_editor: User, story: Story, link: ShareLink, size: dict[str, int],
    assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    share_links.answer(link, verdict=GuestAnswer.Verdict.COMMENT, name="Me Benali", text="La date est fausse.")
    page = new_page(viewport=size)
    sign_in(page, sub_editor)
    for part in ("preview/", "version/1/preview/", "share/", "change/"):
        open_story(page, story, part)
        assert_accessible(page)
        assert_valid_html(page.request.get(page.url).text())
        assert_no_wider_than_window(page)
    page.get_by_role("button", name="Aperçu").click()
    expect(page.frame_locator("#preview iframe").locator("h1")).to_be_visible()
    assert_accessible(page)
    assert_no_wider_than_window(page)
