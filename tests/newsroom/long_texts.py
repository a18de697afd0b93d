"""Long texts to merge: those that the desk merges, and those that would take it too long."""

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
        "<p>a</p>\n<p>b</p>\n" * 10_000,
        "\n".join(["<p>b</p>"] * 9_000),
        "\n".join(["<p>a</p>"] * 9_000),
    ),
}

# What a field of a million characters may be made of: each is a trap for an expression that reads tags and words.
PIECES = ["<", " ", "<a ", "<>", "\u00a0", "a"]


def a_million_characters(piece: str) -> str:
    return piece * (1_000_000 // len(piece))
