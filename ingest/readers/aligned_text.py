"""
Tables of plain text whose columns stand one under the other: written with marks, as Markdown tables are.

A run of lines is a table when its first lines name the columns and a column of it holds figures, or, where all is
words, when a caption or a line below the heads says so. What is unsure stays the prose it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.aligned_heads import count_heads, figure_columns, name_columns
from ingest.readers.aligned_rows import Cell, Placed, Row, is_row, is_rule, place_rows
from ingest.readers.cells import CAPTION, looks_figure

_MARK = re.compile(r"(?:[-•▪◦·*‣➢●–—]|\(?\w{1,3}[.)]|art\.? \d+)\W*", re.IGNORECASE)
_NO_FIGURE = re.compile(
    r"(?:gratuit|esent|nessun|sospes|chius|non\b|da\b|in (?:corso|attesa|fase)|idem\b)", re.IGNORECASE
)
_PAGE = re.compile(r"pag(?:ina|\.|g\.)?|p\.", re.IGNORECASE)
_REST = re.compile(r"(?:\((?![*\d])|[a-zà-ù])\D*")
"""The other line of a label or cell; a note with its number or with figures of its own is none."""
_WORDY = 4  # words; cells of words alone that are longer on average are running text
_MANY = 4  # rows of words that make a table without a caption
_LABEL = 60  # characters; a longer line is no part of a label


@dataclass(frozen=True, slots=True)
class _Table:
    heads: list[str]
    rows: list[list[str]]


def mark_tables(lines: Sequence[str]) -> list[str]:
    """The lines with each aligned table written as a marked one ("| a | b |"); all others are as they were."""
    marked: list[str] = []
    at = 0
    for low, high in _runs(lines):
        above = next((lines[place] for place in range(low - 1, -1, -1) if lines[place].strip()), "")
        marked += [*lines[at:low], *_mark_run(lines[low:high], above)]
        at = high
    return [*marked, *lines[at:]]


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where rows follow one another, with what may lie between two: a rule, a blank line, a label's other line."""
    at = 0
    while at < len(lines):
        if not is_row(lines[at]):
            at += 1
            continue
        low, high = at, at + 1
        while (after := _next_row(lines, high)) is not None:
            high = after + 1
        at = high
        if high < len(lines) and _may_end(lines[high]):
            high += 1
        if low and _may_head(lines[low - 1]):
            low -= 1
        yield low, high
        at = max(at, high)


def _next_row(lines: Sequence[str], at: int) -> int | None:
    """The next row, at most a rule, a blank line and one label on."""
    kinds: list[str] = []
    for place in range(at, min(at + 4, len(lines))):
        if is_row(lines[place]):
            return place
        kind = "rule" if is_rule(lines[place]) else "label" if lines[place].strip() else "blank"
        if kind in kinds or (kind == "label" and not _is_label(lines[place])):
            return None
        kinds.append(kind)
    return None


def _is_label(line: str) -> bool:
    return len(line.strip()) <= _LABEL and "|" not in line and not line.rstrip().endswith((".", ":", ";"))


def _may_end(line: str) -> bool:
    return bool(line.strip()) and _is_label(line) and _REST.fullmatch(line.strip()) is not None


def _may_head(line: str) -> bool:
    return line.startswith(("  ", "\t")) and _is_label(line) and not CAPTION.match(line.strip()) and bool(line.strip())


def _mark_run(run: Sequence[str], above: str) -> list[str]:
    """The run with its tables marked: each part between blank lines where one is a table, else the whole."""
    parts = _parts(run)
    marked = [_marked(part, above if at == 0 else "") if part[0].strip() else None for at, part in enumerate(parts)]
    if any(marked):
        own = list(zip(parts, marked, strict=True))
        whole = None if all(_fits(part, table) for part, table in own) else _marked(run, above)
        return whole or [line for part, table in own for line in table or part]
    return _marked(run, above) or list(run)


def _fits(part: Sequence[str], marked: list[str] | None) -> bool:
    return marked is not None or not part[0].strip()


