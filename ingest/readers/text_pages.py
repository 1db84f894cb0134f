"""
Where the pages of a plain text begin, and what printed furniture they carry.

A form feed begins a page. Some extractors leave a single blank in its place, at the beginning of the page's first line;
that convention is followed only where the whole text bears it out, since poems and indented paragraphs look alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.headings import find_driver, find_heading

Lines = list[str]

_LEAST_PAGE = 10  # lines; where page starts would come closer on median, the blanks are indentation
_LARGEST_SHARE = 0.1  # of the lines that may begin with a blank
_WIDER = 1.3  # times the body's line width: above it a block is an abstract or a subtitle
_COLUMN_LINES = 3  # lines that make running text
_PRINTED_NUMBER = re.compile(r"\s*[-–—]?\s*(\d{1,4})\s*[-–—]?\s*")
_ICON_PAGES = 3  # pages on which the same numbers must stand to be taken for icons


@dataclass(frozen=True, slots=True)
class TextPage:
    """The lines of one page, with its printed label and how it is known."""

    lines: Lines
    label: str | None = None
    label_source: str = "none"


def split_pages(text: str) -> list[Lines]:
    """The lines of each page, in order; one page where the text shows no page starts."""
    if "\f" in text:
        pages = [part.split("\n") for part in text.split("\f")]
        return pages if any(line.strip() for line in pages[-1]) else pages[:-1]
    lines = text.split("\n")
    if not blanks_start_pages(lines):
        return [lines]
    return _cut_at_blanks(lines)


def blanks_start_pages(lines: Sequence[str]) -> bool:
    """
    True when a blank at the beginning of a line stands for a page start all through the text.

    Evidence: always exactly one blank, on few lines and far apart, and at least one such line goes on in the middle
    of a sentence, as a page does and an indented paragraph does not.
    """
    written = [line for line in lines if line.strip()]
    marked = [place for place, line in enumerate(written) if line[0] in " \u00a0"]
    if len(marked) < 2 or len(marked) > _LARGEST_SHARE * len(written):
        return False
    if any(len(written[place]) - len(written[place].lstrip()) != 1 for place in marked):
        return False
    gaps = [after - before for before, after in pairwise(marked)]
    goes_on = any(written[place].lstrip()[0].islower() for place in marked)
    return goes_on and median(gaps) >= _LEAST_PAGE


def _cut_at_blanks(lines: Sequence[str]) -> list[Lines]:
    width = body_width(lines)
    pages: list[Lines] = [[]]
    for line in lines:
        if line.strip() and line[0] in " \u00a0" and _may_start(line, pages[-1], width):
            pages.append([])
        pages[-1].append(line)
    return pages


def _may_start(line: str, page: Lines, width: float) -> bool:
    """
    True when the blank before this line starts a page.

    It does not where the page so far holds nothing but furniture, nor where it began with a heading and holds no
    running text yet: that blank is what is left of the quotation mark or of the label drawn beside the abstract.
    """
    written = [each for each in page if not is_ornament(each)]
    if not written:
        return False
    if find_heading(line) is not None:
        return True
    last = next(each for each in reversed(page) if each.strip())
    if is_ornament(last) or _is_driver_label(last):
        return False
    return find_heading(written[0]) is None or _has_running_text(page, width)


def _has_running_text(page: Lines, width: float) -> bool:
    blocks = split_blocks(page)[1:]
    return any(len(block) >= _COLUMN_LINES and block_width(block) <= _WIDER * width for block in blocks)


def split_blocks(lines: Sequence[str]) -> list[Lines]:
    """Runs of written lines; a blank line, or a blank before a line, begins another."""
    blocks: list[Lines] = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
            continue
        if fresh or line[0] in " \u00a0":
            blocks.append([])
        blocks[-1].append(line)
        fresh = False
    return blocks


def body_width(lines: Sequence[str]) -> float:
    """The usual length of a written line, in characters; 0 for none."""
    lengths = [len(line.strip()) for line in lines if line.strip()]
    return float(median(lengths)) if lengths else 0.0


def block_width(block: Sequence[str]) -> float:
    """The length of a block's longer lines (nine in ten are no longer), in characters."""
    lengths = sorted(len(line.strip()) for line in block)
    return float(lengths[max(0, round(0.9 * len(lengths)) - 1)])


def is_wide(block: Sequence[str], width: float) -> bool:
    """True for a block set wider than the body: an abstract, a subtitle."""
    return block_width(block) > _WIDER * width


def is_ornament(line: str) -> bool:
    """True for a line without a letter or digit: blank, or a quotation mark drawn as decoration."""
    return not any(char.isalnum() for char in line)


def _is_driver_label(line: str) -> bool:
    return re.fullmatch(r"\s*DRIVER\s+\d{1,2}\s*", line) is not None


def take_furniture(pages: Sequence[Lines]) -> tuple[list[TextPage], list[str]]:
    """The pages without ornaments, icons, repeated labels and printed numbers, and the lines taken out."""
    removed: list[str] = []
    icons = _find_icons(pages)
    cleaned: list[Lines] = []
    for lines, numbers in zip(pages, icons, strict=True):
        drivers = {find_driver(heading.label) for line in lines if (heading := find_heading(line))}
        kept: Lines = []
        for line in lines:
            taken = _is_furniture(line, numbers, drivers)
            removed += [line.strip()] if taken and line.strip() else []
            kept.append("" if taken else line)
        cleaned.append(kept)
    return _label_pages(cleaned, removed), removed


def _is_furniture(line: str, icons: set[str], drivers: set[int | None]) -> bool:
    if not line.strip():
        return False
    if is_ornament(line):
        return len(line.strip()) <= 3
    if line.strip() in icons:
        return True
    return _is_driver_label(line) and int(line.split()[1]) in drivers


def _find_icons(pages: Sequence[Lines]) -> list[set[str]]:
    """Each page's lines of two-digit numbers, where the same numbers stand on several pages: icons, not figures."""
    found: list[set[str]] = []
    signs: list[tuple[str, ...]] = []
    for lines in pages:
        own = {line.strip() for line in lines if re.fullmatch(r"\s*(?:0\d\s*)+", line)}
        found.append(own)
        signs.append(tuple(sorted(re.findall(r"0\d", " ".join(sorted(own))))))
    often = Counter(sign for sign in signs if len(sign) >= 3)
    return [own if often[sign] >= _ICON_PAGES else set() for own, sign in zip(found, signs, strict=True)]


def _label_pages(pages: Sequence[Lines], removed: list[str]) -> list[TextPage]:
    """Pages with the numbers printed at their ends as labels, the others' inferred where the printed ones agree."""
    printed = {place: number for place, lines in enumerate(pages) if (number := _printed_number(lines)) is not None}
    constants = {number - place for place, number in printed.items()}
    if len(printed) < 2 or len(constants) != 1:
        return [TextPage(lines) for lines in pages]
    constant = constants.pop()
    labelled: list[TextPage] = []
    for place, lines in enumerate(pages):
        if place in printed:
            removed.append(str(printed[place]))
            lines = _without_last(lines)
        source = "printed" if place in printed else "inferred"
        number = place + constant
        labelled.append(TextPage(lines, str(number), source) if number > 0 else TextPage(lines))
    return labelled


def _printed_number(lines: Lines) -> int | None:
    written = [line for line in lines if line.strip()]
    match = _PRINTED_NUMBER.fullmatch(written[-1]) if len(written) > 1 else None
    return int(match.group(1)) if match else None


def _without_last(lines: Lines) -> Lines:
    end = max(place for place, line in enumerate(lines) if line.strip())
    return lines[:end]
