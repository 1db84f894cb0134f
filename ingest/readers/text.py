"""Plain text in, pages out: page starts, columns in reading order, split words joined, headings told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from ingest.clean import Vocabulary, decode, gather_words, join_pieces, keep_hyphen, repair, split_at_first_word
from ingest.layout import begins_inside, find_order, is_joined
from ingest.readers.reading import Piece, Reading, assemble_page
from ingest.readers.text_blocks import cut_blocks, is_movable
from ingest.readers.text_pages import Lines, body_width, split_blocks, split_pages, take_furniture
from ingest.readers.titling import title_of
from kb.records import BlockKind

_LEAST_TEXT = 40  # characters; something shorter that ends without a full stop is a label, not an open sentence


def read_text(path: Path) -> Reading:
    """
    The pages of a text file in reading order.

    Raises:
        UnreadableFile: empty, binary, or in no encoding that can be told.
    """
    text, encoding = decode(path.read_bytes(), path.name)
    notes = () if encoding == "utf-8" else (f"letto come {encoding} e convertito in UTF-8",)
    return replace(read_plain(text), notes=notes)


def read_plain(text: str) -> Reading:
    """The pages of a text, in reading order, with what was mended and removed."""
    pages, removed = take_furniture(split_pages(repair(text)))
    lines = [line for page in pages for line in page.lines]
    words, width = gather_words(lines), body_width(lines)
    repairs: Counter[str] = Counter({"pagine riconosciute": len(pages)} if len(pages) > 1 else {})
    blocks = _order_pages([split_blocks(page.lines) for page in pages], words, width, repairs)
    pieces = [merge_open(cut_blocks(own, words, width), words, repairs) for own in blocks]
    _raise_title(pieces)
    join_across_pages(pieces, words, repairs)
    repairs["parole riunite a fine riga"] += _count_broken(blocks, words)
    return Reading(
        tuple(
            assemble_page(index, own, label=page.label, source=page.label_source)
            for index, (page, own) in enumerate(zip(pages, pieces, strict=True), start=1)
        ),
        title=title_of([piece for own in pieces for piece in own]),
        repairs={what: count for what, count in repairs.items() if count},
        removed=tuple(removed),
    )


def _raise_title(pages: Sequence[list[Piece]]) -> None:
    """Give the text's first heading, where it has no number of its own and begins the text, the first level."""
    first = next((own for own in pages if own), None)
    if first and first[0].kind is BlockKind.HEADING and first[0].label is None:
        first[0] = replace(first[0], level=1)


def _order_pages(
    pages: Sequence[Sequence[Lines]], words: Vocabulary, width: float, repairs: Counter[str]
) -> list[list[Lines]]:
    """The pages' blocks with each run of columns in reading order."""
    ordered: list[list[Lines]] = []
    before: str | None = None
    for place, page in enumerate(pages):
        following = pages[place + 1] if place + 1 < len(pages) else []
        after = _flat(following[0]) if following and is_movable(following[0], width) else None
        blocks = _order_blocks(page, words, width, (before, after))
        if blocks != list(page):
            repairs["pagine con le colonne rimesse in ordine"] += 1
        ordered.append(blocks)
        before = _flat(blocks[-1]) if blocks and is_movable(blocks[-1], width) else None
    return ordered


def _order_blocks(
    blocks: Sequence[Lines], words: Vocabulary, width: float, around: tuple[str | None, str | None]
) -> list[Lines]:
    ordered: list[Lines] = []
    for low, high in _movable_runs(blocks, width):
        run = blocks[low:high]
        before = around[0] if low == 0 else None
        after = around[1] if high == len(blocks) else None
        ordered += blocks[len(ordered) : low]
        ordered += [run[place] for place in find_order([_flat(one) for one in run], words, before=before, after=after)]
    return [*ordered, *blocks[len(ordered) :]]


def _movable_runs(blocks: Sequence[Lines], width: float) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place, block in enumerate(blocks):
        if not is_movable(block, width):
            continue
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _flat(block: Iterable[str]) -> str:
    return " ".join(line.strip() for line in block)


def merge_open(pieces: Sequence[Piece], words: Vocabulary, repairs: Counter[str]) -> list[Piece]:
    """The pieces of a page with each paragraph that stopped inside a sentence joined to the one that goes on."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and _goes_on(merged[-1], piece, words):
            merged[-1] = replace(merged[-1], text=join_pieces(merged[-1].text, piece.text, words))
            repairs["frasi riunite tra colonne"] += 1
        else:
            merged.append(piece)
    return merged


def _goes_on(before: Piece, after: Piece, words: Vocabulary) -> bool:
    if before.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) or after.kind is not BlockKind.PARAGRAPH:
        return False
    if keep_hyphen(before.text, after.text, words) is not None:
        return begins_inside(after.text)
    return len(before.text) >= _LEAST_TEXT and is_joined(before.text, after.text)


def join_across_pages(pages: Sequence[list[Piece]], words: Vocabulary, repairs: Counter[str]) -> None:
    """Mark, in place, what goes on over a page's end; a word split there is given whole to the page it begins on."""
    written = [own for own in pages if own]
    for before, after in pairwise(written):
        left, right = before[-1], after[0]
        if not _goes_on(left, right, words):
            continue
        repairs["frasi riunite tra pagine"] += 1
        if keep_hyphen(left.text, right.text, words) is None:
            after[0] = replace(right, continues=True)
            continue
        start, rest = split_at_first_word(right.text)
        before[-1] = replace(left, text=join_pieces(left.text, start, words))
        after[:1] = [replace(right, text=rest, continues=True)] if rest else []


def _count_broken(pages: Sequence[Sequence[Lines]], words: Vocabulary) -> int:
    lines = [line.strip() for page in pages for block in page for line in block]
    return sum(keep_hyphen(one, other, words) is False for one, other in pairwise(lines))
