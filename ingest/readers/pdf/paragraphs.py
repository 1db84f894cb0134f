"""The lines of a column become paragraphs, list items and headings, by blank space, indents, size and marks."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import Vocabulary, join_lines
from ingest.headings import ARTICLE_LEVEL, Heading, find_heading
from ingest.layout import is_open
from ingest.readers.pdf.lines import Line
from ingest.readers.reading import Piece
from kb.records import BlockKind

_BULLET = re.compile(r"[•▪◦·‣➢➤●○■□✓❖*–—-](?:\s+|(?=[^\W\d_]))\S")
_MARK = re.compile(r"(?:\(?(?:[a-z]{1,2}|[ivx]{1,4}|\d{1,3}(?:[.-]\w{1,3})?)\)|(?:[a-z]|\d{1,3})\.)\s+\S")
_RUN_IN = re.compile(
    r"((?:art|articolo)\.?\s*(\d{1,4}(?:[\s-]?(?:bis|ter|quater|quinquies|sexies))?)\s*[-–—.:]\s*)(?=[A-ZÀ-Ý«])",
    re.IGNORECASE,
)
_LEADER = re.compile(r"\s*(?:\.\s?){4,}\s*|\s*_{4,}\s*|\s*…{2,}\s*")
_SENTENCE_END = (".", ";", ":", "!", "?")
_MAX_HEADING = 160  # characters
_PAGE_OF_TEXT = 600  # letters that make a page's usual size its body
_WIDE_GAP = 1.35  # leadings; a larger step starts a paragraph


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The sizes of a document's type: the body's, and those of the headings from the largest."""

    body: float
    larger: tuple[float, ...]
    title: float | None = None  # the size that only the document's title has
    articles: bool = False  # the document is made of articles

    def on_page(self, lines: Sequence[Line]) -> TypeScale:
        """The scale for one page, whose running text may be larger than the document's."""
        letters = _weigh(lines)
        size, count = letters.most_common(1)[0] if letters else (self.body, 0)
        running = count >= _PAGE_OF_TEXT and count >= 0.5 * sum(letters.values())
        return replace(self, body=max(self.body, size)) if running else self

    def level(self, size: float) -> int:
        """The heading level of a size: 1 for the title, from 2 down to 5 for the others."""
        if self.title is not None and size >= self.title - 0.3:
            return 1
        ranks = [larger for larger in self.larger if larger > size + 0.3 and larger != self.title]
        return min(2 + len(ranks), 5)


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: list[Line]
    marked: bool = False  # begins with a bullet or a number
    apart: bool = True  # blank space before it
    full: bool = False  # its last line reaches the column's right edge

    @property
    def size(self) -> float:
        """The size of its first line."""
        return self.lines[0].size


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a column."""

    left: float
    right: float
    leading: float  # baseline to baseline, in ems

    @property
    def width(self) -> float:
        """right - left."""
        return max(self.right - self.left, 1.0)


def _weigh(lines: Sequence[Line]) -> Counter[float]:
    """How many letters there are of each size, in half points."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size * 2) / 2] += len(line.text)
    return letters


def type_scale(lines: Sequence[Line]) -> TypeScale:
    """The type sizes of a document, told from all its lines."""
    letters = _weigh(lines)
    body = letters.most_common(1)[0][0] if letters else 10.0
    larger = tuple(sorted((size for size in letters if size >= body * 1.1 and letters[size] >= 3), reverse=True))
    first = [line for line in lines if larger and abs(line.size - larger[0]) <= 0.3]
    early = {id(line) for line in lines[:40]}
    is_title = 0 < len(first) <= 4 and all(id(line) in early for line in first)
    labels = {_heading_label(line.text) or "" for line in lines}
    articles = sum(label.startswith("art.") for label in labels) >= 3
    return TypeScale(body, larger, larger[0] if larger and is_title else None, articles)


def _heading_label(text: str) -> str | None:
    heading = find_heading(text)
    return heading.label if heading else None


def cut_paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of one column's lines, which are given from the top."""
    if not lines:
        return []
    measure = _measure(lines)
    tabbed = _tabbed(lines, measure)
    paragraphs: list[Paragraph] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        apart = before is None or _gap(before, line) > _WIDE_GAP * measure.leading
        marked = at in tabbed or _is_marked(line, before, measure)
        if before is None or apart or marked or _starts(paragraphs[-1], before, line, measure):
            paragraphs.append(Paragraph([line], marked, apart))
        else:
            paragraphs[-1].lines.append(line)
    for paragraph in paragraphs:
        paragraph.full = paragraph.lines[-1].box.x1 >= measure.right - 0.12 * measure.width
    return paragraphs


def _tabbed(lines: Sequence[Line], measure: _Measure) -> set[int]:
    """The lines that begin with a short term and go on at a tab, as at least two near ones do: entries of a list."""
    stops = {at: line.cells[1][0] for at, line in enumerate(lines) if len(line.cells) > 1 and _has_term(line, measure)}
    return {
        at
        for at, stop in stops.items()
        if sum(abs(stops[near] - stop) <= 1.5 for near in stops if near != at and abs(near - at) <= 6) >= 2
    }


def _has_term(line: Line, measure: _Measure) -> bool:
    return line.cells[0][1] - line.cells[0][0] < 0.45 * measure.width


