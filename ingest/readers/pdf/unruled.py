"""Rows that agree on their columns become tables like the ruled ones: heads told apart, cut cells made whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.aligned import AlignedRows, Stretch, find_aligned, is_year, places_of
from ingest.readers.pdf.grid import Cell, Grid
from ingest.readers.pdf.marks import Box, Word, around
from ingest.readers.pdf.tables import Table, TableCell

_MOST_HEADS = 5  # lines
_FIGURES = 0.6  # share of a column's cells that are figures, from which it is a column of figures
_PILE = 3  # lines
_CLOSE = 0.85  # of the usual step from row to row; a smaller one goes on with a cell

Line = tuple[Stretch, ...]


def find_unruled(words: Sequence[Word]) -> list[Table]:
    """The tables without lines of a page, from the top; none shares a word with another."""
    return [table for run in find_aligned(words) if (table := _table(run)) is not None]


def split_rows(table: Table) -> Table:
    """The table with a row a line, where its lines part only the columns or the heads; else the table as it is."""
    if not any(_is_pile(table, row) for row in range(table.grid.rows)):
        return table
    found = find_unruled(table.words)
    whole = len(found) == 1 and len(found[0].words) == len(table.words)
    return found[0] if whole and found[0].grid.rows > table.grid.rows else table


def _is_pile(table: Table, row: int) -> bool:
    """True when two cells of a row hold as many lines, at least three, each beside one of the other."""
    stacks = [{round(word.base) for word in own.words} for own in table.cells if own.cell.row <= row < own.cell.row_end]
    tall = [stack for stack in stacks if len(stack) >= _PILE]
    return any(one == other for at, one in enumerate(tall) for other in tall[at + 1 :])


def _table(run: AlignedRows) -> Table | None:
    figures = _figure_columns(run)
    count = _head_lines(run, figures)
    heads, body = run.rows[:count], run.rows[count:]
    sure = run.captioned or (count and _is_set_off(run.rows[0], body[-1]) and len(run.columns) >= 3)
    named = count or any(char.isalpha() for line in body for char in line[0].text)  # else the figures of a drawing
    if not (sure or (figures and named and not _is_index(run, figures))) or len(body) < 2:
        return None
    rows = [*_head_rows(heads, run), *_merged(body, run)]
    return _as_table(rows, run, header_rows=len(rows) - len(_merged(body, run)))


def _figure_columns(run: AlignedRows) -> set[int]:
    """The columns, other than the first, most of whose cells are figures."""
    cells: dict[int, list[Stretch]] = {}
    for line in run.rows:
        for stretch in line:
            for place in places_of(stretch, run.columns):
                cells.setdefault(place, []).append(stretch)
    return {
        place
        for place, own in cells.items()
        if place and len(own) >= 3 and sum(cell.is_figure for cell in own) >= _FIGURES * len(own)
    }


def _is_index(run: AlignedRows, figures: set[int]) -> bool:
    """True for titles, numbered or not, with growing page numbers."""
    if len(run.columns) > 3:
        return False
    last = len(run.columns) - 1
    numbers = [line[-1].text for line in run.rows if places_of(line[-1], run.columns)[-1] == last]
    grows = all(text.isdecimal() for text in numbers) and [*map(int, numbers)] == sorted(map(int, numbers))
    return bool(figures) and grows and len(set(numbers)) == len(numbers)


def _head_lines(run: AlignedRows, figures: set[int]) -> int:
    """
    How many lines at the top are heads: no figure yet, or years alone, or another weight than the rest.

    A first row whose only value is a word ("in corso") looks like heads: without caption or other weight it is none.
    """
    first, rest = run.rows[0], run.rows[1:]
    if not figures:
        return int(_is_set_off(first, rest[-1]))
    count = 0
    while count < min(len(run.rows) - 2, _MOST_HEADS) and not _has_figures(run.rows[count], run, figures):
        count += 1
    if count < len(run.rows) - 2 and _heads_of_years(run.rows[count], run.rows[count + 1 :], run, figures):
        count += 1
    texts = [stretch.text for stretch in first if set(places_of(stretch, run.columns)) & figures]
    doubtful = len(figures) == 1 or (len(texts) > 1 and len(set(texts)) == 1)  # "da definire", twice
    if count and doubtful and not (run.captioned or _is_set_off(first, rest[-1])):
        return 0
    if count > 1 and run.rows[0][0].box.x0 < run.columns[0][1] and len(run.rows[count - 1]) == 1:
        count -= 1  # the name of a group of rows
    return count or int(_is_set_off(first, rest[-1]) and len(first) == len(run.columns))


def _has_figures(line: Line, run: AlignedRows, figures: set[int]) -> bool:
    return any(stretch.is_figure for stretch in line if set(places_of(stretch, run.columns)) & figures)


def _heads_of_years(line: Line, below: Sequence[Line], run: AlignedRows, figures: set[int]) -> bool:
    own = [stretch for stretch in line if set(places_of(stretch, run.columns)) & figures]
    under = [s for each in below for s in each if set(places_of(s, run.columns)) & figures]
    named = all(is_year(stretch) or not stretch.is_figure for stretch in own)
    return named and sum(map(is_year, own)) >= 2 and sum(map(is_year, under)) <= 0.2 * len(under)


def _is_set_off(line: Line, body: Line) -> bool:
    heads, plain = [word for cell in line for word in cell.words], [word for cell in body for word in cell.words]
    return all(word.bold for word in heads) and not all(word.bold for word in plain)


def _head_rows(heads: Sequence[Line], run: AlignedRows) -> list[list[Stretch]]:
    """Heads over several columns as rows of their own, the lines of the others as one row."""
    over = [[s for s in line if len(places_of(s, run.columns)) > 1] for line in heads]
    single = [s for line in heads for s in line if len(places_of(s, run.columns)) == 1]
    return [*(row for row in over if row), *([single] if single else [])]


def _merged(body: Sequence[Line], run: AlignedRows) -> list[list[Stretch]]:
    """The lines of the body as rows, the second lines of a cell with its first."""
    full = [line for line in body if places_of(line[0], run.columns)[0] == 0 and len(line) > 1]
    usual = median(b[0].base - a[0].base for a, b in pairwise(full)) if len(full) > 1 else 0.0
    rows: list[list[Stretch]] = []
    base = 0.0
    for line in body:
        if rows and _goes_on(rows[-1], line, run, close=line[0].base - base < _CLOSE * usual):
            rows[-1] += line
        else:
            rows.append(list(line))
        base = line[0].base
    return rows


def _goes_on(row: Sequence[Stretch], line: Line, run: AlignedRows, *, close: bool) -> bool:
    places = {place for stretch in line for place in places_of(stretch, run.columns)}
    filled = {place for stretch in row for place in places_of(stretch, run.columns)}
    if not places <= filled or any(stretch.is_figure for stretch in line):
        return False
    return (close and len(line) < len(run.columns)) or all(stretch.text[:1].islower() for stretch in line)


def _as_table(rows: Sequence[Sequence[Stretch]], run: AlignedRows, *, header_rows: int) -> Table:
    xs = (run.columns[0][0], *((a[1] + b[0]) / 2 for a, b in pairwise(run.columns)), run.columns[-1][1])
    cells: list[TableCell] = []
    for at, row in enumerate(rows):
        band = around([stretch.box for stretch in row])
        owners = _owners(row, run)
        for (start, end), words in owners.items():
            cell = Cell(Box(xs[start], band.top, xs[end], band.bottom), at, at + 1, start, end)
            cells.append(TableCell(cell, words))
    words = [word for own in cells for word in own.words]
    box = around([word.box for word in words])
    grid = Grid(box, len(rows), len(run.columns), tuple(own.cell for own in cells), xs)
    return Table(box, grid, cells, words, header_rows=header_rows)


def _owners(row: Sequence[Stretch], run: AlignedRows) -> dict[tuple[int, int], list[Word]]:
    """The words of each cell of a row, by its columns from and to, from the left."""
    owners: dict[tuple[int, int], list[Word]] = {}
    for stretch in row:
        places = places_of(stretch, run.columns)
        owners.setdefault((places[0], places[-1] + 1), []).extend(stretch.words)
    return dict(sorted(owners.items()))
