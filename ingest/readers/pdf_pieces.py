"""The drafts of pages become pieces: paragraphs, headings, table rows, boxes and notes, joined where they run on."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import Vocabulary, join_lines, join_pieces, keep_hyphen, split_at_first_word
from ingest.layout import begins_inside, is_joined, is_open
from ingest.readers.pdf_draft import BoxDraft, PageDraft
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_paragraphs import (
    TypeScale,
    cut_paragraphs,
    drop_calls,
    find_footnotes,
    note_numbers,
    to_pieces,
    type_scale,
)
from ingest.readers.pdf_tables import Heads, Table, read_table
from ingest.readers.reading import Piece
from kb.records import BlockKind

_RUNNING = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)


@dataclass(frozen=True, slots=True)
class DocumentStyle:
    """What is usual in a document."""

    scale: TypeScale

    @classmethod
    def of(cls, lines: Sequence[Line]) -> DocumentStyle:
        """The style told from all the lines of a document."""
        return cls(type_scale(lines))


class PieceMaker:
    """Makes the pieces of one page after the other; a table may go on from the page before."""

    def __init__(self, words: Vocabulary, style: DocumentStyle, repairs: Counter[str]) -> None:
        self._words = words
        self._scale = style.scale
        self._repairs = repairs
        self._heads: Heads | None = None

    def pieces(self, draft: PageDraft) -> list[Piece]:
        """The pieces of a page: what runs on first, in reading order, then its notes and its turned text."""
        columns = [[item for item in column if isinstance(item, Line)] for column in draft.columns]
        notes = find_footnotes(columns, body=self._scale.body, height=draft.height)
        numbers = note_numbers(notes)
        noted = {id(line) for note in notes for line in note}
        pieces: list[Piece] = []
        for column in draft.columns:
            kept = [item for item in column if id(item) not in noted]
            self._add_column(pieces, kept, numbers)
        pieces += [self._whole(note, BlockKind.BOX) for note in notes]
        pieces += [self._whole([line], BlockKind.BOX) for line in draft.rotated]
        if any(isinstance(item, Table) for column in draft.columns for item in column[:-1]) and not _ends_in_table(
            draft
        ):
            self._heads = None
        return [piece for piece in pieces if piece.text]

    def _add_column(self, pieces: list[Piece], items: Sequence[Line | Table | BoxDraft], numbers: set[str]) -> None:
        run: list[Line] = []
        fresh = True  # at the top of a column, where a sentence may go on
        for item in items:
            if isinstance(item, Line):
                run.append(drop_calls(item, numbers))
                continue
            self._add_run(pieces, run, joins=fresh)
            run, fresh = [], False
            if isinstance(item, Table):
                self._add_table(pieces, item)
            else:
                pieces += [self._whole(list(part), BlockKind.BOX) for part in item.columns]
        self._add_run(pieces, run, joins=fresh)

    def _add_run(self, pieces: list[Piece], lines: list[Line], *, joins: bool) -> None:
        found = to_pieces(cut_paragraphs(lines), self._words, self._scale)
        if not found:
            return
        last = next((at for at in range(len(pieces) - 1, -1, -1) if pieces[at].kind in _RUNNING), None)
        if last is not None and goes_on(pieces[last], found[0], self._words):
            if last == len(pieces) - 1:
                self._repairs["frasi riunite tra colonne"] += 1
                pieces[last] = replace(pieces[last], text=join_pieces(pieces[last].text, found[0].text, self._words))
                found = found[1:]
            elif all(piece.kind in (BlockKind.BOX, BlockKind.TABLE_ROW) for piece in pieces[last + 1 :]):
                found[0] = replace(found[0], continues=True)
                found = [*found]
        pieces += found

    def _add_table(self, pieces: list[Piece], table: Table) -> None:
        rows, heads = read_table(table, self._words, self._heads)
        before = pieces[-1] if pieces else None
        if heads.title is None and before is not None and _is_caption(before):
            heads.title = before.text
            rows = [replace(row, label=before.text) for row in rows]
        self._heads = heads
        pieces += rows

    def _whole(self, lines: Sequence[Line], kind: BlockKind) -> Piece:
        return Piece(join_lines([line.text for line in lines], self._words), kind)


def _ends_in_table(draft: PageDraft) -> bool:
    return bool(draft.columns) and bool(draft.columns[-1]) and isinstance(draft.columns[-1][-1], Table)


def _is_caption(piece: Piece) -> bool:
    return piece.kind is BlockKind.HEADING or piece.text.casefold().startswith(("tab", "quadro", "prospetto"))


def goes_on(before: Piece, after: Piece, words: Vocabulary) -> bool:
    """True when the second piece goes on with the sentence that the first left open."""
    if before.kind not in _RUNNING or after.kind is not BlockKind.PARAGRAPH:
        return False
    if keep_hyphen(before.text, after.text, words) is not None or is_joined(before.text, after.text):
        return True
    return is_open(before.text) and len(before.text) > 60 and not begins_inside(after.text) and _runs_on(before, after)


def _runs_on(before: Piece, after: Piece) -> bool:
    """True for a long paragraph that stops without a full stop before one that begins with a capital or a figure."""
    return before.kind is BlockKind.PARAGRAPH and len(after.text) > 60


def join_open_pages(pages: Sequence[list[Piece]], words: Vocabulary, repairs: Counter[str]) -> None:
    """Mark, in place, what goes on over a page's end; a word split there is given whole to the page it begins on."""
    for before, after in itertools.pairwise(pages):
        last = next((at for at in range(len(before) - 1, -1, -1) if before[at].kind is not BlockKind.BOX), None)
        first = next((at for at, piece in enumerate(after) if piece.kind is not BlockKind.BOX), None)
        if last is None or first is None or not goes_on(before[last], after[first], words):
            continue
        repairs["frasi riunite tra pagine"] += 1
        left, right = before[last], after[first]
        if keep_hyphen(left.text, right.text, words) is None:
            after[first] = replace(right, continues=True)
            continue
        start, rest = split_at_first_word(right.text)
        before[last] = replace(left, text=join_pieces(left.text, start, words))
        after[first : first + 1] = [replace(right, text=rest, continues=True)] if rest else []
