"""What the editor shows is what the desk stores: every element in every other, in the real editor."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from articles.body import text_of
from newsroom import body
from newsroom.models import Story
from tests.browser.shapes import shapes
from tests.browser.shown import through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(open_draft: Callable[[str], tuple[Page, Story]]) -> Page:
    return open_draft("<p>Texte.</p>")[0]


def clean(html: str) -> str:
    """The cleaned body, behind a crosshead: none of its own is raised."""
    return body.clean(f"<h2>x</h2>{html}").removeprefix("<h2>x</h2>").strip("\n")


def test_what_the_editor_shows_is_what_is_stored_and_no_word_is_lost(editor: Page) -> None:
    typed = list(dict.fromkeys(shapes()))

    first = through(editor, typed)
    stored = [clean(data) for _shown, data in first]
    second = through(editor, stored)

    wrong = [
        f"{html}\n    is shown as {shown}\n    is stored as {kept}\n    is then shown as {again}"
        for html, (shown, _data), kept, (again, data) in zip(typed, first, stored, second, strict=True)
        if shown != again
        or clean(data) != kept
        or sorted(text_of(kept).split()) != sorted(text_of(body.clean(html)).split())
    ]
    assert not wrong, f"{len(wrong)} of {len(typed)}, among them:\n" + "\n".join(wrong[:10])
