"""Rows of tables: what their columns say of the values under them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from kb.answering.judging.expected import is_year
from kb.answering.judging.places import names_street
from kb.language.questions import Asked, Expectation
from kb.language.units import measures, times
from kb.language.words import fold, stem, tokenize
from kb.records import Passage

_CELL = re.compile(r"(?:^|; )(?P<column>[^:;]{1,80}): (?P<value>[^;]+)")
_SUM = re.compile(r"\d{1,3}(?:\.\d{3})+\b|\d+,\d{2}\b")
"""A number written as sums are: "4.310.000", "34,00"."""
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_EURO = re.compile(r"\b(?:euro|eur)\b|€", re.IGNORECASE)
_IN_EURO = re.compile(r"\b(?:(?:centinaia|migliaia|milioni) di|in|[(]) ?(?:euro\b|€)|\((?:euro|€)\)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_UNITS = {"km": "chilometr", "m": "metr", "mq": "metr", "m²": "metr", "kg": "chilogramm", "t": "tonnellat", "h": "or"}
_UNIT = re.compile(r"\((?P<unit>km|mq|m²|m|kg|t|h)\)|\d (?P<after>km|mq|m²|m|kg|t|h)\b")
_LEAST_CELLS = 2
LONGEST_TITLE = 240
"""Characters of a line that may be a table's title."""
_TITLE = re.compile(
    r"^\s*(?:tab(?:ella|\.)?|tavola|tav\.|prospetto|quadro|figura|fig\.|grafico|allegato)\b", re.IGNORECASE
)
_PLACE_COLUMN = re.compile(
    r"(?:indirizz\w+|sed[ei]|luogh?[oi]|dove|ubicazion\w+|sal[ae]|sportell[oi]|contenitor[ei])\b"
)
_TOTAL = re.compile(r"(?:in )?(?:total[ei]|compless\w+|somma)\b", re.IGNORECASE)
"""How the row begins that adds the others up."""
_SAYS = re.compile(r"\b(?:e|sono|viene|vengono|ha|hanno)\b")
_BARE = re.compile(r"^\s*[-+−–]?\d[\d.,\s]*$")
_COUNTS_NOTHING = frozenset(
    {"anno", "n", "n.", "nr", "num.", "numero", "id", "codice", "cod.", "cap", "foglio", "mappale"}
)
"""Folded names of columns whose numbers are labels."""


def cells_of(text: str) -> list[tuple[str, str]]:
    """The columns and values of a table's row, in order; empty for any other text."""
    if "; " not in text:
        return []
    found = [(match["column"], match["value"]) for match in _CELL.finditer(text)]
    return found if len(found) >= _LEAST_CELLS else []


def columns_of(text: str) -> frozenset[str]:
    """The names of a row's columns, folded; empty for any other text."""
    return frozenset(fold(column.strip()) for column, _ in cells_of(text))


def has_bare_number(row: str) -> bool:
    """True for a row with a number that neither its cell nor its column gives a unit: "Rodari; 2022: 44"."""
    cells = cells_of(row)
    if not cells:
        values = row.split("; ")
        return len(values) >= _LEAST_CELLS and any(_BARE.match(value) for value in values)
    return any(
        _BARE.match(value) and not _gives_unit().search(fold(column)) and fold(column.strip()) not in _COUNTS_NOTHING
        for column, value in cells
    )


@lru_cache(maxsize=1)
def _gives_unit() -> re.Pattern[str]:
    """Finds what gives a column's numbers their unit, in its folded name: a word for one, a sign, or a bracket."""
    return re.compile(rf"[(\[%€‰$]|{measures()}|{times()}")


def is_title(line: str) -> bool:
    """True for a line that may stand over a table: "Tabella 2. Pasti serviti", "Pasti serviti (in migliaia)", "…:"."""
    text = line.strip()
    return 0 < len(text) <= LONGEST_TITLE and (not text.endswith((".", "!", "?")) or _TITLE.match(text) is not None)


def title_over(text: str, start: int) -> str:
    """The title in a passage over the table whose row begins at an offset; empty where none stands there."""
    row = text[start:].split("\n", 1)[0]
    if not cells_of(row):
        return ""
    lines = [line for line in text[:start].split("\n") if line.strip()]
    while lines and same_table(row, lines[-1]):
        lines.pop()
    return lines[-1].strip() if lines and not cells_of(lines[-1]) and is_title(lines[-1]) else ""


