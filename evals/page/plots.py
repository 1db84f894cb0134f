"""Plots as inline SVG: bars with intervals, a reliability diagram, a histogram of times. No script, no colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from evals.page.words import decimal

WIDTH = 720
LABELS = 190
"""Pixels at the left that hold the rows' names."""
ROW = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A share with its interval; before is the same share in the published release."""

    name: str
    value: float | None
    low: float
    high: float
    count: str  # "12 su 13"
    before: float | None = None


def plot_shares(rows: Sequence[Row], *, title: str) -> str:
    """Horizontal bars from 0 to 1, each with its interval as a line and the earlier value as a diamond."""
    right = WIDTH - 90
    height = ROW * len(rows) + 30
    parts = [_scale_lines(right, height)]
    for at, row in enumerate(rows):
        middle = at * ROW + ROW / 2
        parts.append(_text(LABELS - 10, middle + 4, row.name, anchor="end"))
        if row.value is None:
            parts.append(_text(LABELS + 6, middle + 4, "nessuna domanda", soft=True))
            continue
        parts.append(_bar(LABELS, middle - 8, _x(row.value, right) - LABELS, 16))
        parts.append(_whisker(_x(row.low, right), _x(row.high, right), middle))
        if row.before is not None:
            parts.append(_diamond(_x(row.before, right), middle))
        parts.append(_text(right + 12, middle + 4, row.count))
    return _svg(height, title, "".join(parts))


def plot_calibration(bins: Sequence[Mapping[str, Any]], *, title: str) -> str:
    """Certainty against truth: a circle a bin, larger with more questions, beside the line of perfect calibration."""
    side, left, top = 320, 60, 12
    most = max((one["n"] for one in bins), default=0) or 1
    parts = [f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="var(--axis)"/>']
    line = 'stroke="var(--soft)" stroke-dasharray="5 4"'
    parts.append(f'<line x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}" {line}/>')
    for tenth in range(0, 11, 2):
        at = tenth / 10
        parts.append(_text(left + at * side, top + side + 18, decimal(at, 1), anchor="middle", soft=True))
        parts.append(_text(left - 8, top + side - at * side + 4, decimal(at, 1), anchor="end", soft=True))
    for one in bins:
        if one["n"]:
            x, y = left + one["certainty"] * side, top + side - one["share"] * side
            size = 4 + 12 * (one["n"] / most) ** 0.5
            colours = 'fill="var(--dot)" fill-opacity=".75" stroke="var(--paper)"'
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {colours}/>')
    parts.append(_text(left + side / 2, top + side + 38, "certezza dichiarata", anchor="middle"))
    parts.append(_text(left + side + 14, top + 20, "↑ quota di domande a cui i documenti"))
    parts.append(_text(left + side + 14, top + 38, "rispondono davvero"))
    parts.append(_text(left + side + 14, top + 66, "tratteggio: certezza esatta", soft=True))
    return _svg(top + side + 48, title, "".join(parts))


def plot_times(durations_ms: Sequence[float], marks: Mapping[str, float], *, title: str, bars: int = 24) -> str:
    """How many answers took how long; the last bar holds all that took longer."""
    if not durations_ms:
        return ""
    height, left, bottom = 220, 40, 175
    end = max(marks.get("p95", 0.0) * 1.6, 1.0)
    counts = [0] * bars
    for value in durations_ms:
        counts[min(int(value / end * bars), bars - 1)] += 1
    tallest, width = max(counts), (WIDTH - left - 20) / bars
    parts = [f'<line x1="{left}" y1="{bottom}" x2="{WIDTH - 20}" y2="{bottom}" stroke="var(--axis)"/>']
    for at, count in enumerate(counts):
        size = 135 * count / tallest
        parts.append(_bar(left + at * width + 1, bottom - size, width - 2, size))
    parts += [_tick(quarter, left, bottom, end=end) for quarter in range(5)]
    named = (("metà entro", marks["p50"]), ("95% entro", marks["p95"]))
    for at_px, (name, value) in zip((18, 36), named, strict=True):
        x = left + min(value / end, 1.0) * (WIDTH - left - 20)
        parts.append(f'<line x1="{x:.1f}" y1="{at_px}" x2="{x:.1f}" y2="{bottom}" stroke="var(--bad)"/>')
        parts.append(_text(x + 5, at_px, f"{name} {decimal(value / 1000)} s"))
    return _svg(height, title, "".join(parts))


def _tick(quarter: int, left: float, bottom: float, *, end: float) -> str:
    """The name of a time under the axis; the last one says that longer times are there too."""
    last = quarter == 4
    name = f"{decimal(end * quarter / 4000)} s" + (" o più" if last else "")
    x = left + quarter / 4 * (WIDTH - left - 20)
    return _text(x, bottom + 18, name, anchor="end" if last else "middle", soft=True)


def _x(share: float, right: float) -> float:
    return LABELS + share * (right - LABELS)


def _scale_lines(right: float, height: float) -> str:
    parts = []
    for quarter in range(5):
        x = _x(quarter / 4, right)
        parts.append(f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{height - 26}" stroke="var(--line)"/>')
        parts.append(_text(x, height - 8, f"{quarter * 25}%", anchor="middle", soft=True))
    return "".join(parts)


def _bar(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="var(--fill)"/>'
    )


def _whisker(low: float, high: float, y: float) -> str:
    ends = "".join(f'<line x1="{x:.1f}" y1="{y - 5}" x2="{x:.1f}" y2="{y + 5}"/>' for x in (low, high))
    return (
        f'<g stroke="var(--ink)" stroke-width="1.5"><line x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}"/>{ends}</g>'
    )


def _diamond(x: float, y: float) -> str:
    points = f"{x:.1f},{y - 7} {x + 7:.1f},{y} {x:.1f},{y + 7} {x - 7:.1f},{y}"
    return f'<polygon points="{points}" fill="var(--paper)" stroke="var(--before)" stroke-width="2"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", soft: bool = False) -> str:
    style = ' class="soft"' if soft else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(text)}</text>'


def _svg(height: float, title: str, inside: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">{inside}</svg>'
