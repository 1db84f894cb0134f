"""Tables and lists of terms in HTML, as their tags come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.readers.hypertext_sight import Attributes
from ingest.readers.reading import Piece
from ingest.readers.spans import Cell, Row, read_table

_GROUPS = frozenset(("thead", "tbody", "tfoot"))
TABLE_TAGS = _GROUPS | {"table", "tr", "td", "th"}
BOLD_TAGS = frozenset(("b", "strong"))
_LONGEST_TERM = 80  # characters; what is longer, or a sentence, is a text of its own
_SENTENCE = re.compile(r"[.?!…][»”\"')]*$")


@dataclass(slots=True)
class _Open:
    """A table, with the row and the cell that are being read."""

    rows: list[Row] = field(default_factory=list)
    cells: Row = field(default_factory=list)
    cell: Cell | None = None
    plain: bool = False  # the cell has letters that are not bold
    in_heads: bool = False


class Tables:
    """The tables that are open, the innermost last; each gives its pieces when it ends."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._bold = 0

    def in_cell(self) -> bool:
        """True inside a cell."""
        return bool(self._open) and self._open[-1].cell is not None

    def start(self, tag: str, attributes: Attributes, words: str) -> None:
        """Open a table, a row or a cell; words are those read since the cell before was opened."""
        if tag == "table":
            self._add_words(words)
            self._open.append(_Open())
        elif self._open:
            self._end_cell(words)
            table = self._open[-1]
            if tag in ("td", "th"):
                table.cell, table.plain = _cell(attributes, is_head=tag == "th" or table.in_heads), False
                return
            self._end_row()
            if tag in _GROUPS:
                table.in_heads = tag == "thead"

    def end(self, tag: str, words: str) -> Iterator[Piece]:
        """Close a table, a row or a cell; the pieces of a table that ends."""
        if not self._open:
            return
        self._end_cell(words)
        if tag not in ("td", "th"):
            self._end_row()
        if tag == "thead":
            self._open[-1].in_heads = False
        elif tag == "table":
            yield from read_table(self._open.pop().rows)

    def end_all(self, words: str) -> Iterator[Piece]:
        """The pieces of the tables that nothing closed."""
        while self._open:
            yield from self.end("table", words)
            words = ""

    def bold(self, by: int) -> None:
        """Open or close bold letters."""
        self._bold = max(0, self._bold + by)

    def read(self, text: str) -> None:
        """Note what the open cell's text looks like."""
        if self._open and text.strip() and not self._bold:
            self._open[-1].plain = True

    def _add_words(self, words: str) -> None:
        """Keep what a cell says before a table inside it."""
        if self.in_cell():
            table = self._open[-1]
            assert table.cell is not None
            table.cell = replace(table.cell, text=f"{table.cell.text} {words}".strip())

    def _end_cell(self, words: str) -> None:
        self._add_words(words)
        table = self._open[-1]
        if table.cell is not None:
            is_bold = bool(table.cell.text) and not table.plain
            table.cells.append(replace(table.cell, is_head=table.cell.is_head or is_bold))
            table.cell = None

    def _end_row(self) -> None:
        table = self._open[-1]
        if any(cell.text for cell in table.cells):
            table.rows.append(table.cells)
        table.cells = []


def _cell(attributes: Attributes, *, is_head: bool) -> Cell:
    facts = {name: value or "" for name, value in attributes}
    return Cell("", is_head, _count(facts.get("colspan", "")), _count(facts.get("rowspan", "")))


def _count(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


class Terms:
    """The term of a list that is being told of, so that what is told of it says what it is of."""

    def __init__(self) -> None:
        self._reading = False
        self._term = ""
        self._told = True
        self._label = ""

    def start(self, tag: str) -> Iterator[str]:
        """Open a term or what is told of one; the term before that nothing was told of."""
        if tag == "dt":
            yield from self.end()
        self._reading = tag == "dt"
        self._label = self._term if tag == "dd" else ""

    def end(self) -> Iterator[str]:
        """Close a list; its last term, where nothing was told of it."""
        if not self._told:
            yield self._term
        self._reading, self._term, self._told, self._label = False, "", True, ""

    def take(self, text: str) -> str:
        """A block of text: under its term where one is told of, nothing where it is a term itself."""
        if self._reading:
            if len(text) > _LONGEST_TERM or _SENTENCE.search(text):
                return text
            self._reading, self._term, self._told = False, text, False
            return ""
        if self._label:
            text = f"{self._label.removesuffix(':').rstrip()}: {text}"
            self._told, self._label = True, ""
        return text
