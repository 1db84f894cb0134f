"""Notes at the foot of a page: told from the text, and the raised numbers that call them taken out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.pdf.lines import Line

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PLAIN = str.maketrans(_RAISED, "0123456789")
_CALL = re.compile(rf"\s?[{_RAISED}]{{1,3}}")
_NOTE = re.compile(rf"(?:\(?\d{{1,3}}\)?|\*{{1,3}}|[{_RAISED}]{{1,3}})[\s.]*\S")
_NUMBER = re.compile(rf"\(?(\d{{1,3}}|[{_RAISED}]{{1,3}})(?!\d)")
_METRES = re.compile(r"(?:^|[\s/\d(.])[kcdmh]?m$")
_SMALL = 0.93  # of the body's size
_FOOT = 0.45  # share of the page's height above which there are no notes


def called_numbers(texts: Sequence[str]) -> set[str]:
    """The raised numbers in the texts, in plain figures."""
    return {match.group().strip().translate(_PLAIN) for text in texts for match in _CALL.finditer(text)}


def find_notes(lines: Sequence[Line], *, called: set[str], body: float, height: float) -> list[list[Line]]:
    """The notes at the end of a column, each a list of lines; [] where there are none."""
    start = _first_note(lines, called, body, height)
    notes: list[list[Line]] = []
    for line in lines[start:]:
        if not notes or (_NOTE.match(line.text) and _follows(notes[-1][0], line)):
            notes.append([])
        notes[-1].append(line)
    return notes


def _first_note(lines: Sequence[Line], called: set[str], body: float, height: float) -> int:
    """Where the notes begin: small type with a number, or a number that the text calls, down to the column's end."""
    for at, line in enumerate(lines):
        if line.box.top <= _FOOT * height or not _NOTE.match(line.text):
            continue
        small = all(other.size <= _SMALL * body for other in lines[at:])
        is_called = number_of(line.text) in called and all(other.size <= 1.2 * line.size for other in lines[at:])
        if (small and (at > 0 or line.box.top > 0.7 * height)) or is_called:
            return at
    return len(lines)


def _follows(before: Line, line: Line) -> bool:
    """True when a line's number is the next one: a year or a figure at a line's start is not."""
    first, second = number_of(before.text), number_of(line.text)
    if first is None or second is None:
        return line.text.startswith("*")
    return int(second) == int(first) + 1


def number_of(text: str) -> str | None:
    """The number with which a note begins, in plain figures, or None."""
    match = _NUMBER.match(text)
    return match.group(1).translate(_PLAIN) if match else None


def drop_calls(text: str, numbers: set[str]) -> str:
    """The text without the raised numbers that call one of these notes; m² and the like stay."""
    if not numbers:
        return text

    def shown(match: re.Match[str]) -> str:
        is_unit = _METRES.search(text[: match.start()]) is not None and not match.group().startswith(" ")
        is_call = match.group().strip().translate(_PLAIN) in numbers
        return "" if is_call and not is_unit else match.group()

    return _CALL.sub(shown, text)
