"""Bodies of stories that name other stories."""


def read_also(number: int) -> str:
    return f'<aside class="lire-aussi" data-article="{number}"></aside>'


def naming(*numbers: int) -> str:
    """A text, and a link to each story below it."""
    return "<p>Texte.</p>" + "".join(map(read_also, numbers))
