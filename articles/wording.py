"""The French typography of short texts: cut texts, numbers, lists of names, captions."""

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

ENDINGS = tuple(".!?…»")
NO_BREAK = "\u00a0\u202f\u2007"  # spaces at which no line ends: « 1 000 € », « Mohammed VI »
SPACES = re.compile(r"\s+")


def one_spaced(text: str) -> str:
    """The words of `text` with one space between them, and none around it. A no-break space among others is the one.

    French is written with no-break spaces, which `split` takes for any other space and would destroy.
    """

    def space(run: re.Match[str]) -> str:
        return next((sign for sign in run[0] if sign in NO_BREAK), " ")

    return SPACES.sub(space, text).strip()


def cut(text: str, length: int) -> str:
    """`text` in at most `length` characters. A longer one is cut after a word and ends with « … ».

    A no-break space ends no word: half of « 1 000 € » is another sum.
    """
    if len(text) <= length:
        return text
    head = text[: length - 1]
    if text[length - 1] in NO_BREAK or not text[length - 1].isspace():
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" \u00a0\u202f,;:.!?–—-«(") + "…"


def thousands(number: int) -> str:
    """« 12 400 »: a narrow no-break space (U+202F) between thousands, as French typography asks inside a number."""
    return f"{number:,}".replace(",", "\u202f")


def join_names(names: Sequence[str]) -> str:
    """« A, B et C »."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def sentence(caption: str) -> str:
    """A caption that a credit can follow: it ends with a full stop, unless it has punctuation of its own."""
    caption = caption.strip()
    return caption if not caption or caption.endswith(ENDINGS) else f"{caption}."


def by_letter(name: str) -> str:
    """The key that sorts names without regard to accents or case."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# XML 1.0 (section 2.2) allows none of these characters, escaped or not.
BREAKS = re.compile("[\x0b\x0c]")
UNKNOWN_TO_XML = re.compile("[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def legible(text: str) -> str:
    """The text without the characters that XML forbids. A vertical tab becomes a space, the others go."""
    return UNKNOWN_TO_XML.sub("", BREAKS.sub(" ", text))


# Signs that turn the order of what stands around them, so that a name or a headline reads as another one: embeddings,
# overrides and isolates; and those that nobody sees and that make two names differ which look alike: word joiners,
# invisible operators, fillers of Hangul, tags. The no-break spaces, the apostrophe, the joiners that
# Persian, Indic scripts and emoji are written with, and the two marks of direction stay: they belong to the spelling,
# and a mark turns nothing but itself.
DECEIVING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u2060-\u2065\u206a-\u206f\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def undeceiving(text: str) -> str:
    """A name, a headline or another line without the signs that make it read otherwise, or that nobody sees."""
    return DECEIVING.sub("", text)
