"""Marks in plain text: headings after "#" and tables between "|", as many texts keep them from Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from ingest.clean import collapse
from ingest.readers.reading import Piece, row_text
from ingest.readers.text_pages import Lines
from kb.records import BlockKind

_HEADING = re.compile(r"\s*(?P<marks>#{1,6})\s+(?P<title>\S.*?)\s*#*\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_RULE = re.compile(r"\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$")


def is_marked(block: Lines) -> bool:
    """True for a block that holds a marked heading or a table."""
    return any(_HEADING.match(line) for line in block) or any(_RULE.match(line) for line in block)


def cut_marked(block: Lines, cut: Callable[[Lines], Iterable[Piece]]) -> Iterator[Piece]:
    """The pieces of a marked block, in order; cut gives those of the lines between its marks."""
    for kind, run in groupby(block, key=_kind_of):
        lines = list(run)
        if kind == "heading":
            yield from (_heading(line) for line in lines)
        elif kind == "row" and any(_RULE.match(line) for line in lines):
            yield from _rows(lines)
        else:
            yield from cut(lines)


def _kind_of(line: str) -> str:
    if _HEADING.match(line):
        return "heading"
    return "row" if _ROW.match(line) else "text"


def _heading(line: str) -> Piece:
    match = _HEADING.match(line)
    assert match is not None
    return Piece(collapse(match["title"]), BlockKind.HEADING, len(match["marks"]))


def _rows(lines: Sequence[str]) -> Iterator[Piece]:
    """The rows below the rule, each with its columns' names; lines above it but the last one stand as they are."""
    rule = next(place for place, line in enumerate(lines) if _RULE.match(line))
    header = _cells(lines[rule - 1]) if rule else []
    for line in lines[: max(0, rule - 1)]:
        yield Piece(" ".join(_cells(line)))
    for line in lines[rule + 1 :]:
        if not _RULE.match(line) and (text := row_text(header, _cells(line))):
            yield Piece(text, BlockKind.TABLE_ROW)


def _cells(line: str) -> list[str]:
    return [collapse(cell) for cell in line.strip().strip("|").split("|")]