def _measure(lines: Sequence[Line]) -> _Measure:
    lefts, rights = sorted(line.box.x0 for line in lines), sorted(line.box.x1 for line in lines)
    steps = sorted(_gap(a, b) for a, b in itertools.pairwise(lines) if 0.8 <= _gap(a, b) <= 2.2)
    leading = steps[len(steps) // 3] if steps else 1.2
    return _Measure(lefts[len(lefts) // 10], rights[-1 - len(rights) // 10], leading)


def _gap(before: Line, line: Line) -> float:
    return (line.base - before.base) / max(before.size, line.size, 1.0)


def _is_marked(line: Line, before: Line | None, measure: _Measure) -> bool:
    if _BULLET.match(line.text):
        return not (before is not None and before.text.endswith("-"))
    if not _MARK.match(line.text):
        return False
    return before is None or not is_open(before.text) or _is_short(before, measure)


def _is_short(line: Line, measure: _Measure) -> bool:
    return line.box.x1 < measure.right - 0.2 * measure.width


def _starts(paragraph: Paragraph, before: Line, line: Line, measure: _Measure) -> bool:
    """Whether a line starts a paragraph though no blank space parts it from the one before."""
    if abs(line.size - before.size) > 0.08 * before.size or _changes_weight(paragraph, before, line):
        return True
    ended = before.text.rstrip("»”\"')").endswith(_SENTENCE_END)
    if find_heading(line.text) and (ended or _is_short(before, measure)) and not line.text[0].isdigit():
        return True
    if (ended and _is_short(before, measure)) or _LEADER.search(before.text):
        return True
    if _broken_off(before, line, measure):
        return True
    return _indents(paragraph, before, line, measure, ended)


def _broken_off(before: Line, line: Line, measure: _Measure) -> bool:
    """True when a line that begins with a capital could have begun on the line before: the break was meant."""
    centred = abs((before.box.x0 + before.box.x1) - (line.box.x0 + line.box.x1)) <= line.size
    if line.text[0].islower() or (before.bold and line.bold) or (centred and before.box.x0 > measure.left + line.size):
        return False
    word = len(line.text.split()[0]) / max(len(line.text), 1) * line.box.width
    return before.box.x1 + word + 0.3 * line.size < measure.right - 0.15 * measure.width


def _changes_weight(paragraph: Paragraph, before: Line, line: Line) -> bool:
    if before.bold == line.bold:
        return False
    return (all(each.bold == before.bold for each in paragraph.lines) and not is_open(before.text)) or before.bold


def _indents(paragraph: Paragraph, before: Line, line: Line, measure: _Measure, ended: bool) -> bool:
    em = line.size
    first, shift = paragraph.lines[0], line.box.x0 - before.box.x0
    if shift > 0.7 * em and line.box.x0 > measure.left + 0.7 * em:
        hangs = len(paragraph.lines) == 1 and (paragraph.marked or is_open(first.text))
        return not hangs and ended
    if abs(shift) <= 0.2 * em and ended and len(paragraph.lines) == 1 and not paragraph.marked:
        return line.box.x0 > measure.left + 0.7 * em  # two first lines, one under the other
    if shift < -0.7 * em and ended:
        after_first = len(paragraph.lines) == 1 and not paragraph.marked
        return not after_first or _is_short(before, measure)
    return False


def to_pieces(paragraphs: Sequence[Paragraph], words: Vocabulary, scale: TypeScale) -> list[Piece]:
    """The paragraphs as pieces of a page."""
    return [piece for paragraph in paragraphs for piece in _pieces(paragraph, words, scale)]


def _pieces(paragraph: Paragraph, words: Vocabulary, scale: TypeScale) -> list[Piece]:
    text = join_lines([_LEADER.sub(" … ", line.text) for line in paragraph.lines], words)
    if not text:
        return []
    if _LEADER.search(paragraph.lines[-1].text):
        return [Piece(text, BlockKind.LIST_ITEM)]
    heading = _find_heading(paragraph, text, scale)
    if heading is not None:
        return [Piece(text, BlockKind.HEADING, heading.level, label=heading.label)]
    run_in = _RUN_IN.match(text) if scale.articles or paragraph.apart else None
    if run_in and not paragraph.marked:
        label = "art. " + re.sub(r"\s+", "", run_in.group(2))
        if _in_capitals(text) and len(text) <= 2 * _MAX_HEADING:  # a long title, not a heading before its text
            return [Piece(text, BlockKind.HEADING, ARTICLE_LEVEL, label=label)]
        head = Piece(run_in.group(1).rstrip(), BlockKind.HEADING, ARTICLE_LEVEL, label=label)
        return [head, Piece(text[run_in.end() :])]
    return [Piece(text, BlockKind.LIST_ITEM if paragraph.marked else BlockKind.PARAGRAPH)]


def _find_heading(paragraph: Paragraph, text: str, scale: TypeScale) -> Heading | None:
    if len(text) > _MAX_HEADING or len(paragraph.lines) > 4 or not any(char.isalpha() for char in text):
        return None
    bold = all(line.bold for line in paragraph.lines)
    larger = paragraph.size >= (1.1 if bold or paragraph.apart else 1.25) * scale.body
    told = find_heading(text)
    if told is not None and (not text[0].isdigit() or bold or larger):
        return told
    if text.endswith((".", ";", ",", ":")) or text[0].islower() or (paragraph.marked and not (bold or larger)):
        return None
    if larger:
        return Heading(scale.level(paragraph.size))
    return _quiet_heading(paragraph, text, bold, scale)


def _in_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 4 and sum(char.isupper() for char in letters) >= 0.8 * len(letters)


def _quiet_heading(paragraph: Paragraph, text: str, bold: bool, scale: TypeScale) -> Heading | None:
    """A heading in the size of the body: bold, or in capitals, on a line or two of its own."""
    if paragraph.size < 0.95 * scale.body or len(paragraph.lines) > 2 or not paragraph.apart:
        return None
    if not (bold or _in_capitals(text)):
        return None
    return Heading(ARTICLE_LEVEL + 1 if scale.articles else 5)
