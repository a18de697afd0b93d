"""How many columns and rows the cells of a table span, so that none overlaps another and each column has a cell."""

from bisect import bisect_left
from itertools import accumulate
from typing import NamedTuple

from .tree import Element

MOST_COLUMNS = 99  # a table with more of them and with spans is no table of an article: it loses its spans


class _Place(NamedTuple):
    """A cell whose first column is `column`, and who has `width` columns as far as they are free."""

    cell: Element
    column: int
    width: int


def settle(parts: list[Element]) -> None:
    """Give every cell in `parts`, the row groups of one table, the spans that a browser shows of it.

    HTML allows no cell that overlaps another, none that reaches beyond its row group, and no column without a cell of
    its own. Spans that say more than that are what remains of merged cells and deleted rows.
    """
    cells = [cell for part in parts for row in part.children for cell in _elements(row)]
    if not any(name in cell.attributes for cell in cells for name in ("colspan", "rowspan")):
        return
    places: list[_Place] = []
    for part in parts:
        found = _places([_elements(row) for row in part.children])
        if found is None:
            for cell in cells:
                _span(cell, 1, 1)
            return
        places += found
    begun = sorted({place.column for place in places})
    for cell, column, width in places:
        columns = bisect_left(begun, column + width) - bisect_left(begun, column)
        _span(cell, columns, _number(cell, "rowspan"))


def without_empty_rows(rows: list[Element]) -> list[Element]:
    """`rows` of one row group without those that have no cell. No cell spans them, nor reaches beyond the last row."""
    are_kept = [bool(row.children) for row in rows]
    before = [0, *accumulate(are_kept)]
    for number, row in enumerate(rows):
        for cell in _elements(row):
            last = min(number + _number(cell, "rowspan"), len(rows))
            _span(cell, _number(cell, "colspan"), before[last] - before[number])
    return [row for row in rows if row.children]


def _places(rows: list[list[Element]]) -> list[_Place] | None:
    """Where a browser puts the cells of a row group. None when there are more columns than a table can have."""
    places: list[_Place] = []
    free_from: list[int] = []  # the row from which each column is free
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while column < len(free_from) and free_from[column] > number:
                column += 1
            end = column + 1
            while end < column + _number(cell, "colspan") and not (end < len(free_from) and free_from[end] > number):
                end += 1
            if end > MOST_COLUMNS:
                return None
            free_from += [0] * (end - len(free_from))
            free_from[column:end] = [number + _number(cell, "rowspan")] * (end - column)
            places.append(_Place(cell, column, end - column))
            column = end
    return places


def _elements(row: object) -> list[Element]:
    return [cell for cell in row.children if isinstance(cell, Element)] if isinstance(row, Element) else []


def _number(cell: Element, name: str) -> int:
    return int(cell.attributes.get(name, "1"))


def _span(cell: Element, columns: int, rows: int) -> None:
    others = {name: value for name, value in cell.attributes.items() if name not in ("colspan", "rowspan")}
    spans = {"colspan": columns, "rowspan": rows}
    cell.attributes = {**{name: str(number) for name, number in spans.items() if number > 1}, **others}
