"""Word and LibreOffice documents in, pages out, by the XML inside: headings, paragraphs, list items, table rows."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from ingest.clean import collapse, repair
from ingest.readers.office_hidden import take_hidden
from ingest.readers.reading import Hidden, Piece, Reading, assemble_page
from ingest.readers.spans import Cell, Row, count_first_heads, read_table
from ingest.readers.titling import headed_title
from kb.errors import UnreadableFile
from kb.records import BlockKind

LARGEST_XML = 64 * 1024 * 1024
"""Bytes of unpacked XML that are read; a larger document is refused (a zip bomb unpacks to gigabytes)."""
_LEFT_OUT = frozenset(
    "del moveFrom Fallback pPr rPr instrText tracked-changes note note-ref annotation annotation-end "
    "office-annotation sequence-decls forms".split()
)
_BLANKS = frozenset("tab br cr s line-break".split())


@dataclass(slots=True)
class _Draft:
    """Pages as they are read."""

    pages: list[list[Piece]] = field(default_factory=lambda: [[]])
    hidden: list[tuple[str, str, str]] = field(default_factory=list)  # why, text, place

    def add(self, piece: Piece) -> None:
        if piece.text:
            self.pages[-1].append(piece)

    def turn(self) -> None:
        if self.pages[-1]:
            self.pages.append([])


def read_docx(path: Path) -> Reading:
    """
    The pages of a Word document, where it tells page breaks; deleted and hidden text are left out.

    Raises:
        UnreadableFile: no Word document, damaged, or too large.
    """
    body = _open_xml(path, "word/document.xml", "Word (.docx)")
    draft = _Draft(hidden=take_hidden(body))
    for node in body.iter():
        if _name(node) == "body":
            _read_blocks(node, draft, _docx_styles(path))
    return _finish(draft, path)


def read_odt(path: Path) -> Reading:
    """
    The pages of a LibreOffice document, where it tells page breaks; deleted text and comments are left out.

    Raises:
        UnreadableFile: no OpenDocument text, damaged, or too large.
    """
    root = _open_xml(path, "content.xml", "OpenDocument (.odt)")
    draft = _Draft(hidden=take_hidden(root))
    for node in root.iter():
        if _name(node) == "text" and any(_name(child) in ("p", "h", "list", "table", "section") for child in node):
            _read_blocks(node, draft, {})
    return _finish(draft, path)


def _finish(draft: _Draft, path: Path) -> Reading:
    pages = [own for own in draft.pages if own]
    if not pages and draft.hidden:
        pages = [[]]
    if not pages:
        raise UnreadableFile(f"«{path.name}» non contiene testo: indica un documento con del testo.")
    return Reading(
        tuple(assemble_page(index, own) for index, own in enumerate(pages, start=1)),
        title=headed_title([piece for own in pages for piece in own]),
        hidden=tuple(Hidden(1, why, text, place=place) for why, text, place in draft.hidden),
    )


def _open_xml(path: Path, inside: str, kind: str) -> ElementTree.Element:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(inside).file_size > LARGEST_XML:
                raise UnreadableFile(f"«{path.name}» è troppo grande da leggere (oltre 64 MB di testo): dividilo.")
            with archive.open(inside) as stream:
                content = stream.read(LARGEST_XML + 1)
        if len(content) > LARGEST_XML or b"<!DOCTYPE" in content[:4096]:
            raise UnreadableFile(f"«{path.name}» non è un documento {kind} che si possa leggere: salvalo di nuovo.")
        return ElementTree.fromstring(content)
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError, ElementTree.ParseError):
        raise UnreadableFile(f"«{path.name}» non è un documento {kind}, o è danneggiato: salvalo di nuovo.") from None
    except OSError as error:
        if error.filename is not None:
            raise
        # An offset inside the archive points before its beginning.
        raise UnreadableFile(f"«{path.name}» è danneggiato: salvalo di nuovo e riprova.") from None
    except (ValueError, zlib.error):
        raise UnreadableFile(f"«{path.name}» è danneggiato: salvalo di nuovo e riprova.") from None


def _name(node: ElementTree.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _value(node: ElementTree.Element, name: str) -> str | None:
    """The attribute of that local name, whatever its namespace."""
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), None)


def _docx_styles(path: Path) -> dict[str, int]:
    """Each heading style's level by its id ("Titolo1" is 1 in an Italian Word)."""
    try:
        styles = _open_xml(path, "word/styles.xml", "Word (.docx)")
    except UnreadableFile:
        return {}
    levels: dict[str, int] = {}
    for style in styles:
        found = {_name(child): child for child in style}
        name = (_value(found["name"], "val") or "").lower() if "name" in found else ""
        if name == "title" or (name.startswith("heading ") and name[8:].isdigit()):
            levels[_value(style, "styleId") or ""] = 1 if name == "title" else int(name[8:])
    return levels


