"""Blank strips between columns: where they run, and whether what stands on either side reads as columns of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.readers.pdf.lines import rows_of
from ingest.readers.pdf.marks import Box, Word

STRIP_EMS = 0.6
"""The narrowest blank strip that parts two columns, in ems of the region's font."""
MIN_ROWS = 3
"""Rows on each side that make a strip believable by itself."""
_SURE_ROWS = 6  # from which narrow columns are believed, and a strip is a hint for other pages
_CHANCE_BLANKS = 1.6  # usual gaps between words that a strip of few rows must be wide
_MORE_THAN_A_BLANK = 1.15  # typewriter fonts align their blanks by chance
_RIVER_EMS = 0.45  # a strip hardly wider than a blank parts columns if it runs through so many rows, not by chance
_RIVER_ROWS = 12
_WIDE_BLANK = 0.4  # ems; text whose smallest blanks are wider is typewritten or spaced out, and is tried for rivers
_STEP = 1.0  # points between the places where a strip is tried
_ROWS_TO_TELL = 8
_CLOSE_ROWS = 3.0  # ems from one row to the next
_INDENT = 24.0  # points
_NEAR = 2.0  # points within which two edges are one

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Strip:
    """A blank strip with columns on both sides, from top to bottom."""

    x: float
    top: float
    bottom: float
    rows: float  # the shorter side's rows: how much speaks for the strip
    width: float


