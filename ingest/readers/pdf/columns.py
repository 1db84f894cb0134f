"""Reading order: the blank strips between columns are found from the places of the words, however they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.marks import Box, Word
from ingest.readers.pdf.strips import Hint, Strip, best_strip, build_scene

_MAX_DEPTH = 12
_MAX_WORDS = 20_000  # beyond this a page is a drawing, read as it comes


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


class ColumnFinder:
    """Finds the columns of a document's pages; what one page shows for sure helps with the next."""

    def __init__(self) -> None:
        self._hints: list[Hint] = []

    def find(self, words: Sequence[Word], obstacles: Sequence[Obstacle] = ()) -> list[Column]:
        """The columns of a page in reading order: what stands above, the columns from the left, what stands below."""
        return self._read(Column(list(words), list(obstacles)), 0)

    def _read(self, region: Column, depth: int) -> list[Column]:
        if not region.words and not region.obstacles:
            return []
        strip = None
        if depth < _MAX_DEPTH and 2 <= len(region.words) <= _MAX_WORDS:
            scene = build_scene(region.words, [obstacle.box for obstacle in region.obstacles])
            strip = best_strip(scene, self._hints)
        if strip is None:
            return [region]
        return [column for part in _divide(region, strip) for column in self._read(part, depth + 1)]


def _divide(region: Column, strip: Strip) -> tuple[Column, Column, Column, Column]:
    """What stands above the strip, on its left, on its right and below it."""
    parts = (Column([], []), Column([], []), Column([], []), Column([], []))
    for word in region.words:
        parts[_side(word.box, strip)].words.append(word)
    for obstacle in region.obstacles:
        parts[_side(obstacle.box, strip)].obstacles.append(obstacle)
    return parts


def _side(box: Box, strip: Strip) -> int:
    middle = (box.top + box.bottom) / 2
    if middle < strip.top:
        return 0
    if middle > strip.bottom:
        return 3
    return 1 if (box.x0 + box.x1) / 2 < strip.x else 2
