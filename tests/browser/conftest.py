"""A real Chromium on a live server that sends the real headers, and the two checkers of a page: axe and Nu."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from newsroom.editing import autosave, presence
from newsroom.models import Story
from tests import packages
from tests.browser.unsaved import open_page
from tests.html_checker import html_checker
from tests.newsroom.story_post import address

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # the last list of a kind counts: Playwright's own, and the pages that the address bar keeps ready for each window
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
)  # fmt: skip
LONGEST_WAIT = 90_000  # milliseconds; a passing test never waits so long, even on a slow machine
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = packages.chromium()
    assert path, f"Chromium is not there: {packages.CHROMIUM.advice}."
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, where Django refuses queries without this variable.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=LONGEST_WAIT)
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any, settings: LazySettings) -> Iterator[Callable[..., Page]]:
    """Opens a window without cookies or storage: `new_page()`, or with Playwright's options, such as `viewport=`.

    Addresses are those of the live server. The test fails at its end when a script raised an error in one of its pages
    or the Content-Security-Policy refused something there.
    """
    settings.SITE_URL = live_server.url
    contexts, errors = [], []

    def open_window(**options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="fr-FR", **options)
        context.set_default_timeout(LONGEST_WAIT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _refused(message.text) and errors.append(f"{page.url}: {message.text}"))
        return page

    yield open_window
    for context in contexts:
        context.cookies()  # a round trip, after which the events so far have all arrived
    raised = list(errors)  # an editor that is still loading raises another when the network goes, below
    for context in contexts:
        context.set_offline(True)  # a request that a page sends while it closes would reach the next test
        context.close()
    _await_last_answers()
    assert not raised, raised


def _await_last_answers() -> None:
    """Wait until the live server has answered all that was sent.

    To answer with the settings of one test while the next one changes them spoils what Django keeps of them.
    """
    deadline = time.monotonic() + LONGEST_WAIT / 1000
    while answering := [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]:
        assert time.monotonic() < deadline, f"the live server still answers: {answering}"
        time.sleep(0.01)


def _refused(message: str) -> bool:
    return "Content Security Policy" in message or "Content-Security-Policy" in message


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A window in which nobody is signed in."""
    return new_page()


@pytest.fixture
def sign_in(live_server: Any, settings: LazySettings) -> Callable[[Page, User], None]:
    """Signs a login in for all pages of a window, by a session's cookie: no page is opened for it."""

    def enter(page: Page, user: User) -> None:
        name, client = settings.SESSION_COOKIE_NAME, Client()
        client.force_login(user)
        place = {"domain": urlsplit(live_server.url).hostname, "path": settings.SESSION_COOKIE_PATH}
        cookie = {"name": name, "value": client.cookies[name].value, **place, "httpOnly": True, "sameSite": "Lax"}
        page.context.add_cookies([cookie])

    return enter


@pytest.fixture
def sign_in_by_form(password: str) -> Callable[[Page, User], None]:
    """Signs a login in through the form, as people do."""

    def enter(page: Page, user: User) -> None:
        page.goto("/redaction/login/")
        page.locator("input[name=username]").fill(user.get_username())
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda address: "/login/" not in address)

    return enter


@pytest.fixture
def seat(new_page: Callable[..., Page], sign_in: Callable[[Page, User], None], story: Story) -> Callable[[User], Page]:
    """Opens the page of the story for somebody: `seat(user)`."""

    def sit(user: User) -> Page:
        page = new_page()
        sign_in(page, user)
        open_page(page, address(story))
        return page

    return sit


@pytest.fixture
def open_draft(
    page: Page, journalist: User, make_story: Callable[..., Story], sign_in: Callable[[Page, User], None]
) -> Callable[[str], tuple[Page, Story]]:
    """Opens the page of a draft of the journalist's with this body, its editor ready."""

    def begin(body: str) -> tuple[Page, Story]:
        story = make_story(by=journalist, body=body)
        sign_in(page, journalist)
        open_page(page, address(story))
        return page, story

    return begin


@pytest.fixture
def short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes pages send the text almost at once, and a heartbeat twice a second."""
    monkeypatch.setattr(autosave, "PAUSE", 0.1)
    monkeypatch.setattr(presence, "HEARTBEAT", 0.5)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fails when axe finds a violation of WCAG 2.2 A or AA, or of its best practices, on the page as it is now."""

    def judge(page: Page) -> None:
        # with preload, axe writes imported style sheets into the page, and the policy refuses them
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False}
        results = Axe().run(page, options=options)
        violations = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
            for violation in results.response["violations"]
        ]
        assert not violations, f"{page.url}\n" + "\n".join(violations)

    return judge


@pytest.fixture(scope="session")
def checker() -> Iterator[str]:
    """The address of the Nu HTML checker."""
    with html_checker() as address:
        yield address


@pytest.fixture(scope="session")
def assert_valid_html(checker: str) -> Callable[[str], None]:
    """Fails when the Nu HTML checker finds an error in the document."""

    def judge(html: str) -> None:
        request = Request(checker, html.encode(), {"Content-Type": "text/html; charset=utf-8"})  # noqa: S310 (our own)
        with urlopen(request, timeout=120) as answer:  # noqa: S310
            messages = json.load(answer)["messages"]
        errors = [
            f"line {message.get('lastLine')}: {message['message']}\n    {message.get('extract', '').strip()}"
            for message in messages
        ]
        assert not errors, "\n".join(errors)

    return judge
