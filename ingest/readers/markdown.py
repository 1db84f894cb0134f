"""Markdown in, one page out: headings, paragraphs, list items and table rows, with the facts of its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import collapse, decode, repair
from ingest.readers.hypertext import UNSEEN, read_markup
from ingest.readers.labelled_lines import cut_labelled
from ingest.readers.reading import Hidden, Piece, Reading, assemble_page, row_text
from ingest.readers.titling import headed_title
from kb.errors import InputError
from kb.records import BlockKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FACTS = ("title", "kind", "edition", "date", "publisher", "url", "status")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


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
    pieces, hidden = _read_pieces(text)
    title = facts.pop("title", None) or headed_title(pieces)
    notes = () if encoding == "utf-8" else (f"letto come {encoding} e convertito in UTF-8",)
    return Reading((assemble_page(1, pieces),), title=title, metadata=facts, notes=notes, hidden=tuple(hidden))


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


def _read_pieces(text: str) -> tuple[list[Piece], list[Hidden]]:
    from markdown_it import MarkdownIt

    walk = _Walk()
    for comment in _COMMENT.findall(text):
        walk.hidden += read_markup(comment).hidden
    for token in MarkdownIt("commonmark").enable("table").parse(_COMMENT.sub("", text)):
        walk.take(token)
    return walk.pieces, walk.hidden


@dataclass(slots=True)
class _Walk:
    """The pieces so far, and what the next inline text stands in."""

    pieces: list[Piece] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    heading: int = 0
    items: int = 0  # depth of list items
    fresh_item: bool = False  # nothing of the nearest list item was read yet
    marker: str = ""
    hiding: str = ""  # a hidden HTML tag that is open over several blocks
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

    def _hide(self, token: Token) -> None:
        """Keep a block apart that stands in a hidden tag, until the tag ends."""
        if token.type == "html_block" and f"</{self.hiding}" in token.content.lower():
            self.hiding = ""
            return
        text = collapse((_inline(token.children) if token.children else token.content).replace("\n", " "))
        place = f"riga {token.map[0] + 1}" if token.map else ""
        self.hidden.append(Hidden(1, UNSEEN, text, place=place))

    def _take_text(self, token: Token) -> None:
        if self.hiding:
            self._hide(token)
            return
        for text in self._lines(token):
            if self.cells is not None:
                self.cells.append(text)
            elif text:
                self._add(text)
        if self.cells is not None and not token.children:
            self.cells.append("")

    def _lines(self, token: Token) -> Iterator[str]:
        if token.type in ("inline", "html_block"):
            yield from self._markup_lines(token)
            return
        for line in token.content.splitlines():
            if line.strip():
                yield collapse(line)

    def _markup_lines(self, token: Token) -> Iterator[str]:
        """The lines of a block; what HTML in it hides goes apart."""
        children = token.children or []
        if token.type == "inline" and not any(child.type == "html_inline" for child in children):
            yield from _cut_lines(_inline(children))
            return
        html = token.content if token.type == "html_block" else _as_html(children)
        markup = read_markup(html)
        self.hidden += markup.hidden
        self.hiding = markup.hiding if token.type == "html_block" else ""
        texts = [piece.text for piece in markup.pieces]
        yield from texts if token.type == "html_block" else [" ".join(texts)]

    def _add(self, text: str) -> None:
        if self.heading:
            self.pieces.append(Piece(text, BlockKind.HEADING, self.heading))
            return
        kind = BlockKind.LIST_ITEM if self.items else BlockKind.PARAGRAPH
        marker = self.marker if self.fresh_item else ""
        self.fresh_item = False
        self.pieces.append(Piece(marker + text, kind))


def _inline(children: Sequence[Token]) -> str:
    text = ""
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif child.type in ("image", "text", "code_inline", "text_special"):
            text += child.content
    return text


def _cut_lines(text: str) -> Iterator[str]:
    """A paragraph as one line; where some of its lines give a value under a label, each of those apart."""
    lines = [line for line in text.split("\n") if line.strip()]
    yield from (collapse(" ".join(run)) for run in cut_labelled(lines)) if lines else [""]


def _as_html(children: Sequence[Token]) -> str:
    parts = (
        child.content if child.type == "html_inline" else escape(_inline([child]).replace("\n", " "))
        for child in children
    )
    return "".join(parts)
