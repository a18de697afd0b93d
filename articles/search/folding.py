"""Text without regard to case or accents, for the desk's searches: « Économie » is found by "econo"."""

import unicodedata

APOSTROPHES = str.maketrans("’‘ʼ", "'''")


def search_fold(*texts: str, limit: int | None = None) -> str:
    """The texts in one line, lower case, without accents, cut at `limit` characters."""
    joined = " ".join(" ".join(texts).split()).casefold().replace("œ", "oe").replace("æ", "ae").translate(APOSTROPHES)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(sign))
    return bare[:limit]


MOST_SIGNS, MOST_WORDS = 200, 12


def search_words(typed: str) -> list[str]:
    """What was typed in a search, as folded words: as many as a search can mean, and no more."""
    return search_fold(typed[:MOST_SIGNS]).split()[:MOST_WORDS]
