"""Bodies that cost a browser, or a careless reader of markup, far more than their length."""

from collections.abc import Callable

Shape = Callable[[int], str]


def _filled(piece: str, before: str = "", after: str = "") -> Shape:
    """As many times `piece` as a length allows, between two ends."""
    return lambda length: before + piece * ((length - len(before) - len(after)) // len(piece)) + after


def _different_formats(length: int) -> str:
    return "".join(f'<b style="a{number}">' for number in range(length // 20)) + "x"


def _open_formats_and_paragraphs(length: int) -> str:
    formats = length // 20
    return "<p>" + "".join(f"<b a={number}>" for number in range(formats)) + "<p>x" * ((length - formats * 10) // 4)


SHAPES: dict[str, Shape] = {
    "bold that is never closed, and paragraphs": _open_formats_and_paragraphs,
    "bold of ever another style": _different_formats,
    "bold with a line break": _filled("<b>a<br></b>"),
    "emphasis with a line break": _filled("<em>a<br></em>"),
    "links with a line break": _filled("<a href=/x>a<br></a>"),
    "links in links": _filled("<a href=/x>x"),
    "lists in lists": _filled("<ul><li>"),
    "two kinds of lists in one another": _filled("<ol><li>x<ul>"),
    "items with a paragraph": _filled("<li><p>x</p>", "<ul>"),
    "blocks in blocks": _filled("<div>"),
    "quotations in quotations": _filled("<blockquote>x"),
    "quotations": _filled("<blockquote><p>x</p></blockquote>"),
    "paragraphs": _filled("<p>x"),
    "paragraphs of a line": _filled("<p>une ligne</p>\n"),
    "two formats in turn": _filled("<b>x</b><i>y</i>"),
    "spans in spans": _filled("<span style='font-weight:bold'>x"),
    "end tags alone": _filled("</b>"),
    "ends of paragraphs alone": _filled("</p>"),
    "line breaks": _filled("<br> "),
    "line breaks in a crosshead": _filled("x<br>", "<h2>"),
    "bold in a table outside its cells": _filled("<b>x", "<table>"),
    "line breaks in a table outside its cells": _filled("<br>", "<table>"),
    "tables in tables": _filled("<table><td>x"),
    "captions in captions": _filled("<table><caption>x"),
    "rows": _filled("<tr><td>x", "<table>"),
    "lists in cells": _filled("<td><ul><li>x</li></ul></td>", "<table><tr>"),
    "lists in cells that are left open": _filled("<td><ul><li>x"),
    "lists and cells in one another": _filled("<ul><li>x<table><tr><td>x"),
    "paragraphs in cells": _filled("<td><p>x</p><p>x</p>", "<table><tr>"),
    "quotations in cells": _filled("<tr><td><blockquote>x<footer>x</footer>", "<table>"),
    "items without a list": _filled("<li>x", "<table><td>"),
    "bare words between items": _filled("x<li>x</li>", "<ul>"),
    "cells over many rows": _filled("<tr><td rowspan=99 colspan=99>x", "<table>"),
    "rows under cells over many rows": _filled(
        "<tr>" + "<td rowspan=99>x" * 98 + "</tr>" + "<tr><td>x</tr>" * 98, "<table>"
    ),
    "rows without cells": _filled("<tr></tr><tr><td rowspan=99>x</td></tr>", "<table>"),
    "parts of tables": _filled("<thead><tr><td>x<tfoot><tr><td>x", "<table>"),
    "sources": _filled("<footer>x</footer>", "<blockquote><p>x</p>"),
    "cells without a table": _filled("<td>x"),
    "drawings in drawings": _filled("<svg><p>x"),
    "scripts": _filled("<script></script>"),
    "scripts that never end": _filled("<script>"),
    "choices": _filled("<select>x"),
    "references": _filled('<aside class="lire-aussi" data-article="3"></aside>'),
    "references that are left open": _filled('<figure class="image" data-image="4"><figcaption>x'),
    "struck words": _filled("<s>x<p>y"),
    "tags that nobody knows": _filled("<x>"),
    "signs that open no tag": _filled("<", after=">"),
    "ampersands": _filled("&"),
    "half an entity": _filled("&#1"),
    "no-break spaces": _filled("&nbsp;"),
    "comments that never end": _filled("<!--"),
    "quotes that never end": _filled("<a b='\"", after=">"),
    "one name": _filled("a", "<", ">"),
    "attributes": _filled("a=1 ", "<p ", ">x"),
    "one attribute": _filled("x", '<a href="/', '">x</a>'),
    "one style": _filled("/*", '<span style="', '">x</span>'),
    "spaces in a tag": _filled(" ", "<a ", "x>x"),
    "words": _filled("mot "),
}
