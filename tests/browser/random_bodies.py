"""Bodies of all that a text may hold, drawn at random."""

import random

from newsroom import body


class Writer:
    """Writes markup of all that a body may hold, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def words(self) -> str:
        choices = ["mot", "deux mots", "« là »", "1\u202f000\u00a0€", "a &amp; b", "3 &lt; 4", "l’eau", "été\u202f?"]
        return " ".join(self.draw.choices(choices, k=self.draw.randint(1, 3)))

    def inline(self, depth: int = 2) -> str:
        parts = []
        for _part in range(self.draw.randint(1, 4)):
            tag = self.draw.choice(["", "", "strong", "em", "sup", "sub", "a", "br"])
            inner = self.inline(depth - 1) if depth and tag not in ("", "br") else self.words()
            match tag:
                case "":
                    parts.append(self.words())
                case "br":
                    parts.append("<br>")
                case "a":
                    parts.append(f'<a href="https://exemple.ma/?a=1&amp;b=2">{inner}</a>')
                case _:
                    parts.append(f"<{tag}>{inner}</{tag}>")
            parts.append(self.draw.choice(["", " ", " "]))
        return "".join(parts)

    def flow(self, depth: int = 1) -> str:
        """What a cell, an item or a quotation holds: nothing, a line, or paragraphs and lists."""
        match self.draw.randint(0, 5):
            case 0:
                return self.draw.choice(["", "<br>", " ", "&nbsp;", "<p></p>"])
            case 1 | 2:
                return "".join(
                    self.list(depth - 1) if depth and self.draw.random() < 0.4 else f"<p>{self.inline(1)}</p>"
                    for _part in range(self.draw.randint(1, 3))
                )
            case _:
                return self.inline(1)

    def items(self, depth: int) -> str:
        inner = ""
        for _item in range(self.draw.randint(1, 3)):
            nested = self.list(depth - 1) if depth and self.draw.random() < 0.3 else ""
            inner += f"<li>{self.flow(depth) if self.draw.random() < 0.3 else self.inline()}{nested}</li>"
        return inner

    def list(self, depth: int = 2) -> str:
        tag = self.draw.choice(["ul", "ol"])
        return f"<{tag}>{self.items(depth)}</{tag}>"

    def cell(self, tag: str) -> str:
        spans = self.draw.choice(["", "", "", ' rowspan="2"', ' colspan="2"', ' rowspan="3" colspan="2"'])
        scope = self.draw.choice(["", ' scope="col"', ' scope="row"']) if tag == "th" else ""
        return f"<{tag}{spans}{scope}>{self.flow()}</{tag}>"

    def rows(self, tag: str = "td") -> str:
        return "".join(f"<tr>{self.cell(tag)}{self.cell('td')}</tr>" for _row in range(self.draw.randint(1, 3)))

    def table(self) -> str:
        caption = f"<caption>{self.inline(1)}</caption>" if self.draw.random() < 0.4 else ""
        head = f"<thead>{self.rows('th')}</thead>" if self.draw.random() < 0.5 else ""
        foot = f"<tfoot>{self.rows()}</tfoot>" if self.draw.random() < 0.2 else ""
        return f"<table>{caption}{head}<tbody>{self.rows(self.draw.choice(['td', 'th']))}</tbody>{foot}</table>"

    def block(self) -> str:
        match self.draw.randint(0, 9):
            case 0:
                return f"<h2>{self.words()}</h2>"
            case 1:
                return f"<h3>{self.words()}</h3>"
            case 2:
                return self.list()
            case 3:
                return self.table()
            case 4:
                footer = f"<footer>{self.words()}</footer>" if self.draw.random() < 0.5 else ""
                return f"<blockquote><p>{self.inline()}</p>{self.flow()}{footer}</blockquote>"
            case 5:
                said = f"<p>{self.words()}</p>{self.flow()}<footer>{self.inline(1)}</footer>"
                return f'<blockquote class="exergue">{said}</blockquote>'
            case 6:
                return f'<aside class="lire-aussi" data-article="{self.draw.randint(1, 99)}"></aside>'
            case 7:
                caption = f"<figcaption>{self.inline(1)}</figcaption>" if self.draw.random() < 0.5 else ""
                return f'<figure class="image" data-image="{self.draw.randint(1, 99)}">{caption}</figure>'
            case _:
                return f"<p>{self.inline()}</p>"

    def body(self) -> str:
        return body.clean("\n".join(self.block() for _block in range(self.draw.randint(1, 6))))
