"""English that staff or readers would see: a message of ours or of Django's that was not translated, or English words.

The interface is written in English in the code and shown in French, so that whatever escapes translation shows.
"""

import gettext
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import django
from django.http import HttpResponse

from tests.catalogue import FRENCH

# words that no French sentence holds
WORDS = re.compile(
    r"\b(?:the|and|of|to|this|these|those|with|your|you|is|are|was|were|not|from|which|have|has|been|will|nobody|its|"
    r"their|they|who|by|for|be|it|please|must|cannot|should|would|there|what|when|where|while|before|after|only)\b",
    re.IGNORECASE,
)
NO_PROSE = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\S*[/_=]\S*|\b[\w-]+\.\w{2,4}\b")
READ_ALOUD = {"title", "alt", "aria-label", "aria-description", "placeholder", "label"}
SILENT = {"style", "svg", "code", "textarea"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@cache
def untranslated() -> frozenset[str]:
    """The English of every message of ours and of Django's, but for those that read the same in some French message."""
    root = Path(django.__file__).parent
    catalogues = [FRENCH.with_suffix(".mo"), root / "conf/locale/fr/LC_MESSAGES/django.mo"]
    catalogues += root.glob("contrib/*/locale/fr/LC_MESSAGES/django.mo")
    english, french = set(), set()
    for path in catalogues:
        with path.open("rb") as file:
            for message, translation in gettext.GNUTranslations(file)._catalog.items():  # type: ignore[attr-defined]
                message = message[0] if isinstance(message, tuple) else message
                english.add(message.rpartition("\x04")[2].strip().casefold())
                french.add(translation.strip().casefold())
    return frozenset(message for message in english - french if len(message) > 2)


class _Visible(HTMLParser):
    """Gathers the pieces of text that a page shows, says or keeps for its scripts to show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_button = tag == "input" and values.get("type") in ("submit", "button", "reset")
        self.pieces += [
            value
            for name, value in attrs
            if value
            and (name in READ_ALOUD or (name == "value" and is_button) or (name[:5] == "data-" and " " in value))
        ]
        if tag == "script":
            self._script = values.get("type") or "text/javascript"
        elif tag in SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None
        elif tag in SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            if self._script == "application/json":
                self.pieces += strings_in(json.loads(data))
        elif not self._silent:
            self.pieces.append(data)


def strings_in(value: Any) -> list[str]:
    """The strings of a JSON value that may be sentences."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings_in(each)]
    return [value] if isinstance(value, str) and " " in value and "<" not in value else []


def english_in(*pieces: str) -> list[str]:
    """Those of these pieces of text that are in English, as a whole or by one word."""
    return [text for piece in pieces if _is_english(text := " ".join(piece.split()))]


@cache  # the same pieces stand on a thousand pages
def _is_english(text: str) -> bool:
    words = [word for word in WORDS.findall(NO_PROSE.sub(" ", text)) if not word.isupper()]  # CC BY-SA
    return bool(words) or text.casefold() in untranslated()


def english_on(answer: HttpResponse | str) -> list[str]:
    """The English on a page, or in the JSON that a script asked for. Of other answers, such as a picture, none."""
    if not isinstance(answer, str):
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if answer.streaming or not answer.content:
            return []
        if kind == "application/json":
            return english_in(*strings_in(json.loads(answer.content)))
        if kind not in ("text/html", "text/plain"):
            return []
        answer = answer.content.decode()
    reading = _Visible()
    reading.feed(answer)
    return english_in(*reading.pieces)
