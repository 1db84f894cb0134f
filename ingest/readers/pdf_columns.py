"""Reading order: the blank strips between columns are found from the places of the words, however they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.readers.pdf_lines import rows_of
from ingest.readers.pdf_marks import Box, Word

_STRIP = 0.8  # ems of the body's font: the narrowest blank strip that parts two columns
_STEP = 1.5  # points between the places where a strip is tried
_MIN_ROWS = 3  # on each side
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A table or a box: it is passed by, and read as one thing in its place."""

    box: Box
    number: int


@dataclass(slots=True)
class Column:
    """Words that are read straight down, with the tables and boxes among them."""

    words: list[Word]
    obstacles: list[Obstacle]


@dataclass(frozen=True, slots=True)
class _Strip:
    x: float
    top: float
    bottom: float
    rows: float  # the shorter side's rows: how much speaks for the strip
    width: float


@dataclass(slots=True)
class _Scene:
    """The words and obstacles of a region as arrays."""

    words: list[Word]
    x0: NDArray[np.float64]
    x1: NDArray[np.float64]
    top: NDArray[np.float64]
    bottom: NDArray[np.float64]
    solid: list[Box]
    em: float
    judged: dict[tuple[bytes, bytes], float]  # rows of the shorter side, by the words on each side


def find_columns(words: Sequence[Word], obstacles: Sequence[Obstacle] = ()) -> list[Column]:
    """The columns of a page in reading order: what stands above, the columns from the left, what stands below."""
    return _read(Column(list(words), list(obstacles)), 0)


def _read(region: Column, depth: int) -> list[Column]:
    if depth >= _MAX_DEPTH or len(region.words) < 2 * _MIN_ROWS:
        return [region] if region.words or region.obstacles else []
    strip = _best_strip(region)
    if strip is None:
        return [region]
    above, left, right, below = Column([], []), Column([], []), Column([], []), Column([], [])
    for word in region.words:
        _side(word.box, strip, above=above, left=left, right=right, below=below).words.append(word)
    for obstacle in region.obstacles:
        _side(obstacle.box, strip, above=above, left=left, right=right, below=below).obstacles.append(obstacle)
    return [column for part in (above, left, right, below) for column in _read(part, depth + 1)]


def _side(box: Box, strip: _Strip, *, above: Column, left: Column, right: Column, below: Column) -> Column:
    middle = (box.top + box.bottom) / 2
    if middle < strip.top:
        return above
    if middle > strip.bottom:
        return below
    return left if (box.x0 + box.x1) / 2 < strip.x else right


def _best_strip(region: Column) -> _Strip | None:
    scene = _scene(region)
    low, high = float(scene.x0.min()), float(scene.x1.max())
    best: _Strip | None = None
    for x in np.arange(low + 3 * scene.em, high - 3 * scene.em, _STEP):
        for strip in _strips_at(float(x), scene):
            if best is None or (strip.rows, strip.width) > (best.rows, best.width):
                best = strip
    return best


def _scene(region: Column) -> _Scene:
    boxes = [word.box for word in region.words]
    em = median(word.size for word in region.words)
    array = np.array(boxes, dtype=np.float64)
    return _Scene(
        words=region.words,
        x0=array[:, 0],
        x1=array[:, 2],
        top=array[:, 1],
        bottom=array[:, 3],
        solid=[obstacle.box for obstacle in region.obstacles],
        em=em,
        judged={},
    )


def _strips_at(x: float, scene: _Scene) -> list[_Strip]:
    """The stretches of height in which no word stands across x, where both sides read as columns."""
    half = _STRIP * scene.em / 2
    across = (scene.x0 < x + half) & (scene.x1 > x - half)
    spans = [(float(t), float(b)) for t, b in zip(scene.top[across], scene.bottom[across], strict=True)]
    spans += [(box.top, box.bottom) for box in scene.solid if box.x0 < x + half and box.x1 > x - half]
    found: list[_Strip] = []
    for top, bottom in _free(spans, float(scene.top.min()), float(scene.bottom.max())):
        if bottom - top < _MIN_ROWS * scene.em:
            continue
        strip = _judge(x, top, bottom, scene)
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


def _judge(x: float, top: float, bottom: float, scene: _Scene) -> _Strip | None:
    middle = (scene.top + scene.bottom) / 2
    inside = (middle >= top) & (middle <= bottom)
    on_left = inside & (scene.x1 <= x)
    on_right = inside & (scene.x0 >= x)
    if min(int(on_left.sum()), int(on_right.sum())) < 2 * _MIN_ROWS:
        return None
    shared_top = max(float(scene.top[on_left].min()), float(scene.top[on_right].min()))
    shared_bottom = min(float(scene.bottom[on_left].max()), float(scene.bottom[on_right].max()))
    if shared_bottom - shared_top < _MIN_ROWS * scene.em:
        return None
    key = (on_left.tobytes(), on_right.tobytes())
    if key not in scene.judged:
        scene.judged[key] = _shared_rows(scene, on_left, on_right)
    rows = scene.judged[key]
    if rows < _MIN_ROWS:
        return None
    width = float(scene.x0[on_right].min() - scene.x1[on_left].max())
    return _Strip(x, top, bottom, rows, min(width, 2 * (x - float(scene.x1[on_left].max()))))


def _shared_rows(scene: _Scene, on_left: NDArray[np.bool_], on_right: NDArray[np.bool_]) -> float:
    """The rows of the shorter side, 0 when either does not read as a column."""
    left = [word for word, here in zip(scene.words, on_left, strict=True) if here]
    right = [word for word, here in zip(scene.words, on_right, strict=True) if here]
    apart = _drawn_apart(left, right)
    rows = _prose_rows(left, scene.em, apart)
    return min(rows, _prose_rows(right, scene.em, apart)) if rows else 0


def _drawn_apart(left: list[Word], right: list[Word]) -> bool:
    """True when one side was drawn whole before the other: two columns for sure, or two columns of a drawn table."""
    return max(word.order for word in left) < min(word.order for word in right)


def _prose_rows(words: list[Word], em: float, one_by_one: bool) -> float:
    """How many rows a side has, 0 when they do not read as running text of a column."""
    rows = rows_of(words)
    if len(rows) < _MIN_ROWS:
        return 0
    low, high = min(row[0].box.x0 for row in rows), max(row[-1].box.x1 for row in rows)
    pieces = sum(len(row) for row in rows) / len(rows)
    letters = sum(len(word.text) for row in rows for word in row) / len(rows)
    if high - low < (5 if one_by_one else 9) * em or letters < (6 if one_by_one else 12):
        return 0
    if pieces < (1.3 if one_by_one else 2.2):
        return 0
    height = rows[-1][0].base - rows[0][0].base + 1.2 * em
    dense = len(rows) * 1.2 * em / height
    return float(len(rows)) if dense >= (0.3 if one_by_one else 0.45) else 0
