"""What a reader hands over: pages, and what it did to get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.records import Block, BlockKind, Page


@dataclass(frozen=True, slots=True)
class Piece:
    """A block with its own text, before the page's text is put together."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    continues: bool = False
    label: str | None = None


SCRIPT = "codice (script)"
"""Why a script is kept apart."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a file holds but shows to nobody; it is in no page's text."""

    page_index: int
    why: str  # in Italian: "stesso colore dello sfondo"
    text: str
    is_text: bool = True  # False: a script, which no permission turns into text
    place: str = ""  # in Italian, in a file that has no pages: "paragrafo 12", "riga 40"


PageStep = Callable[[int, int], None]
"""Called with (page that is about to be read, pages in all)."""


def no_step(_page: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's pages, in order, their `document` still empty, and a report of the reading."""

    pages: tuple[Page, ...]
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)  # fields of Document that the file itself states
    repairs: Mapping[str, int] = field(default_factory=dict)  # what was mended, in Italian, and how often
    removed: tuple[str, ...] = ()  # decoration and printed page numbers taken out of the text
    notes: tuple[str, ...] = ()  # what staff should know, one Italian line each
    hidden: tuple[Hidden, ...] = ()
    pictures: Mapping[int, bytes] = field(default_factory=dict)  # small PNG pictures of doubtful pages, by page index
    sha256: str | None = None  # of the document inside a signed envelope


def assemble_page(index: int, pieces: Sequence[Piece], *, label: str | None = None, source: str = "none") -> Page:
    """A page whose text is its pieces one a line, with their blocks."""
    blocks: list[Block] = []
    start = 0
    for piece in pieces:
        end = start + len(piece.text)
        blocks.append(Block(start, end, piece.kind, piece.level, piece.continues, piece.label))
        start = end + 1
    text = "\n".join(piece.text for piece in pieces)
    return Page(document="", index=index, text=text, blocks=tuple(blocks), label=label, label_source=source)


def row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """A table's row as "colonna: valore; colonna: valore"; empty cells are left out, and unnamed columns' names."""
    named = [*header, *("" for _ in cells[len(header) :])]
    pairs = zip(named, cells, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
