"""From the stored body into the editor and back: an untouched text comes back as it was, whatever it holds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from newsroom import body
from newsroom.models import Story
from tests.browser.random_bodies import Writer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODIES = 300
THROUGH_THE_EDITOR = """bodies => (async () => {
  const editor = CKEDITOR.instances.id_body;
  const came = [];
  for (const body of bodies) {
    await new Promise(done => editor.setData(body, { callback: done }));
    came.push(editor.getData());
  }
  return came;
})()"""


@pytest.fixture
def editor(open_draft: Callable[[str], tuple[Page, Story]]) -> Page:
    return open_draft("<p>Texte.</p>")[0]


def test_every_body_comes_back_from_the_editor_as_it_was(editor: Page) -> None:
    bodies = [Writer(seed).body() for seed in range(BODIES)]

    came = editor.evaluate(THROUGH_THE_EDITOR, bodies)

    pairs = [(before, body.clean(after)) for before, after in zip(bodies, came, strict=True)]
    different = [(before, after) for before, after in pairs if before != after]
    assert not different, f"{len(different)} of {BODIES}, the first: {different[0][0]}\nbecame {different[0][1]}"


def test_opening_and_saving_an_untouched_text_makes_no_version(
    open_draft: Callable[[str], tuple[Page, Story]],
) -> None:
    text = "<p>Une ligne<br>et une autre.</p>\n<ul><li>un<br>suite</li><li>deux<ul><li>dedans</li></ul></li></ul>"
    page, story = open_draft(text)

    with page.expect_navigation():
        page.locator("[data-save]").click()

    story.refresh_from_db()
    assert (story.body, story.version) == (text, 1)
