"""Captions: the lines beside a table that say what its rows count, and in what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from kb.answering.judging.rows import LONGEST_TITLE, columns_of, has_bare_number, is_title, same_table
from kb.answering.state import Library, Quote
from kb.errors import NotFound
from kb.language.figures import find_figures
from kb.language.sentences import split_sentences
from kb.language.units import measures, times, unit_of
from kb.language.words import fold, stem, tokenize
from kb.records import Block, BlockKind, Page, Passage, Span

LINES_OVER, LINES_UNDER = 3, 1
"""Blocks over and under a table among which its unit is looked for."""
PAGES_BACK = 20
"""Pages that a table may go back over to its beginning."""

_ANNOUNCES = re.compile(r"\b(?:valori|importi|unita|in|per|ogni)\b")
_SIGN = re.compile(r"[%‰€$]")
_SAYS_UNIT = re.compile(
    r"\bin (?:centinaia|migliaia|milioni|miliardi)\b"
    r"|\b(?:valori|importi|dati|cifre|quantita)\b.{0,60}\b(?:in|per|ogni)\b"
    r"|\bunita di misura\b|\bespress[aeio]\b.{0,20}\bin\b"
)
"""How a sentence of running text says in what a table counts."""

_Placed = tuple[Page, Block]


def captions_of(passage: Passage, spans: Sequence[Span], library: Library) -> list[Quote]:
    """
    What stands beside the tables whose rows these stretches of a passage's pages hold, each line once.

    For a row whose numbers have no unit of their own: the line right over the table, where it is a title or an
    introduction, and any line near it that gives a unit or a scale ("valori in migliaia di euro"), in the order of the
    page. Empty for any other row, and for a sentence.
    """
    found: dict[Span, None] = {}
    for row, text in _bare_rows(passage.document, spans, library):
        over = islice(_beyond(_before(passage.document, row, library), text), LINES_OVER)
        under = islice(_beyond(_after(passage.document, row, library), text), LINES_UNDER)
        found |= dict.fromkeys(reversed(list(_lines_over(over))))
        found |= dict.fromkeys(line for placed in under for line in _unit_lines(placed))
    return [Quote(_holder(passage, span, library), span) for span in found]


def _bare_rows(document: str, spans: Sequence[Span], library: Library) -> Iterator[tuple[Span, str]]:
    for span in spans:
        page = library.page(document, span.page_index)
        for block in page.blocks:
            text = page.text[block.start : block.end]
            overlaps = block.start < span.end and span.start < block.end
            if overlaps and block.kind is BlockKind.TABLE_ROW and has_bare_number(text):
                yield Span(page.index, block.start, block.end), text


def leaves_unit_out(claim: str, captions: Sequence[str]) -> bool:
    """True for a sentence with a figure that lacks the unit or the scale which a line beside its table gives."""
    said = _measured(claim) | set(_SIGN.findall(claim))
    return bool(find_figures(claim)) and any(units - said for units in map(_units_in, captions))


def _units_in(text: str) -> set[str]:
    """The units, scales and signs that a line gives; words that only announce them left out."""
    found = " ".join(match.group() for match in _unit().finditer(fold(text)))
    return _measured(_ANNOUNCES.sub(" ", found)) | set(_SIGN.findall(found))


def _measured(text: str) -> set[str]:
    """The words of a text, units by their names, the others by their stems: "km" is "chilometri"."""
    return {unit_of(word) or stem([word])[0] for word in tokenize(text)}


def gives_unit(text: str) -> bool:
    """True for a line that says in what its table counts: "(in migliaia)", "valori percentuali"."""
    return _unit().search(fold(text)) is not None


@lru_cache(maxsize=1)
def _unit() -> re.Pattern[str]:
    """Finds a unit or a scale, or what announces one, in a folded line; hectares only where "ha" can be no verb."""
    return re.compile(
        rf"{measures()}|[%‰€$]|\b(?:unita|valori|importi|per mille|ogni \d[\d.]*)\b|\bin {times()}|(?:\bin |[(\[])ha\b"
        r"|\bper (?:1\.?000|10\.?000|100\.?000|cento)\b"
    )


def _lines_over(blocks: Iterator[_Placed]) -> Iterator[Span]:
    """The caption right over a table, then what gives a unit over it, upwards as far as a heading."""
    for count, (page, block) in enumerate(blocks):
        lines = list(_unit_lines((page, block)))
        # A heading is told with the source of every quote, so it is said only for its unit.
        if not lines and count == 0 and block.kind is not BlockKind.HEADING:
            lines = [line for line in [_last_line(page, block)] if _is_caption(page, block, line)]
        yield from reversed(lines)
        if block.kind is BlockKind.HEADING:
            return


def _unit_lines(placed: _Placed) -> Iterator[Span]:
    page, block = placed
    text = page.text[block.start : block.end]
    for low, high in split_sentences(text):
        line = Span(page.index, block.start + low, block.start + high)
        apart = _is_caption(page, block, line) and gives_unit(text[low:high])
        if apart or (high - low <= LONGEST_TITLE and _SAYS_UNIT.search(fold(text[low:high]))):
            yield line


def _last_line(page: Page, block: Block) -> Span:
    text = page.text[block.start : block.end]
    low, high = split_sentences(text)[-1] if text.strip() else (0, 0)
    return Span(page.index, block.start + low, block.start + high)


def _is_caption(page: Page, block: Block, line: Span) -> bool:
    text = page.text[line.start : line.end]
    set_off = block.kind is BlockKind.BOX and 0 < len(text.strip()) <= LONGEST_TITLE
    return set_off or is_title(text)


def _beyond(blocks: Iterator[_Placed], row: str) -> Iterator[_Placed]:
    """The blocks beyond the table of a row; none where another table follows it at once."""
    inside = True
    for page, block in blocks:
        is_row = block.kind is BlockKind.TABLE_ROW
        if is_row and inside and _of_one_table(row, page.text[block.start : block.end]):
            continue
        if is_row:
            return
        inside = False
        yield page, block


def _of_one_table(row: str, other: str) -> bool:
    """True for two rows with a column in common, and where one has none that is named."""
    return same_table(row, other) or not columns_of(row) or not columns_of(other)


def _before(document: str, span: Span, library: Library) -> Iterator[_Placed]:
    """The blocks before a place, the nearest first."""
    page = library.page(document, span.page_index)
    yield from ((page, block) for block in reversed(page.blocks) if block.end <= span.start)
    for index in range(span.page_index - 1, max(0, span.page_index - 1 - PAGES_BACK), -1):
        page = library.page(document, index)
        yield from ((page, block) for block in reversed(page.blocks))


def _after(document: str, span: Span, library: Library) -> Iterator[_Placed]:
    """The blocks after a place, on its page and on those that follow."""
    page = library.page(document, span.page_index)
    yield from ((page, block) for block in page.blocks if block.start >= span.end)
    for index in range(span.page_index + 1, span.page_index + 1 + PAGES_BACK):
        try:
            page = library.page(document, index)
        except NotFound:
            return
        yield from ((page, block) for block in page.blocks)


def _holder(row: Passage, span: Span, library: Library) -> Passage:
    """The passage that a line of the row's document stands in; the row's own for a heading, which stands in none."""
    return next((one for one in library.passages if one.document == row.document and _covers(one.spans, span)), row)


def _covers(spans: Sequence[Span], span: Span) -> bool:
    return any(s.page_index == span.page_index and s.start <= span.start and span.end <= s.end for s in spans)
