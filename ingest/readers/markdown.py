"""Markdown in, one page out: headings, paragraphs, list items and table rows, with the facts of its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import collapse, decode, repair
from ingest.readers.reading import Piece, Reading, assemble_page, row_text
from kb.errors import InputError
from kb.records import BlockKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FACTS = ("title", "kind", "edition", "date", "publisher", "url", "status")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def read_markdown(path: Path) -> Reading:
    """
    The page of a Markdown file (CommonMark with tables); marks of emphasis and links' addresses are left out.

    Raises:
        UnreadableFile: empty, binary, or in no encoding that can be told.
        InputError: the front matter is no YAML.
    """
    text, encoding = decode(path.read_bytes(), path.name)
    text = repair(text)
    facts: dict[str, str] = {}
    if match := _FRONT_MATTER.match(text):
        facts = _read_facts(match.group(1), path.name)
        text = text[match.end() :]
    pieces = _read_pieces(text)
    title = facts.pop("title", None) or next((one.text for one in pieces if one.kind is BlockKind.HEADING), None)
    notes = () if encoding == "utf-8" else (f"letto come {encoding} e convertito in UTF-8",)
    return Reading((assemble_page(1, pieces),), title=title, metadata=facts, notes=notes)


def _read_facts(text: str, name: str) -> dict[str, str]:
    import yaml

    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise InputError(f"«{name}»: l'intestazione YAML non si legge alla riga {line}: correggila.") from None
    if not isinstance(found, dict):
        raise InputError(f"«{name}»: l'intestazione YAML dev'essere un elenco di «campo: valore»: correggila.")
    return {fact: str(found[fact]) for fact in _FACTS if found.get(fact) is not None}


def _read_pieces(text: str) -> list[Piece]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(_COMMENT.sub("", text))
    walk = _Walk()
    for token in tokens:
        walk.take(token)
    return walk.pieces


@dataclass(slots=True)
class _Walk:
    """The pieces so far, and what the next inline text stands in."""

    pieces: list[Piece] = field(default_factory=list)
    heading: int = 0
    items: int = 0  # depth of list items
    fresh_item: bool = False  # nothing of the nearest list item was read yet
    marker: str = ""
    cells: list[str] | None = None
    header: list[str] = field(default_factory=list)

    def take(self, token: Token) -> None:
        if token.type == "heading_open":
            self.heading = int(token.tag[1:])
        elif token.type == "heading_close":
            self.heading = 0
        elif token.type.startswith("list_item"):
            self._take_item(token)
        elif token.type in ("tr_open", "tr_close", "thead_open"):
            self._take_row(token)
        elif token.type in ("inline", "code_block", "fence", "html_block"):
            self._take_text(token)

    def _take_item(self, token: Token) -> None:
        opened = token.type == "list_item_open"
        self.items += 1 if opened else -1
        self.fresh_item = opened
        self.marker = f"{token.info}{token.markup} " if opened and token.info else ""

    def _take_row(self, token: Token) -> None:
        if token.type == "thead_open":
            self.header = []
        elif token.type == "tr_open":
            self.cells = []
        else:
            self._close_row()

    def _close_row(self) -> None:
        cells, self.cells = self.cells or [], None
        if not self.header:
            self.header = cells
        elif text := row_text(self.header, cells):
            self.pieces.append(Piece(text, BlockKind.TABLE_ROW))

    def _take_text(self, token: Token) -> None:
        for text in _lines(token):
            if self.cells is not None:
                self.cells.append(text)
            elif text:
                self._add(text)
        if self.cells is not None and not token.children:
            self.cells.append("")

    def _add(self, text: str) -> None:
        if self.heading:
            self.pieces.append(Piece(text, BlockKind.HEADING, self.heading))
            return
        kind = BlockKind.LIST_ITEM if self.items else BlockKind.PARAGRAPH
        marker = self.marker if self.fresh_item else ""
        self.fresh_item = False
        self.pieces.append(Piece(marker + text, kind))


def _lines(token: Token) -> Iterator[str]:
    if token.type == "inline":
        yield collapse(_inline(token.children or []))
        return
    content = _TAG.sub(" ", token.content) if token.type == "html_block" else token.content
    for line in content.splitlines():
        if line.strip():
            yield collapse(line)


def _inline(children: Sequence[Token]) -> str:
    text = ""
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            text += " "
        elif child.type in ("image", "text", "code_inline", "text_special"):
            text += child.content
    return text
