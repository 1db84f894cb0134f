"""Tables whose cells may take several columns or rows: each row whole, under the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.readers.reading import Piece, row_text
from kb.records import BlockKind

MOST_COLUMNS = 100
"""Columns and rows that a cell may take; more are a mistake, or meant to fill the memory."""
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/–](?:\d\d){1,2})?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, with the columns and rows that it takes."""

    text: str
    is_head: bool = False
    columns: int = 1
    rows: int = 1


Row = list[Cell]


def read_table(rows: Sequence[Row], *, heads: int | None = None) -> Iterator[Piece]:
    """
    The rows as "colonna: valore; …", each value that several rows or columns share in all of them.

    heads: how many of the first rows name the columns; as many as hold nothing but heads without it. A cell as wide as
    the table is a title of what follows.
    """
    laid = _lay_out(rows)
    width = max(map(len, laid), default=0)
    titles = [_title(row, width) for row in laid]
    first = next((at for at, title in enumerate(titles) if title is None), len(laid))
    count = _count_heads(laid[first:], heads)
    names = _name_columns(laid[first : first + count], width)
    for at, row in enumerate(laid):
        if first <= at < first + count:
            continue
        if (title := titles[at]) is not None:
            if title:
                yield Piece(title)
        elif text := _row(names, row):
            yield Piece(text, BlockKind.TABLE_ROW)


def count_first_heads(rows: Sequence[Row]) -> int:
    """How many rows name the columns where the first one does: a head over several columns has others below it."""
    table = [row for row in rows if len(row) > 1]
    count = 1
    while count < len(table) and _has_groups(table[count - 1]) and not any(map(_holds_figure, table[count])):
        count += 1
    return count


def _holds_figure(cell: Cell) -> bool:
    return any(map(str.isdigit, cell.text)) and not _YEAR.fullmatch(cell.text)


def _lay_out(rows: Sequence[Row]) -> list[Row]:
    """The rows with each cell in every column and row that it takes."""
    laid: list[Row] = []
    held: dict[int, Cell] = {}  # column → a cell of a row above that goes on
    for cells in rows:
        row: Row = []
        waiting = list(cells)
        going_on: dict[int, Cell] = {}
        while waiting or any(column >= len(row) for column in held):
            cell = held.pop(len(row), None)
            cell = (waiting.pop(0) if waiting else Cell("")) if cell is None else replace(cell, columns=1)
            cell = replace(cell, columns=min(cell.columns, MOST_COLUMNS))
            for _ in range(cell.columns):
                if cell.rows > 1:
                    going_on[len(row)] = replace(cell, rows=min(cell.rows, MOST_COLUMNS) - 1)
                row.append(cell)
        laid.append(row)
        held = going_on
    return laid


def _title(row: Row, width: int) -> str | None:
    """The text of a row that is one cell over the whole of a table of several columns; None for any other."""
    whole = width > 1 and bool(row) and row[0].columns >= width
    return row[0].text if whole else None


def _count_heads(laid: Sequence[Row], told: int | None) -> int:
    """How many rows name the columns; never all of them."""
    most = min(len(laid) - 1, len(laid) if told is None else told)
    count = 0
    while count < most and (told or (_are_heads(laid[count]) and (not count or _has_groups(laid[count - 1])))):
        count += 1
    return count


def _are_heads(row: Row) -> bool:
    return any(cell.text for cell in row) and all(cell.is_head for cell in row)


def _has_groups(row: Row) -> bool:
    """True for a row of heads that goes on below: one stands over several columns, or over several rows."""
    return any(cell.columns > 1 or cell.rows > 1 for cell in row)


def _name_columns(heads: Sequence[Row], width: int) -> list[str]:
    """Each column's heads from above, one that stands over several rows once."""
    columns = ([row[at].text for row in heads if at < len(row)] for at in range(width if heads else 0))
    return [" ".join(dict.fromkeys(text for text in column if text)) for column in columns]


def _row(names: Sequence[str], row: Row) -> str:
    if names or len(row) < 2 or not row[0].is_head or any(cell.is_head for cell in row[1:]):
        return row_text(names, [cell.text for cell in row])
    # No column has a name, the row has: "Orario | 9.00-12.00".
    values = "; ".join(dict.fromkeys(cell.text for cell in row[1:] if cell.text))
    return f"{row[0].text}: {values}" if row[0].text and values else row[0].text or values
