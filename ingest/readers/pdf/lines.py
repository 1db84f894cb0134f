"""Words of one column become lines: blanks told from gaps, small raised figures kept apart, doubled print dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.marks import Box, Word, around

_ROW_SHARE = 0.5  # of the smaller height that two words must share to stand on one row
_GLUE = 0.13  # ems; a smaller gap does not part two words
_GLUE_WITH_BLANKS = 0.24  # ems; the same where the file draws its blanks

_RAISED = str.maketrans("0123456789ao", "⁰¹²³⁴⁵⁶⁷⁸⁹ªº")
_RAISABLE = re.compile(r"\d{1,3}|[ao]")


@dataclass(slots=True)
class Line:
    """One line of text in one column."""

    text: str
    box: Box
    base: float
    size: float
    bold: bool = False
    italic: bool = False
    artifact: bool = False
    cells: tuple[tuple[float, float, str], ...] = ()  # x0, x1, text of the stretches between wide gaps
    order: int = 0


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped by row, rows from the top, words from the left; raised and lowered figures join their row."""
    rows: list[tuple[float, float, list[Word]]] = []  # top, bottom of the row's tallest word, words
    for word in sorted(words, key=lambda word: (-word.size, word.base)):
        row = _row_for(rows, word)
        if row is None:
            rows.append((word.base - 0.75 * word.size, word.base + 0.2 * word.size, [word]))
        else:
            row.append(word)
    rows.sort(key=lambda row: row[0] + row[1])
    return [sorted(row[2], key=lambda word: (word.box.x0, word.order)) for row in rows]


def _row_for(rows: list[tuple[float, float, list[Word]]], word: Word) -> list[Word] | None:
    top, bottom = word.base - 0.75 * word.size, word.base + 0.2 * word.size
    best: tuple[float, list[Word]] | None = None
    for row_top, row_bottom, members in rows:
        shared = min(bottom, row_bottom) - max(top, row_top)
        if shared < _ROW_SHARE * (bottom - top):
            continue
        same_base = abs(members[0].base - word.base) <= 0.25 * word.size
        if not (same_base or _hangs_on(members, word)):
            continue
        if best is None or shared > best[0]:
            best = (shared, members)
    return best[1] if best else None


def _hangs_on(members: list[Word], word: Word) -> bool:
    """True for a smaller word (a raised figure, an index) beside a word of the row."""
    big = members[0].size
    if word.size > 0.85 * big:
        return False
    return any(
        -0.3 * big <= word.box.x0 - other.box.x1 <= 0.6 * big or -0.3 * big <= other.box.x0 - word.box.x1 <= 0.6 * big
        for other in members
    )


def lines_of(words: Sequence[Word]) -> list[Line]:
    """The lines of one column, from the top."""
    kept = drop_doubles(words)
    glue = _glue(kept)
    return [line for line in (_line(row, glue) for row in rows_of(kept)) if line.text]


def drop_doubles(words: Sequence[Word]) -> list[Word]:
    """Words without the second print of those drawn twice to look bold or shaded."""
    kept: list[Word] = []
    seen: dict[tuple[str, int, int], list[Word]] = {}
    for word in words:
        near = 0.15 * word.size
        at_x, at_y = round(word.box.x0 / 4), round(word.base / 4)
        twins = [
            twin for dx in (-1, 0, 1) for dy in (-1, 0, 1) for twin in seen.get((word.text, at_x + dx, at_y + dy), ())
        ]
        if any(abs(t.box.x0 - word.box.x0) <= near and abs(t.base - word.base) <= near for t in twins):
            continue
        seen.setdefault((word.text, at_x, at_y), []).append(word)
        kept.append(word)
    return kept


def _glue(words: Sequence[Word]) -> float:
    """The gap, in ems, from which two words are apart."""
    spaced = sum(word.spaced for word in words)
    return _GLUE_WITH_BLANKS if spaced > 0.5 * len(words) else _GLUE


def _line(row: list[Word], glue: float) -> Line:
    parts: list[str] = []
    cells: list[tuple[float, float, str]] = []
    start = 0
    for at, word in enumerate(row):
        if at:
            before = row[at - 1]
            gap = word.box.x0 - before.box.x1
            em = max(word.size, before.size)
            if gap > 1.6 * em:
                cells.append((row[start].box.x0, before.box.x1, "".join(parts).strip()))
                start, parts = at, []
            elif _parted(before, word, gap, glue * em):
                parts.append(" ")
        parts.append(_raised(word, row))
    cells.append((row[start].box.x0, row[-1].box.x1, "".join(parts).strip()))
    return _with_looks(row, tuple(cell for cell in cells if cell[2]))


def _raised(word: Word, row: list[Word]) -> str:
    """The text of a word, in raised figures where it is drawn small and above the row's baseline."""
    main = max(row, key=lambda other: other.size)
    if word.size > 0.85 * main.size or word.base > main.base - 0.15 * main.size:
        return word.text
    return word.text.translate(_RAISED) if _RAISABLE.fullmatch(word.text) else word.text


def _parted(before: Word, word: Word, gap: float, glue: float) -> bool:
    """Whether a blank stands between two words of a row."""
    drawn_after = word.spaced and word.order == before.order + 1
    return gap > glue or (drawn_after and gap > -0.3 * word.size)


def _main_size(row: list[Word]) -> float:
    """The largest size that a good part of the row's letters has: raised figures and small words do not count."""
    letters = sum(len(word.text) for word in row)
    for size in sorted({word.size for word in row}, reverse=True):
        if sum(len(word.text) for word in row if word.size >= size - 0.1) >= 0.25 * letters:
            return size
    return row[0].size


def _with_looks(row: list[Word], cells: tuple[tuple[float, float, str], ...]) -> Line:
    letters = {True: 0, False: 0}
    slanted = 0
    for word in row:
        letters[word.bold] += len(word.text)
        slanted += len(word.text) if word.italic else 0
    total = letters[True] + letters[False]
    main = max(row, key=lambda word: (len(word.text), word.size))
    return Line(
        text=" ".join(cell[2] for cell in cells),
        box=around([word.box for word in row]),
        base=main.base,
        size=_main_size(row),
        bold=letters[True] > 0.7 * total,
        italic=slanted > 0.7 * total,
        artifact=all(word.artifact for word in row),
        cells=cells,
        order=min(word.order for word in row),
    )
