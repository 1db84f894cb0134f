"""What is drawn on a PDF page, as values: words with their places, ruling lines, filled areas and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in points, y growing downwards from the page's top edge."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """x1 - x0."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """bottom - top."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square points, never negative."""
        return max(0.0, self.width) * max(0.0, self.height)

    def holds(self, x: float, y: float) -> bool:
        """True when the point lies inside or on the edge."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def common(self, other: Box) -> Box:
        """The overlap; its area is 0 when there is none."""
        return Box(
            max(self.x0, other.x0), max(self.top, other.top), min(self.x1, other.x1), min(self.bottom, other.bottom)
        )

    def grown(self, by: float) -> Box:
        """The rectangle with each edge moved outwards."""
        return Box(self.x0 - by, self.top - by, self.x1 + by, self.bottom + by)


def around(boxes: list[Box]) -> Box:
    """
    The smallest rectangle that holds them all.

    Raises:
        ValueError: no rectangle was given.
    """
    return Box(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


Colour = tuple[float, float, float]
"""Red, green and blue in [0, 1]."""

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(slots=True)
class Word:
    """A stretch of text drawn without a gap; not always a whole word, since a program may cut one in two."""

    text: str
    box: Box
    base: float  # y of the baseline, downwards
    size: float  # height of the font as drawn, in points
    angle: int = 0  # degrees counter-clockwise: 0, 90, 180, 270; 1 for any other
    bold: bool = False
    italic: bool = False
    colour: Colour | None = BLACK  # None where it can't be told (patterns)
    order: int = 0  # place in the order of drawing
    spaced: bool = False  # a blank was drawn just before it
    invisible: bool = False  # text render mode 3 or 7
    artifact: bool = False  # the file marks it as decoration (running header, folio)
    layer_off: bool = False  # on a layer that is switched off
    hidden: str = ""  # why a person doesn't see it; "" when they do


@dataclass(frozen=True, slots=True)
class Fill:
    """A painted area."""

    box: Box
    colour: Colour | None
    order: int
    solid: bool  # an opaque rectangle: what lies under it is hidden


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight horizontal or vertical line; thickness is in points."""

    box: Box
    horizontal: bool
    thickness: float = 0.5


@dataclass(slots=True)
class Marks:
    """All that is drawn on one page."""

    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Fill] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
