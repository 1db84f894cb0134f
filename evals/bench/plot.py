"""The growth of a search's time with the passages, as SVG: both axes in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from evals.bench.figures import Row, median

WIDTH, HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 510, 40, 340
_LOOKS = ("#0052a3", "#0052a3", "#a3182f", "#5a6772")
_DASHES = ("", "6 4", "", "2 4")
_SANS = 'font-family="system-ui, sans-serif"'

Curve = tuple[str, list[tuple[float, float]]]
"""A name and its points: passages, milliseconds."""


def curves_of(rows: Sequence[Row]) -> list[Curve]:
    """The four ways of searching, each with the sizes at which it was measured, ascending."""
    wanted = {
        "Bussola": ("whole.median", "ours"),
        "Bussola, first stage": ("first.median", "ours"),
        "vector retriever": ("first.median", "plain"),
        "fusion retriever": ("fusion.median", "plain"),
    }
    curves = []
    for name, (ending, side) in wanted.items():
        points = []
        for row in rows:
            family, size, *rest = row.key.split(".")
            if family == "search" and ".".join(rest) == ending:
                points.append((float(size), median(getattr(row, side))))
        curves.append((name, sorted(points)))
    return [curve for curve in curves if curve[1]]


def draw_growth(curves: Sequence[Curve]) -> str:
    """
    The plot, whole; lines differ in dashes too, not in colour alone.

    Raises:
        ValueError: there is no point to draw.
    """
    points = [point for _, found in curves for point in found]
    if not points:
        raise ValueError("no points, no plot")
    x_ends, y_ends = _ends([x for x, _ in points]), _ends([y for _, y in points])
    parts = [_text(_LEFT, 22, "Time of a search as passages grow (median, milliseconds)", size=15)]
    parts += _axis(x_ends, y_ends)
    placed = _spread([_place(found[-1], x_ends, y_ends)[1] for _, found in curves])
    for at, (name, found) in enumerate(curves):
        line = [_place(point, x_ends, y_ends) for point in found]
        style = f'stroke="{_LOOKS[at]}" stroke-dasharray="{_DASHES[at]}"'
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2.5" {style}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_LOOKS[at]}"/>' for x, y in line]
        parts.append(_text(line[-1][0] + 12, placed[at] + 4, f"{name}, {found[-1][1]:.1f} ms", colour=_LOOKS[at]))
    label = escape("; ".join(f"{name}: {_told(found)}" for name, found in curves))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return f'{head}<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>\n'


def _told(points: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{y:.1f} ms at {x:,.0f}" for x, y in points)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten that hold all values, as exponents."""
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _place(point: tuple[float, float], x_ends: tuple[float, float], y_ends: tuple[float, float]) -> tuple[float, float]:
    x = (math.log10(point[0]) - x_ends[0]) / (x_ends[1] - x_ends[0])
    y = (math.log10(point[1]) - y_ends[0]) / (y_ends[1] - y_ends[0])
    return _LEFT + x * (_RIGHT - _LEFT), _BOTTOM - y * (_BOTTOM - _TOP)


def _axis(x_ends: tuple[float, float], y_ends: tuple[float, float]) -> list[str]:
    parts = []
    for power in range(int(x_ends[0]), int(x_ends[1]) + 1):
        x, _ = _place((10.0**power, 10.0 ** y_ends[0]), x_ends, y_ends)
        parts.append(_line(x, _TOP, x, _BOTTOM) + _text(x, _BOTTOM + 20, f"{10**power:,}", anchor="middle"))
    for power in range(int(y_ends[0]), int(y_ends[1]) + 1):
        _, y = _place((10.0 ** x_ends[0], 10.0**power), x_ends, y_ends)
        parts.append(_line(_LEFT, y, _RIGHT, y) + _text(_LEFT - 8, y + 4, f"{10.0**power:g}", anchor="end"))
    for value in (step * 10.0**power for power in range(int(y_ends[0]), int(y_ends[1])) for step in (2, 5)):
        _, y = _place((10.0 ** x_ends[0], value), x_ends, y_ends)
        parts.append(_line(_LEFT, y, _RIGHT, y) + _text(_LEFT - 8, y + 4, f"{value:g}", anchor="end"))
    return [*parts, _text((_LEFT + _RIGHT) / 2, _BOTTOM + 44, "passages", anchor="middle")]


def _spread(heights: Sequence[float], apart: float = 18) -> list[float]:
    """The same heights, moved down where they would overlap."""
    placed: dict[int, float] = {}
    last = -math.inf
    for at in sorted(range(len(heights)), key=lambda place: heights[place]):
        last = placed[at] = max(heights[at], last + apart)
    return [placed[at] for at in range(len(heights))]


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="#d6dce3"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#17324d", size: int = 13) -> str:
    style = f'text-anchor="{anchor}" fill="{colour}" font-size="{size}" {_SANS}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def growth_plot(rows: Sequence[Row]) -> str | None:
    """The plot of these rows; None where no search was measured."""
    curves = curves_of(rows)
    return draw_growth(curves) if curves else None
