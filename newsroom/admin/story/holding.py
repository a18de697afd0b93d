"""What the page of a story holds when its post makes a text appear: all of it at once, before anything is read."""

from django.http import QueryDict

from articles.body import references
from newsroom import body, publishing
from newsroom.admin.forms.parsing import row_number
from newsroom.workflow import Deed

APPEARING = (Deed.PUBLISH, Deed.FLASH, Deed.CORRECT)  # the deeds after which readers see the text


def typed_pictures(typed: QueryDict) -> list[int | None]:
    """The numbers of the pictures that are named in what was typed."""
    text = typed.get("body", "")
    named = references(body.clean(text)).images if body.fits(text) else []
    return [row_number(typed.get("lead_photo")), *(row_number(str(each)) for each in named)]


def hold_what_appears(typed: QueryDict, number: str) -> None:
    """Lock a story that is to appear, with the texts that it will answer and the pictures that it will show.

    All of them at once, before anything is read: see `publishing.hold`.
    """
    named = [typed.get("replies_to"), typed.get("change_reply")]
    publishing.hold(row_number(number) or 0, others=map(row_number, named), pictures=typed_pictures(typed))
