"""Long texts to merge: those that the desk merges, and those that would take it too long."""

import random
from collections.abc import Callable

Texts = tuple[str, str, str]  # the base, mine and theirs

_WORDS = [f"mot{number % 311}" for number in range(1500)]
_PARAGRAPHS = [f"<p>{' '.join(_WORDS[start : start + 75])}.</p>" for start in range(0, 1500, 75)]

# Both change each of its 20 paragraphs, one at the beginning and the other at the end.
OF_1500_WORDS: Texts = (
    "\n".join(_PARAGRAPHS),
    "\n".join(paragraph.replace("<p>", "<p>Ici, ") for paragraph in _PARAGRAPHS),
    "\n".join(paragraph.replace(".</p>", " là.</p>") for paragraph in _PARAGRAPHS),
)

OVERLONG: dict[str, Texts] = {
    "a paragraph of two words said again and again": (
        "<p>" + "a b " * 30_000 + "</p>",
        "<p>c " + "a b " * 30_000 + "c</p>",
        "<p>d " + "b a " * 30_000 + "d</p>",
    ),
    "two paragraphs said again and again": (
        "\n".join(["<p>a</p>\n<p>b</p>"] * 10_000),
        "\n".join(["<p>b</p>"] * 9_000),
        "\n".join(["<p>a</p>"] * 9_000),
    ),
}

# What a field of a million characters may be made of: each is a trap for an expression that reads tags and words.
PIECES = ["<", " ", "<a ", "<>", "\u00a0", "a"]


def a_million_characters(piece: str) -> str:
    return piece * (1_000_000 // len(piece))


# --- Shapes of any length: a base of so many words, and two texts made of it ---------------------------------------

Shape = Callable[[int], Texts]


def _changed(words: list[str], every: int, first: int, to: str) -> list[str]:
    return [f"{to}{place}" if place % every == first else word for place, word in enumerate(words)]


def _three(words: list[str], every: int, between: str) -> Texts:
    """`words`, and both texts with one word of so many changed, never the same one."""
    mine, theirs = _changed(words, every, 0, "ici"), _changed(words, every, every // 2, "là")
    base, one, other = (f"<p>{between.join(each)}</p>" for each in (words, mine, theirs))
    return base, one, other


def _drawn(words: int, different: int) -> list[str]:
    draw = random.Random(words)
    return [f"mot{draw.randrange(different)}" for _word in range(words)]


def _shuffled(words: int) -> Texts:
    drawn = _drawn(words, 40)
    base, one, other = (f"<p>{' '.join(random.Random(seed).sample(drawn, words))}</p>" for seed in (1, 2, 3))
    return base, one, other


NEW_PARAGRAPH = "</p>\n<p>"
SHAPES: dict[str, Shape] = {
    "a paragraph of different words, every second one changed": (
        lambda words: _three([f"mot{number}" for number in range(words)], 2, " ")
    ),
    "a paragraph of 311 words, every second one changed": (
        lambda words: _three([f"mot{number % 311}" for number in range(words)], 2, " ")
    ),
    "a paragraph of drawn words, one in twenty changed": lambda words: _three(_drawn(words, 3_000), 20, " "),
    "a paragraph of two words, one in ten changed": lambda words: _three(_drawn(words, 2), 10, " "),
    "a paragraph of forty words, shuffled": _shuffled,
    "paragraphs of one word, every second one changed": (
        lambda words: _three([f"mot{number}" for number in range(words)], 2, NEW_PARAGRAPH)
    ),
    "paragraphs of one of two words, one in ten changed": lambda words: _three(_drawn(words, 2), 10, NEW_PARAGRAPH),
    "bold words, one in twenty changed": (
        lambda words: _three([f"<strong>{word}</strong>" for word in _drawn(words, 500)], 20, " ")
    ),
}
