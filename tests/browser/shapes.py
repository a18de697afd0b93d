"""Writes every element of a body into every other one: empty, with line breaks and spaces at each place, and bare."""

from collections.abc import Iterator

WORDS = [
    "", " ", "&nbsp;", "<br>", "x", " x ", "&nbsp;x&nbsp;", "<br>x", "x<br>", "x<br>y", "x<br><br>y", "x<br> <br>y",
    "x<br><br><br>y<br><br>", "<strong>x</strong>", "<strong>x<br></strong>y", "<em><br>x </em> y",
    '<a href="/x/">x</a>', "x<sup>y</sup>", "<strong> </strong>x", "<strong><em>x</em></strong><em>y</em>",
]  # fmt: skip
FEW_WORDS = ["", "x", "<br>", "x<br>y", "x<br><br>y", "<strong>x</strong>"]
BLOCKS = [
    "<p>{}</p>", "<h2>{}</h2>", "<h3>{}</h3>", "<ul><li>{}</li></ul>",
    "<ol><li>x<ul><li>{}</li></ul></li><li>y</li></ol>", "<ul><li>y</li><li>{}</li></ul>",
    "<ul><li>y</li><ul><li>{}</li></ul></ul>", "<blockquote><p>{}</p></blockquote>", "<blockquote>{}</blockquote>",
    "<blockquote><p>y</p><footer>{}</footer></blockquote>",
    '<blockquote class="exergue"><p>{}</p></blockquote>',
    '<blockquote class="exergue"><p>y</p><footer>{}</footer></blockquote>',
    "<table><tbody><tr><td>{}</td><td>z</td></tr></tbody></table>",
    "<table><thead><tr><th>{}</th><th>z</th></tr></thead><tbody><tr><td>y</td><td></td></tr></tbody></table>",
    "<table><caption>{}</caption><tbody><tr><td>y</td></tr><tr><td></td></tr></tbody></table>",
    '<table><tbody><tr><td rowspan="2">{}</td><td colspan="2">z</td></tr><tr><td>y</td><td></td></tr></tbody></table>',
    '<figure class="image" data-image="1"><figcaption>{}</figcaption></figure>',
    '<aside class="lire-aussi" data-article="1">{}</aside>', "<div>{}</div>",
]  # fmt: skip
FEW_BLOCKS = [
    "<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "<blockquote><p>{}</p><footer>z</footer></blockquote>",
    '<blockquote class="exergue"><p>{}</p></blockquote>',
    "<table><caption>z</caption><tr><td>{}</td><td>z</td></tr></table>",
    '<figure class="image" data-image="1"></figure>', '<aside class="lire-aussi" data-article="1"></aside>',
    "<div>{}</div>", "<p>{}</p><p>z</p>", "<ul><li><p>{}</p><p>z</p></li></ul>",
]  # fmt: skip
PLACES = ["{}", "a{}", "{}b", "a{}b", "<p>a</p>{}", "{}<p>b</p>"]


def shapes() -> Iterator[str]:
    for block in BLOCKS:
        for words in WORDS:
            yield block.format(words)
        for place in PLACES if "<aside" not in block else []:  # what is in a reference is no text
            for inner in FEW_BLOCKS:
                for words in FEW_WORDS if "{}" in inner else [""]:
                    yield block.format(place.format(inner.format(words)))
