"""The first lines of an aligned table: which of them name the columns, and the names they give."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.aligned_rows import Placed, Row, in_line
from ingest.readers.cells import looks_figure

_MOST_HEADS = 3  # lines
_FIGURES = 0.6  # share of a column's cells that are figures, from which it is a column of figures
_REPEATED = 0.2  # share of the cells below that may look like dates where the heads are dates
_DATE = re.compile(
    r"(?:19|20)\d\d(?:\s?[-/–]\s?\d{2,4})?\*?(?:\s\D+)?|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|\d{1,2}\s?[°ºª]\s?[^\W\d_]\D*"
)


def figure_columns(placed: Placed) -> set[int]:
    """The columns, other than the first, most of whose cells below the first line are figures."""
    found: set[int] = set()
    for at in range(1, len(placed.columns)):
        own = [row[at].text for row in placed.rows[1:] if at in row]
        if own and sum(map(looks_figure, own)) >= _FIGURES * len(own) and any(_has_digit(text) for text in own):
            found.add(at)
    return found


def _has_digit(text: str) -> bool:
    return any(char.isdecimal() for char in text)


def count_heads(placed: Placed, figures: set[int], *, ruled: int | None) -> int:
    """How many of the first lines name columns; 0 where none does. A rule below the first lines tells it."""
    if ruled and ruled <= _MOST_HEADS and all(_is_head(placed, at, figures) for at in range(ruled)):
        return ruled
    count = 0
    while count < min(_MOST_HEADS, len(placed.rows) - 1) and _is_head(placed, count, figures):
        if count and not _goes_on(placed.rows[count - 1], placed.rows[count]):
            break
        count += 1
    return count


def _is_head(placed: Placed, at: int, figures: set[int]) -> bool:
    """True for a line without figures, but for years, dates and ordinals that do not go on below."""
    own = [cell.text for place, cell in placed.rows[at].items() if place in figures or (place and not figures)]
    if any(looks_figure(text) and not _DATE.fullmatch(text) for text in own):
        return False
    if not any(_DATE.fullmatch(text) for text in own):
        return True
    below = [cell.text for row in placed.rows[at + 1 :] for place, cell in row.items() if place in figures]
    return sum(_DATE.fullmatch(text) is not None for text in below) <= _REPEATED * len(below)


def _goes_on(above: Row, line: Row) -> bool:
    """True when a line goes on with the heads above it: a first cell is missing, or all others are in brackets."""
    if 0 not in above or 0 not in line:
        return True
    others = [cell.text for place, cell in line.items() if place]
    return bool(others) and all(text.startswith("(") for text in others)


def name_columns(placed: Placed, count: int) -> list[str] | None:
    """The columns' names, the first perhaps empty; None where one has none, or a head's columns are unsure."""
    size = len(placed.columns)
    base = placed.rows[count - 1]
    if count - 1 in placed.spanning:
        return None
    names = [base[at].text if at in base else "" for at in range(size)]
    for at in range(count - 2, -1, -1):
        above = _names_above(placed, at, base, names)
        if above is None:
            return None
        names = [f"{one} {other}".strip() for one, other in zip(above, names, strict=True)]
    return names if all(names[1:]) else None


def _names_above(placed: Placed, at: int, base: Row, names: Sequence[str]) -> list[str] | None:
    """What the heads of a line give to each column: to their own, or to the columns of their group."""
    row = placed.rows[at]
    first = row[0].text if 0 in row else ""
    groups = [place for place in sorted(row) if place]
    size = len(placed.columns) - 1
    if at not in placed.spanning and len(groups) == size:
        return [first, *(row[place].text for place in groups)]
    if not groups:
        return [first, *([""] * size)]
    if size % len(groups) == 0 and _repeats(names[1:], len(groups)):
        return _grouped(placed, at, groups, first)
    if at in placed.spanning or any(place in base and not in_line(row[place], base[place]) for place in groups):
        return None
    if any(looks_figure(row[place].text) for place in groups):
        return None  # a year over some of the columns
    return [first, *(row[place].text if place in row else "" for place in range(1, size + 1))]


def _repeats(names: Sequence[str], groups: int) -> bool:
    """True when each group has the same names, or one group holds nothing but years."""
    share = len(names) // groups
    if groups == 1:
        return all(_DATE.fullmatch(name) for name in names)
    chunks = {tuple(names[start : start + share]) for start in range(0, len(names), share)}
    return share > 1 and len(chunks) == 1


def _grouped(placed: Placed, at: int, groups: Sequence[int], first: str) -> list[str] | None:
    """Each group's head for each of its columns, where the head's middle lies over them."""
    share = (len(placed.columns) - 1) // len(groups)
    names = [first]
    for number, place in enumerate(groups):
        cell = placed.rows[at][place]
        low, high = placed.columns[1 + number * share][0], placed.columns[(number + 1) * share][1]
        if not low <= (cell.start + cell.end) / 2 <= high:
            return None
        names += [cell.text] * share
    return names
