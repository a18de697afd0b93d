"""Breaks the long lines of templates where HTML allows it; `python tests/wrapping.py --write` does it (`make format`).

A line may end at a space between the attributes of a tag, at a space in text whose spaces collapse or in a `trimmed`
translation, and before or after a block. It may not within a template tag, a quoted value, any other translation, or
an element that keeps its spaces. Where a style sheet keeps the line breaks of a text, it may only within tags.
A line that stays too long wherever it is broken stays whole.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 120  # characters
DEEPER = 2  # characters by which what follows is set in

# What a break costs beside a character too many, which costs 1: a line that fits is worth any break.
TOO_LONG, A_LINE, IN_TEXT, IN_TAG, AFTER_A_NAME = 75, 10, 2, 4, 25

BLOCKS = (
    "address|article|aside|blockquote|body|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|head|header|hr|legend|li|link|main|meta|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
TOKEN = re.compile(
    r"(?P<trimmed>\{%\s*blocktranslate\b[^%]*\btrimmed\b.*?%\})"
    r"|(?P<translated>\{%\s*(?:blocktranslate|comment)\b.*?\{%\s*end(?:blocktranslate|comment)\s*%\})"
    r"|(?P<plural>\{%\s*plural\s*%\})"
    r"|(?P<template>\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})"
    r"|(?P<comment><!--.*?-->)"
    rf"|(?P<block></?(?:{BLOCKS})(?![\w-]))"
    r"|(?P<raw><(?P<name>script|style|textarea|pre)\b)"
    r"|(?P<open></?[a-zA-Z][\w-]*)"
    r"|(?P<quoted>\"|')"
    r"|(?P<close>>)"
    r"|(?P<space> )",
    re.DOTALL | re.IGNORECASE,
)
QUOTED = {quote: re.compile(rf"(?:\{{%.*?%\}}|\{{\{{.*?\}}\}}|[^{quote}])*{quote}", re.DOTALL) for quote in "\"'"}
ENDS_TRANSLATION = re.compile(r"\{%\s*endblocktranslate\s*%\}")
OPENS = re.compile(rf"<(?:{BLOCKS})(?![\w-])|\{{%\s*(?:if|for|with|block)\b", re.IGNORECASE)
CLOSES = re.compile(rf"</(?:{BLOCKS})(?![\w-])|\{{%\s*end(?:if|for|with|block)\b", re.IGNORECASE)
KEEPS_LINES = re.compile(r"([^{}]+)\{[^{}]*\bwhite-space: *(?:pre|break-spaces)")
CLASSES = re.compile(r"\bclass=\"((?:\{%.*?%\}|[^\"])*)\"")


class Place(NamedTuple):
    """Where a line may end, and what that costs."""

    at: int
    cost: int
    is_between_blocks: bool = False


def breakable(html: str, *, in_text: bool = True) -> Iterator[Place]:
    """The places of `html` where a line may end; unless `in_text`, only those within tags."""
    at, raw, tag, translation_ends = 0, "", "", 0
    while found := TOKEN.search(html, at):
        start, at = found.span()
        match found.lastgroup:
            case "trimmed":
                end = ENDS_TRANSLATION.search(html, at)
                translation_ends = end.start() if end else len(html)
                yield Place(at, IN_TEXT)
                yield Place(translation_ends, IN_TEXT)
            case "plural" if start < translation_ends:
                yield Place(start, IN_TEXT)
                yield Place(at, IN_TEXT)
            case "quoted" if tag:
                end = QUOTED[found[0]].match(html, at)
                at = end.end() if end else len(html)
            case "raw" | "name":
                tag, raw = found[0], found["name"]
            case "open":
                tag = found[0]
            case "block":
                tag = found[0]
                if in_text and not tag.startswith("</"):
                    yield Place(start, 0, is_between_blocks=True)
            case "close" if tag:
                if in_text and re.fullmatch(f"</(?:{BLOCKS})", tag, re.IGNORECASE):
                    yield Place(at, 0, is_between_blocks=True)
                tag = ""
                if raw:
                    end = re.compile(f"</{raw}", re.IGNORECASE).search(html, at)
                    at, raw = (end.start() if end else len(html)), ""
            case "space" if tag:
                yield Place(start, AFTER_A_NAME if html.endswith(tag, 0, start) else IN_TAG)
            case "space" if in_text or start < translation_ends:
                yield Place(start, IN_TEXT)


def wrapped(html: str, *, in_text: bool = True) -> str:
    """`html` with its lines within LIMIT, as far as it may be broken."""
    places, before, lines = sorted(breakable(html, in_text=in_text)), 0, []
    for line in html.split("\n"):
        within = [place._replace(at=place.at - before) for place in places if before < place.at < before + len(line)]
        before += len(line) + 1
        lines += _pieces(line, within) if len(line) > LIMIT else [line]
    return "\n".join(lines)


def _pieces(line: str, places: list[Place]) -> list[str]:
    """The pieces of `line` that cost least."""
    indent = len(line) - len(line.lstrip(" "))
    starts = [Place(0, 0), *(place for place in places if line[: place.at].strip() and line[place.at :].strip())]
    ends = [*(place.at for place in starts[1:]), len(line)]
    best: list[tuple[int, list[str]]] = [(0, [])]  # for each start, from the last: what the rest costs, and its pieces
    for first in range(len(starts) - 1, -1, -1):
        place = starts[first]
        margin = " " * _margin(line, place, indent)
        choices = []
        for last in range(len(starts) - 1, first - 1, -1):
            piece = margin + line[place.at : ends[last]].strip(" ") if first else line[: ends[last]].rstrip(" ")
            excess = len(piece) - LIMIT
            rest_cost, rest = best[len(starts) - 1 - last]
            choices.append((rest_cost + A_LINE + (TOO_LONG + excess if excess > 0 else 0), [piece, *rest]))
        cost, pieces = min(choices, key=lambda choice: choice[0])
        best.append((cost + place.cost, pieces))
    return best[-1][1]


def _margin(line: str, place: Place, indent: int) -> int:
    before, after = line[: place.at], line[place.at :]
    is_closed = len(OPENS.findall(before)) <= len(CLOSES.findall(before)) or re.match("</|{% (?:end|el)", after)
    return indent if place.is_between_blocks and is_closed else indent + DEEPER


def classes_that_keep_lines() -> set[str]:
    """The classes under whose rules a line break of a template shows on the page (`white-space: pre-line`)."""
    selectors = [
        selector
        for path in (ROOT / "static").rglob("*.css")
        for selector in KEEPS_LINES.findall(path.read_text(encoding="utf-8"))
    ]
    return {name for selector in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}


def keeps_lines(html: str, classes: set[str]) -> bool:
    """Whether an element of `html` has one of these `classes`."""
    return any(classes & set(re.split(r"[^\w-]+", value)) for value in CLASSES.findall(html))


def wrapped_templates() -> Iterator[tuple[Path, str, str]]:
    """Every template with what it says and what it would say once its lines are broken."""
    classes = classes_that_keep_lines()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        yield path, html, wrapped(html, in_text=not keeps_lines(html, classes))


if __name__ == "__main__" and "--write" in sys.argv:
    for template, now, then in wrapped_templates():
        if now != then:
            template.write_text(then, encoding="utf-8")
