"""Runs the content stream of a page and collects its marks: words with exact places, lines, fills, pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ingest.readers.pdf_fonts import Glyph, ReadingFont, read_font
from ingest.readers.pdf_marks import Box, Fill, Marks, Rule, Word
from ingest.readers.pdf_state import IDENTITY, Matrix, State, colour_of, placed, times, turned

MAX_STREAM_BYTES = 30_000_000
MAX_OPERATORS = 400_000
MAX_DEPTH = 12
MAX_WORDS = 60_000
_RULE_THICKNESS = 3.0  # points; a filled bar no thicker is a drawn line
_KERN_BREAK = 0.1  # ems; a jump inside a shown array no larger is kerning
_TOO_COMPLEX = "pagina con troppi elementi grafici: letta solo in parte"


@dataclass(slots=True)
class FontShelf:
    """The fonts of a file, each read once."""

    _read: dict[int, ReadingFont] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)

    def get(self, resource: Any) -> ReadingFont:
        """The reading side of a font resource."""
        found = self._read.get(id(resource))
        if found is None:
            found = self._read[id(resource)] = read_font(resource)
            self._kept.append(resource)  # so that its id stays its own
        return found


@dataclass(slots=True)
class _Tag:
    """A marked-content bracket."""

    artifact: bool
    layer_off: bool
    actual: str | None = None  # replacement text, still to be given to a word


class StreamRunner:
    """Runs one page's content and leaves what it drew in `marks`."""

    def __init__(self, *, reader: Any, marks: Marks, base: Matrix, fonts: FontShelf, layers_off: set[int]) -> None:
        self.marks = marks
        self._reader = reader
        self._fonts = fonts
        self._layers_off = layers_off
        self._state = State(ctm=base)
        self._saved: list[State] = []
        self._text: Matrix = IDENTITY
        self._line: Matrix = IDENTITY
        self._path: list[list[tuple[float, float]]] = []
        self._clips = False
        self._tags: list[_Tag] = []
        self._blank = False
        self._order = 0
        self._operators = 0
        self._resources: Any = {}
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
            action = _ACTIONS.get(operator)
            if action is not None:
                self._perform(action, operands)
        self._resources = outer

    def _perform(self, action: Callable[[StreamRunner, Any], None], operands: Any) -> None:
        try:
            action(self, operands)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError):
            return  # an operator with operands of the wrong kind draws nothing

    def _too_complex(self) -> None:
        if _TOO_COMPLEX not in self.marks.problems:
            self.marks.problems.append(_TOO_COMPLEX)

    # State

    def save(self, _operands: Any) -> None:
        if len(self._saved) < 10_000:
            self._saved.append(self._state.copy())

    def restore(self, _operands: Any) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def concat(self, operands: Any) -> None:
        self._state.ctm = times(_matrix(operands), self._state.ctm)

    def graphics_state(self, operands: Any) -> None:
        given = _get(_get(self._resources, "/ExtGState"), operands[0])
        opacity = _get(given, "/ca")
        if isinstance(opacity, (int, float)):
            self._state.opaque = opacity >= 0.99
        blend = _get(given, "/BM")
        if isinstance(blend, str) and blend not in ("/Normal", "/Compatible"):
            self._state.opaque = False
        font = _get(given, "/Font")
        if font:
            self._state.font = self._fonts.get(font[0].get_object())
            self._state.size = float(font[1])

    def set_width(self, operands: Any) -> None:
        self._state.stroke_width = float(operands[0])

    def set_fill(self, operands: Any) -> None:
        numbers = [float(number) for number in operands if isinstance(number, (int, float))]
        self._state.fill = colour_of(numbers) if len(numbers) == len(operands) else None

    def set_fill_space(self, operands: Any) -> None:
        self._state.fill = None if operands and operands[0] == "/Pattern" else (0.0, 0.0, 0.0)

    # Text state

    def begin_text(self, _operands: Any) -> None:
        self._text = self._line = IDENTITY

    def set_font(self, operands: Any) -> None:
        resource = _get(_get(self._resources, "/Font"), operands[0])
        self._state.font = self._fonts.get(resource) if resource is not None else None
        self._state.size = float(operands[1])

    def set_char_space(self, operands: Any) -> None:
        self._state.char_space = float(operands[0])

    def set_word_space(self, operands: Any) -> None:
        self._state.word_space = float(operands[0])

    def set_stretch(self, operands: Any) -> None:
        self._state.stretch = float(operands[0]) / 100

    def set_leading(self, operands: Any) -> None:
        self._state.leading = float(operands[0])

    def set_rise(self, operands: Any) -> None:
        self._state.rise = float(operands[0])

    def set_mode(self, operands: Any) -> None:
        self._state.mode = int(operands[0])

    # Text position

    def move(self, operands: Any) -> None:
        self._line = times((1, 0, 0, 1, float(operands[0]), float(operands[1])), self._line)
        self._text = self._line

    def move_and_lead(self, operands: Any) -> None:
        self._state.leading = -float(operands[1])
        self.move(operands)

    def set_matrix(self, operands: Any) -> None:
        self._text = self._line = _matrix(operands)

    def next_line(self, _operands: Any) -> None:
        self.move((0.0, -self._state.leading))

    # Text showing

    def show(self, operands: Any) -> None:
        self._show_all([operands[0]])

    def show_array(self, operands: Any) -> None:
        self._show_all(operands[0])

    def show_on_next(self, operands: Any) -> None:
        self.next_line(operands)
        self.show(operands)

    def show_spaced_on_next(self, operands: Any) -> None:
        self._state.word_space = float(operands[0])
        self._state.char_space = float(operands[1])
        self.next_line(operands)
        self._show_all([operands[2]])

    def _show_all(self, parts: Any) -> None:
        font = self._state.font
        if font is None:
            return
        run = _Run()
        for part in parts:
            if isinstance(part, (int, float)):
                self._kern(run, float(part))
                continue
            for glyph in font.glyphs(_raw(part)):
                self._advance(run, glyph)
        self._close(run)
        self._text = times((1, 0, 0, 1, run.pen, 0), self._text)

    def _kern(self, run: _Run, thousandths: float) -> None:
        shift = -thousandths / 1000 * self._state.size * self._state.stretch
        if abs(thousandths) / 1000 > _KERN_BREAK:
            self._close(run)
        run.pen += shift

    def _advance(self, run: _Run, glyph: Glyph) -> None:
        state = self._state
        width = glyph.advance * state.size * state.stretch
        if glyph.text.strip(" \u00a0\u2002\u2003\u2009") == "" and glyph.text:
            self._close(run)
            self._blank = True
        elif glyph.text or width:
            if not run.letters:
                run.start = run.pen
            run.letters.append(glyph.text)
            run.end = run.pen + width
        run.pen += width + (state.char_space + (state.word_space if glyph.is_word_space else 0.0)) * state.stretch

    def _close(self, run: _Run) -> None:
        """Turn the letters gathered so far into a word."""
        if not run.letters:
            return
        text = self._tagged("".join(run.letters))
        run.letters.clear()
        if text:
            self._add_word(text, run.start, run.end)

    def _tagged(self, text: str) -> str:
        """The text, or what the file says it stands for (/ActualText)."""
        for tag in reversed(self._tags):
            if tag.actual is not None:
                replacement, tag.actual = tag.actual, ""
                return replacement
        return text

    def _add_word(self, text: str, start: float, end: float) -> None:
        state = self._state
        assert state.font is not None
        matrix = times(self._text, state.ctm)
        low, high = state.rise - 0.2 * state.size, state.rise + 0.75 * state.size
        corners = [placed(matrix, x, y) for x in (start, end) for y in (low, high)]
        base = placed(matrix, start, state.rise)
        tip = placed(matrix, start, state.rise + state.size)
        self._order += 1
        self.marks.words.append(
            Word(
                text=text,
                box=self._box(corners),
                base=self.marks.height - base[1],
                size=((tip[0] - base[0]) ** 2 + (tip[1] - base[1]) ** 2) ** 0.5,
                angle=turned(matrix),
                bold=state.font.bold or state.mode == 2,
                italic=state.font.italic,
                colour=state.fill if state.mode not in (1, 5) else None,
                order=self._order,
                spaced=self._blank,
                invisible=state.mode in (3, 7),
                artifact=any(tag.artifact for tag in self._tags),
                layer_off=any(tag.layer_off for tag in self._tags),
            )
        )
        self._blank = False

    def _box(self, corners: list[tuple[float, float]]) -> Box:
        xs = [x for x, _ in corners]
        ys = [self.marks.height - y for _, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))

    # Marked content

    def begin_tag(self, operands: Any) -> None:
        tag = _Tag(artifact=operands[0] == "/Artifact", layer_off=False)
        if len(operands) > 1:
            properties: Any = operands[1]
            if isinstance(properties, str):
                properties = self._property(operands[1])
                tag.layer_off = operands[0] == "/OC" and id(properties) in self._layers_off
            actual = _get(properties, "/ActualText")
            tag.actual = str(actual) if isinstance(actual, str) else None
        self._tags.append(tag)

    def _property(self, name: str) -> Any:
        return _get(_get(self._resources, "/Properties"), name)

    def end_tag(self, _operands: Any) -> None:
        if self._tags:
            self._tags.pop()

    # Paths

    def move_to(self, operands: Any) -> None:
        self._path.append([placed(self._state.ctm, float(operands[0]), float(operands[1]))])

    def line_to(self, operands: Any) -> None:
        if self._path:
            self._path[-1].append(placed(self._state.ctm, float(operands[-2]), float(operands[-1])))

    def close_path(self, _operands: Any) -> None:
        if self._path and self._path[-1]:
            self._path[-1].append(self._path[-1][0])

    def rectangle(self, operands: Any) -> None:
        x, y, width, height = (float(number) for number in operands[:4])
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        self._path.append([placed(self._state.ctm, *corner) for corner in corners])

    def paint_stroke(self, _operands: Any) -> None:
        scale = (abs(self._state.ctm[0] * self._state.ctm[3] - self._state.ctm[1] * self._state.ctm[2])) ** 0.5
        thickness = self._state.stroke_width * scale
        for points in self._path:
            for start, end in pairwise(points):
                self._add_rule(self._box([start, end]), thickness)
        self._end_path()

    def paint_fill(self, _operands: Any) -> None:
        for points in self._path:
            self._add_fill(points)
        self._end_path()

    def paint_both(self, operands: Any) -> None:
        for points in self._path:
            self._add_fill(points)
        self.paint_stroke(operands)

    def close_and_stroke(self, operands: Any) -> None:
        self.close_path(operands)
        self.paint_stroke(operands)

    def drop_path(self, _operands: Any) -> None:
        self._end_path()

    def clip(self, _operands: Any) -> None:
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

    # Objects

    def draw(self, operands: Any) -> None:
        drawn = _get(_get(self._resources, "/XObject"), operands[0])
        kind = _get(drawn, "/Subtype")
        if kind == "/Image":
            see_through = any(_get(drawn, key) for key in ("/SMask", "/Mask", "/ImageMask"))
            self._add_picture(solid=self._state.opaque and not see_through)
        elif kind == "/Form" and self._depth < MAX_DEPTH:
            self._draw_form(drawn)

    def picture(self, _operands: Any) -> None:
        self._add_picture(solid=False)  # an inline image: small, and often a stencil

    def _add_picture(self, *, solid: bool) -> None:
        self._order += 1
        corners = [placed(self._state.ctm, x, y) for x in (0, 1) for y in (0, 1)]
        box = self._box(corners).common(self._state.clip)
        if box.width > 0 and box.height > 0:
            self.marks.pictures.append(Fill(box, None, self._order, solid))

    def _draw_form(self, form: Any) -> None:
        kept = self._state.copy(), self._saved, self._text, self._line, self._tags
        layer = _get(form, "/OC")
        self._saved = []
        self._tags = [*self._tags, _Tag(False, id(layer) in self._layers_off)] if layer is not None else [*self._tags]
        self._depth += 1
        matrix = _get(form, "/Matrix")
        if matrix is not None:
            self._state.ctm = times(_matrix(matrix), self._state.ctm)
        try:
            self.run(form, _get(form, "/Resources") or self._resources)
        finally:
            self._depth -= 1
            self._state, self._saved, self._text, self._line, self._tags = kept


