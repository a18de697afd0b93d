"""The buttons of deeds: which of them a page has, and the question that each asks."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.access import StoryRights
from newsroom.publishing.companions import has_own_page
from newsroom.workflow import TRANSITIONS, Deed

from .undone import NONE_UNDONE, UndoneDeed

ICONS: dict[Deed, str] = {
    Deed.SUBMIT: "send",
    Deed.TAKE_BACK: "undo",
    Deed.SEND_BACK: "undo",
    Deed.APPROVE: "check",
    Deed.REOPEN: "lock",
    Deed.SCHEDULE: "clock",
    Deed.UNSCHEDULE: "undo",
    Deed.PUBLISH: "publish",
    Deed.FLASH: "publish",
    Deed.LOOK: "eye",
    Deed.REVISE: "pencil",
    Deed.ABANDON: "ban",
    Deed.CORRECT: "pencil",
    Deed.WITHDRAW: "ban",
    Deed.SPIKE: "archive",
    Deed.REVIVE: "undo",
}
# The first of these that is open is the one filled button of a screen.
FILLED = (Deed.LOOK, Deed.SUBMIT, Deed.APPROVE, Deed.PUBLISH, Deed.REVISE, Deed.REVIVE)
GRAVE = (Deed.ABANDON, Deed.WITHDRAW, Deed.SPIKE)


@dataclass(frozen=True)
class Button:
    """A deed to be done: at once, with a note beside it when it `asks` or is grave, or from a page of its own."""

    deed: Deed
    asks: str | Promise
    undone: UndoneDeed
    is_filled: bool
    has_own_page: bool

    @property
    def icon(self) -> str:
        return ICONS[self.deed]

    @property
    def is_grave(self) -> bool:
        return self.deed in GRAVE


def button_for(rights: StoryRights, deed: Deed, undone: UndoneDeed = NONE_UNDONE) -> Button:
    """The button of `deed` on the story of `rights`, with the question that its note must answer, if any."""
    asks: str | Promise = TRANSITIONS[deed].question
    if rights.lacks_second_eyes(deed):
        asks = _("You wrote or submitted it. Why approve it alone?")
    typed = undone if undone.deed == deed else NONE_UNDONE
    is_filled = deed in FILLED and not asks
    return Button(deed, asks, typed, is_filled=is_filled, has_own_page=has_own_page(deed, rights.story))


def buttons_for(rights: StoryRights, undone: UndoneDeed = NONE_UNDONE) -> list[Button]:
    """The buttons of all deeds that are open, of which one at most is filled."""
    buttons = [button_for(rights, deed, undone) for deed in rights.open_deeds]
    filled = [button for button in buttons if button.is_filled]
    first = min(filled, key=lambda button: FILLED.index(button.deed), default=None)
    return [replace(button, is_filled=button is first) for button in buttons]
