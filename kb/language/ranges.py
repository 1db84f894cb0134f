"""Ranges in Italian text ("da 6.001 a 15.000 euro", "più di 75 anni"), and whether they hold a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from kb.language.figures import Figure, FigureKind

_NUMBER = r"(?:€\s*)?(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)(?![\d/%])(?!\s*%)"
_BETWEEN = re.compile(
    rf"\b(?:da|tra|fra)\s+{_NUMBER}(?:\s*(?:€|euro|anni))?\s+(?:a|e|ai|agli)\s+{_NUMBER}", re.IGNORECASE
)
_UP_TO = re.compile(
    r"\b(?:fino (?:a|ai|agli)|meno di|inferior[ei] (?:a|ai|agli)|sotto (?:i|gli)|entro (?:i|gli)|al massimo)"
    rf"\s+{_NUMBER}",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"\b(?:oltre(?: i| gli)?|più di|superior[ei] (?:a|ai|agli)|sopra (?:i|gli)|a partire da|almeno|dai)\s+{_NUMBER}",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)

Range = tuple[Decimal | None, Decimal | None]


def find_ranges(text: str) -> list[Range]:
    """Every range of a text as its ends, None where it has none; ranges of years and percentages are left out."""
    found = [*_pairs(text)]
    rest = _BETWEEN.sub(" ", text)
    found += [(None, end) for match in _UP_TO.finditer(rest) if (end := _value(match[1])) is not None]
    found += [(start, None) for match in _FROM.finditer(rest) if (start := _value(match[1])) is not None]
    return [one for one in found if not any(end is not None and end in _YEARS for end in one)]


def ranges_hold(text: str, figures: Iterable[Figure]) -> float:
    """1 where a range of the text holds one of the figures, -1 where it has ranges and none does, else 0."""
    wanted = [value for figure in figures if (value := _measure(figure)) is not None]
    ranges = find_ranges(text) if wanted else []
    if not ranges:
        return 0.0
    return 1.0 if any(_holds(one, value) for one in ranges for value in wanted) else -1.0


def _pairs(text: str) -> Iterator[Range]:
    for match in _BETWEEN.finditer(text):
        start, end = _value(match[1]), _value(match[2])
        if start is not None and end is not None and start <= end:
            yield start, end


def _holds(one: Range, value: Decimal) -> bool:
    start, end = one
    return (start is None or value >= start) and (end is None or value <= end)


def _measure(figure: Figure) -> Decimal | None:
    if figure.kind not in (FigureKind.NUMBER, FigureKind.AMOUNT):
        return None
    value = _value(figure.value.replace(".", ","))
    return None if value is None or value in _YEARS else value


def _value(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(".", "").replace(",", "."))
    except InvalidOperation:
        return None
