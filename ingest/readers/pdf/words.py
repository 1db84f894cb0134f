"""The text operators of a content stream: they place words exactly, as fonts and matrices say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.pdf.fonts import Glyph, ReadingFont, read_font
from ingest.readers.pdf.marks import Box, Marks, Word
from ingest.readers.pdf.state import IDENTITY, Matrix, State, placed, times, turned

_KERN_BREAK = 0.1  # ems; a jump inside a shown array no larger is kerning


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
class Tag:
    """A marked-content bracket."""

    artifact: bool
    layer_off: bool
    actual: str | None = None  # replacement text, still to be given to a word


class TextRunner:
    """Runs the text operators and leaves the words in `marks`."""

    def __init__(self, *, marks: Marks, base: Matrix, fonts: FontShelf, layers_off: set[int]) -> None:
        self.marks = marks
        self._fonts = fonts
        self._layers_off = layers_off
        self._state = State(ctm=base)
        self._text: Matrix = IDENTITY
        self._line: Matrix = IDENTITY
        self._tags: list[Tag] = []
        self._blank = False
        self._order = 0
        self._resources: Any = {}

    def _begin_text(self, _operands: Any) -> None:
        self._text = self._line = IDENTITY

    def _set_font(self, operands: Any) -> None:
        resource = look_up(look_up(self._resources, "/Font"), operands[0])
        self._state.font = self._fonts.get(resource) if resource is not None else None
        self._state.size = float(operands[1])

    def _set_char_space(self, operands: Any) -> None:
        self._state.char_space = float(operands[0])

    def _set_word_space(self, operands: Any) -> None:
        self._state.word_space = float(operands[0])

    def _set_stretch(self, operands: Any) -> None:
        self._state.stretch = float(operands[0]) / 100

    def _set_leading(self, operands: Any) -> None:
        self._state.leading = float(operands[0])

    def _set_rise(self, operands: Any) -> None:
        self._state.rise = float(operands[0])

    def _set_mode(self, operands: Any) -> None:
        self._state.mode = int(operands[0])

    def _move(self, operands: Any) -> None:
        self._line = times((1, 0, 0, 1, float(operands[0]), float(operands[1])), self._line)
        self._text = self._line

    def _move_and_lead(self, operands: Any) -> None:
        self._state.leading = -float(operands[1])
        self._move(operands)

    def _set_matrix(self, operands: Any) -> None:
        self._text = self._line = read_matrix(operands)

    def _next_line(self, _operands: Any) -> None:
        self._move((0.0, -self._state.leading))

    def _show(self, operands: Any) -> None:
        self._show_all([operands[0]])

    def _show_array(self, operands: Any) -> None:
        self._show_all(operands[0])

    def _show_on_next(self, operands: Any) -> None:
        self._next_line(operands)
        self._show(operands)

    def _show_spaced_on_next(self, operands: Any) -> None:
        self._state.word_space = float(operands[0])
        self._state.char_space = float(operands[1])
        self._next_line(operands)
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

    def _begin_tag(self, operands: Any) -> None:
        tag = Tag(artifact=operands[0] == "/Artifact", layer_off=False)
        if len(operands) > 1:
            properties: Any = operands[1]
            if isinstance(properties, str):
                properties = self._property(operands[1])
                tag.layer_off = operands[0] == "/OC" and id(properties) in self._layers_off
            actual = look_up(properties, "/ActualText")
            tag.actual = str(actual) if isinstance(actual, str) else None
        self._tags.append(tag)

    def _property(self, name: str) -> Any:
        return look_up(look_up(self._resources, "/Properties"), name)

    def _end_tag(self, _operands: Any) -> None:
        if self._tags:
            self._tags.pop()


@dataclass(slots=True)
class _Run:
    """The letters gathered since the last break, and the pen, in text space."""

    pen: float = 0.0
    start: float = 0.0
    end: float = 0.0
    letters: list[str] = field(default_factory=list)


def read_matrix(operands: Any) -> Matrix:
    """
    The matrix of six operands.

    Raises:
        TypeError, ValueError: they are not six numbers.
    """
    a, b, c, d, e, f = (float(number) for number in operands[:6])
    return (a, b, c, d, e, f)


def look_up(mapping: Any, key: Any) -> Any:
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


TEXT_ACTIONS: dict[bytes, Callable[[TextRunner, Any], None]] = {
    b"BT": TextRunner._begin_text,
    b"Tf": TextRunner._set_font,
    b"Tc": TextRunner._set_char_space,
    b"Tw": TextRunner._set_word_space,
    b"Tz": TextRunner._set_stretch,
    b"TL": TextRunner._set_leading,
    b"Ts": TextRunner._set_rise,
    b"Tr": TextRunner._set_mode,
    b"Td": TextRunner._move,
    b"TD": TextRunner._move_and_lead,
    b"Tm": TextRunner._set_matrix,
    b"T*": TextRunner._next_line,
    b"Tj": TextRunner._show,
    b"TJ": TextRunner._show_array,
    b"'": TextRunner._show_on_next,
    b'"': TextRunner._show_spaced_on_next,
    b"BMC": TextRunner._begin_tag,
    b"BDC": TextRunner._begin_tag,
    b"EMC": TextRunner._end_tag,
}
"""What each text operator does."""
