"""Turned text, placed as if the page were turned to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf_marks import Box, Word


def turned_groups(words: Sequence[Word]) -> list[list[Word]]:
    """Words at each angle other than upright, each group as it reads."""
    groups = [[turn_upright(word) for word in words if word.angle == angle] for angle in (90, 270, 180, 1)]
    return [group for group in groups if group]


def turn_upright(word: Word) -> Word:
    """The word where it would stand if the page were turned so that it reads from left to right."""
    box = word.box
    if word.angle == 90:
        place = Box(-box.bottom, box.x0, -box.top, box.x1)
    elif word.angle == 270:
        place = Box(box.top, -box.x1, box.bottom, -box.x0)
    elif word.angle == 180:
        place = Box(-box.x1, -box.bottom, -box.x0, -box.top)
    else:
        place = box
    return replace(word, box=place, base=place.bottom - 0.2 * word.size, angle=0)
