"""Ranges in Italian text ("da 6.001 a 15.000 euro", "più di 75 anni"), and whether they hold a number."""

from __future__ import annotations

import re
from collections.abc import Iterable
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

_AGES = re.compile(r"(?<![\d.,/-])(\d{1,2})\s?[-–]\s?(\d{1,3})\s+anni\b")
"""Ages of a group ("6-11 anni")."""
_YEARS_OLD = re.compile(r"\s*ann[oi]\b", re.IGNORECASE)
_EURO = re.compile(r"\s*(?:€|euro\b)", re.IGNORECASE)
_MEANS = re.compile(r"\b(?:ISEE|reddit\w+)\b[^.;]{0,40}$", re.IGNORECASE)
_LEAST_MEANS = 1000
"""Euro; of less nobody's means are told."""

Range = tuple[Decimal | None, Decimal | None]
_Placed = tuple[Range, str]
"""A range with what it is in: "anni", "euro", "means" or "" where that is not said."""


def find_ranges(text: str) -> list[Range]:
    """Every range of a text as its ends, None where it has none; ranges of years and percentages are left out."""
    return [one for one, _ in _find(text)]


def _find(text: str) -> list[_Placed]:
    found: list[_Placed] = []
    for form in (_BETWEEN, _AGES):
        for match in form.finditer(text):
            start, end = _value(match[1]), _value(match[2])
            if start is not None and end is not None and start <= end:
                found.append(((start, end), _unit(text, match)))
    rest = _AGES.sub(_blank, _BETWEEN.sub(_blank, text))
    for match in _UP_TO.finditer(rest):
        found.append(((None, _value(match[1])), _unit(rest, match)))
    for match in _FROM.finditer(rest):
        found.append(((_value(match[1]), None), _unit(rest, match)))
    told = [one for one in found if any(end is not None for end in one[0])]
    return [one for one in told if not any(end is not None and end in _YEARS for end in one[0])]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _unit(text: str, match: re.Match[str]) -> str:
    if match.re is _AGES or _YEARS_OLD.match(text, match.end()):
        return "anni"
    if _MEANS.search(text[: match.start()]):
        return "means"
    return "euro" if _EURO.match(text, match.end()) else ""


def ranges_hold(text: str, figures: Iterable[Figure], *, question: str = "") -> float:
    """
    1 where a range of the text holds one of the figures, -1 where it has ranges and none does, else 0.

    A range of sums says nothing of an age, nor one of somebody's means of a price; where a sum and an age are asked,
    neither may fall outside its own. question: where the figures stand, which tells years from other numbers.
    """
    wanted = [(value, _unit_of(one, question)) for one in figures if (value := _measure(one)) is not None]
    ranges = _find(text) if wanted else []
    held = missed = outside = False
    for value, unit in wanted:
        own = [(one, of) for one, of in ranges if _may_hold(value, unit, of)]
        holds = any(_holds(one, value) for one, _ in own)
        held, missed = held or holds, missed or (bool(own) and not holds)
        outside = outside or (bool(unit) and any(of for _, of in own) and not holds)
    return 1.0 if held and not outside else -1.0 if missed else 0.0


def _unit_of(figure: Figure, question: str) -> str:
    if figure.kind is FigureKind.AMOUNT:
        return "euro"
    here = question[figure.start : figure.end] == figure.text
    if here and _YEARS_OLD.match(question, figure.end):
        return "anni"
    return "euro" if here and _MEANS.search(question[: figure.start]) else ""


def _may_hold(value: Decimal, unit: str, of: str) -> bool:
    if of == "means":
        return unit != "anni" and value >= _LEAST_MEANS
    return not unit or not of or unit == of


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
