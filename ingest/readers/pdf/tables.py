"""Tables: cells with their text, and rows that a person can read ("colonna: valore; colonna: valore")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.clean import Vocabulary, join_lines
from ingest.readers.pdf.grid import Cell, Grid, cell_at, find_grids, is_frame
from ingest.readers.pdf.lines import lines_of
from ingest.readers.pdf.marks import Box, Marks, Word
from ingest.readers.pdf.turn import turn_upright
from ingest.readers.reading import Piece
from kb.records import BlockKind

_PAGE_SHARE = 0.9  # of the words: a table of fewer than three cells that holds more is the page's border
_MAX_HEADER_ROWS = 3
_NEAR_EDGES = 4.0  # points within which the column edges of a table and of its continuation are the same
_NEAR_COLUMNS = 25.0  # the same without lines, where the longest text of each column tells its edges

_NO_WORDS: Counter[str] = Counter()

Look = tuple[bool, bool, bool, bool]
"""Bold, italic, coloured, in capitals."""


@dataclass(slots=True)
class TableCell:
    """A cell with its words."""

    cell: Cell
    words: list[Word] = field(default_factory=list)
    tinted: bool = False

    def lines(self) -> list[str]:
        """The text of the cell, line by line; turned text reads as if the page were turned."""
        upright = [word for word in self.words if word.angle == 0]
        lines = [line.text for line in lines_of(upright)]
        for angle in (90, 270, 180):
            lines += [line.text for line in lines_of([turn_upright(w) for w in self.words if w.angle == angle])]
        return lines

    def look(self) -> Look:
        """How most of its letters look."""
        looks: Counter[Look] = Counter()
        for word in self.words:
            looks[(word.bold, word.italic, _is_coloured(word), word.text.isupper())] += len(word.text)
        return looks.most_common(1)[0][0] if looks else (False, False, False, False)


@dataclass(slots=True)
class Table:
    """A table of one page."""

    box: Box
    grid: Grid
    cells: list[TableCell]
    words: list[Word]
    header_rows: int | None = None  # known for a table without lines, whose cells are told by their places alone


@dataclass(slots=True)
class Heads:
    """What a table says of its columns and of itself; it passes to its continuation on the next page."""

    title: str | None = None
    columns: dict[int, str] = field(default_factory=dict)
    edges: tuple[float, ...] = ()
    spans: dict[int, tuple[str, ...]] = field(default_factory=dict)  # last labels of the leading columns


def find_tables(marks: Marks, words: Sequence[Word]) -> list[Table]:
    """The ruled tables of a page with at least two filled cells, from the top."""
    tables: list[Table] = []
    for grid in find_grids(marks.rules):
        if is_frame(grid):
            continue
        table = _fill(grid, words, marks)
        filled = sum(bool(cell.words) for cell in table.cells)
        border = filled < 3 and len(table.words) > _PAGE_SHARE * len(words)
        if filled >= 2 and not border:
            tables.append(table)
    return tables


def _fill(grid: Grid, words: Sequence[Word], marks: Marks) -> Table:
    cells = {cell: TableCell(cell) for cell in grid.cells}
    for word in words:
        cell = cell_at(grid, (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2)
        if cell is not None:
            cells[cell].words.append(word)
    for own in cells.values():
        own.tinted = any(
            fill.colour is not None
            and min(fill.colour) < 0.97
            and fill.box.common(own.cell.box).area > 0.6 * own.cell.box.area
            for fill in marks.fills
        )
    ordered = sorted(cells.values(), key=lambda own: (own.cell.row, own.cell.column))
    return Table(grid.box, grid, ordered, [word for own in ordered for word in own.words])


def _is_coloured(word: Word) -> bool:
    return word.colour is not None and max(word.colour) > 0.25


def read_table(
    table: Table, words: Vocabulary, *, whole: Counter[str] = _NO_WORDS, before: Heads | None = None
) -> tuple[list[Piece], Heads]:
    """
    The rows of a table as pieces, and its heads for a continuation.

    whole: how often the document writes each word; one that a narrow cell cut without a hyphen is joined again.

    before: the heads of the table that ends just before, on the same page or at the end of the last one; they hold
    when the columns stand at the same places and this table has no heads of its own.
    """
    texts = {id(own): join_lines(_mended(own.lines(), whole), words) for own in table.cells}
    rows = _rows(table)
    heads, start = _read_heads(table, rows, texts)
    near = _NEAR_EDGES if table.header_rows is None else _NEAR_COLUMNS
    if before is not None and heads.title is None and _same_columns(before.edges, heads.edges, near):
        repeats = heads.columns == before.columns
        if repeats or (not heads.columns and start == 0):
            heads.columns, heads.title = before.columns, before.title
    pieces: list[Piece] = []
    for row in rows[start:]:
        text = _row_text(row, texts, heads)
        if text:
            pieces.append(Piece(text, BlockKind.TABLE_ROW, label=heads.title))
    return pieces, heads


def _mended(lines: list[str], whole: Counter[str]) -> list[str]:
    """The lines with words that a narrow cell cut without a hyphen joined again, when the document has them whole."""
    mended: list[str] = []
    for line in lines:
        if mended and line and _is_cut(mended[-1].split(" ")[-1], line.split(" ")[0], whole):
            mended[-1] += line
        else:
            mended.append(line)
    return mended


def _is_cut(last: str, first: str, whole: Counter[str]) -> bool:
    """True when two pieces make one word that the document writes whole, and one of them is hardly ever a word."""
    rarest = min(whole[last], whole[first])
    return len(last) >= 3 and rarest <= 3 and whole[last + first] >= max(1, rarest)


def _same_columns(first: tuple[float, ...], second: tuple[float, ...], near: float) -> bool:
    return len(first) == len(second) and all(abs(a - b) <= near for a, b in zip(first, second, strict=True))


def _rows(table: Table) -> list[list[TableCell]]:
    """The cells of each row, those that span several rows in each; rows that are only parts of one are dropped."""
    rows: list[list[TableCell]] = []
    for row in range(table.grid.rows):
        cells = [own for own in table.cells if own.cell.row <= row < own.cell.row_end]
        starting = [own for own in cells if own.cell.row == row and own.words]
        if starting:
            rows.append(sorted(cells, key=lambda own: own.cell.column))
    return rows


def _read_heads(table: Table, rows: list[list[TableCell]], texts: dict[int, str]) -> tuple[Heads, int]:
    heads = Heads(edges=table.grid.edges)
    if table.header_rows is not None:
        _name_columns(heads, rows[: table.header_rows], texts)
        return heads, table.header_rows
    start = 0
    while start < len(rows) - 1 and _is_title(rows[start], table.grid.columns):
        title = " ".join(texts[id(own)] for own in rows[start] if texts[id(own)])
        heads.title = f"{heads.title} – {title}" if heads.title else title
        start += 1
    if start < len(rows) and _labels_rows(rows[start:]):
        first = rows[start]
        if heads.title is None and all(own.tinted for own in first if own.words) and len(rows) > 2:
            heads.title = " ".join(texts[id(own)] for own in first[1:] if texts[id(own)]) or None
        return heads, start
    count = _header_rows(rows[start:])
    _name_columns(heads, rows[start : start + count], texts)
    return heads, start + count


def _name_columns(heads: Heads, rows: Sequence[list[TableCell]], texts: dict[int, str]) -> None:
    for row in rows:
        for own in row:
            if texts[id(own)]:
                for column in range(own.cell.column, own.cell.column_end):
                    _add_head(heads, column, texts[id(own)])


def _add_head(heads: Heads, column: int, text: str) -> None:
    said = heads.columns.get(column)
    if said is None:
        heads.columns[column] = text
    elif text not in said:
        heads.columns[column] = f"{said} – {text}"


def _is_title(row: list[TableCell], columns: int) -> bool:
    filled = [own for own in row if own.words]
    return len(filled) == 1 and len(row) == 1 and columns > 1 and filled[0].cell.row_end - filled[0].cell.row == 1


def _labels_rows(rows: list[list[TableCell]]) -> bool:
    """True when the first column labels the rows: it looks the same from the first row on, and unlike the rest."""
    firsts = [row[0].look() for row in rows if row[0].words]
    others = [own.look() for row in rows[1:] for own in row[1:] if own.words]
    if len(firsts) < 2 or not others:
        return False
    usual, times = Counter(firsts).most_common(1)[0]
    other = Counter(others).most_common(1)[0][0]
    alike = firsts[0][0] == usual[0] and sum(one == two for one, two in zip(firsts[0], usual, strict=True)) >= 3
    return alike and times >= 0.6 * len(firsts) and usual[:3] != other[:3]


def _header_rows(rows: list[list[TableCell]]) -> int:
    """How many rows at the top are heads: they are set off by weight, tint or turned text from what follows."""
    count = 0
    while count < min(len(rows) - 1, _MAX_HEADER_ROWS) and _set_off(rows[count], rows[-1]):
        count += 1
    return count


def _set_off(row: list[TableCell], body: list[TableCell]) -> bool:
    filled = [own for own in row if own.words]
    if len(filled) < 2 and len(row) > 1:
        return any(word.angle for own in filled for word in own.words)
    if any(word.angle for own in filled for word in own.words):
        return True
    plain = [own for own in body if own.words]
    bold = all(own.look()[0] for own in filled) and not all(own.look()[0] for own in plain)
    tinted = all(own.tinted for own in filled) and not all(own.tinted for own in plain)
    return bold or tinted


def _row_text(row: list[TableCell], texts: dict[int, str], heads: Heads) -> str:
    said = [(own, texts[id(own)]) for own in row if texts[id(own)]]
    if not said:
        return ""
    if len(said) == 1 and said[0][0].cell.column_end - said[0][0].cell.column > 1:
        return said[0][1]  # across the columns: it names the rows that follow
    if heads.columns:
        return "; ".join(_valued(heads.columns.get(own.cell.column), text) for own, text in said)
    if len(said) == 1:
        return said[0][1]
    labels = [text for own, text in said[:-1]]
    if len(said) > 2 and not any(own.cell.row_end - own.cell.row > 1 for own, _ in said[:-1]):
        return f"{labels[0].rstrip(':')}: " + "; ".join(text for _, text in said[1:])
    return f"{' – '.join(label.rstrip(':') for label in labels)}: {said[-1][1]}"


def _valued(head: str | None, text: str) -> str:
    return f"{head.rstrip(':')}: {text}" if head and head != text else text