@dataclass(slots=True)
class _Run:
    """The letters gathered since the last break, and the pen, in text space."""

    pen: float = 0.0
    start: float = 0.0
    end: float = 0.0
    letters: list[str] = field(default_factory=list)


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands[:6])
    return (a, b, c, d, e, f)


def _get(mapping: Any, key: Any) -> Any:
    """The resolved value of a key, or None where there is none or the thing is no dictionary."""
    getter = getattr(mapping, "get", None)
    if getter is None:
        return None
    value = getter(key)
    return value.get_object() if hasattr(value, "get_object") else value


def _raw(shown: Any) -> bytes:
    if isinstance(shown, bytes):
        return shown
    original = getattr(shown, "original_bytes", None)
    return original if isinstance(original, bytes) else str(shown).encode("latin-1", "replace")


_ACTIONS: dict[bytes, Callable[[StreamRunner, Any], None]] = {
    b"q": StreamRunner.save,
    b"Q": StreamRunner.restore,
    b"cm": StreamRunner.concat,
    b"gs": StreamRunner.graphics_state,
    b"w": StreamRunner.set_width,
    b"g": StreamRunner.set_fill,
    b"rg": StreamRunner.set_fill,
    b"k": StreamRunner.set_fill,
    b"sc": StreamRunner.set_fill,
    b"scn": StreamRunner.set_fill,
    b"cs": StreamRunner.set_fill_space,
    b"BT": StreamRunner.begin_text,
    b"Tf": StreamRunner.set_font,
    b"Tc": StreamRunner.set_char_space,
    b"Tw": StreamRunner.set_word_space,
    b"Tz": StreamRunner.set_stretch,
    b"TL": StreamRunner.set_leading,
    b"Ts": StreamRunner.set_rise,
    b"Tr": StreamRunner.set_mode,
    b"Td": StreamRunner.move,
    b"TD": StreamRunner.move_and_lead,
    b"Tm": StreamRunner.set_matrix,
    b"T*": StreamRunner.next_line,
    b"Tj": StreamRunner.show,
    b"TJ": StreamRunner.show_array,
    b"'": StreamRunner.show_on_next,
    b'"': StreamRunner.show_spaced_on_next,
    b"BMC": StreamRunner.begin_tag,
    b"BDC": StreamRunner.begin_tag,
    b"EMC": StreamRunner.end_tag,
    b"m": StreamRunner.move_to,
    b"l": StreamRunner.line_to,
    b"c": StreamRunner.line_to,
    b"v": StreamRunner.line_to,
    b"y": StreamRunner.line_to,
    b"h": StreamRunner.close_path,
    b"re": StreamRunner.rectangle,
    b"S": StreamRunner.paint_stroke,
    b"s": StreamRunner.close_and_stroke,
    b"f": StreamRunner.paint_fill,
    b"F": StreamRunner.paint_fill,
    b"f*": StreamRunner.paint_fill,
    b"B": StreamRunner.paint_both,
    b"B*": StreamRunner.paint_both,
    b"b": StreamRunner.paint_both,
    b"b*": StreamRunner.paint_both,
    b"n": StreamRunner.drop_path,
    b"W": StreamRunner.clip,
    b"W*": StreamRunner.clip,
    b"Do": StreamRunner.draw,
    b"INLINE IMAGE": StreamRunner.picture,
}
