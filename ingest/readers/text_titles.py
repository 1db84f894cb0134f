"""Lines of a plain text that head what follows them in the same block, without a blank line between."""

from __future__ import annotations

import re

from ingest.headings import Heading, find_heading
from ingest.layout import begins_inside, is_open
from ingest.readers.labelled_lines import fits, is_labelled, width_of
from ingest.readers.text_pages import Lines
from kb.language.marks import BULLETS

_LONGEST = 80  # letters of a title in capitals, and characters of a numbered one
_LONGEST_PLAIN = 50  # characters of a title that nothing but its line sets apart
_LONGEST_QUESTION = 140
_LEAST_LETTERS = 4
_LEAST_BODY = 40  # characters of the line below a title that nothing else sets apart
_MOST_CAPITAL_LINES = 3
QUESTION_LEVEL = 5
"""Questions stand under every numbered title, over nothing but their answers."""
_CAPITALS_LEVEL, _PLAIN_LEVEL = 2, 3

_NUMBERED = re.compile(r"\s*\d{1,3}(?:-\w+)?[.)]\s+\S")
_MARKED = re.compile(rf"\s*(?:[{BULLETS}]\s|\(?[a-z]{{1,2}}\)\s)")
_QUESTION = re.compile(r"\s*(?:\d{1,3}[.)]\s+|D(?:omanda)?[.:]\s*)?[A-ZÀ-Ý«“\"][^?]*\?\s*$")
_COLUMNS = re.compile(r"\S(?: {2,}|\t)\S")
INSTITUTION = re.compile(
    r"(?:COMUNE|CITT[AÀ]|PROVINCIA|REGIONE|UNIONE|COMUNIT[AÀ] MONTANA|MINISTERO|REPUBBLICA|CONSORZIO)\b", re.IGNORECASE
)
"""Whose a document is, not what it is."""
_OFFICE = re.compile(
    r"(?:SETTORE|UFFICIO|DIREZIONE|DIPARTIMENTO|ASSESSORATO|AZIENDA|AGENZIA|FONDAZIONE|ASST|ATS)\b"
    r"|[^.:;]*\bS\.? ?(?:P\.? ?A|R\.? ?L)\b",
    re.IGNORECASE,
)
_CAPITAL_WORDS = 3  # from which a line in capitals that opens a block is a title, whatever follows


def names_institution(line: str) -> bool:
    """True for a line that opens with whose a document is: an institution, an office of one, a firm."""
    return bool(INSTITUTION.match(line) or _OFFICE.match(line))


def find_title(block: Lines, place: int, width: int | None = None) -> Heading | None:
    """
    What a line announces that stands over other lines of its own block, without a blank line between; else None.

    Titles are told by their form: capitals, a number, a question, or a few words that leave the line half empty over
    a whole sentence. width is that of the block's longest line, where it is known.
    """
    if place + 1 >= len(block) or (place and is_open(block[place - 1])):
        return None
    line, after = block[place].strip(), block[place + 1].strip()
    if _COLUMNS.search(line):
        return None
    if begins_inside(after):
        # "REGOLAMENTO EDILIZIO", and below it "approvato con deliberazione …".
        opens = place == 0 and is_in_capitals(line) and len(line.split()) >= _CAPITAL_WORDS
        return _in_capitals(block, place) if opens else None
    if title := _in_capitals(block, place) or _question(line, after):
        return title
    if not fits(block, place + 1, width_of(block) if width is None else width):
        return None  # the line was full, not ended
    return _numbered(line, after) or _plain(block, place)


def is_in_capitals(line: str) -> bool:
    """True for a line in capitals that may be a title."""
    letters = sum(char.isalpha() for char in line)
    return line.isupper() and _LEAST_LETTERS <= letters <= _LONGEST and not line.rstrip().endswith((".", ";", ","))


def _in_capitals(block: Lines, place: int) -> Heading | None:
    line, after = block[place].strip(), block[place + 1].strip()
    if not is_in_capitals(line) or _MARKED.match(line) or line.endswith(":"):
        return None
    return None if after.isupper() and not names_institution(line) else Heading(_CAPITALS_LEVEL)


def join_capitals(block: Lines) -> Lines:
    """A block whose title in capitals takes some lines, over others, with those as one line; else as it is."""
    joined: Lines = []
    place = 0
    while place < len(block):
        count = _capital_lines(block, place)
        joined.append(" ".join(line.strip() for line in block[place : place + count]) if count > 1 else block[place])
        place += count
    return joined


def _capital_lines(block: Lines, place: int) -> int:
    """How many lines, from a place, one title in capitals takes; 1 where none begins there."""
    before = block[place - 1].strip() if place else ""
    if before and is_open(before) and not names_institution(before):
        return 1
    end, last = place, min(len(block), place + _MOST_CAPITAL_LINES + 1)
    while end < last and is_in_capitals(block[end].strip()) and not names_institution(block[end].strip()):
        end += 1
    return end - place if 1 < end - place <= _MOST_CAPITAL_LINES and end < len(block) else 1


def _numbered(line: str, after: str) -> Heading | None:
    heading = find_heading(line)
    if heading is None or not (heading.label or "")[:1].isdigit() or len(line) > _LONGEST:
        return None
    return None if _NUMBERED.match(after) else heading


def _question(line: str, after: str) -> Heading | None:
    if len(line) > _LONGEST_QUESTION or not _QUESTION.match(line) or after.endswith("?"):
        return None
    return Heading(QUESTION_LEVEL)


def _plain(block: Lines, place: int) -> Heading | None:
    line, after = block[place].strip(), block[place + 1].strip()
    if place or len(line) > _LONGEST_PLAIN or any(char.isdigit() for char in line) or line[-1] in ".,;:!?)":
        return None
    if not line[0].isupper() or _MARKED.match(line) or is_labelled(after) or INSTITUTION.match(line):
        return None
    return Heading(_PLAIN_LEVEL) if len(after) >= _LEAST_BODY and not is_open(after) else None
