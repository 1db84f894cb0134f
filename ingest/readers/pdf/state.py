"""The graphics and text state of a PDF content stream, and the matrices that place things on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ingest.readers.pdf.fonts import ReadingFont
from ingest.readers.pdf.marks import BLACK, Box, Colour

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
EVERYWHERE = Box(-1e9, -1e9, 1e9, 1e9)


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies first, then the other (ISO 32000-2, 8.3.4)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def placed(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point lands."""
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def turned(matrix: Matrix) -> int:
    """Degrees counter-clockwise that text is turned by: 0, 90, 180, 270, or 1 for a slope."""
    degrees = math.degrees(math.atan2(matrix[1], matrix[0])) % 360
    for right in (0, 90, 180, 270, 360):
        if abs(degrees - right) <= 3:  # scanners and signatures tilt text a little
            return right % 360
    return 1


@dataclass(slots=True)
class State:
    """What `q` saves and `Q` restores, with the text parameters."""

    ctm: Matrix = IDENTITY
    font: ReadingFont | None = None
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    fill: Colour | None = BLACK
    stroke_width: float = 1.0
    opaque: bool = True
    clip: Box = EVERYWHERE

    def copy(self) -> State:
        """The same state, to be kept aside."""
        return replace(self)


def colour_of(numbers: list[float]) -> Colour | None:
    """The colour of 1 (grey), 3 (RGB) or 4 (CMYK) components; None for any other count."""
    if len(numbers) == 1:
        return (numbers[0], numbers[0], numbers[0])
    if len(numbers) == 3:
        return (numbers[0], numbers[1], numbers[2])
    if len(numbers) == 4:
        c, m, y, k = numbers
        return ((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k))
    return None
