"""The drafts of pages become pieces: paragraphs, headings, table rows, boxes and notes, joined where they run on."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.clean import Vocabulary, join_lines, join_pieces, keep_hyphen, split_at_first_word
from ingest.layout import begins_inside, is_joined, is_open
from ingest.readers.pdf.draft import BoxDraft, PageDraft
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.notes import called_numbers, drop_calls, find_notes, number_of
from ingest.readers.pdf.paragraphs import TypeScale, cut_paragraphs, to_pieces, type_scale
from ingest.readers.pdf.tables import Heads, Table, read_table
from ingest.readers.reading import Piece
from kb.records import BlockKind

_CUT = re.compile(r"[^\W\d_][-‐]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_CUTTING = 0.02  # share of lines that end in a hyphen, from which a document cuts its words
_RUNNING = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)


@dataclass(frozen=True, slots=True)
class DocumentStyle:
    """What is usual in a document."""

    scale: TypeScale
    words: Counter[str]  # as written, punctuation at the ends left out

    @classmethod
    def of(cls, drafts: Sequence[PageDraft]) -> DocumentStyle:
        """The style told from all the pages of a document."""
        lines = [line for draft in drafts for line in draft.lines()]
        texts = [line.text for line in lines]
        tables = [item for draft in drafts for column in draft.columns for item in column if isinstance(item, Table)]
        texts += [text for table in tables for cell in table.cells for text in cell.lines()]
        return cls(type_scale(lines), Counter(word.strip(".,;:()") for text in texts for word in text.split()))


class PieceMaker:
    """Makes the pieces of one page after the other; a table may go on from the page before."""

    def __init__(self, words: Vocabulary, style: DocumentStyle, repairs: Counter[str]) -> None:
        self._words = words
        self._whole_words = style.words
        self._document = style.scale
        self._scale = style.scale
        self._repairs = repairs
        self._heads: Heads | None = None

    def pieces(self, draft: PageDraft) -> list[Piece]:
        """The pieces of a page: what runs on first, in reading order, then its notes and its turned text."""
        lines = draft.lines()
        self._scale = self._document.on_page(lines)
        notes = self._notes(draft)
        noted = {id(line) for note in notes for line in note}
        pieces: list[Piece] = []
        for column in draft.columns:
            self._add_column(pieces, [item for item in column if id(item) not in noted])
        numbers = {number for note in notes if (number := number_of(note[0].text))}
        pieces = [_without_calls(piece, numbers) for piece in pieces]
        pieces += [self._whole(note, BlockKind.BOX) for note in notes]
        pieces += [self._whole([line], BlockKind.BOX) for line in draft.rotated]
        return [piece for piece in pieces if piece.text]

    def _notes(self, draft: PageDraft) -> list[list[Line]]:
        texts = [line.text for line in draft.lines()]
        for column in draft.columns:
            texts += [
                line for item in column if isinstance(item, Table) for cell in item.cells for line in cell.lines()
            ]
        called = called_numbers(texts)
        notes: list[list[Line]] = []
        for column in draft.columns:
            last = max((at for at, item in enumerate(column) if not isinstance(item, Line)), default=-1)
            lines = [item for item in column[last + 1 :] if isinstance(item, Line)]
            notes += find_notes(lines, called=called, body=self._scale.body, height=draft.height)
        return notes

    def _add_column(self, pieces: list[Piece], items: Sequence[Line | Table | BoxDraft]) -> None:
        run: list[Line] = []
        for item in items:
            if isinstance(item, Line):
                run.append(item)
                self._heads = None
                continue
            self._add_run(pieces, run)
            run = []
            if isinstance(item, Table):
                self._add_table(pieces, item)
            else:
                pieces += [self._whole(part, BlockKind.BOX) for part in item.columns]
        self._add_run(pieces, run)

    def _add_run(self, pieces: list[Piece], lines: list[Line]) -> None:
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
        pieces += found

    def _add_table(self, pieces: list[Piece], table: Table) -> None:
        rows, heads = read_table(table, self._words, whole=self._whole_words, before=self._heads)
        title = _title_above(pieces) if heads.title is None else None
        if title:
            heads.title = title
            rows = [replace(row, label=title) for row in rows]
        self._heads = heads
        pieces += rows

    def _whole(self, lines: Sequence[Line], kind: BlockKind) -> Piece:
        return Piece(join_lines([line.text for line in lines], self._words), kind)


def _without_calls(piece: Piece, numbers: set[str]) -> Piece:
    label = drop_calls(piece.label, numbers) if piece.label else piece.label
    return replace(piece, text=drop_calls(piece.text, numbers), label=label)


def _title_above(pieces: Sequence[Piece]) -> str | None:
    """The title of a table that begins after these pieces: its caption, or the heading above it or its introduction."""
    if not pieces:
        return None
    last = pieces[-1]
    if last.kind is BlockKind.HEADING or last.text.casefold().startswith(("tab", "quadro", "prospetto")):
        return last.text
    presents = last.kind is BlockKind.PARAGRAPH and "tabell" in last.text.casefold()
    return pieces[-2].text if presents and len(pieces) > 1 and pieces[-2].kind is BlockKind.HEADING else None


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


def learn_hyphens(columns: Sequence[Sequence[str]], words: Vocabulary) -> None:
    """
    Tell the vocabulary, in place, which hyphens at line ends belong to their words.

    A document that cuts words at line ends does so on many lines; where hardly a line ends in a hyphen, those that do
    end in one that was written ("economico-finanziaria"), unless the document also writes the word in one piece.
    """
    pairs = [(left.strip(), right.strip()) for lines in columns for left, right in pairwise(lines)]
    cut = [pair for pair in pairs if _CUT.search(pair[0]) and pair[1][:1].islower()]
    if len(cut) >= _CUTTING * len(pairs):
        return
    for left, right in cut:
        before, after = left.split()[-1].rstrip("-‐").casefold(), _FIRST_WORD.match(right.casefold())
        last = _LAST_WORD.search(before)
        if after and last and not words.words[last.group() + after.group()]:
            words.compounds[f"{last.group()}-{after.group()}"] += 1