@dataclass(frozen=True, slots=True)
class Hint:
    """Where the columns on either side of a sure strip begin; it holds for other pages too."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Demand:
    """The least that rows must be, on average, to read as a column."""

    ems: float
    letters: float
    words: float
    density: float  # share of the rows that follow closely on the one before


_DRAWN_APART = _Demand(5, 6, 1.3, 0.3)
_RUNNING = _Demand(6, 8, 1.5, 0.45)
_PLAIN = _Demand(9, 12, 2.2, 0.45)
_LIST = _Demand(9, 18, 3.2, 0.45)


@dataclass(slots=True)
class Scene:
    """The words of a region as arrays, and what stands in the way."""

    words: list[Word]
    x0: NDArray[np.float64]
    x1: NDArray[np.float64]
    top: NDArray[np.float64]
    bottom: NDArray[np.float64]
    solid: list[Box]
    em: float
    half: float  # of the narrowest strip, in points
    blank: float  # the middle of the gaps between words, in points
    least: float = 0.0  # the small ones among them
    judged: dict[tuple[bytes, bytes], tuple[float, Hint | None]] = field(default_factory=dict)


def build_scene(words: list[Word], solid: list[Box]) -> Scene:
    """
    The scene of a region.

    Raises:
        ValueError: there are no words.
    """
    boxes = np.array([word.box for word in words], dtype=np.float64)
    em = median(word.size for word in words)
    gaps = sorted(b.box.x0 - a.box.x1 for row in rows_of(words) for a, b in pairwise(row) if b.box.x0 > a.box.x1)
    small, middle = (gaps[len(gaps) // 20], gaps[len(gaps) // 2]) if gaps else (0.0, 0.0)
    half = max(STRIP_EMS * em, _MORE_THAN_A_BLANK * small) / 2
    return Scene(words, boxes[:, 0], boxes[:, 2], boxes[:, 1], boxes[:, 3], solid, em, half, middle, small)


def best_strip(scene: Scene, hints: list[Hint]) -> Strip | None:
    """The strip that most rows speak for; those found sure are added to the hints, which let shorter columns pass."""
    best = _best(scene, hints)
    if scene.least > _WIDE_BLANK * scene.em:
        river = _best(replace(scene, half=_RIVER_EMS * scene.em / 2, judged={}), [])
        if river is not None and river.rows >= _RIVER_ROWS and (best is None or river.rows > best.rows):
            best = river
    _remember(scene, best, hints)
    return best


def _best(scene: Scene, hints: list[Hint]) -> Strip | None:
    low, high = float(scene.x0.min()), float(scene.x1.max())
    best: Strip | None = None
    for x in np.arange(low + 3 * scene.em, high - 2 * scene.em, _STEP):
        for strip in _strips_at(float(x), scene, hints):
            if best is None or _weight(strip) > _weight(best):
                best = strip
    return best


def _weight(strip: Strip) -> tuple[float, float, float]:
    return (strip.rows, strip.bottom - strip.top, strip.width)


def _remember(scene: Scene, best: Strip | None, hints: list[Hint]) -> None:
    if best is None or best.rows < _SURE_ROWS:
        return
    for rows, hint in scene.judged.values():
        if rows == best.rows and hint is not None and hint.left < best.x < hint.right and hint not in hints:
            hints.append(hint)
    del hints[:-12]


def _strips_at(x: float, scene: Scene, hints: Sequence[Hint]) -> list[Strip]:
    """The stretches of height in which no word stands across x, where both sides read as columns."""
    half = scene.half
    across = (scene.x0 < x + half) & (scene.x1 > x - half)
    spans = [(float(t), float(b)) for t, b in zip(scene.top[across], scene.bottom[across], strict=True)]
    spans += [(box.top, box.bottom) for box in scene.solid if box.x0 < x + half and box.x1 > x - half]
    found: list[Strip] = []
    least = scene.em if hints else MIN_ROWS * scene.em
    for top, bottom in _free(spans, float(scene.top.min()), float(scene.bottom.max())):
        strip = _judge(x, (top, bottom), scene, hints) if bottom - top >= least else None
        if strip is not None:
            found.append(strip)
    return found


def _free(spans: list[tuple[float, float]], low: float, high: float) -> list[tuple[float, float]]:
    """What the spans leave free between low and high."""
    free: list[tuple[float, float]] = []
    at = low
    for top, bottom in sorted(spans):
        if top > at:
            free.append((at, top))
        at = max(at, bottom)
    if high > at:
        free.append((at, high))
    return free


def _judge(x: float, reach: tuple[float, float], scene: Scene, hints: Sequence[Hint]) -> Strip | None:
    middle = (scene.top + scene.bottom) / 2
    inside = (middle >= reach[0]) & (middle <= reach[1])
    on_left, on_right = inside & (scene.x1 <= x), inside & (scene.x0 >= x)
    if not (on_left.any() and on_right.any()):
        return None
    left_edge, right_edge = float(scene.x1[on_left].max()), float(scene.x0[on_right].min())
    rows = _believable_rows(scene, on_left, on_right)
    if rows < _SURE_ROWS and right_edge - left_edge < _CHANCE_BLANKS * scene.blank:
        rows = 0  # blanks of a few justified rows meet by chance
    if not rows and _is_hinted(float(scene.x0[on_left].min()), right_edge, hints):
        rows = 1.0
    if not rows:
        return None
    return Strip(x, reach[0], reach[1], rows, min(right_edge - left_edge, 2 * (x - left_edge), 2 * (right_edge - x)))


def _is_hinted(left: float, right: float, hints: Sequence[Hint]) -> bool:
    """True when both sides begin where columns are known to begin, or at an indent from there."""
    return any(-_NEAR <= left - hint.left <= _INDENT and -_NEAR <= right - hint.right <= _INDENT for hint in hints)


def _believable_rows(scene: Scene, on_left: Mask, on_right: Mask) -> float:
    if min(int(on_left.sum()), int(on_right.sum())) < 2 * MIN_ROWS:
        return 0
    shared_top = max(float(scene.top[on_left].min()), float(scene.top[on_right].min()))
    shared_bottom = min(float(scene.bottom[on_left].max()), float(scene.bottom[on_right].max()))
    if shared_bottom - shared_top < MIN_ROWS * scene.em:
        return 0
    key = (on_left.tobytes(), on_right.tobytes())
    if key not in scene.judged:
        scene.judged[key] = _shared_rows(scene, on_left, on_right)
    return scene.judged[key][0]


def _shared_rows(scene: Scene, on_left: Mask, on_right: Mask) -> tuple[float, Hint | None]:
    """The rows of the shorter side, 0 when either does not read as a column, and where the two begin."""
    left = [word for word, here in zip(scene.words, on_left, strict=True) if here]
    right = [word for word, here in zip(scene.words, on_right, strict=True) if here]
    apart = max(word.order for word in left) < min(word.order for word in right)
    rows = _column_rows(right, scene.em, apart=apart, must_align=not apart)
    rows = min(rows, _column_rows(left, scene.em, apart=apart, must_align=False)) if rows else 0
    hint = Hint(float(scene.x0[on_left].min()), float(scene.x0[on_right].min())) if rows else None
    return rows, hint


def _column_rows(words: list[Word], em: float, *, apart: bool, must_align: bool) -> float:
    """How many rows a side has, 0 when they do not read as a column of text."""
    rows = rows_of(words)
    aligned = _aligned_share(rows)
    if len(rows) < MIN_ROWS or (must_align and aligned < 0.5):
        return 0
    goes_on = sum(row[0].text[:1].islower() for row in rows) / len(rows)  # terms of a list begin anew on each row
    running = len(rows) >= _SURE_ROWS and aligned >= 0.6 and goes_on >= 0.3
    plain = _PLAIN if goes_on >= 0.15 else _LIST
    demand = _DRAWN_APART if apart and goes_on >= 0.2 else _RUNNING if running else plain
    return float(len(rows)) if _meets(rows, em, demand) else 0


def _aligned_share(rows: list[list[Word]]) -> float:
    """The share of rows that begin at the column's edge or, where there are rows enough to tell, at one indent."""
    starts = Counter(round(row[0].box.x0) for row in rows)
    places = 2 if len(rows) >= _ROWS_TO_TELL else 1
    return sum(count for _, count in starts.most_common(places)) / max(len(rows), 1)


def _meets(rows: list[list[Word]], em: float, demand: _Demand) -> bool:
    width = max(row[-1].box.x1 for row in rows) - min(row[0].box.x0 for row in rows)
    words = sum(len(row) for row in rows) / len(rows)
    letters = sum(len(word.text) for row in rows for word in row) / len(rows)
    close = sum(below[0].base - above[0].base <= _CLOSE_ROWS * em for above, below in pairwise(rows))
    dense = close / max(len(rows) - 1, 1)
    enough = width >= demand.ems * em and letters >= demand.letters
    return enough and words >= demand.words and dense >= demand.density