def with_title(passage: Passage, start: int) -> Passage:
    """A passage with the title over the row at an offset as a heading more; as it is for any other sentence."""
    title = title_over(passage.text, start)
    return replace(passage, section=(*passage.section, title)) if title else passage


def same_table(row: str, line: str) -> bool:
    """True for two rows with a column in common."""
    return bool(columns_of(row) & columns_of(line))


def gives_sum(asked: Asked, row: str, around: str) -> bool:
    """
    True where a sum is asked and a row holds one in a column that is a year's, in a passage that counts in euro.

    "Missione: 10; …; 2025: 4.310.000" has its unit in the line over the table. Where years are asked, the sum stands
    in the column of one of them. Under "importi in migliaia di euro" any number is a sum.
    """
    if asked.expects is not Expectation.AMOUNT or not _EURO.search(around):
        return False
    wanted = {figure.value for figure in asked.figures if is_year(figure)}
    is_sum = _BARE if _IN_EURO.search(around) else _SUM
    sums = [column for column, value in cells_of(row) if _YEAR.search(column) and is_sum.match(value)]
    return any(not wanted or wanted & set(_YEAR.findall(column)) for column in sums)


def counts_in_unit(asked: Asked, row: str) -> bool:
    """True where a row is of values in the unit that is counted: "Estensione (km)", "4,8 km"."""
    if asked.expects is not Expectation.COUNT or asked.counted is None or not cells_of(row):
        return False
    units = (_UNITS[match["unit"] or match["after"]] for match in _UNIT.finditer(fold(row)))
    return any(unit == asked.counted for unit in units)


def counts_labels(asked: Asked, row: str, *, counted_as: Collection[str]) -> bool:
    """True where what is counted only names a row's label: "Plesso: Rodari; 2022: 44" is no number of "plessi"."""
    if asked.expects is not Expectation.COUNT:
        return False
    labels = {word for column, value in cells_of(row) if not _DIGIT.search(value) for word in stem(tokenize(column))}
    others = [f"{column} {value}" for column, value in cells_of(row) if _DIGIT.search(value)]
    return bool(set(counted_as) & labels) and not set(counted_as) & set(stem(tokenize(" ".join(others))))


def is_beside_its_row(asked: Asked, text: str, start: int) -> bool:
    """
    True for a row whose table has another, in this passage, with all of the question that it has and more.

    Where it is asked how many there are and no row is named, all are beside the one that adds them up.
    """
    row = text[start:].split("\n", 1)[0]
    if not cells_of(row):
        return False
    own = _label_words(asked, row)
    others = [line for line in text.split("\n") if line != row and same_table(row, line)]
    if asked.expects is Expectation.COUNT and not own and not _adds_up(row) and any(map(_adds_up, others)):
        return True  # nothing of this row is asked: what they all come to is
    return any(_label_words(asked, line) > own for line in others)


def _adds_up(row: str) -> bool:
    """True for the row that gives what the others of its table come to."""
    return _TOTAL.match(cells_of(row)[0][1].strip()) is not None


def _label_words(asked: Asked, row: str) -> set[str]:
    """The words of a question that stand in a row's cells, numbers apart."""
    values = " ".join(value for _, value in cells_of(row) if not _BARE.match(value))
    return set(asked.focus) & set(stem(tokenize(values)))


def counts_as_titled(asked: Asked, row: str, title: str, *, counted_as: Collection[str]) -> bool:
    """
    True where a row has a number of what its table's title says that it counts: "Pasti serviti per plesso".

    What a column names ("Plesso: Rodari") is not what the numbers are of.
    """
    if asked.expects is not Expectation.COUNT or not counted_as or not has_bare_number(row):
        return False
    if _SAYS.search(fold(title)):  # "Le domande sono valutate con fino a 100 punti:" counts no domande
        return False
    columns = set(stem(tokenize(" ".join(columns_of(row)))))
    return bool(set(counted_as) & set(stem(tokenize(title)))) and not set(counted_as) & columns


def says_place(row: str) -> bool:
    """True for a row with a column for where things are, or a street in a value."""
    return any(_PLACE_COLUMN.match(fold(column.strip())) or names_street(value) for column, value in cells_of(row))


def is_unit(word: str) -> bool:
    """True for the stem of a unit that a row may give as a sign ("km")."""
    return word in _UNITS.values()
