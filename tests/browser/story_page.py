"""The page of a story as tests drive it: its editor, and what is kept from the page for a while."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route


def body_of(page: Page) -> Locator:
    """What one writes in."""
    return page.frame_locator("iframe.cke_wysiwyg_frame").locator("body.cke_editable")


def wait_for_editor(page: Page) -> None:
    """Until it can be written in. Its text is shown a moment before, when its buttons do nothing yet."""
    page.wait_for_function(
        "() => Object.values(window.CKEDITOR?.instances ?? {}).some((editor) => editor.status === 'ready')"
    )


def hold(page: Page, pattern: str) -> Callable[[], None]:
    """Keeps what `pattern` names from the page, until what is returned is called."""
    held: list[Route] = []
    is_open = False

    def meet(route: Route) -> None:
        if is_open:
            route.continue_()
        else:
            held.append(route)

    def let_go() -> None:
        nonlocal is_open
        is_open = True
        for route in held:
            route.continue_()

    page.route(pattern, meet)
    return let_go