def _parts(run: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = []
    for line in run:
        if not parts or bool(parts[-1][0].strip()) != bool(line.strip()):
            parts.append([])
        parts[-1].append(line)
    return parts


def _marked(part: Sequence[str], above: str) -> list[str] | None:
    """The part as a marked table; without its first or last line where that one does not belong to it."""
    for low, high in ((0, len(part)), (0, len(part) - 1), (1, len(part)), (1, len(part) - 1)):
        if (low and is_row(part[0])) or (high < len(part) and is_row(part[-1])):
            continue
        if high - low >= 2 and (table := _table(part[low:high], above)) is not None:
            return [*part[:low], *_written(table), *part[high:]]
    return None


def _written(table: _Table) -> list[str]:
    rule = "|" + "---|" * len(table.heads)
    return [_row_line(table.heads), rule, *(_row_line(row) for row in table.rows)]


def _row_line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(lines: Sequence[str], above: str) -> _Table | None:
    written = [line for line in lines if line.strip()]
    ruled = next((at for at, line in enumerate(written) if is_rule(line)), None)
    placed = place_rows([line for line in written if not is_rule(line)])
    if placed is None or len(placed.rows) < 2:
        return None
    figures = figure_columns(placed)
    count = count_heads(placed, figures, ruled=ruled)
    heads = name_columns(placed, count) if count else None
    if heads is None or any(at >= count and not _begins_column(placed, at) for at in placed.spanning):
        return None
    body = _merge(placed, count)
    if body is None or not _are_heads(heads, body, figures):
        return None
    if _holds_figures(body, heads, figures) or _holds_words(body, ruled == count, above):
        return _Table(heads, [[row.get(at, "") for at in range(len(heads))] for row in body])
    return None


def _are_heads(heads: Sequence[str], body: Sequence[dict[int, str]], figures: set[int]) -> bool:
    """False for what may be a first row: names that come twice, stand below too, or say that there is no figure."""
    named = [head.casefold() for head in heads if head]
    again = any(row.get(at, "").casefold() == head.casefold() for row in body for at, head in enumerate(heads) if head)
    capital = heads[0][:1].isupper() and len(figures) == 1
    doubtful = any(_NO_FIGURE.match(heads[at]) or (capital and heads[at][:1].islower()) for at in figures)
    return len(set(named)) == len(named) and not again and not doubtful


def _begins_column(placed: Placed, at: int) -> bool:
    """True for a line that is one cell under a column other than the first, however long: more of the row above."""
    row = placed.rows[at]
    return len(row) == 1 and all(place and cell.start == placed.columns[place][0] for place, cell in row.items())


def _merge(placed: Placed, count: int) -> list[dict[int, str]] | None:
    """The body's rows with cells over several lines made whole and groups' names before their rows' labels."""
    body = _Body()
    lines = placed.rows[count:]
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else {}
        fits = body.add_label(line[0], after) if set(line) == {0} else body.add_row(line)
        if not fits:
            return None
    return None if body.begun else body.rows


class _Body:
    """Rows as they are gathered, with the label that a line began and the group that stands over what follows."""

    def __init__(self) -> None:
        self.rows: list[dict[int, str]] = []
        self.begun = ""
        self._group = ""
        self._indent = 0

    def add_label(self, label: Cell, after: Row) -> bool:
        """Take a line that is a label alone; False where it is unsure what it belongs to."""
        begins = after[0] if len(after) > 1 and 0 in after else None
        if self.begun:
            return False
        if begins is not None and _REST.fullmatch(begins.text) and not _REST.fullmatch(label.text):
            self.begun = label.text + " "
        elif self.rows and _REST.fullmatch(label.text):
            self.rows[-1][0] += f" {label.text}"
        elif begins is not None and begins.start > label.start:
            self._group, self._indent = label.text, label.start
        else:
            return False
        return True

    def add_row(self, line: Row) -> bool:
        """Take a row, or the other line of the cells above; False where it is neither."""
        texts = {place: cell.text for place, cell in line.items()}
        if 0 in texts:
            if line[0].start <= self._indent:
                self._group = ""
            texts[0] = self.begun + (f"{self._group} – {texts[0]}" if self._group else texts[0])
            self.begun = ""
            self.rows.append(texts)
            return True
        if not self.rows or self.begun or not set(texts) <= set(self.rows[-1]):
            return False
        self.rows[-1] |= {place: f"{self.rows[-1][place]} {text}" for place, text in texts.items()}
        return not any(map(looks_figure, texts.values()))


def _holds_figures(body: Sequence[dict[int, str]], heads: Sequence[str], figures: set[int]) -> bool:
    """True for rows under named columns of figures that are no index and no list."""
    if not figures or _PAGE.fullmatch(heads[-1]):
        return False
    if len(heads) == 2 and all(_MARK.fullmatch(row[0]) for row in body):
        return False
    if len(body) == 1:
        return len(heads) > 2 and all(looks_figure(text) for place, text in body[0].items() if place)
    return 2 * sum(bool(figures & set(row)) for row in body) > len(body)


def _holds_words(body: Sequence[dict[int, str]], ruled: bool, above: str) -> bool:
    """True for rows of words that a caption, a rule or, over at least three columns, their form shows to be a table."""
    wide = max(len(row) for row in body)
    cells = [text for row in body for place, text in row.items() if place]
    if len(body) < 2 or any(len(row) < wide for row in body) or _is_wordy(cells):
        return False
    if ruled or CAPTION.match(above.strip()):
        return True
    if wide < 3 or len({row[0] for row in body}) < len(body):
        return False
    return len(set(cells)) < len(cells) and (len(body) >= _MANY or above.rstrip().endswith(":"))


def _is_wordy(cells: Sequence[str]) -> bool:
    return sum(len(text.split()) for text in cells) > _WORDY * len(cells)
