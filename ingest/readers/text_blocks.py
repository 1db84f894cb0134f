"""Blocks of lines cut into pieces: headings with their subtitle, abstracts, list items, paragraphs, diagram labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.clean import Vocabulary, collapse, join_lines
from ingest.diagrams import holds_diagram, read_diagram
from ingest.headings import Heading, find_driver, find_heading, is_bare, is_rubric
from ingest.layout import is_open
from ingest.readers.labelled_lines import ends_before, width_of
from ingest.readers.marked_text import cut_marked, is_marked
from ingest.readers.reading import Piece
from ingest.readers.text_pages import Lines, block_width, is_wide
from ingest.readers.text_titles import find_title, join_capitals
from kb.language.marks import BULLETS
from kb.records import BlockKind

_BULLET = re.compile(rf"\s*[{BULLETS}]\s+(?=\S)|\s*\(?(?:[a-z]{{1,2}}|\d{{1,2}}|[ivx]{{1,4}})\)\s+(?=\S)")
_NUMBERED = re.compile(r"\s*\d{1,3}(?:-\w+)?\.\s+\S")
_COLUMN_LINES = 3
_TITLE_LINES = 5  # at a block's beginning, among which its title and what follows it stand
_LABEL_LINES = 3  # a block of more lines is no label of a diagram
_LABEL_WIDTH = 40  # characters
_HARD_WRAPPED = 120  # characters; longer lines are whole paragraphs, whose widths say nothing


def is_movable(block: Lines, width: float) -> bool:
    """True for a block of running text in the body's width, which may have been drawn out of order."""
    if len(block) < _COLUMN_LINES or _is_abstract(block, width) or is_marked(block):
        return False
    return not _opens_with_title(block) and not any(_starts_unit(block, place) for place in range(len(block)))


def _is_abstract(block: Lines, width: float) -> bool:
    return len(block) > 1 and block_width(block) <= _HARD_WRAPPED and is_wide(block, width)


def cut_blocks(blocks: Sequence[Lines], words: Vocabulary, width: float) -> list[Piece]:
    """The pieces of a page's blocks, in the order given."""
    has_columns = any(is_movable(block, width) for block in blocks)
    pieces: list[Piece] = []
    place = 0
    while place < len(blocks):
        end = _diagram_end(blocks, place)
        if end > place:
            pieces += read_diagram([join_lines(block, words) for block in blocks[place:end]])
            place = end
            continue
        if has_columns and not _opens_unit(blocks[place]) and _is_abstract(blocks[place], width):
            pieces.append(Piece(join_lines(blocks[place], words), BlockKind.BOX))
        else:
            pieces += _cut_block(blocks[place], words)
        place += 1
    return join_rubrics(pieces)


def _opens_unit(block: Lines) -> bool:
    return is_marked(block) or find_heading(block[0]) is not None or _opens_with_title(block)


def _opens_with_title(block: Lines) -> bool:
    return find_title(join_capitals(block[:_TITLE_LINES]), 0, width_of(block)) is not None


def _diagram_end(blocks: Sequence[Lines], start: int) -> int:
    """Where the run of diagram labels that begins here ends; start itself where there is no diagram."""
    if start and _is_label(blocks[start - 1]):
        return start  # inside a run that was looked at from its beginning
    end = start
    while end < len(blocks) and _is_label(blocks[end]):
        end += 1
    return end if holds_diagram([collapse(" ".join(block)) for block in blocks[start:end]]) else start


def _is_label(block: Lines) -> bool:
    if len(block) > _LABEL_LINES or block_width(block) > _LABEL_WIDTH or is_marked(block):
        return False
    return not block[-1].rstrip().endswith((".", ";")) and find_heading(block[0]) is None


def _cut_block(block: Lines, words: Vocabulary) -> list[Piece]:
    if is_marked(block):
        return list(cut_marked(block, lambda lines: _cut_block(lines, words)))
    block = join_capitals(block)
    titles = _find_titles(block)
    starts = [place for place in range(len(block)) if place == 0 or place in titles or _starts_unit(block, place)]
    pieces: list[Piece] = []
    for low, high in zip(starts, [*starts[1:], len(block)], strict=True):
        lines, title = block[low:high], titles.get(low)
        pieces += _cut_heading(lines, title, words) if title else _cut_unit(lines, words, alone=len(block) == 1)
    return pieces


