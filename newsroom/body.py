"""Cleaning what is typed, pasted or imported into a body. nh3 is the security boundary for every body.

What comes out is what `articles.body` reads: one block a line, paragraphs and crossheads of inline text, lists,
quotations, tables, and the empty elements that refer to an article, a picture or a page elsewhere.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import nh3

from .markup import Element, Node, parse, serialise

# Each may be shown to readers as a plain link to it; nothing is fetched from there, by us or by a page.
EMBED_HOSTS = frozenset({
    "youtube.com", "www.youtube.com", "youtu.be", "www.youtube-nocookie.com", "vimeo.com", "player.vimeo.com",
    "dailymotion.com", "www.dailymotion.com", "dai.ly", "soundcloud.com", "w.soundcloud.com", "open.spotify.com",
    "x.com", "twitter.com", "bsky.app", "mastodon.social", "www.instagram.com", "www.facebook.com", "www.tiktok.com",
    "www.linkedin.com", "datawrapper.dwcdn.net", "public.flourish.studio", "flo.uri.sh", "www.openstreetmap.org",
})  # fmt: skip

INLINE = frozenset({"strong", "em", "sup", "sub", "a"})
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
RENAMED = {"b": "strong", "i": "em"}
LISTS = frozenset({"ul", "ol"})
TABLE_PARTS = frozenset({"thead", "tbody", "tfoot"})
WRAPPERS = frozenset({
    "div", "section", "article", "header", "main", "center", "address", "dl", "dt", "dd", "pre", "details", "summary",
})  # fmt: skip

KEPT_TAGS = INLINE | LISTS | TABLE_PARTS | {
    "p", "h2", "h3", "li", "blockquote", "footer", "br", "table", "caption", "tr", "td", "th", "aside", "figure",
    "figcaption",
}  # fmt: skip
KEPT_ATTRIBUTES = {
    "a": {"href"},
    "aside": {"class", "data-article"},
    "figure": {"class", "data-image", "data-embed"},
    "blockquote": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Word and Google Docs say in a style what is bold: read, then dropped.
READ_TAGS = KEPT_TAGS | WRAPPERS | HEADINGS.keys() | RENAMED.keys() | {"span"}
READ_ATTRIBUTES = {**KEPT_ATTRIBUTES, "span": {"style"}, "b": {"style"}, "i": {"style"}}
DROPPED_WITH_CONTENTS = {
    "script", "style", "iframe", "object", "svg", "math", "template", "noscript", "title", "audio", "video", "canvas",
    "noembed", "noframes", "select", "textarea", "head", "applet", "frameset", "xmp",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}

NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
SPAN_NUMBER = re.compile(r"[1-9][0-9]?", re.ASCII)
LINK = re.compile(r"https?://[^\s\\]+|mailto:[^\s\\]+|/(?![/\\])[^\s\\]*", re.IGNORECASE)
EMBED = re.compile(r"https://[^\s\"'<>\\`]+")
# What neither HTML nor PostgreSQL takes, what editors leave to hold a caret, and halves of characters.
UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]")
SPACES = re.compile(r"[ \t\n\r\f]+")
NO_BREAK = "\u00a0"
BLANK = " \u00a0\u202f"
PASSES = 6  # what browsers' rules for broken markup move about is settled in two or three


def clean(html: str) -> str:
    """The body that may be stored and shown: allowed elements alone, references canonical, one block a line.

    Cleaning what is clean changes nothing. No word is lost, except inside what is never text (scripts, frames,
    drawings, forms); no picture or frame from elsewhere remains, no link but http(s), mailto and our own pages.
    """
    text = UNSEEN.sub("", html)
    for _pass in range(PASSES):
        read = nh3.clean(
            text,
            tags=set(READ_TAGS),
            attributes=READ_ATTRIBUTES,
            clean_content_tags=DROPPED_WITH_CONTENTS,
            url_schemes=SCHEMES,
            link_rel=None,
        )
        tidy = _vetted("\n".join(serialise([block]) for block in _blocks(parse(read))))
        if tidy == text:
            return tidy
        text = tidy
    # Markup that will not settle is an attack or an accident: its words are kept, its markup is not.
    return _vetted(f"<p>{nh3.clean_text(nh3.clean(text, tags=set(), link_rel=None))}</p>") if text else ""


def _vetted(html: str) -> str:
    """`html` as nh3 lets it through: the last word on every body, whatever was done to it before."""
    vetted = nh3.clean(
        html,
        tags=set(KEPT_TAGS),
        attributes=KEPT_ATTRIBUTES,
        clean_content_tags=DROPPED_WITH_CONTENTS,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return vetted.replace("&nbsp;", NO_BREAK)


# --- Blocks -------------------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[Node]) -> list[Element]:
    """`nodes` as blocks, bare words gathered into paragraphs. References found inside a block follow it."""
    found: list[Element] = []
    bare: list[Node] = []

    def close_paragraph() -> None:
        if bare:
            found.extend(_paragraph("p", bare))
            bare.clear()

    for node in nodes:
        if isinstance(node, str) or (_is_inline(node) and not _holds_block(node)):
            bare.append(node)
            continue
        close_paragraph()
        found.extend(_block(node))
    close_paragraph()
    return found


def _block(node: Element) -> list[Element]:
    match node.tag:
        case "p":
            return _paragraph("p", node.children)
        case tag if tag in HEADINGS:
            return _paragraph(HEADINGS[tag], node.children)
        case "ul" | "ol":
            moved: list[Element] = []
            items = _items(node, moved)
            return [*([Element(node.tag, {}, items)] if items else []), *moved]
        case "blockquote":
            return _quotation(node)
        case "table":
            return _table(node)
        case "aside" | "figure":
            if (reference := _reference(node)) is not None:
                # an element left open has swallowed the blocks after it
                return [reference, *_blocks(child for child in node.children if _is_swallowed(child))]
    return _blocks(node.children)


def _is_swallowed(node: Node) -> bool:
    return isinstance(node, Element) and not _is_inline(node) and node.tag != "figcaption"


def _paragraph(tag: str, nodes: Iterable[Node]) -> list[Element]:
    moved: list[Element] = []
    inside = frozenset({"strong"}) if tag != "p" else frozenset()
    words = _inline(nodes, moved, inside, line_breaks=tag == "p")
    return [*([Element(tag, {}, words)] if words else []), *moved]


def _items(node: Element, moved: list[Element]) -> list[Node]:
    """The items of a list: inline text, and lists within."""
    items: list[Node] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        parts = child.children if isinstance(child, Element) and child.tag == "li" else [child]
        words: list[Node] = []
        lists: list[Node] = []
        for part in parts:
            if isinstance(part, Element) and part.tag in LISTS:
                if inner := _items(part, moved):
                    lists.append(Element(part.tag, {}, inner))
            else:
                words.append(part)
        text = _inline(words, moved)
        if text:
            items.append(Element("li", {}, [*text, *lists]))
        elif lists and items and isinstance(items[-1], Element):
            items[-1].children.extend(lists)  # Word puts a list within beside the item it belongs to
        elif lists:
            items.append(Element("li", {}, lists))
    return items


def _quotation(node: Element) -> list[Element]:
    moved: list[Element] = []
    words: list[Node] = []
    source: list[Node] = []
    for child in node.children:
        if isinstance(child, Element) and child.tag == "footer":
            source = _inline(child.children, moved) or source
        else:
            words.append(child)
    kept: list[Node] = []
    for block in _blocks(words):
        if block.tag in ("p", *LISTS):
            kept.append(block)
        elif block.tag in ("h2", "h3"):
            kept.append(Element("p", {}, block.children))
        elif block.tag == "blockquote":
            kept.extend(part for part in block.children if isinstance(part, Element) and part.tag != "footer")
            last = block.children[-1]
            source = source or (last.children if isinstance(last, Element) and last.tag == "footer" else [])
        else:
            moved.append(block)
    if not kept:
        return [*([Element("p", {}, source)] if source else []), *moved]
    if source:
        kept.append(Element("footer", {}, source))
    attributes = {"class": "exergue"} if "exergue" in node.attributes.get("class", "").split() else {}
    return [Element("blockquote", attributes, kept), *moved]


def _table(node: Element) -> list[Element]:
    moved: list[Element] = []
    parts: list[Node] = []
    for child in node.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "caption" and not parts:
            if words := _inline(child.children, moved):
                parts.append(Element("caption", {}, words))
        elif child.tag in TABLE_PARTS and (rows := _rows(child, moved)):
            parts.append(Element(child.tag, {}, rows))
    has_rows = any(isinstance(part, Element) and part.tag in TABLE_PARTS for part in parts)
    return [*([Element("table", {}, parts)] if has_rows else []), *moved]


def _rows(node: Element, moved: list[Element]) -> list[Node]:
    rows: list[Node] = []
    for row in node.children:
        if not isinstance(row, Element) or row.tag != "tr":
            continue
        cells: list[Node] = [
            Element(cell.tag, _cell_attributes(cell), _inline(cell.children, moved))
            for cell in row.children
            if isinstance(cell, Element) and cell.tag in ("td", "th")
        ]
        if cells:
            rows.append(Element("tr", {}, cells))
    return rows


def _cell_attributes(cell: Element) -> dict[str, str]:
    spans = {
        name: value
        for name in ("colspan", "rowspan")
        if SPAN_NUMBER.fullmatch(value := cell.attributes.get(name, "")) and value != "1"
    }
    scope = cell.attributes.get("scope", "")
    return {**spans, "scope": scope} if cell.tag == "th" and scope in ("col", "row") else spans


# --- References ---------------------------------------------------------------------------------------------------


def _reference(node: Element) -> Element | None:
    """`node` as `articles.body` expects a reference: attributes in order, empty. None when it refers to nothing."""
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
    words = _inline(captions[0].children, [], line_breaks=False) if captions else []
    return [Element("figcaption", {}, words)] if words else []


def _may_be_embedded(address: str) -> bool:
    if not EMBED.fullmatch(address):
        return False
    try:
        return urlsplit(address).netloc in EMBED_HOSTS
    except ValueError:
        return False


# --- Words --------------------------------------------------------------------------------------------------------


def _is_inline(node: Element) -> bool:
    return node.tag in INLINE or node.tag in RENAMED or node.tag in ("span", "br")


def _holds_block(node: Element) -> bool:
    return any(isinstance(child, Element) and (not _is_inline(child) or _holds_block(child)) for child in node.children)


def _inline(
    nodes: Iterable[Node],
    moved: list[Element],
    inside: frozenset[str] = frozenset(),
    *,
    line_breaks: bool = True,
) -> list[Node]:
    """`nodes` as inline text, trimmed; empty when there is no word in it. References go to `moved`."""
    words = _joined(_words(nodes, moved, inside, line_breaks))
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while words:
            last = words[end]
            if isinstance(last, str) and (trimmed := strip(last, BLANK)):
                words[end] = trimmed
                break
            if isinstance(last, Element) and last.tag != "br":
                break
            words.pop(end)
    return words


def _words(nodes: Iterable[Node], moved: list[Element], inside: frozenset[str], line_breaks: bool) -> list[Node]:
    """`nodes` flattened to what may stand in a paragraph; `inside` are the inline elements already around."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(SPACES.sub(" ", UNSEEN.sub("", node)))
            continue
        if node.tag == "br":
            found.append(Element("br") if line_breaks else " ")
            continue
        if node.tag in ("aside", "figure") and (reference := _reference(node)) is not None:
            moved.append(reference)
            node = Element("span", {}, [child for child in node.children if _is_swallowed(child)])
        tags = _meant(node)
        children = _joined(_words(node.children, moved, inside | {tag for tag, _attributes in tags}, line_breaks))
        for tag, attributes in reversed(tags):
            if tag not in inside:
                children = _wrapped(tag, attributes, children)
        if _is_inline(node):
            found += children
        else:  # a block in the way of text ends a line
            found += [_break(line_breaks), *children, _break(line_breaks)] if children else []
    return found


