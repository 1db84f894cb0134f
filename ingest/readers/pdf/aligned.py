"""
Tables without lines: cells that stand one under the other over several rows, told from columns of text.

Rows are linked when two of their cells share an edge; a run of linked rows is a table when a column of it holds
figures, when a caption stands above it, or when its first row is set off. Anything that does not fit (a cell over two
columns beside another, two cells in one place) leaves the rows as the lines they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.lines import lines_of, rows_of
from ingest.readers.pdf.marks import Box, Word, around

MIN_ROWS = 3
"""Rows that must agree on their columns."""
_CELL_GAP = 0.9  # ems; a wider blank parts two cells
_NEAR = 2.0  # points within which two edges are one
_REACH = 6.0  # ems from one linked row to the next
_SHORT_EMS, _SHORT_WORDS = 20.0, 6
_MOST_WORDS = 8_000  # beyond this a page is a drawing
_FILLED = 0.4  # share of the rows that an outer column must fill
_CAPTION = re.compile(r"tab(?:ella|\.)?\b|quadro\b|prospetto\b", re.IGNORECASE)
_FIGURE = re.compile(r"[<>≤≥±+~(-]?\s?[€$]?\s?[-–+]?\d[\d.,'/:\s–-]*[%‰€°*)]?(?:\s?[^\W\d_]\S*(?:\s\S+){0,2})?")
_NOTHING = re.compile(r"[-–—…*/]+|n\.?\s?[dcpa]\.?|n/a", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[-/–]\s?\d{2,4})?\*?")
_LEADER = re.compile(r"\.{4,}|…{2,}|_{4,}")


@dataclass(slots=True)
class Stretch:
    """Words of one row without a wide blank between them."""

    words: list[Word]
    box: Box
    base: float
    em: float
    text: str

    @property
    def is_figure(self) -> bool:
        """True for a figure with its unit, a date or the sign that there is none."""
        return bool(_FIGURE.fullmatch(self.text) or _NOTHING.fullmatch(self.text))

    @property
    def is_short(self) -> bool:
        """True for what hardly is a line of running text."""
        return self.box.width <= _SHORT_EMS * self.em and len(self.text.split()) <= _SHORT_WORDS

    @property
    def middle(self) -> float:
        """x of its middle."""
        return (self.box.x0 + self.box.x1) / 2


Row = list[Stretch]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AlignedRows:
    """Rows that agree on their columns, with what stands above them; the columns are x from and to."""

    columns: tuple[Span, ...]
    rows: tuple[tuple[Stretch, ...], ...]  # from the top, heads included, only what lies within the columns
    captioned: bool


def find_aligned(words: Sequence[Word]) -> list[AlignedRows]:
    """The runs of rows of a page that may be a table, from the top; none shares a word with another."""
    if len(words) > _MOST_WORDS:
        return []
    rows = [_stretches(row) for row in rows_of(words)]
    found: list[AlignedRows] = []
    taken: set[int] = set()
    for chain in _chains(rows):
        for columns in _column_sets([rows[at] for at in chain]):
            for run in _runs(rows, chain, columns):
                own = {id(stretch) for row in run.rows for stretch in row}
                if not own & taken:
                    taken |= own
                    found.append(run)
    return found


def _stretches(row: list[Word]) -> Row:
    groups: list[list[Word]] = []
    for word in row:
        before = groups[-1][-1] if groups else None
        if before is None or word.box.x0 - before.box.x1 > _CELL_GAP * max(word.size, before.size):
            groups.append([word])
        else:
            groups[-1].append(word)
    return [_stretch(group) for group in groups]


def _stretch(words: list[Word]) -> Stretch:
    main = max(words, key=lambda word: word.size)
    text = " ".join(line.text for line in lines_of(words))
    return Stretch(words, around([word.box for word in words]), main.base, main.size, text)


def _chains(rows: Sequence[Row]) -> list[list[int]]:
    """Runs of linked rows, by their places; a row in between that is linked to none does not end a run."""
    chains: list[list[int]] = []
    for at, row in enumerate(rows):
        if len(row) < 2 or any(_LEADER.search(stretch.text) for stretch in row):
            continue
        near = (chain for chain in reversed(chains) if row[0].base - rows[chain[-1]][0].base <= _REACH * row[0].em)
        chain = next((chain for chain in near if any(_linked(rows[last], row) for last in chain[-2:])), None)
        if chain is None:
            chains.append([at])
        else:
            chain.append(at)
    return [chain for chain in chains if len(chain) >= MIN_ROWS]


def _linked(above: Row, below: Row) -> bool:
    """True when two short cells, or a figure and another cell, stand under their like."""
    pairs = [(one, other) for one in above for other in below if _in_line(one, other)]
    short = sum(one.is_short and other.is_short for one, other in pairs)
    return short >= 2 or (len(pairs) >= 2 and any(one.is_figure and other.is_figure for one, other in pairs))


def _in_line(one: Stretch, other: Stretch) -> bool:
    left, right = abs(one.box.x0 - other.box.x0), abs(one.box.x1 - other.box.x1)
    return min(left, right, abs(one.middle - other.middle)) <= _NEAR


def _column_sets(rows: Sequence[Row]) -> Iterator[tuple[Span, ...]]:
    """Neighbouring columns of the rows, parted where a column of running text stands among them."""
    group: list[Span] = []
    for span in [*_columns(rows), None]:
        if span is not None and not _is_prose(_inside(rows, span)):
            group.append(span)
            continue
        while group and _share(rows, group[0]) < _FILLED:
            group.pop(0)
        while group and _share(rows, group[-1]) < _FILLED:
            group.pop()
        if len(group) >= 2:
            yield tuple(group)
        group = []


def _columns(rows: Sequence[Row]) -> list[Span]:
    """Where cells stand, as spans with blanks between them."""
    merged: list[Span] = []
    for x0, x1 in sorted((stretch.box.x0, stretch.box.x1) for row in rows for stretch in row):
        if merged and x0 < merged[-1][1] + 1.0:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _inside(rows: Sequence[Row], span: Span) -> list[Stretch]:
    return [stretch for row in rows for stretch in row if span[0] <= stretch.middle <= span[1]]


def _share(rows: Sequence[Row], span: Span) -> float:
    return sum(any(span[0] <= stretch.middle <= span[1] for stretch in row) for row in rows) / len(rows)


def _is_prose(cells: Sequence[Stretch]) -> bool:
    """True for a column of running text: long lines, many of which begin with a small letter."""
    words = sum(len(cell.text.split()) for cell in cells) / max(len(cells), 1)
    return words >= 3 and sum(cell.text[:1].islower() for cell in cells) >= 0.3 * len(cells)


def _runs(rows: Sequence[Row], chain: Sequence[int], columns: tuple[Span, ...]) -> Iterator[AlignedRows]:
    """The rows of a chain within its columns, those between them and the heads above too; a line that crosses parts."""
    part: list[int] = []
    for at in range(chain[0], chain[-1] + 1):
        line = _within(rows[at], columns)
        if line and not _clashes(line, columns):
            part.append(at)
        elif line:
            yield from _part(rows, [at for at in part if at in chain], columns)
            part = []
    yield from _part(rows, [at for at in part if at in chain], columns)


def _part(rows: Sequence[Row], linked: Sequence[int], columns: tuple[Span, ...]) -> Iterator[AlignedRows]:
    full = [at for at in linked if len(_within(rows[at], columns)) >= 2]
    if len(full) < MIN_ROWS:
        return
    lines = [_within(rows[at], columns) for at in range(full[0], full[-1] + 1)]
    heads, above = _heads(rows[: full[0]], columns, lines[0])
    body = [line for line in lines if line]
    body += _tail(rows[full[-1] + 1 :], columns, body[-1], step=body[-1][0].base - body[-2][0].base)
    captioned = above is not None and _CAPTION.match(above) is not None
    yield AlignedRows(columns, (*heads, *body), captioned)


def _within(row: Row, columns: tuple[Span, ...]) -> tuple[Stretch, ...]:
    low, high = columns[0][0] - _NEAR, columns[-1][1] + _NEAR
    return tuple(stretch for stretch in row if stretch.box.x1 > low and stretch.box.x0 < high)


def places_of(stretch: Stretch, columns: Sequence[Span]) -> list[int]:
    """The columns that a cell stands in: those it covers, else the nearest."""
    over = [at for at, (x0, x1) in enumerate(columns) if stretch.box.x0 < x1 and stretch.box.x1 > x0]
    if over:
        return over
    return [min(range(len(columns)), key=lambda at: abs(sum(columns[at]) / 2 - stretch.middle))]


def _clashes(line: Sequence[Stretch], columns: tuple[Span, ...]) -> bool:
    """True when two cells of one line claim one column, or one sticks out of the table."""
    claimed = [place for stretch in line for place in places_of(stretch, columns)]
    low, high = columns[0][0], columns[-1][1]
    out = any(stretch.box.x0 < low - stretch.em or stretch.box.x1 > high + stretch.em for stretch in line)
    return out or len(claimed) != len(set(claimed))


def _heads(
    above: Sequence[Row], columns: tuple[Span, ...], first: Sequence[Stretch]
) -> tuple[list[tuple[Stretch, ...]], str | None]:
    """The lines above the first row that stand over its columns, and the text of the line above them."""
    heads: list[tuple[Stretch, ...]] = []
    top, em = first[0].base, first[0].em
    for row in reversed(above):
        line = _within(row, columns)
        if not line:
            continue
        alone = len(line) == 1 and (places_of(line[0], columns)[0] == 0 or len(columns) == 2)
        far = top - line[0].base > 2.0 * em or len(heads) == 4
        if far or alone or _CAPTION.match(line[0].text) or _clashes(line, columns):
            return heads, line[0].text if top - line[0].base <= 4.0 * em else None
        heads.insert(0, line)
        top = line[0].base
    return heads, None


def _tail(
    below: Sequence[Row], columns: tuple[Span, ...], last: Sequence[Stretch], *, step: float
) -> list[tuple[Stretch, ...]]:
    """The lines with which the cells of the last row go on."""
    tail: list[tuple[Stretch, ...]] = []
    base, filled = last[0].base, {place for stretch in last for place in places_of(stretch, columns)}
    for row in below:
        line = _within(row, columns)
        if not line:
            continue
        places = {place for stretch in line for place in places_of(stretch, columns)}
        goes_on = all(stretch.text[:1].islower() for stretch in line) and places <= filled
        far = line[0].base - base > max(1.4 * line[0].em, 1.1 * step)
        if not goes_on or far or _clashes(line, columns):
            break
        tail.append(line)
        base = line[0].base
    return tail


def is_year(stretch: Stretch) -> bool:
    """True for a year, or a span of two."""
    return _YEAR.fullmatch(stretch.text) is not None