def _find_titles(block: Lines) -> dict[int, Heading]:
    """The lines that stand over others of their block and are no heading by their form alone, with what they are."""
    width = width_of(block)
    return {
        place: title
        for place, line in enumerate(block)
        if _line_heading(line, alone=False) is None and (title := find_title(block, place, width))
    }


def _starts_unit(block: Lines, place: int) -> bool:
    """True where a heading or a list item begins inside a block."""
    line = block[place]
    before = block[place - 1] if place else ""
    if _BULLET.match(line):
        return not before or not is_open(before) or sum(_BULLET.match(each) is not None for each in block) > 1
    if before and is_open(before) and find_heading(before) is None:
        return False
    return _NUMBERED.match(line) is not None or _line_heading(line, alone=len(block) == 1) is not None


def _line_heading(line: str, *, alone: bool) -> Heading | None:
    """What a line announces; a numbered line, or one in capitals, only where it stands alone."""
    heading = find_heading(line)
    if heading is not None and (alone or not (heading.label or "0")[0].isdigit()):
        return heading
    letters = sum(char.isalpha() for char in line)
    if alone and line.strip().isupper() and 4 <= letters <= 80 and not line.rstrip().endswith("."):
        return Heading(2)
    return None


def _cut_unit(lines: Lines, words: Vocabulary, *, alone: bool) -> list[Piece]:
    heading = _line_heading(lines[0], alone=alone)
    if heading is not None:
        return _cut_heading(lines, heading, words)
    item = _BULLET.match(lines[0]) or _NUMBERED.match(lines[0])
    if item:
        first, *others = _cut_paragraphs(lines)
        return [Piece(join_lines(first, words), BlockKind.LIST_ITEM), *(Piece(join_lines(o, words)) for o in others)]
    return [Piece(join_lines(each, words)) for each in _cut_paragraphs(lines)]


def _cut_heading(lines: Lines, heading: Heading, words: Vocabulary) -> list[Piece]:
    title, lines = _with_rubric(lines, heading)
    pieces = [Piece(title, BlockKind.HEADING, heading.level, label=heading.label)]
    if not lines[1:]:
        return pieces
    if find_driver(heading.label) is not None:
        return [*pieces, Piece(join_lines(lines[1:], words), BlockKind.BOX, label="sottotitolo")]
    return [*pieces, *_cut_block(lines[1:], words)]


def _with_rubric(lines: Lines, heading: Heading) -> tuple[str, Lines]:
    """The heading's text, with the title from the line below a bare number, and the lines without that one."""
    if lines[1:] and is_bare(lines[0], heading) and is_rubric(lines[1]):
        return collapse(f"{lines[0]} {lines[1]}"), [lines[0], *lines[2:]]
    return collapse(lines[0]), lines


def join_rubrics(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with each title that stands alone below a bare number made part of that heading."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before is not None and _is_title_of(before, piece):
            joined[-1] = replace(before, text=f"{before.text} {piece.text}")
        else:
            joined.append(piece)
    return joined


def _is_title_of(before: Piece, piece: Piece) -> bool:
    if before.kind is not BlockKind.HEADING or piece.label or not is_rubric(piece.text):
        return False
    if piece.kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING):
        return False
    return is_bare(before.text, Heading(before.level, before.label))


def _cut_paragraphs(lines: Lines) -> list[Lines]:
    """Lines cut where a sentence ended before the line was full, though the next word would have fitted."""
    width = max(len(line.strip()) for line in lines)
    paragraphs: list[Lines] = []
    for place, line in enumerate(lines):
        before = lines[place - 1].strip() if place else ""
        room = width - len(before) - 1
        ended = not is_open(before) and before[-1:] not in ":;" and len(line.split()[0]) <= room
        if place == 0 or ended or ends_before(lines, place, width):
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs
