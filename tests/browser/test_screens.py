"""axe and Nu check every kind of page and screen, in light and dark, on a phone and a desktop."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from playwright.sync_api import Page

from articles.models import Article, Author, ImageCredit, Section, Topic
from articles.models import Page as SitePage
from articles.views.errors import server_error
from newsroom import deeds, publishing
from newsroom.clock import Clock
from newsroom.models import Note, Photo, Story
from newsroom.stories import saving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Finds the fields, buttons and labels that reach beyond the right edge, where nobody can scroll.
CUT_AT_THE_EDGE = """() => [...document.querySelectorAll("form :is(input, textarea, select, button, label, .help)")]
  .filter(one => one.offsetParent && !one.closest(".visually-hidden, .results") &&
    one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.id || one.textContent.trim().slice(0, 40))"""
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1280, "height": 900}


@pytest.fixture
def newspaper(
    section: Section, author: Author, topic: Topic, journalist: User, editor: User, make_photo: Callable[..., Photo],
    make_story: Callable[..., Story], publish_story: Callable[[Story], Story],
) -> dict[str, str]:  # fmt: skip
    """The addresses of a small newspaper that has one page of every kind, by kind."""
    child = Section.objects.create(name="Parlement", slug="parlement", parent=section)
    page = SitePage.objects.create(
        title="Qui sommes-nous ?", slug="qui-sommes-nous", body="<h2>Nous</h2><p>Un texte.</p>"
    )
    photo, inside = make_photo(size=(1600, 1000)), make_photo(size=(900, 1300))
    Clock().beat()
    other = publish_story(make_story(by=journalist, section=child, headline="La halle ouvre en mars", lead_photo=photo))
    body = (
        f'<p>Texte.</p><aside class="lire-aussi" data-article="{other.pk}"></aside><h2>Un intertitre</h2>'
        f'<figure class="image" data-image="{inside.pk}"></figure><p>Suite.</p>'
        '<blockquote class="exergue"><p>« Oui. »</p><footer>Une passante</footer></blockquote><p>Fin.</p>'
    )
    whole = publish_story(
        make_story(by=journalist, body=body, section=child, kicker="Pêche", lead_photo=photo, topics=[topic.pk])
    )
    bare = publish_story(
        make_story(by=journalist, headline="Un texte sans photo ni sujet, au titre " + "très long " * 8)
    )
    gone = publish_story(make_story(by=journalist, headline="Un texte retiré"))
    gone_address = Article.objects.get(pk=gone.pk).get_absolute_url()
    publishing.withdraw(gone, revision=gone.version, by=editor, note="Erreur.", notice="Nous nous sommes trompés.")
    return {
        "home": "/",
        "section": section.get_absolute_url(),
        "subsection": child.get_absolute_url(),
        "article": Article.objects.get(pk=whole.pk).get_absolute_url(),
        "bare article": Article.objects.get(pk=bare.pk).get_absolute_url(),
        "author": author.get_absolute_url(),
        "authors": "/auteurs/",
        "topic": topic.get_absolute_url(),
        "page": page.get_absolute_url(),
        "not found": "/rien-ici/",
        "withdrawn": gone_address,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_readers_pages_are_accessible_and_never_wider_than_the_screen(
    newspaper: dict[str, str], new_page: Callable[..., Page], assert_accessible: Callable[[Page], None],
    scheme: str, size: dict[str, int],
) -> None:  # fmt: skip
    page = new_page(viewport=size, color_scheme=scheme)
    for address in newspaper.values():
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"
    assert page.context.cookies() == []


def test_readers_pages_are_valid_html(
    newspaper: dict[str, str], page: Page, assert_valid_html: Callable[[str], None]
) -> None:
    for address in newspaper.values():
        assert_valid_html(page.request.get(address).text())


def test_the_page_of_a_server_error_is_accessible_and_valid(
    page: Page, live_server: Any, assert_accessible: Callable[[Page], None], assert_valid_html: Callable[[str], None]
) -> None:
    document = server_error(RequestFactory().get("/")).content.decode()
    page.set_content(document)

    assert_accessible(page)
    assert_valid_html(document)


def test_a_reader_without_javascript_sees_the_whole_article(
    newspaper: dict[str, str], new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(newspaper["article"])

    assert page.locator(".prose h2").is_visible()
    assert page.locator(".lire-aussi a").is_visible()
    assert not page.locator("[data-sizes]").is_visible()


@pytest.fixture
def screens(
    newspaper: dict[str, str], journalist: User, sub_editor: User, chief: User, make_story: Callable[..., Story],
    make_photo: Callable[..., Photo], section: Section, author: Author, credit: ImageCredit,
) -> list[str]:  # fmt: skip
    """The addresses of every screen of the desk, with a story in every stage."""
    draft = make_story(by=journalist, headline="Un brouillon", lead_photo=make_photo())
    Note.objects.create(story=draft, by=chief, text="Bien vu.")
    returned = make_story(by=journalist, headline="Un texte revenu")
    deeds.submit(returned, revision=1, by=journalist)
    deeds.send_back(returned, revision=1, by=sub_editor, note="Le nom du témoin ?")
    review = make_story(by=journalist, headline="Un texte à relire")
    deeds.submit(review, revision=1, by=journalist)
    ready = make_story(by=journalist, headline="Un texte prêt")
    deeds.submit(ready, revision=1, by=journalist)
    deeds.approve(ready, revision=1, by=sub_editor)
    spiked = make_story(by=journalist, headline="Un texte écarté")
    deeds.spike(spiked, revision=1, by=chief)
    live = Story.objects.exclude(live_revision=None).first()
    assert live is not None
    stories = [draft, returned, review, ready, spiked, live]
    photo = Photo.objects.first()
    assert photo is not None
    admin = "/redaction"
    return [
        f"{admin}/",
        f"{admin}/newsroom/story/",
        f"{admin}/newsroom/story/?q=texte",
        f"{admin}/newsroom/story/add/",
        *(f"{admin}/newsroom/story/{story.pk}/change/" for story in stories),
        f"{admin}/newsroom/story/{review.pk}/send-back/",
        f"{admin}/newsroom/story/{draft.pk}/version/1/",
        f"{admin}/newsroom/photo/",
        f"{admin}/newsroom/photo/add/",
        f"{admin}/newsroom/photo/{photo.pk}/change/",
        f"{admin}/newsroom/photo/{photo.pk}/delete/",
        f"{admin}/articles/",
        f"{admin}/newsroom/",
        f"{admin}/articles/section/",
        f"{admin}/articles/section/add/",
        f"{admin}/articles/section/{section.pk}/change/",
        f"{admin}/articles/author/",
        f"{admin}/articles/author/add/",
        f"{admin}/articles/author/{author.pk}/change/",
        f"{admin}/articles/topic/",
        f"{admin}/articles/topic/add/",
        f"{admin}/articles/imagecredit/",
        f"{admin}/articles/imagecredit/{credit.pk}/change/",
        f"{admin}/articles/imagecredit/{credit.pk}/delete/",
        f"{admin}/articles/page/",
        f"{admin}/articles/page/add/",
        f"{admin}/auth/user/",
        f"{admin}/auth/user/add/",
        f"{admin}/auth/user/{journalist.pk}/change/",
        f"{admin}/password_change/",
    ]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone by night", "desk by day"])
def test_screens_of_the_desk_are_accessible(
    screens: list[str], new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], chief: User,
    assert_accessible: Callable[[Page], None], size: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    page = new_page(viewport=size, color_scheme=scheme)
    page.goto("/redaction/login/")
    assert_accessible(page)
    sign_in(page, chief)
    faults = []
    for address in screens:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.wait_for_load_state("networkidle")
        try:
            assert_accessible(page)
        except AssertionError as fault:
            faults.append(str(fault))
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            faults.append(f"{address} scrolls sideways")
        if cut := page.evaluate(CUT_AT_THE_EDGE):
            faults.append(f"{address} is cut at the right: {cut}")
    assert not faults, "\n".join(faults)


def test_screens_of_the_desk_are_valid_html(
    screens: list[str], page: Page, sign_in: Callable[[Page, User], None], chief: User,
    assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    faults = []
    for address in ["/redaction/login/", *screens]:
        if address == screens[0]:
            sign_in(page, chief)
        try:
            assert_valid_html(page.request.get(address).text())
        except AssertionError as fault:
            faults.append(f"{address}\n{fault}")
    assert not faults, "\n".join(faults)


def test_the_pages_that_refuse_a_save_or_an_address_are_accessible_and_valid(
    new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], journalist: User, editor: User,
    make_story: Callable[..., Story], assert_accessible: Callable[[Page], None],
    assert_valid_html: Callable[[str], None],
) -> None:  # fmt: skip
    """A stale save, a missing story, a lookup that is not allowed, and a save after the session ended."""
    story = make_story(by=journalist)
    page = new_page(viewport=DESK)
    sign_in(page, journalist)
    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    page.locator("#id_headline").fill("Ce que j’avais écrit")
    story.headline = "Ce qu’un collègue a enregistré"
    story.save()
    saving.record_text(story, by=editor)

    with page.expect_navigation() as stale:
        page.locator("[data-save]").click()
    assert stale.value.status == 409
    assert_accessible(page)
    assert_valid_html(stale.value.text())

    missing = page.goto("/redaction/newsroom/story/999999/change/")
    assert missing is not None
    assert missing.status == 404
    assert_accessible(page)
    assert_valid_html(missing.text())
    unasked = page.goto("/redaction/newsroom/story/?body__contains=a")
    assert unasked is not None
    assert unasked.status == 400
    assert_accessible(page)
    assert_valid_html(unasked.text())

    page.goto(f"/redaction/newsroom/story/{story.pk}/change/")
    page.locator("#id_headline").fill("Encore une heure de travail")
    page.context.clear_cookies(name="redaction")
    with page.expect_navigation() as ended:
        page.locator("[data-save]").click()
    assert ended.value.status == 403
    assert "Encore une heure de travail" in ended.value.text()
    assert_accessible(page)
    assert_valid_html(ended.value.text())
