"""Where each block of a document stands: its section path, its Driver, its article and comma."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.headings import find_article, find_comma, find_driver, find_heading
from kb.records import Block, BlockKind, Page


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in its document."""

    section: tuple[str, ...] = ()  # headings from the outermost to the nearest
    driver: int | None = None
    article: str | None = None
    comma: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block that holds content, with its page and its place."""

    page: Page
    block: Block
    place: Place

    @property
    def text(self) -> str:
        """The block's own characters."""
        return self.page.text[self.block.start : self.block.end]


@dataclass(slots=True)
class _Path:
    """The headings that stand over the next block, outermost first."""

    headings: list[tuple[int, str, str | None]] = field(default_factory=list)  # level, text, label
    comma: str | None = None

    def enter(self, level: int, text: str, label: str | None) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, text, label))
        self.comma = None

    def above(self) -> Place:
        """The place of the innermost heading itself, under those around it."""
        return _Path(self.headings[:-1]).place()

    def place(self) -> Place:
        labels = [label for _level, _text, label in self.headings]
        return Place(
            section=tuple(text for _level, text, _label in self.headings),
            driver=next((number for label in reversed(labels) if (number := find_driver(label))), None),
            article=next((found for label in reversed(labels) if (found := find_article(label))), None),
            comma=self.comma,
        )


def place_blocks(pages: Sequence[Page]) -> list[PlacedBlock]:
    """
    The blocks that hold content, in order, each with its place.

    Headings are in the section path of what they stand over; one that stands over nothing is itself content, under
    the heading above it (an article or a Driver without text keeps its own place).
    Unreadable pages are left out. A page without blocks has one a line.
    """
    blocks = [(page, block) for page in pages if page.readable for block in _blocks(page)]
    path = _Path()
    placed: list[PlacedBlock] = []
    for at, (page, block) in enumerate(blocks):
        text = page.text[block.start : block.end]
        if block.kind is not BlockKind.HEADING:
            placed.append(PlacedBlock(page, block, _place_in_article(path, text)))
            continue
        level = block.level or 2
        label = _label(block, text)
        path.enter(level, " ".join(text.split()), label)
        if _stands_over_nothing(blocks, at, level):
            own = find_article(label) or find_driver(label)
            placed.append(PlacedBlock(page, block, path.place() if own else path.above()))
    return placed


def _blocks(page: Page) -> Iterator[Block]:
    if page.blocks:
        yield from page.blocks
        return
    for line in re.finditer(r"[^\n]*\S[^\n]*", page.text):
        yield Block(line.start(), line.end())


def _label(block: Block, text: str) -> str | None:
    heading = find_heading(" ".join(text.split()))
    return heading.label if heading and heading.label else block.label


def _stands_over_nothing(blocks: Sequence[tuple[Page, Block]], at: int, level: int) -> bool:
    if at + 1 == len(blocks):
        return True
    following = blocks[at + 1][1]
    return following.kind is BlockKind.HEADING and (following.level or 2) <= level


def _place_in_article(path: _Path, text: str) -> Place:
    """The place of a block; inside an article the next number at a paragraph's beginning is the next comma."""
    place = path.place()
    if place.article is None:
        return place
    number = find_comma(text)
    if number is not None and _comes_next(path.comma, number):
        path.comma = number
    return replace(place, comma=path.comma)


def _comes_next(before: str | None, number: str) -> bool:
    last = int(re.match(r"\d*", before or "0").group() or 0)  # type: ignore[union-attr]
    value = int(re.match(r"\d+", number).group())  # type: ignore[union-attr]
    return value == last + 1 or (value == last and not number.isdigit())
