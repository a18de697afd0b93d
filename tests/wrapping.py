"""Breaks the long lines of templates where HTML allows it; `python tests/wrapping.py --write` does it (`make format`).

A space may become the end of a line between the attributes of a tag, and in text whose spaces collapse. It may not
within a template tag, a quoted value, a translated block, or an element that keeps its spaces.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 120  # characters
DEEPER = 2  # characters by which what follows is set in
# The pages of differences keep the line breaks of a text (`white-space: pre-line`): only within tags there.
KEEPS_LINES = ("panels/versions/", "panels/conflict.html")

TOKEN = re.compile(
    r"(?P<translated>\{%\s*(?:blocktranslate|comment)\b.*?\{%\s*end(?:blocktranslate|comment)\s*%\})"
    r"|(?P<template>\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})"
    r"|(?P<comment><!--.*?-->)"
    r"|(?P<raw><(?P<name>script|style|textarea|pre)\b)"
    r"|(?P<open></?[a-zA-Z])"
    r"|(?P<quoted>\"|')"
    r"|(?P<close>>)"
    r"|(?P<space> )",
    re.DOTALL | re.IGNORECASE,
)
QUOTED = {quote: re.compile(rf"(?:\{{%.*?%\}}|\{{\{{.*?\}}\}}|[^{quote}])*{quote}", re.DOTALL) for quote in "\"'"}


def breakable(html: str, *, in_text: bool = True) -> Iterator[int]:
    """The places of the spaces of `html` that may end a line; unless `in_text`, only of those within tags."""
    at, is_in_tag, raw = 0, False, ""
    while found := TOKEN.search(html, at):
        at = found.end()
        match found.lastgroup:
            case "quoted" if is_in_tag:
                end = QUOTED[found[0]].match(html, at)
                at = end.end() if end else len(html)
            case "raw" | "name":
                is_in_tag, raw = True, found["name"]
            case "open":
                is_in_tag = True
            case "close" if is_in_tag:
                is_in_tag = False
                if raw:
                    end = re.compile(f"</{raw}", re.IGNORECASE).search(html, at)
                    at, raw = (end.start() if end else len(html)), ""
            case "space" if is_in_tag or in_text:
                yield found.start()


def wrapped(html: str, *, in_text: bool = True) -> str:
    """`html` with its lines within LIMIT, as far as it may be broken."""
    places, before, lines = list(breakable(html, in_text=in_text)), 0, []
    for line in html.split("\n"):
        within = [place - before for place in places if before <= place < before + len(line)]
        before += len(line) + 1
        lines += _pieces(line, within)
    return "\n".join(lines)


def _pieces(line: str, places: list[int]) -> Iterator[str]:
    indent = len(line) - len(line.lstrip(" "))
    places = [place for place in places if line[:place].strip() and line[place:].strip()]
    start, margin = 0, ""
    while len(margin) + len(line) - start > LIMIT:
        ahead = [place for place in places if line[start:place].strip()]
        fitting = [place for place in ahead if len(margin) + place - start <= LIMIT]
        if not ahead:
            break
        end = fitting[-1] if fitting else ahead[0]
        yield margin + line[start:end].rstrip(" ")
        margin = " " * (indent + DEEPER)
        start = end + len(line[end:]) - len(line[end:].lstrip(" "))
    yield margin + line[start:]


def wrapped_templates() -> Iterator[tuple[Path, str, str]]:
    """Every template with what it says and what it would say once its lines are broken."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        yield path, html, wrapped(html, in_text=not any(part in path.as_posix() for part in KEEPS_LINES))


if __name__ == "__main__" and "--write" in sys.argv:
    for template, now, then in wrapped_templates():
        if now != then:
            template.write_text(then, encoding="utf-8")
