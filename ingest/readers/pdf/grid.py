"""Ruling lines become grids of cells, merged cells included."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.marks import Box, Rule

_TOUCH = 3.0  # points within which two lines meet, or are one
_COVER = 0.8  # share of a cell's side that a line must run along to part two cells
_MAX_RULES = 4000
_MAX_UNITS = 20_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid; rows and columns are counted from 0, ends exclusive."""

    box: Box
    row: int
    row_end: int
    column: int
    column_end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table's skeleton."""

    box: Box
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    edges: tuple[float, ...]  # x of the column edges


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A straight line: its place across, and where it runs from and to."""

    at: float
    low: float
    high: float


def find_grids(rules: Sequence[Rule]) -> list[Grid]:
    """The grids that the ruling lines draw, from the top; single frames included (one row, one column)."""
    if len(rules) > _MAX_RULES:
        return []
    flat = _merged([_Stroke((r.box.top + r.box.bottom) / 2, r.box.x0, r.box.x1) for r in rules if r.horizontal])
    steep = _merged([_Stroke((r.box.x0 + r.box.x1) / 2, r.box.top, r.box.bottom) for r in rules if not r.horizontal])
    grids = [_grid(*group) for group in _connected(flat, steep)]
    return sorted((grid for grid in grids if grid is not None), key=lambda grid: (grid.box.top, grid.box.x0))


def _merged(strokes: list[_Stroke]) -> list[_Stroke]:
    """Strokes on one line that touch or overlap, as one."""
    lanes: list[list[_Stroke]] = []
    for stroke in sorted(strokes, key=lambda stroke: stroke.at):
        if lanes and stroke.at - lanes[-1][-1].at <= _TOUCH / 2:
            lanes[-1].append(stroke)
        else:
            lanes.append([stroke])
    merged: list[_Stroke] = []
    for lane in lanes:
        at = sum(stroke.at for stroke in lane) / len(lane)
        low, high = None, 0.0
        for stroke in sorted(lane, key=lambda stroke: stroke.low):
            if low is not None and stroke.low <= high + _TOUCH:
                high = max(high, stroke.high)
                continue
            if low is not None:
                merged.append(_Stroke(at, low, high))
            low, high = stroke.low, stroke.high
        if low is not None:
            merged.append(_Stroke(at, low, high))
    return merged


def _meet(flat: _Stroke, steep: _Stroke) -> bool:
    return flat.low - _TOUCH <= steep.at <= flat.high + _TOUCH and steep.low - _TOUCH <= flat.at <= steep.high + _TOUCH


def _connected(flat: list[_Stroke], steep: list[_Stroke]) -> list[tuple[list[_Stroke], list[_Stroke]]]:
    """Groups of lines that meet one another."""
    parent = list(range(len(flat) + len(steep)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for i, one in enumerate(flat):
        for j, other in enumerate(steep):
            if _meet(one, other):
                parent[root(i)] = root(len(flat) + j)
    groups: dict[int, tuple[list[_Stroke], list[_Stroke]]] = {}
    for i, one in enumerate(flat):
        groups.setdefault(root(i), ([], []))[0].append(one)
    for j, other in enumerate(steep):
        groups.setdefault(root(len(flat) + j), ([], []))[1].append(other)
    return list(groups.values())


def _grid(flat: list[_Stroke], steep: list[_Stroke]) -> Grid | None:
    xs, ys = _edges(steep), _edges(flat)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MAX_UNITS:
        return None
    cells = _cells(xs, ys, flat, steep)
    box = Box(xs[0], ys[0], xs[-1], ys[-1])
    return Grid(box, len(ys) - 1, len(xs) - 1, tuple(cells), tuple(xs))


def _edges(strokes: list[_Stroke]) -> list[float]:
    edges: list[float] = []
    for stroke in sorted(strokes, key=lambda stroke: stroke.at):
        if not edges or stroke.at - edges[-1] > _TOUCH:
            edges.append(stroke.at)
    return edges


def _parts(strokes: Sequence[_Stroke], at: float, low: float, high: float) -> bool:
    """True when lines run at `at` along most of the side from low to high."""
    covered = sum(
        max(0.0, min(stroke.high, high) - max(stroke.low, low)) for stroke in strokes if abs(stroke.at - at) <= _TOUCH
    )
    return covered >= _COVER * (high - low)


def _cells(xs: list[float], ys: list[float], flat: list[_Stroke], steep: list[_Stroke]) -> list[Cell]:
    """The units between the edges, those with no line between them as one cell."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    units = [(row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)]
    for row, column in units:
        if column and not _parts(steep, xs[column], ys[row], ys[row + 1]):
            owner[_root(owner, (row, column))] = _root(owner, (row, column - 1))
        if row and not _parts(flat, ys[row], xs[column], xs[column + 1]):
            owner[_root(owner, (row, column))] = _root(owner, (row - 1, column))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for unit in units:
        members.setdefault(_root(owner, unit), []).append(unit)
    return [_cell(joined, xs, ys) for joined in members.values()]


def _root(owner: dict[tuple[int, int], tuple[int, int]], unit: tuple[int, int]) -> tuple[int, int]:
    while owner.get(unit, unit) != unit:
        unit = owner[unit]
    return unit


def _cell(units: list[tuple[int, int]], xs: list[float], ys: list[float]) -> Cell:
    top, bottom = min(row for row, _ in units), max(row for row, _ in units) + 1
    left, right = min(column for _, column in units), max(column for _, column in units) + 1
    return Cell(Box(xs[left], ys[top], xs[right], ys[bottom]), top, bottom, left, right)


def cell_at(grid: Grid, x: float, y: float) -> Cell | None:
    """The smallest cell that holds a point, or None outside the grid."""
    if not grid.box.grown(1).holds(x, y):
        return None
    column = bisect_right(grid.edges, x) - 1
    near = [c for c in grid.cells if c.column - 1 <= column <= c.column_end and c.box.grown(0.5).holds(x, y)]
    return min(near, key=lambda cell: cell.box.area) if near else None


def is_frame(grid: Grid) -> bool:
    """True for a single frame around text."""
    return len(grid.cells) == 1
