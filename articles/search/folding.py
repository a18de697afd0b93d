"""Text without regard to case or accents, for the desk's searches: "econo" matches « Économie »."""

import unicodedata

APOSTROPHES = str.maketrans("’‘ʼ", "'''")


def search_fold(*texts: str, limit: int | None = None) -> str:
    """The texts in one line, lower case, without accents, cut at `limit` characters."""
    joined = " ".join(" ".join(texts).split()).casefold().replace("œ", "oe").replace("æ", "ae").translate(APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", joined)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare[:limit]


MAX_CHARACTERS, MAX_WORDS = 200, 12


def search_words(query: str) -> list[str]:
    """The folded words of a search query. An overlong query is cut, so that it cannot become hundreds of conditions."""
    return search_fold(query[:MAX_CHARACTERS]).split()[:MAX_WORDS]
