"""The inline text of a body and its references, as `newsroom.body.cleaning` keeps them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import parse_qs, urlsplit

from .tree import Element, Node

# A page may show a plain link to these hosts. Neither the server nor the page fetches anything from them.
EMBED_HOSTS = frozenset({
    "youtube.com", "www.youtube.com", "youtu.be", "www.youtube-nocookie.com", "vimeo.com", "player.vimeo.com",
    "dailymotion.com", "www.dailymotion.com", "dai.ly", "soundcloud.com", "w.soundcloud.com", "open.spotify.com",
    "x.com", "twitter.com", "bsky.app", "mastodon.social", "www.instagram.com", "www.facebook.com", "www.tiktok.com",
    "www.linkedin.com", "datawrapper.dwcdn.net", "public.flourish.studio", "flo.uri.sh", "www.openstreetmap.org",
})  # fmt: skip

INLINE = frozenset({"strong", "em", "sup", "sub", "a"})
RENAMED = {"b": "strong", "i": "em"}

NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
LINK = re.compile(r"https?://[^\s\\]+|mailto:[^\s\\]+|/(?![/\\])[^\s\\]*", re.IGNORECASE)
EMBED = re.compile(r"https://[^\s\"'<>\\`]+")
# Characters that HTML or PostgreSQL refuse, those that editors leave to hold a caret, and lone surrogates.
DROPPED_CHARACTERS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]")
SPACES = re.compile(r"[ \t\n\r\f]+")
BLANK = " \u00a0\u202f"


# --- References ---------------------------------------------------------------------------------------------------


def reference(node: Element) -> Element | None:
    """`node` as `articles.body` expects a reference: empty, its attributes in order. None when it refers to nothing."""
    classes = node.attributes.get("class", "").split()
    if node.tag == "aside" and "lire-aussi" in classes:
        number = node.attributes.get("data-article", "")
        return Element("aside", {"class": "lire-aussi", "data-article": number}) if NUMBER.fullmatch(number) else None
    if node.tag == "figure" and "image" in classes:
        number = node.attributes.get("data-image", "")
        if NUMBER.fullmatch(number):
            return Element("figure", {"class": "image", "data-image": number}, _caption(node))
    if node.tag == "figure" and "embed" in classes:
        address = node.attributes.get("data-embed", "").strip()
        if _may_be_embedded(address):
            return Element("figure", {"class": "embed", "data-embed": address})
    return None


def _caption(node: Element) -> list[Node]:
    captions = [child for child in node.children if isinstance(child, Element) and child.tag == "figcaption"]
    words = inline(captions[0].children, [], line_breaks=False) if captions else []
    return [Element("figcaption", {}, words)] if words else []


def _may_be_embedded(address: str) -> bool:
    if not EMBED.fullmatch(address):
        return False
    try:
        return urlsplit(address).netloc in EMBED_HOSTS
    except ValueError:
        return False


# --- Words --------------------------------------------------------------------------------------------------------


def is_inline(node: Element) -> bool:
    return node.tag in INLINE or node.tag in RENAMED or node.tag in ("span", "br")


def holds_block(node: Element) -> bool:
    return any(isinstance(child, Element) and (not is_inline(child) or holds_block(child)) for child in node.children)


def is_swallowed(node: Node) -> bool:
    """Whether `node` is a block inside a reference that was left open: a reference has no contents but a caption."""
    return isinstance(node, Element) and not is_inline(node) and node.tag != "figcaption"


def inline(
    nodes: Iterable[Node],
    moved: list[Element],
    inside: frozenset[str] = frozenset(),
    *,
    line_breaks: bool = True,
) -> list[Node]:
    """`nodes` as inline text, trimmed. It is empty when it has no word. References are appended to `moved`."""
    return _trimmed(_joined(_words(nodes, moved, inside, line_breaks)))


def _trimmed(words: list[Node]) -> list[Node]:
    """`words` without spaces and line breaks at both ends, without spaces beside a line break, and with single breaks.

    It looks through the elements: a break at the start of a bold passage starts the line. Neither browsers nor the
    editor show a space there, so a body that kept one would change when somebody opens it and saves.
    """
    pieces = [*_pieces(words)]
    kept = [piece for piece in pieces if piece.is_break or piece.text]
    start, end = 0, len(kept)
    while start < end and kept[start].is_blank:
        start += 1
    while start < end and kept[end - 1].is_blank:
        end -= 1
    after_break = True  # as at the start of the line
    for piece in kept[start:end]:
        if piece.is_break:
            piece.is_kept, after_break = not after_break, True
            continue
        text = piece.text.lstrip(" ") if after_break else piece.text
        piece.text, piece.is_kept, after_break = text, bool(text), after_break and not text
    before_break = True
    for piece in reversed(kept[start:end]):
        if piece.is_break:
            before_break = before_break or piece.is_kept
        elif piece.is_kept and before_break:
            piece.text = piece.text.rstrip(" ")
            piece.is_kept, before_break = bool(piece.text), not piece.text
        elif piece.is_kept:
            before_break = False
    inner = kept[start:end]
    if inner and not inner[0].is_break:
        inner[0].text = inner[0].text.lstrip(BLANK)
    if inner and not inner[-1].is_break:
        inner[-1].text = inner[-1].text.rstrip(BLANK)
    for piece in pieces:
        piece.write()
    return _joined(_without_empty(words))


@dataclass
class _Piece:
    """A line break or a stretch of words, where it stands."""

    among: list[Node]
    place: int
    is_break: bool
    text: str
    is_kept: bool = False

    @property
    def is_blank(self) -> bool:
        return self.is_break or not self.text.strip(BLANK)

    def write(self) -> None:
        if not self.is_break:
            self.among[self.place] = self.text if self.is_kept else ""
        elif not self.is_kept:
            self.among[self.place] = ""


def _pieces(words: list[Node]) -> Iterator[_Piece]:
    for place, node in enumerate(words):
        if isinstance(node, str):
            yield _Piece(words, place, is_break=False, text=node)
        elif node.tag == "br":
            yield _Piece(words, place, is_break=True, text="")
        else:
            yield from _pieces(node.children)


def _without_empty(words: list[Node]) -> list[Node]:
    """`words` without elements that hold nothing any more, and with the breaks at their ends outside them."""
    kept: list[Node] = []
    for node in words:
        if isinstance(node, str) or node.tag == "br":
            kept.append(node)
            continue
        inner = _joined(_without_empty(node.children))
        first, end = 0, len(inner)
        while first < end and _is_break(inner[first]):
            first += 1
        while first < end and _is_break(inner[end - 1]):
            end -= 1
        node.children = inner[first:end]
        kept += [*inner[:first], *([node] if node.children else []), *inner[end:]]
    return kept


def _is_break(node: Node) -> bool:
    return isinstance(node, Element) and node.tag == "br"


def _words(nodes: Iterable[Node], moved: list[Element], inside: frozenset[str], line_breaks: bool) -> list[Node]:
    """`nodes` flattened to what may stand in a paragraph. `inside` are the inline elements around them."""
    words: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            words.append(SPACES.sub(" ", DROPPED_CHARACTERS.sub("", node)))
            continue
        if node.tag == "br":
            words.append(Element("br") if line_breaks else " ")
            continue
        if node.tag in ("aside", "figure") and (kept := reference(node)) is not None:
            moved.append(kept)
            node = Element("div", {}, [child for child in node.children if is_swallowed(child)])
        tags = _meant(node)
        children = _joined(_words(node.children, moved, inside | {tag for tag, _attributes in tags}, line_breaks))
        for tag, attributes in reversed(tags):
            if tag not in inside:
                children = _wrapped(tag, attributes, children)
        if is_inline(node):
            words += children
        else:  # a block inside inline text ends the line, an empty one too
            words += [_break(line_breaks), *children, _break(line_breaks)]
    return words


def _break(line_breaks: bool) -> Node:
    return Element("br") if line_breaks else " "


def _wrapped(tag: str, attributes: dict[str, str], children: list[Node]) -> list[Node]:
    """`children` inside an element, or as they are when they hold only spaces and line breaks."""
    marked = [child.strip(BLANK) if isinstance(child, str) else child.tag != "br" for child in children]
    return [Element(tag, attributes, children)] if any(marked) else children


def _meant(node: Element) -> list[tuple[str, dict[str, str]]]:
    """The allowed elements that an inline element stands for, outermost first."""
    style = node.attributes.get("style", "").replace(" ", "").lower()
    if node.tag == "a":
        address = _address(node.attributes.get("href", ""))
        return [("a", {"href": address})] if address else []
    if node.tag in INLINE:
        return [(node.tag, {})]
    if node.tag == "b" and ("font-weight:normal" in style or "font-weight:400" in style):
        return []  # Google Docs wraps everything in one of these
    if node.tag == "i" and "font-style:normal" in style:
        return []
    if node.tag in RENAMED:
        return [(RENAMED[node.tag], {})]
    if node.tag != "span":
        return []
    marks = {
        "strong": bool(re.search(r"font-weight:(bold|[6-9]00)", style)),
        "em": "font-style:italic" in style,
        "sup": "vertical-align:super" in style,
        "sub": "vertical-align:sub" in style and "vertical-align:super" not in style,
    }
    return [(tag, {}) for tag, is_meant in marks.items() if is_meant]


def _joined(nodes: list[Node]) -> list[Node]:
    """`nodes` with equal neighbours joined, and without empty text or doubled line breaks."""
    joined: list[Node] = []
    for (tag, _attributes), group in groupby((node for node in nodes if node != ""), key=_kind):
        alike = list(group)
        if not tag:
            joined.append(SPACES.sub(" ", "".join(each for each in alike if isinstance(each, str))))
        elif tag == "br" or len(alike) == 1:
            joined.append(alike[0])
        else:
            elements = [each for each in alike if isinstance(each, Element)]
            children = _joined([child for each in elements for child in each.children])
            joined.append(Element(tag, elements[0].attributes, children))
    return joined


def _kind(node: Node) -> tuple[str, dict[str, str]]:
    """What makes two neighbours one: the same element with the same attributes, or text (an empty tag)."""
    return ("", {}) if isinstance(node, str) else (node.tag, node.attributes)


def _address(href: str) -> str:
    """The address of a link if it is http(s), mailto or a page of ours; otherwise empty.

    Google's redirections are unwrapped. Fragments (Word's `#_…`) are dropped, since a body keeps no `id`.
    """
    address = re.sub(r"[\t\n\r]", "", href).strip()
    for _redirection in range(3):
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        if not (re.fullmatch(r"(www\.)?google\.[a-z.]{2,6}", parts.netloc) and parts.path == "/url"):
            break
        query = parse_qs(parts.query)
        address = (query.get("q") or query.get("url") or [""])[0].strip()
    if not LINK.fullmatch(address):
        return ""
    if "://" in address and not parts.hostname:
        return ""
    return address
