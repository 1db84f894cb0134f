"""Units: twenty months are no twenty years, 40 euro a month no 40 a year, and "ogni mese" is not "ogni anno"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.answering.claims.alignment import Aligned, Reading, Word
from kb.language.figures import Figure, same_figure
from kb.language.units import unit_of
from kb.language.words import fold

_RIGHT_AFTER = re.compile(r"^\s*(\w+)")
_EACH = re.compile(r"^\s*(?:(?:al|alla|ogni|per|a)\s+|all['’]\s*|l['’]\s*)?(\w+)", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:ogni|(?:una|due|tre) volt[ae] (?:al|alla|a))\s+(\w+)|\bvolt[ae] all['’](\w+)", re.IGNORECASE)


def changes_unit(aligned: Aligned) -> bool:
    """True for a figure that every quote which has it measures in another unit, or pays over another time."""
    return any(_is_of_another(figure, aligned) for figure in aligned.claim.figures) or _recurs_otherwise(aligned)


def _is_of_another(figure: Figure, aligned: Aligned) -> bool:
    mine = _unit_after(figure, aligned.claim)
    if mine is None:
        return False
    places = [(source, other) for source in aligned.sources for other in source.figures if same_figure(figure, other)]
    theirs = [_unit_after(other, source) for source, other in places]
    return bool(theirs) and None not in theirs and mine not in theirs


def _unit_after(figure: Figure, reading: Reading) -> str | None:
    """The unit that a figure is of, or the time that an amount is paid over; None where none follows."""
    after = reading.text[figure.end : figure.end + 30]
    found = _RIGHT_AFTER.match(after)
    unit = unit_of(fold(found[1])) if found else None
    if unit is None and (each := _EACH.match(after)):
        unit = unit_of(fold(each[1]))
    return unit


def _recurs_otherwise(aligned: Aligned) -> bool:
    """True for an "ogni anno" said of what the quotes say "ogni mese" of, in the clause that has most of its words."""
    for unit, clause in _recurrences(aligned.claim):
        said = [word for word in aligned.claim.words if word.clause == clause and unit_of(fold(word.text)) is None]
        counts: dict[tuple[int, int], int] = {}
        for word in said:
            for home in {(place.source, place.word.clause) for place in aligned.best(word)}:
                counts[home] = counts.get(home, 0) + 1
        for (source, at), count in counts.items():
            theirs = {other for other, place in _recurrences(aligned.sources[source]) if place == at}
            if count == max(counts.values()) and theirs and unit not in theirs:
                return True
    return False


def _recurrences(reading: Reading) -> Iterator[tuple[str, int]]:
    """The units of "ogni mese", "due volte all’anno", each with the clause that it stands in."""
    for match in _EVERY.finditer(reading.text):
        unit = unit_of(fold(match[1] or match[2]))
        clause = _clause_at(match.start(), reading)
        if unit is not None and clause is not None:
            yield unit, clause


def _clause_at(start: int, reading: Reading) -> int | None:
    before: list[Word] = [word for word in reading.words if word.start <= start]
    return before[-1].clause if before else (reading.words[0].clause if reading.words else None)