def _break(line_breaks: bool) -> Node:
    return Element("br") if line_breaks else " "


def _wrapped(tag: str, attributes: dict[str, str], children: list[Node]) -> list[Node]:
    """`children` in an element, or as they are when there is nothing to mark."""
    has_words = any(isinstance(child, Element) and child.tag != "br" or isinstance(child, str) and child.strip(BLANK)
                    for child in children)  # fmt: skip
    return [Element(tag, attributes, children)] if has_words else children


def _meant(node: Element) -> list[tuple[str, dict[str, str]]]:
    """The elements of ours that an inline element stands for, outermost first."""
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
    """`nodes` with neighbours of one kind made one, and no empty words or doubled line breaks."""
    found: list[Node] = []
    for node in nodes:
        last = found[-1] if found else None
        if isinstance(node, str):
            if isinstance(last, str):
                found[-1] = SPACES.sub(" ", last + node)
            elif node:
                found.append(node)
        elif isinstance(last, Element) and node.tag != "br" and (last.tag, last.attributes) == (node.tag, node.attributes):
            found[-1] = Element(last.tag, last.attributes, _joined([*last.children, *node.children]))
        elif not (isinstance(last, Element) and last.tag == node.tag == "br"):
            found.append(node)
    return found


def _address(href: str) -> str:
    """Where a link may lead: http(s), mailto, or a page of ours; empty otherwise.

    Google's redirections are unwrapped; fragments (Word's `#_…`) lead nowhere here, since a body keeps no `id`.
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
