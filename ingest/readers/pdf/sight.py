"""What a person does not see on the page: white on white, too small, outside it, invisible, covered, switched off."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.pdf.marks import WHITE, Box, Colour, Fill, Marks, Word

TOO_SMALL = 1.0  # points
_SAME_COLOUR = 0.06  # largest difference a component
_STRUCK_SHARE = 0.3
_FULL_PAGE = 0.6  # share of the page that a scan covers
SCANNED_TEXT = "testo proveniente da riconoscimento ottico (OCR) già incluso nel file: può contenere errori"


def mark_hidden(marks: Marks) -> list[tuple[str, str]]:
    """Say of each word that a person does not see why, in place; returns (why, text) by stretch, in drawing order."""
    scan = _scan(marks)
    for word in marks.words:
        word.hidden = _why_hidden(word, marks, scan)
    if scan is not None and any(_under_scan(word, scan) for word in marks.words if not word.hidden):
        marks.problems.append(SCANNED_TEXT)
    return _stretches([word for word in marks.words if word.hidden])


def _scan(marks: Marks) -> Fill | None:
    """The picture that covers the page, if it is a scan: then unseen text over it is what a machine read in it."""
    page = marks.width * marks.height
    seen = Box(0, 0, marks.width, marks.height)
    large = [picture for picture in marks.pictures if picture.box.common(seen).area >= _FULL_PAGE * page]
    return large[-1] if large else None


def _under_scan(word: Word, scan: Fill) -> bool:
    return word.invisible or word.order < scan.order


def _why_hidden(word: Word, marks: Marks, scan: Fill | None) -> str:
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
    if word.layer_off:
        return "su un livello spento"
    if not Box(0, 0, marks.width, marks.height).grown(1).holds(x, y):
        return "fuori dalla pagina"
    if word.size < TOO_SMALL:
        return "corpo quasi nullo"
    if word.invisible:
        return "" if scan is not None else "modo di scrittura invisibile"
    if scan is not None and word.order < scan.order:
        return ""
    if _is_covered(word, marks):
        return "coperto da un riquadro o da un'immagine"
    return "stesso colore dello sfondo" if _melts(word, marks, x, y) else ""


def _is_covered(word: Word, marks: Marks) -> bool:
    over = [fill for fill in (*marks.fills, *marks.pictures) if fill.order > word.order and fill.solid]
    return any(fill.box.common(word.box).area >= 0.85 * word.box.area > 0 for fill in over)


def _melts(word: Word, marks: Marks, x: float, y: float) -> bool:
    if word.colour is None:
        return False
    ground: Colour | None = WHITE
    for fill in marks.fills:
        if fill.order > word.order:
            break
        if fill.box.holds(x, y):
            ground = fill.colour if fill.solid else None
    if any(picture.box.holds(x, y) and picture.order < word.order for picture in marks.pictures):
        return False
    return ground is not None and all(abs(a - b) <= _SAME_COLOUR for a, b in zip(word.colour, ground, strict=True))


def is_overprinted(words: Sequence[Word]) -> bool:
    """True when a good part of the words is printed over other words, so that nobody can read them."""
    places: dict[tuple[int, int], list[Word]] = {}
    struck = 0
    for word in words:
        at_x, at_y = int(word.box.x0 // 40), int(word.base // 12)
        near = [other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in places.get((at_x + dx, at_y + dy), ())]
        struck += any(_strikes(word, other) for other in near)
        places.setdefault((at_x, at_y), []).append(word)
    return len(words) >= 10 and struck > _STRUCK_SHARE * len(words)


def _strikes(word: Word, other: Word) -> bool:
    smaller = min(word.box.area, other.box.area)
    return smaller > 0 and word.box.common(other.box).area > 0.4 * smaller


def _stretches(words: Sequence[Word]) -> list[tuple[str, str]]:
    stretches: list[tuple[str, list[str]]] = []
    for word in words:
        if stretches and stretches[-1][0] == word.hidden:
            stretches[-1][1].append(word.text)
        else:
            stretches.append((word.hidden, [word.text]))
    return [(why, " ".join(texts)) for why, texts in stretches]
