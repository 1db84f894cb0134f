"""A PDF page as a picture with a quote marked; `python -m ingest.readers.page_picture` draws one and ends."""

from __future__ import annotations

import json
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.readers.drawing import encode_png

Picture = NDArray[np.uint8]
"""Rows × columns × 3: red, green, blue."""

MARKER = np.array([255, 235, 80], dtype=np.uint16)
MARGIN_DOTS = 2
MOST_DOTS = 12_000_000  # a page may claim to be kilometres long
SHORTEST_RUN = 12  # letters; shorter runs of a quote stand anywhere on a page
LEAST_SHARE = 0.6  # of a quote must be found, else marking what was found would mislead


@dataclass(frozen=True, slots=True)
class Quote:
    """The words to mark, and how often the same words stand earlier on the page."""

    text: str
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture's dots, ends exclusive."""

    left: int
    top: int
    right: int
    bottom: int


def draw_marked(path: Path, index: int, quote: Quote | None, *, width: int) -> tuple[bytes, bool]:
    """
    The page as a PNG of that width in dots, less where it is enormous, and whether the quote was found and marked.

    Raises:
        ValueError: the file is no PDF that can be drawn, or has no such page.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        page = document[index - 1]
        wide, high = page.get_size()
        bitmap = page.render(scale=min(width / wide, (MOST_DOTS / (wide * high)) ** 0.5))
        picture = _colours(bitmap)
        boxes = _find_boxes(page, quote, picture) if quote else []
    except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
        raise ValueError(str(error)) from None
    for box in boxes:
        _mark(picture, box)
    return encode_png(picture), bool(boxes)


def _colours(bitmap: Any) -> Picture:
    raw = np.array(bitmap.to_numpy(), dtype=np.uint8)
    if raw.ndim == 2:
        return np.repeat(raw[:, :, None], 3, axis=2)
    return np.ascontiguousarray(raw[:, :, 2::-1])  # pdfium gives blue, green, red


def _mark(picture: Picture, box: Box) -> None:
    stretch = picture[box.top : box.bottom, box.left : box.right]
    stretch[:] = (stretch.astype(np.uint16) * MARKER // 255).astype(np.uint8)


def _find_boxes(page: Any, quote: Quote, picture: Picture) -> list[Box]:
    text = page.get_textpage()
    letters, places = fold_letters(chr(_code(text, at)) for at in range(text.count_chars()))
    found = [places[at] for start, end in find_runs(letters, quote) for at in range(start, end)]
    return _lines(_dots(page, text, picture, dict.fromkeys(found)))


def _code(text: Any, at: int) -> int:
    from pypdfium2.raw import FPDFText_GetUnicode

    code = int(FPDFText_GetUnicode(text.raw, at))
    return code if 0 < code < sys.maxunicode else 32


def fold_letters(characters: Iterable[str]) -> tuple[str, list[int]]:
    """Letters and digits alone, small and without accents, and of each the number of the character it comes from."""
    letters, places = [], []
    for at, character in enumerate(characters):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalnum():
                letters.append(letter)
                places.append(at)
    return "".join(letters), places


def find_runs(letters: str, quote: Quote) -> list[tuple[int, int]]:
    """
    Where the quote stands among the letters, as stretches in order; nothing where too little of it is found.

    Whole, at its place among equal ones; else in runs, since a page's letters may lie in another order than it reads.
    """
    wanted, _places = fold_letters(quote.text)
    if not wanted:
        return []
    starts = _starts(letters, wanted)
    if starts:
        start = starts[min(quote.earlier, len(starts) - 1)]
        return [(start, start + len(wanted))]
    runs = _runs(letters, wanted)
    share = sum(end - start for start, end in runs) / len(wanted)
    return runs if share >= LEAST_SHARE else []


def _runs(letters: str, wanted: str) -> list[tuple[int, int]]:
    """Stretches of the letters that spell the wanted ones piece by piece, each as long as can be."""
    found: list[tuple[int, int]] = []
    at = 0
    while at + SHORTEST_RUN <= len(wanted):
        # As long as a piece is found, so is each shorter one: halving finds the longest.
        sizes = range(SHORTEST_RUN, len(wanted) - at + 1)
        size = bisect_left(sizes, True, key=lambda many: wanted[at : at + many] not in letters)
        if size:
            start = letters.find(wanted[at : at + SHORTEST_RUN + size - 1])
            found.append((start, start + SHORTEST_RUN + size - 1))
            at += SHORTEST_RUN + size - 1
        else:
            at += 1
    return sorted(found)


def _starts(letters: str, wanted: str) -> list[int]:
    found, at = [], letters.find(wanted)
    while at >= 0:
        found.append(at)
        at = letters.find(wanted, at + 1)
    return found


def _dots(page: Any, text: Any, picture: Picture, characters: Iterable[int]) -> Iterator[Box]:
    """Each character's rectangle, turned as the page is turned."""
    from ctypes import byref, c_int

    from pypdfium2.raw import FPDF_PageToDevice

    height, width = picture.shape[:2]

    def dot(x: float, y: float) -> tuple[int, int]:
        across, down = c_int(), c_int()
        FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, byref(across), byref(down))
        return across.value, down.value

    for at in characters:
        left, bottom, right, top = text.get_charbox(at, loose=True)
        (x1, y1), (x2, y2) = dot(left, bottom), dot(right, top)
        yield Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _lines(boxes: Iterable[Box]) -> list[Box]:
    """Rectangles of one line joined, so that blanks between words are marked too."""
    lines: list[Box] = []
    for box in boxes:
        if lines and _is_one_line(lines[-1], box):
            last = lines[-1]
            lines[-1] = Box(last.left, min(last.top, box.top), max(last.right, box.right), max(last.bottom, box.bottom))
        else:
            lines.append(box)
    return [
        Box(max(0, one.left - MARGIN_DOTS), max(0, one.top), one.right + MARGIN_DOTS, one.bottom)
        for one in lines
        if one.right > one.left and one.bottom > one.top
    ]


def _is_one_line(line: Box, box: Box) -> bool:
    shared = min(line.bottom, box.bottom) - max(line.top, box.top)
    return shared > (box.bottom - box.top) / 2 and box.left >= line.left


def main() -> int:
    """Draw what the JSON on standard input asks for: the picture on standard output, "marked" on standard error."""
    asked = json.load(sys.stdin)
    quote = Quote(asked["quote"], asked["earlier"]) if asked.get("quote") else None
    try:
        picture, is_marked = draw_marked(Path(asked["path"]), asked["index"], quote, width=asked["width"])
    except ValueError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(picture)
    sys.stderr.write("marked" if is_marked else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
