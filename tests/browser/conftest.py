"""A real Chromium before a live server that sends the real headers, and the two judges of a page: axe and Nu."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import packages

ROOT = Path(__file__).resolve().parent.parent.parent
NU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LONGEST = (
    90_000  # milliseconds until a test gives up what it waits for: nothing where all is well, and a machine may be slow
)
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
        # Playwright runs a loop in this thread; Django then refuses to touch the database there unless told.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=LONGEST)
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any, settings: LazySettings) -> Iterator[Callable[..., Page]]:
    """Opens a window with nothing remembered: `new_page()`, or with Playwright's options, such as `viewport=`.

    Addresses are those of the live server. When the test is over, a page that broke (a script's error, something the
    Content-Security-Policy refused) fails it.
    """
    settings.SITE_URL = live_server.url
    contexts, complaints = [], []

    def open_window(**options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="fr-FR", **options)
        context.set_default_timeout(LONGEST)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _refused(said.text) and complaints.append(f"{page.url}: {said.text}"))
        return page

    yield open_window
    for context in contexts:
        context.cookies()  # asked for nothing but to hear what the browser has said so far
    broken = list(complaints)  # an editor that is still loading complains of the network that is taken away here
    for context in contexts:
        context.set_offline(True)  # what a page says while it closes would reach the next test
        context.close()
    assert not broken, broken


def _refused(message: str) -> bool:
    return "Content Security Policy" in message or "Content-Security-Policy" in message


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A window of somebody signed out."""
    return new_page()


@pytest.fixture
def sign_in(password: str) -> Callable[[Page, User], None]:
    """Signs a login in as people do, by the form."""

    def enter(page: Page, user: User) -> None:
        page.goto("/redaction/login/")
        page.locator("input[name=username]").fill(user.get_username())
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda address: "/login/" not in address)

    return enter


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """axe finds nothing on the page as it now stands: WCAG 2.2 A and AA, and its good practices."""

    def judge(page: Page) -> None:
        # without preload: else axe writes imported sheets into the page, which the policy rightly refuses
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False}
        found = Axe().run(page, options=options)
        violations = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
            for violation in found.response["violations"]
        ]
        assert not violations, f"{page.url}\n" + "\n".join(violations)

    return judge


@pytest.fixture(scope="session")
def checker() -> Iterator[str]:
    """The address of the Nu HTML checker: one process for all documents, a new one for each is seconds of Java."""
    java = packages.java()
    assert java, f"Java is not there: {packages.JAVA.advice}."
    assert NU.exists(), "The Nu HTML checker is not there: run npm ci."
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here = "-Dnu.validator.servlet.bind-address=127.0.0.1"
    command = [java, "-Xss2m", here, "-cp", str(NU), "nu.validator.servlet.Main", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_port(port, process)
            yield f"http://127.0.0.1:{port}/?out=json&level=error"
        finally:
            process.terminate()


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    given_up_at = time.monotonic() + 120
    while True:
        assert process.poll() is None, "The Nu HTML checker ended as it began."
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < given_up_at, "The Nu HTML checker does not answer."
            time.sleep(0.1)


@pytest.fixture(scope="session")
def assert_valid_html(checker: str) -> Callable[[str], None]:
    """The Nu HTML checker has no error to tell about this document."""

    def judge(html: str) -> None:
        asked = Request(checker, html.encode(), {"Content-Type": "text/html; charset=utf-8"})  # noqa: S310 (our own)
        with urlopen(asked, timeout=120) as answer:  # noqa: S310
            messages = json.load(answer)["messages"]
        errors = [
            f"line {message.get('lastLine')}: {message['message']}\n    {message.get('extract', '').strip()}"
            for message in messages
        ]
        assert not errors, "\n".join(errors)

    return judge