def _read_blocks(node: ElementTree.Element, draft: _Draft, styles: dict[str, int], *, in_list: bool = False) -> None:
    for child in node:
        name = _name(child)
        if name in _LEFT_OUT:
            continue
        if name in ("p", "h"):
            _read_paragraph(child, draft, styles, in_list=in_list)
        elif name in ("tbl", "table"):
            _read_table(child, draft)
        elif name == "soft-page-break":
            draft.turn()
        else:
            _read_blocks(child, draft, styles, in_list=in_list or name == "list-item")


def _read_paragraph(node: ElementTree.Element, draft: _Draft, styles: dict[str, int], *, in_list: bool) -> None:
    kind, level = _kind(node, styles, in_list=in_list)
    text, went_on = "", False
    for part in _parts(node):
        if part != "\f":
            text += part
            continue
        written = collapse(repair(text))
        draft.add(Piece(written, kind, level, continues=went_on))
        went_on = went_on or bool(written)
        draft.turn()
        text = ""
    draft.add(Piece(collapse(repair(text)), kind, level, continues=went_on and kind is not BlockKind.HEADING))


def _kind(node: ElementTree.Element, styles: dict[str, int], *, in_list: bool) -> tuple[BlockKind, int]:
    if _name(node) == "h":
        return BlockKind.HEADING, int(_value(node, "outline-level") or 1)
    about = {_name(each): each for part in node if _name(part) == "pPr" for each in part}
    style = (_value(about["pStyle"], "val") or "") if "pStyle" in about else ""
    if style in styles:
        return BlockKind.HEADING, styles[style]
    return (BlockKind.LIST_ITEM if in_list or "numPr" in about else BlockKind.PARAGRAPH), 0


def _parts(node: ElementTree.Element) -> Iterator[str]:
    """The text under a paragraph in pieces, with a form feed where a page ends."""
    if node.text and _name(node) not in ("r", "pict", "drawing"):
        yield node.text.replace("\n", " ")
    for child in node:
        name = _name(child)
        if _ends_page(child):
            yield "\f"
        elif name in _BLANKS:
            yield " "
        elif name not in _LEFT_OUT:
            yield from _parts(child)
        if child.tail and name != "r":
            yield child.tail.replace("\n", " ")


def _ends_page(node: ElementTree.Element) -> bool:
    name = _name(node)
    return name in ("lastRenderedPageBreak", "soft-page-break") or (name == "br" and _value(node, "type") == "page")


def _read_table(node: ElementTree.Element, draft: _Draft) -> None:
    """Rows as "colonna: valore", the columns named by the rows that say so, else by the first."""
    repeated = {row for group in node.iter() if _name(group) == "table-header-rows" for row in group}
    rows: list[Row] = []
    heads = 0
    for row in node.iter():
        if _name(row) in ("tr", "table-row"):
            heads += heads == len(rows) and (row in repeated or _is_repeated(row))
            rows.append(list(_cells(row, rows[-1] if rows else [])))
    for piece in read_table(rows, heads=heads or count_first_heads(rows)):
        draft.add(piece)


def _is_repeated(row: ElementTree.Element) -> bool:
    """True for a row that Word repeats on each page."""
    return any(_name(part) == "trPr" and any(_name(each) == "tblHeader" for each in part) for part in row)


def _cells(row: ElementTree.Element, above: Row) -> Iterator[Cell]:
    """A row's cells; one that goes on from the row above has that one's text."""
    column = 0
    for node in row:
        if _name(node) not in ("tc", "table-cell"):
            continue
        facts = {_name(each): each for part in node if _name(part) == "tcPr" for each in part}
        columns = _number(
            _value(facts["gridSpan"], "val") if "gridSpan" in facts else _value(node, "number-columns-spanned")
        )
        text = collapse(repair(" ".join(_cell_parts(node))))
        if "vMerge" in facts and _value(facts["vMerge"], "val") != "restart":
            text = text or _text_at(above, column)
        yield Cell(text, columns=columns, rows=_number(_value(node, "number-rows-spanned")))
        column += columns


def _text_at(row: Row, column: int) -> str:
    """The text of the cell of a row that stands in a column; empty where none does."""
    for cell in row:
        if column < cell.columns:
            return cell.text
        column -= cell.columns
    return ""


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) <= 6 else 1


def _cell_parts(cell: ElementTree.Element) -> Iterator[str]:
    for each in cell.iter():
        if _name(each) in ("p", "h"):
            yield "".join(part for part in _parts(each) if part != "\f")
