"""Lines of plain text cut into cells by wide blanks or tabs, each cell in the column that it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.clean import collapse
from ingest.readers.cells import looks_figure

_CELL = re.compile(r"\S+(?:[ \u00a0]\S+)*")
_LEADER = re.compile(r"\.{3,}|(?:\. ){3,}|…{2,}|_{3,}")
_RULE = re.compile(r"\s*[-–—=_]{3,}(?:[\s+]+[-–—=_]{2,})*\s*")
_MOST_COLUMNS = 40
_NEAR = 1  # characters within which two edges are one


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with the characters of its line that it takes, from and to."""

    start: int
    end: int
    text: str


Row = dict[int, Cell]
"""A line's cells by their columns."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """Lines whose cells stand in columns; a cell over several columns is kept apart, with its line's place."""

    columns: tuple[Span, ...]
    rows: tuple[Row, ...]
    spanning: frozenset[int]  # rows that hold a cell over several columns


def is_rule(line: str) -> bool:
    """True for a line drawn with signs below heads or above a total."""
    return _RULE.fullmatch(line) is not None


def cells_of_line(line: str) -> list[Cell]:
    """The cells of a line, from the left; those between tabs where it has tabs after its first word."""
    if "\t" in line.strip():
        return [cell for cell in tabbed_fields(line) if cell.text]
    return [Cell(match.start(), match.end(), collapse(match.group())) for match in _CELL.finditer(line)]


def tabbed_fields(line: str) -> list[Cell]:
    """What stands between a line's tabs, empty fields included."""
    fields: list[Cell] = []
    start = 0
    for part in line.split("\t"):
        fields.append(Cell(start, start + len(part), collapse(part)))
        start += len(part) + 1
    return fields


def is_row(line: str) -> bool:
    """True for a line that may be a table's row: two cells or more, no leaders, no bars."""
    if "|" in line or is_rule(line) or _LEADER.search(line):
        return False
    return len(cells_of_line(line)) >= 2


def place_rows(lines: Sequence[str]) -> Placed | None:
    """The lines' cells in columns; None where they do not line up."""
    if any("\t" in line.strip() for line in lines):
        return _place_tabbed(lines)
    cut = [cells_of_line(line) for line in lines]
    columns = _columns(cut)
    if columns is None:
        return None
    rows: list[Row] = []
    spanning: set[int] = set()
    for at, cells in enumerate(cut):
        row = _place(cells, columns)
        if row is None:
            return None
        if any(_over(cell, columns)[1:] for cell in row.values()):
            spanning.add(at)
        rows.append(row)
    return Placed(columns, tuple(rows), frozenset(spanning))


def _place_tabbed(lines: Sequence[str]) -> Placed | None:
    """Fields by their order where each line has as many; else as many that are written, at the same tab stops."""
    fields = [tabbed_fields(line) for line in lines]
    if len({len(row) for row in fields}) == 1:
        used = [at for at in range(len(fields[0])) if any(row[at].text for row in fields)]
        rows = [{place: row[at] for place, at in enumerate(used) if row[at].text} for row in fields]
        return Placed(tuple((at, at + 1) for at in range(len(used))), tuple(rows), frozenset())
    written = [[cell for cell in row if cell.text] for row in fields]
    first = 0 if fields[0][0].text else 1
    size = len(written[0]) + first
    if any(len(row) != size for row in written[1:]) or not any(
        _share_stops(lines, written, size, tab) for tab in (8, 4)
    ):
        return None
    rows = [dict(enumerate(row, start=first if at == 0 else 0)) for at, row in enumerate(written)]
    return Placed(tuple((at, at + 1) for at in range(size)), tuple(rows), frozenset())


def _share_stops(lines: Sequence[str], written: Sequence[Sequence[Cell]], size: int, tab: int) -> bool:
    """True when the cells of each column but the first begin one under the other, with a tab stop each tab blanks."""
    starts = [
        [len(line[: cell.start].expandtabs(tab)) for cell in row][1 - size :]
        for line, row in zip(lines, written, strict=True)
    ]
    return all(row == starts[0] for row in starts)


def _columns(cut: Sequence[Sequence[Cell]]) -> tuple[Span, ...] | None:
    """The columns that the lines with the most cells agree on, with a blank between each two."""
    most = max(map(len, cut))
    wide = [cells for cells in cut if len(cells) == most]
    spans = [(min(c.start for c in column), max(c.end for c in column)) for column in zip(*wide, strict=True)]
    if not 2 <= most <= _MOST_COLUMNS or any(before[1] >= after[0] for before, after in pairwise(spans)):
        return None
    return tuple(spans)


def _place(cells: Sequence[Cell], columns: Sequence[Span]) -> Row | None:
    """Each cell by the first column it stands in; None where two claim one, or one stands between two."""
    row: Row = {}
    taken: set[int] = set()
    for cell in (part for whole in cells for part in _parted(whole, columns)):
        over = _over(cell, columns) or _nearest(cell, columns)
        if not over or taken & set(over):
            return None
        taken |= set(over)
        row[over[0]] = cell
    return row


def _over(cell: Cell, columns: Sequence[Span]) -> list[int]:
    return [at for at, (start, end) in enumerate(columns) if cell.start < end and cell.end > start]


def _nearest(cell: Cell, columns: Sequence[Span]) -> list[int]:
    """The column next to a cell that stands in none, where it is far nearer than any other."""
    gaps = sorted((max(start - cell.end, cell.start - end), at) for at, (start, end) in enumerate(columns))
    return [gaps[0][1]] if 2 * gaps[0][0] < gaps[1][0] else []


def _parted(cell: Cell, columns: Sequence[Span]) -> list[Cell]:
    """A cell in two where a figure follows after one blank: a label as long as its column."""
    over = _over(cell, columns)
    if len(over) != 2 or cell.start > columns[over[0]][1]:
        return [cell]
    low, high = columns[over[0]][1], columns[over[1]][0]
    at = cell.text.rfind(" ", max(low - cell.start - 1, 0), high - cell.start)
    if at <= 0 or cell.end - cell.start != len(cell.text) or not looks_figure(cell.text[at + 1 :]):
        return [cell]
    return [
        Cell(cell.start, cell.start + at, cell.text[:at]),
        Cell(cell.start + at + 1, cell.end, cell.text[at + 1 :]),
    ]


def in_line(one: Cell, other: Cell) -> bool:
    """True when two cells share an edge or the middle."""
    left, right = abs(one.start - other.start), abs(one.end - other.end)
    middle = abs(one.start + one.end - other.start - other.end)
    return min(left, right) <= _NEAR or middle <= 2 * _NEAR
