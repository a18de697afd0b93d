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
class DemoText:
    """One file: its name, its front matter, and its body with names in place of the numbers of a stored body."""

    slug: str
    head: dict[str, Any]
    body: str

    def begun(self) -> "DemoText":
        """The text as its first version has it: its first half."""
        blocks = self.body.split("\n")
        return replace(self, body="\n".join(blocks[: (len(blocks) + 1) // 2]))

    def body_with(self, *, articles: dict[str, int], photos: dict[str, int]) -> str:
        """The body as the desk stores it. A « Lire aussi » whose target has no number yet is left out."""

        def link(match: re.Match[str]) -> str:
            number = articles.get(match[1])
            return f'<aside class="lire-aussi" data-article="{number}"></aside>\n' if number else ""

        return PICTURE.sub(lambda match: f"{match[1]}{photos[match[2]]}{match[3]}", CROSS_LINK.sub(link, self.body))


def texts(kind: str) -> list[DemoText]:
    """The texts of a folder (`articles`, `drafts`, `pages`), oldest first where they are dated."""
    unsorted = [_read(file) for file in sorted((FOLDER / kind).glob("*.html"))]
    return sorted(unsorted, key=lambda text: str(text.head.get("published", "")))


def _read(file: Path) -> DemoText:
    _empty, head, body = file.read_text(encoding="utf-8").split("+++\n", 2)
    return DemoText(file.stem, tomllib.loads(head), body.strip())


def cast() -> dict[str, list[dict[str, Any]]]:
    """Sections (with their children), authors and topics."""
    return tomllib.loads((FOLDER / "cast.toml").read_text(encoding="utf-8"))


def words(subject: str) -> dict[str, str]:
    """The words of one subject of `at_work.toml`: notes, questions and corrections beside the texts."""
    subjects: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "at_work.toml").read_text(encoding="utf-8"))
    return subjects[subject]


def photographs() -> dict[str, list[dict[str, Any]]]:
    """Photographs and the credits they owe."""
    return tomllib.loads((FOLDER / "photos.toml").read_text(encoding="utf-8"))


def photo_files() -> Iterator[tuple[dict[str, Any], Path]]:
    for photo in photographs()["photo"]:
        yield photo, FOLDER / "photos" / photo["file"].rsplit("/", 1)[-1]
