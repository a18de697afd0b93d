"""Drives the page of a story: its editor, and answers that are held back from the page."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route


def body_of(page: Page) -> Locator:
    """The editable body in the editor's frame."""
    return page.frame_locator("iframe.cke_wysiwyg_frame").locator("body.cke_editable")


def wait_for_editor(page: Page) -> None:
    """Wait until the editor is ready. Its text appears a moment before, when its buttons do nothing yet."""
    page.wait_for_function(
        "() => Object.values(window.CKEDITOR?.instances ?? {}).some((editor) => editor.status === 'ready')"
    )


def hold(page: Page, pattern: str) -> Callable[[], None]:
    """Hold back the answers to requests that match `pattern`. Returns the function that lets them through."""
    held: list[Route] = []
    is_open = False

    def answer(route: Route) -> None:
        if is_open:
            route.continue_()
        else:
            held.append(route)

    def let_go() -> None:
        nonlocal is_open
        is_open = True
        for route in held:
            route.continue_()

    page.route(pattern, answer)
    return let_go
