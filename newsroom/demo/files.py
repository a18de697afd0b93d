"""The demo newspaper's files: texts with TOML front matter between `+++` lines, a cast, photographs."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CROSS_LINK = re.compile(r'<aside class="lire-aussi" data-article="([a-z0-9-]+)"></aside>\s*')
PICTURE = re.compile(r'(<figure class="image" data-image=")([a-z0-9-]+)(")')


@dataclass(frozen=True)
class Text:
    """One file: its name, its front matter, its body with names where stored bodies have numbers."""

    slug: str
    head: dict[str, Any]
    body: str

    def begun(self) -> "Text":
        """The text as it was when it was saved first: its first half."""
        blocks = self.body.split("\n")
        return replace(self, body="\n".join(blocks[: (len(blocks) + 1) // 2]))

    def body_with(self, *, articles: dict[str, int], photos: dict[str, int]) -> str:
        """The body as the desk stores it. A link to a text without a number yet is left out."""

        def link(match: re.Match[str]) -> str:
            number = articles.get(match[1])
            return f'<aside class="lire-aussi" data-article="{number}"></aside>\n' if number else ""

        return PICTURE.sub(lambda match: f"{match[1]}{photos[match[2]]}{match[3]}", CROSS_LINK.sub(link, self.body))


def texts(kind: str) -> list[Text]:
    """The texts of a folder (`articles`, `drafts`, `pages`), oldest first where they are dated."""
    found = [_read(file) for file in sorted((FOLDER / kind).glob("*.html"))]
    return sorted(found, key=lambda text: str(text.head.get("published", "")))


def _read(file: Path) -> Text:
    _empty, head, body = file.read_text(encoding="utf-8").split("+++\n", 2)
    return Text(file.stem, tomllib.loads(head), body.strip())


def cast() -> dict[str, list[dict[str, Any]]]:
    """Sections (with their children), authors and topics."""
    return tomllib.loads((FOLDER / "cast.toml").read_text(encoding="utf-8"))


def words(subject: str) -> dict[str, str]:
    """What the newsroom says to its readers and to itself, beside the texts."""
    said: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "at_work.toml").read_text(encoding="utf-8"))
    return said[subject]


def photographs() -> dict[str, list[dict[str, Any]]]:
    """Photographs and the credits they owe."""
    return tomllib.loads((FOLDER / "photos.toml").read_text(encoding="utf-8"))


def photo_files() -> Iterator[tuple[dict[str, Any], Path]]:
    for photo in photographs()["photo"]:
        yield photo, FOLDER / "photos" / photo["file"].rsplit("/", 1)[-1]
