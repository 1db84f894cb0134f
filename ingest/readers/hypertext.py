"""HTML in, one page out: headings, paragraphs, list items and table rows that a visitor would see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from ingest.clean import collapse, decode, repair
from ingest.instructions import holds_instruction
from ingest.readers.hypertext_sight import hidden_names, is_hidden, sets_ground
from ingest.readers.hypertext_tables import BOLD_TAGS, TABLE_TAGS, Tables, Terms
from ingest.readers.reading import SCRIPT, Hidden, Piece, Reading, assemble_page
from ingest.readers.titling import headed_title
from kb.records import BlockKind

_SKIPPED = frozenset(
    "script style nav header footer aside template noscript svg form button select textarea iframe".split()
)
_BLOCKS = frozenset(
    "p div section article main ul ol li dl dt dd table caption tr blockquote figcaption address pre details "
    "summary".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
UNSEEN = "nascosto a chi visita la pagina"
COMMENT = "commento con un'istruzione rivolta a un modello"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def read_html(path: Path) -> Reading:
    """
    The page of an HTML file, without navigation, scripts and what is hidden from a visitor.

    Raises:
        UnreadableFile: empty, binary, or in no encoding that can be told.
    """
    text, encoding = decode(path.read_bytes(), path.name)
    found = read_markup(repair(text))
    notes = () if encoding == "utf-8" else (f"letto come {encoding} e convertito in UTF-8",)
    page = assemble_page(1, found.pieces)
    return Reading(
        (page,), title=headed_title(found.pieces) or found.title or None, notes=notes, hidden=tuple(found.hidden)
    )


@dataclass(frozen=True, slots=True)
class Markup:
    """What stands in HTML: for a visitor, and for nobody."""

    pieces: list[Piece]
    title: str
    hidden: list[Hidden]
    hiding: str = ""  # a hidden tag that is still open at the end


def read_markup(html: str) -> Markup:
    """What stands in a page of HTML or in a part of one."""
    walk = _Walk()
    walk.feed(html)
    walk.close()
    walk.end_all()
    hiding = walk.hiding()
    walk.end_hidden()
    return Markup(walk.pieces, walk.title, walk.hidden, hiding)


class _Walk(HTMLParser):
    """The pieces so far, and the block that is being read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.title = ""
        self.hidden: list[Hidden] = []
        self._words: list[str] = []
        self._level = 0
        self._items = 0
        self._in_title = False
        self._skipping: list[str] = []  # open tags from the first one that is left out
        self._why = ""  # why that one is left out, where a person should know
        self._unseen: list[str] = []  # its text
        self._hiding: set[str] = set()  # classes and ids that a style sheet hides
        self._line = 1  # on which what is being left out began
        self._on_white = True  # nothing gave the page a background so far
        self._tables = Tables()
        self._terms = Terms()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self._on_white = self._on_white and not sets_ground(attrs)
        self._end_paragraph(tag)
        if self._skipping or tag in _SKIPPED or is_hidden(attrs, self._hiding, on_white=self._on_white):
            self._skip(tag)
            return
        self._open_text(tag)
        if tag in TABLE_TAGS:
            self._tables.start(tag, attrs, self._cell_words())

    def _open_text(self, tag: str) -> None:
        if tag == "title":
            self._in_title = True
        elif tag in _HEADINGS:
            self.end_block()
            self._level = _HEADINGS[tag]
        elif tag == "br":
            self._words.append(" ")
        elif tag in BOLD_TAGS:
            self._tables.bold(1)
        elif tag in _BLOCKS:
            self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        if self._tables.in_cell():
            self._words.append(" ")
            return
        self.end_block()
        self._items += tag == "li"
        if tag in ("dt", "dd"):
            self._add_all(self._terms.start(tag))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if self._skipping:
            self._unskip(tag)
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS:
            self.end_block()
            self._level = 0
        elif tag in TABLE_TAGS:
            self.pieces += self._tables.end(tag, self._cell_words())
        elif tag in BOLD_TAGS:
            self._tables.bold(-1)
        elif tag in _BLOCKS:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if self._tables.in_cell():
            self._words.append(" ")
            return
        self.end_block()
        self._items = max(0, self._items - (tag == "li"))
        if tag == "dl":
            self._add_all(self._terms.end())

    def _add_all(self, texts: Iterable[str]) -> None:
        self.pieces += [Piece(text) for text in texts]

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._skipping:
            if self._why or self._skipping[0] == "style":
                self._unseen.append(data)
            return
        if self._in_title:
            self.title = collapse(f"{self.title} {data}".replace("\n", " "))
        else:
            self._words.append(data)
            self._tables.read(data)

    def handle_comment(self, data: str) -> None:
        """A comment is read by nobody; one that talks to a model is told."""
        if holds_instruction(data):
            text = collapse(data.replace("\n", " "))
            self.hidden.append(Hidden(1, COMMENT, text, is_text=False, place=f"riga {self.getpos()[0]}"))

    def end_block(self) -> None:
        """End the block that is being read; an empty one leaves nothing."""
        text = self._take_words()
        if not text:
            return
        if self._level:
            self.pieces.append(Piece(text, BlockKind.HEADING, self._level))
        elif text := self._terms.take(text):
            self.pieces.append(Piece(text, BlockKind.LIST_ITEM if self._items else BlockKind.PARAGRAPH))

    def end_all(self) -> None:
        """End what nothing closed."""
        self.pieces += self._tables.end_all(self._cell_words())
        self.end_block()
        self._add_all(self._terms.end())

    def _cell_words(self) -> str:
        """What the open cell says; outside one, what was read is a block of its own."""
        if self._tables.in_cell():
            return self._take_words()
        self.end_block()
        return ""

    def _take_words(self) -> str:
        text = collapse("".join(self._words).replace("\n", " "))
        self._words = []
        return text

    def _skip(self, tag: str) -> None:
        if not self._skipping:
            self._line = self.getpos()[0]
            self._why = SCRIPT if tag == "script" else "" if tag in _SKIPPED else UNSEEN
        if tag not in _VOID:
            self._skipping.append(tag)

    def _end_paragraph(self, tag: str) -> None:
        """A paragraph ends where the next block begins, also one that is left out."""
        if self._skipping == ["p"] and (tag in _BLOCKS or tag in _HEADINGS):
            self._unskip("p")

    def _unskip(self, tag: str) -> None:
        if tag not in self._skipping:
            return
        outermost = self._skipping[0]
        while self._skipping.pop() != tag:
            continue
        if self._skipping:
            return
        if outermost == "style":
            self._hiding.update(hidden_names("".join(self._unseen)))
            self._unseen = []
        self.end_hidden()

    def hiding(self) -> str:
        """The outermost tag that is hidden from visitors and still open; "" when there is none."""
        return self._skipping[0] if self._skipping and self._why == UNSEEN else ""

    def end_hidden(self) -> None:
        """Note what was left out since the last time, unless it held nothing."""
        text = collapse("".join(self._unseen).replace("\n", " "))
        if text and self._why:
            is_text = self._why == UNSEEN
            self.hidden.append(Hidden(1, self._why, text, is_text=is_text, place=f"riga {self._line}"))
        self._why, self._unseen = "", []
