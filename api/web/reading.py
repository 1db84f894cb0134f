"""A document's page cut into blocks for reading, with the quoted stretch marked."""

from __future__ import annotations

from dataclasses import dataclass

from kb.records import Block, BlockKind, Page


@dataclass(frozen=True)
class Piece:
    """A stretch of text, marked or not; the first marked one of a page is where a link lands."""

    text: str
    marked: bool = False
    lands: bool = False


@dataclass(frozen=True)
class ReadBlock:
    """A block to show: what it is and its pieces."""

    kind: BlockKind
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The block's characters."""
        return "".join(piece.text for piece in self.pieces)


def mark_page(page: Page, start: int, end: int) -> tuple[ReadBlock, ...]:
    """
    The page's blocks in order, text[start:end] marked; nothing marked where the stretch is empty.

    Every character of the page is in some block but for the blanks between blocks.
    """
    shown: list[ReadBlock] = []
    landed = False
    for block in _whole(page):
        pieces = _cut(page.text, block, start, end)
        if not landed and any(piece.marked for piece in pieces):
            pieces = _land(pieces)
            landed = True
        shown.append(ReadBlock(block.kind, pieces))
    return tuple(shown)


def _whole(page: Page) -> list[Block]:
    """The page's blocks, and a paragraph for each stretch of text that lies in none."""
    found: list[Block] = []
    at = 0
    for block in sorted(page.blocks, key=lambda block: block.start):
        found += [Block(at, block.start), Block(max(at, block.start), block.end, block.kind)]
        at = max(at, block.end)
    found.append(Block(at, len(page.text)))
    return [block for block in found if page.text[block.start : block.end].strip()]


def _cut(text: str, block: Block, start: int, end: int) -> tuple[Piece, ...]:
    low = min(max(start, block.start), block.end)
    high = max(low, min(end, block.end))
    pieces = (
        Piece(text[block.start : low]),
        Piece(text[low:high], marked=True),
        Piece(text[high : block.end]),
    )
    return tuple(piece for piece in pieces if piece.text)


def _land(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(Piece(piece.text, piece.marked, lands=piece.marked) for piece in pieces)
