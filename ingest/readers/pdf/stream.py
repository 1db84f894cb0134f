"""Runs the content stream of a page and collects its marks: words with exact places, lines, fills, pictures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ingest.readers.pdf.marks import Box, Fill, Marks, Rule
from ingest.readers.pdf.state import Matrix, State, colour_of, placed, times
from ingest.readers.pdf.words import TEXT_ACTIONS, FontShelf, Tag, TextRunner, look_up, read_matrix

MAX_STREAM_BYTES = 30_000_000
MAX_OPERATORS = 400_000
MAX_DEPTH = 12
MAX_WORDS = 60_000
_RULE_THICKNESS = 3.0  # points; a filled bar no thicker is a drawn line
_TOO_COMPLEX = "pagina con troppi elementi grafici: letta solo in parte"


class StreamRunner(TextRunner):
    """Runs one page's content and leaves what it drew in `marks`."""

    def __init__(self, *, reader: Any, marks: Marks, base: Matrix, fonts: FontShelf, layers_off: set[int]) -> None:
        super().__init__(marks=marks, base=base, fonts=fonts, layers_off=layers_off)
        self._reader = reader
        self._saved: list[State] = []
        self._path: list[list[tuple[float, float]]] = []
        self._clips = False
        self._operators = 0
        self._depth = 0

    def run(self, content: Any, resources: Any) -> None:
        """Execute a content stream with its resources; stops quietly at the bounds on size."""
        from pypdf.generic import ContentStream

        stream = content if isinstance(content, ContentStream) else ContentStream(content, self._reader, "bytes")
        if len(stream.get_data()) > MAX_STREAM_BYTES:
            self._too_complex()
            return
        outer, self._resources = self._resources, resources or {}
        for operands, operator in stream.operations:
            self._operators += 1
            if self._operators > MAX_OPERATORS or len(self.marks.words) > MAX_WORDS:
                self._too_complex()
                break
            self._perform(operator, operands)
        self._resources = outer

    def _perform(self, operator: bytes, operands: Any) -> None:
        try:
            if operator in TEXT_ACTIONS:
                TEXT_ACTIONS[operator](self, operands)
            elif operator in _ACTIONS:
                _ACTIONS[operator](self, operands)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError):
            return  # an operator with operands of the wrong kind draws nothing

    def _too_complex(self) -> None:
        if _TOO_COMPLEX not in self.marks.problems:
            self.marks.problems.append(_TOO_COMPLEX)

    def _save(self, _operands: Any) -> None:
        if len(self._saved) < 10_000:
            self._saved.append(self._state.copy())

    def _restore(self, _operands: Any) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def _concat(self, operands: Any) -> None:
        self._state.ctm = times(read_matrix(operands), self._state.ctm)

    def _graphics_state(self, operands: Any) -> None:
        given = look_up(look_up(self._resources, "/ExtGState"), operands[0])
        opacity = look_up(given, "/ca")
        if isinstance(opacity, (int, float)):
            self._state.opaque = opacity >= 0.99
        blend = look_up(given, "/BM")
        if isinstance(blend, str) and blend not in ("/Normal", "/Compatible"):
            self._state.opaque = False
        font = look_up(given, "/Font")
        if font:
            self._state.font = self._fonts.get(font[0].get_object())
            self._state.size = float(font[1])

    def _set_width(self, operands: Any) -> None:
        self._state.stroke_width = float(operands[0])

    def _set_fill(self, operands: Any) -> None:
        numbers = [float(number) for number in operands if isinstance(number, (int, float))]
        self._state.fill = colour_of(numbers) if len(numbers) == len(operands) else None

    def _set_fill_space(self, operands: Any) -> None:
        self._state.fill = None if operands and operands[0] == "/Pattern" else (0.0, 0.0, 0.0)

    def _move_to(self, operands: Any) -> None:
        self._path.append([placed(self._state.ctm, float(operands[0]), float(operands[1]))])

    def _line_to(self, operands: Any) -> None:
        if self._path:
            self._path[-1].append(placed(self._state.ctm, float(operands[-2]), float(operands[-1])))

    def _close_path(self, _operands: Any) -> None:
        if self._path and self._path[-1]:
            self._path[-1].append(self._path[-1][0])

    def _rectangle(self, operands: Any) -> None:
        x, y, width, height = (float(number) for number in operands[:4])
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        self._path.append([placed(self._state.ctm, *corner) for corner in corners])

    def _paint_stroke(self, _operands: Any) -> None:
        scale = (abs(self._state.ctm[0] * self._state.ctm[3] - self._state.ctm[1] * self._state.ctm[2])) ** 0.5
        thickness = self._state.stroke_width * scale
        for points in self._path:
            for start, end in pairwise(points):
                self._add_rule(self._box([start, end]), thickness)
        self._end_path()

    def _paint_fill(self, _operands: Any) -> None:
        for points in self._path:
            self._add_fill(points)
        self._end_path()

    def _paint_both(self, operands: Any) -> None:
        for points in self._path:
            self._add_fill(points)
        self._paint_stroke(operands)

    def _close_and_stroke(self, operands: Any) -> None:
        self._close_path(operands)
        self._paint_stroke(operands)

    def _drop_path(self, _operands: Any) -> None:
        self._end_path()

    def _clip(self, _operands: Any) -> None:
        self._clips = True

    def _end_path(self) -> None:
        """Forget the path; where it was made a clip, nothing shows outside it from here on."""
        points = [point for part in self._path for point in part]
        if self._clips and points:
            self._state.clip = self._state.clip.common(self._box(points))
        self._clips = False
        self._path = []

    def _add_fill(self, points: list[tuple[float, float]]) -> None:
        box = self._box(points)
        if min(box.width, box.height) <= _RULE_THICKNESS:
            self._add_rule(box, min(box.width, box.height))
            return
        box = box.common(self._state.clip)
        if box.width <= 0 or box.height <= 0:
            return
        self._order += 1
        upright = len(points) in (4, 5) and len({round(x, 1) for x, _ in points}) <= 2
        solid = upright and self._state.opaque and self._state.fill is not None
        self.marks.fills.append(Fill(box, self._state.fill, self._order, solid))

    def _add_rule(self, box: Box, thickness: float) -> None:
        long, short = max(box.width, box.height), min(box.width, box.height)
        if long < 4 or short > max(_RULE_THICKNESS, 0.01 * long):
            return
        self.marks.rules.append(Rule(box, box.width >= box.height, thickness))

    def _draw(self, operands: Any) -> None:
        drawn = look_up(look_up(self._resources, "/XObject"), operands[0])
        kind = look_up(drawn, "/Subtype")
        if kind == "/Image":
            see_through = any(look_up(drawn, key) for key in ("/SMask", "/Mask", "/ImageMask"))
            self._add_picture(solid=self._state.opaque and not see_through)
        elif kind == "/Form" and self._depth < MAX_DEPTH:
            self._draw_form(drawn)

    def _picture(self, _operands: Any) -> None:
        self._add_picture(solid=False)  # an inline image: small, and often a stencil

    def _add_picture(self, *, solid: bool) -> None:
        self._order += 1
        corners = [placed(self._state.ctm, x, y) for x in (0, 1) for y in (0, 1)]
        box = self._box(corners).common(self._state.clip)
        if box.width > 0 and box.height > 0:
            self.marks.pictures.append(Fill(box, None, self._order, solid))

    def _draw_form(self, form: Any) -> None:
        kept = self._state.copy(), self._saved, self._text, self._line, self._tags
        layer = look_up(form, "/OC")
        self._saved = []
        self._tags = [*self._tags, Tag(False, id(layer) in self._layers_off)] if layer is not None else [*self._tags]
        self._depth += 1
        matrix = look_up(form, "/Matrix")
        if matrix is not None:
            self._state.ctm = times(read_matrix(matrix), self._state.ctm)
        try:
            self.run(form, look_up(form, "/Resources") or self._resources)
        finally:
            self._depth -= 1
            self._state, self._saved, self._text, self._line, self._tags = kept


_ACTIONS: dict[bytes, Callable[[StreamRunner, Any], None]] = {
    b"q": StreamRunner._save,
    b"Q": StreamRunner._restore,
    b"cm": StreamRunner._concat,
    b"gs": StreamRunner._graphics_state,
    b"w": StreamRunner._set_width,
    b"g": StreamRunner._set_fill,
    b"rg": StreamRunner._set_fill,
    b"k": StreamRunner._set_fill,
    b"sc": StreamRunner._set_fill,
    b"scn": StreamRunner._set_fill,
    b"cs": StreamRunner._set_fill_space,
    b"m": StreamRunner._move_to,
    b"l": StreamRunner._line_to,
    b"c": StreamRunner._line_to,
    b"v": StreamRunner._line_to,
    b"y": StreamRunner._line_to,
    b"h": StreamRunner._close_path,
    b"re": StreamRunner._rectangle,
    b"S": StreamRunner._paint_stroke,
    b"s": StreamRunner._close_and_stroke,
    b"f": StreamRunner._paint_fill,
    b"F": StreamRunner._paint_fill,
    b"f*": StreamRunner._paint_fill,
    b"B": StreamRunner._paint_both,
    b"B*": StreamRunner._paint_both,
    b"b": StreamRunner._paint_both,
    b"b*": StreamRunner._paint_both,
    b"n": StreamRunner._drop_path,
    b"W": StreamRunner._clip,
    b"W*": StreamRunner._clip,
    b"Do": StreamRunner._draw,
    b"INLINE IMAGE": StreamRunner._picture,
}
