"""Frames and tinted panels that hold a few lines: pull quotes, side notes, boxed abstracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.marks import Box, Marks, Word

_MAX_SHARE = 0.4  # of the page's words and area; a larger panel is a background
_MIN_WORDS = 4


@dataclass(slots=True)
class Panel:
    """A frame and the words inside it."""

    box: Box
    words: list[Word]


def find_boxes(marks: Marks, words: Sequence[Word]) -> list[Panel]:
    """The panels of a page that hold text of their own; one inside another counts as the outer one."""
    page = Box(0, 0, marks.width, marks.height)
    panels: list[Panel] = []
    areas = [fill.box for fill in marks.fills if fill.solid and _is_tinted(fill.colour)]
    for area in sorted(areas, key=lambda box: -box.area)[:400]:
        if not 0.002 < area.area / page.area < _MAX_SHARE or any(_within(area, panel.box) for panel in panels):
            continue
        inside = [word for word in words if area.grown(1).holds(*_middle(word))]
        if _MIN_WORDS <= len(inside) <= _MAX_SHARE * len(words) and len({round(word.base) for word in inside}) > 1:
            panels.append(Panel(area, inside))
    return panels


def _middle(word: Word) -> tuple[float, float]:
    return ((word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2)


def _within(area: Box, outer: Box) -> bool:
    return area.common(outer).area > 0.5 * area.area


def _is_tinted(colour: tuple[float, float, float] | None) -> bool:
    return colour is not None and min(colour) < 0.99
