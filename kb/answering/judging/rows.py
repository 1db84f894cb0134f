"""Rows of tables: what their columns say of the values under them."""

from __future__ import annotations

import re

from kb.answering.judging.expected import is_year
from kb.language.questions import Asked, Expectation
from kb.language.words import fold

_CELL = re.compile(r"(?:^|; )(?P<column>[^:;]{1,80}): (?P<value>[^;]+)")
_SUM = re.compile(r"\d{1,3}(?:\.\d{3})+\b|\d+,\d{2}\b")
"""A number written as sums are: "4.310.000", "34,00"."""
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_EURO = re.compile(r"\b(?:euro|eur)\b|€", re.IGNORECASE)
_UNITS = {"km": "chilometr", "m": "metr", "mq": "metr", "m²": "metr", "kg": "chilogramm", "t": "tonnellat", "h": "or"}
_UNIT = re.compile(r"\((?P<unit>km|mq|m²|m|kg|t|h)\)")
_LEAST_CELLS = 2


def cells_of(text: str) -> list[tuple[str, str]]:
    """The columns and values of a table's row, in order; empty for any other text."""
    found = [(match["column"], match["value"]) for match in _CELL.finditer(text)]
    return found if len(found) >= _LEAST_CELLS else []


def gives_sum(asked: Asked, row: str, around: str) -> bool:
    """
    True where a sum is asked and a row holds one in a column that is a year's, in a passage that counts in euro.

    "Missione: 10; …; 2025: 4.310.000" has its unit in the line over the table. Where years are asked, the sum stands
    in the column of one of them.
    """
    if asked.expects is not Expectation.AMOUNT or not _EURO.search(around):
        return False
    wanted = {figure.value for figure in asked.figures if is_year(figure)}
    sums = [column for column, value in cells_of(row) if _YEAR.search(column) and _SUM.match(value)]
    return any(not wanted or wanted & set(_YEAR.findall(column)) for column in sums)


def counts_in_unit(asked: Asked, row: str) -> bool:
    """True where a row is of values in the unit that is counted: "Estensione (km)" where kilometres are."""
    if asked.expects is not Expectation.COUNT or asked.counted is None or not cells_of(row):
        return False
    units = (_UNITS[match["unit"]] for match in _UNIT.finditer(fold(row)))
    return any(unit == asked.counted for unit in units)


def is_unit(word: str) -> bool:
    """True for the stem of a unit that a row may give as a sign ("km")."""
    return word in _UNITS.values()
