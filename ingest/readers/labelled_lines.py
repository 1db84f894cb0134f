"""Lines with a value under a label ("Telefono: 02 1234567"), which end where they end though no full stop says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.layout import begins_inside, is_open

_LONGEST = 140
_LABEL = re.compile(
    r"\s*(?:[A-ZÀ-Ý][\w'’./-]*(?: [\w'’./-]+){0,3} ?: ?\S|(?:Tel|Cell|Fax|Pec|PEC|E-?mail)\b\.? ?[\w+(])"
)


def is_labelled(line: str) -> bool:
    """True for a short line that gives a value under a label ("Telefono: 02 1234567", "Tel. 02 1234567")."""
    return len(line.strip()) <= _LONGEST and _LABEL.match(line) is not None


def width_of(lines: Sequence[str]) -> int:
    """The characters of the longest of some lines."""
    return max((len(line.strip()) for line in lines), default=0)


def ends_before(lines: Sequence[str], place: int, width: int) -> bool:
    """True where a line with a label ends before the line at a place, or begins with it."""
    before, line = lines[place - 1].strip(), lines[place].strip()
    if is_labelled(line):
        several = place + 1 < len(lines) and is_labelled(lines[place + 1])
        return several or is_labelled(before) or not is_open(before) or fits(lines, place, width)
    return (
        is_labelled(before)
        and not begins_inside(line)
        and not before.endswith(("-", ","))
        and fits(lines, place, width)
    )


def fits(lines: Sequence[str], place: int, width: int) -> bool:
    """True where the first word of the line at a place would have fitted on the line before, in lines of a width."""
    return len(lines[place - 1].strip()) + 1 + len(lines[place].split()[0]) <= width


def cut_labelled(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines in runs that go on with each other: what has a label stands alone."""
    width, run = width_of(lines), list[str]()
    for place, line in enumerate(lines):
        if run and ends_before(lines, place, width):
            yield run
            run = []
        run.append(line)
    if run:
        yield run
