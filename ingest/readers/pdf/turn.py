"""Turned text, placed as if the page were turned to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.marks import Box, Fill, Marks, Rule, Word

_TURNED_SHARE = 0.7  # of the letters, from which it is the page that is turned


def turned_groups(words: Sequence[Word]) -> list[list[Word]]:
    """Words at each angle other than upright, each group as it reads."""
    groups = [[turn_upright(word) for word in words if word.angle == angle] for angle in (90, 270, 180, 1)]
    return [group for group in groups if group]


def turn_upright(word: Word) -> Word:
    """The word where it would stand if the page were turned so that it reads from left to right."""
    return _turned_word(word, word.angle, 0.0, 0.0)


def set_upright(marks: Marks) -> Marks:
    """The marks of a page that was printed on its side, turned to be read; any other page's marks as they are."""
    letters: Counter[int] = Counter()
    for word in marks.words:
        letters[word.angle] += len(word.text)
    if not letters:
        return marks
    angle, most = letters.most_common(1)[0]
    if angle in (0, 1) or most < _TURNED_SHARE * sum(letters.values()):
        return marks
    return _turned(marks, angle)


def _turned(marks: Marks, angle: int) -> Marks:
    right = {90: marks.height, 180: marks.width}.get(angle, 0.0)
    down = {180: marks.height, 270: marks.width}.get(angle, 0.0)
    sideways = angle in (90, 270)
    return Marks(
        width=marks.height if sideways else marks.width,
        height=marks.width if sideways else marks.height,
        words=[_turned_word(word, angle, right, down) for word in marks.words],
        fills=[_turned_fill(fill, angle, right, down) for fill in marks.fills],
        rules=[
            Rule(_turned_box(rule.box, angle, right, down), rule.horizontal != sideways, rule.thickness)
            for rule in marks.rules
        ],
        pictures=[_turned_fill(fill, angle, right, down) for fill in marks.pictures],
        problems=marks.problems,
    )


def _turned_fill(fill: Fill, angle: int, right: float, down: float) -> Fill:
    return replace(fill, box=_turned_box(fill.box, angle, right, down))


def _turned_word(word: Word, angle: int, right: float, down: float) -> Word:
    place = _turned_box(word.box, angle, right, down)
    rest = 1 if word.angle == 1 and angle != 1 else (word.angle - angle) % 360
    return replace(word, box=place, base=place.bottom - 0.2 / 0.95 * place.height, angle=rest)


def _turned_box(box: Box, angle: int, right: float, down: float) -> Box:
    """The box after the page is turned back by `angle` degrees and moved right and down."""
    if angle == 90:
        place = Box(-box.bottom, box.x0, -box.top, box.x1)
    elif angle == 270:
        place = Box(box.top, -box.x1, box.bottom, -box.x0)
    elif angle == 180:
        place = Box(-box.x1, -box.bottom, -box.x0, -box.top)
    else:
        place = box
    return Box(place.x0 + right, place.top + down, place.x1 + right, place.bottom + down)
