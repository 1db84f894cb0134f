"""Years: what a quote counts for 2021 is not told of 2019, though it names both."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Reading
from kb.answering.claims.bounds import is_year
from kb.language.figures import Figure, same_figure

_STOP = re.compile(r"[.;](?:\s|$)")


def is_misdated(aligned: Aligned) -> bool:
    """True for a figure told of one year that every quote which has it tells of another, in a sentence of its own."""
    years = {figure.value for figure in aligned.claim.figures if is_year(figure)}
    if len(years) != 1:
        return False
    return any(_is_of_another(figure, years, aligned) for figure in aligned.claim.figures if not is_year(figure))


def _is_of_another(figure: Figure, years: set[str], aligned: Aligned) -> bool:
    theirs = [
        _years_beside(other, source)
        for source in aligned.sources
        for other in source.figures
        if same_figure(figure, other)
    ]
    named = {other.value for source in aligned.sources for other in source.figures if is_year(other)}
    return bool(theirs) and years <= named and all(beside and not beside & years for beside in theirs)


def _years_beside(figure: Figure, reading: Reading) -> set[str]:
    """The years between the stops around a figure of a quote."""
    begins = max((stop.end() for stop in _STOP.finditer(reading.text, 0, figure.start)), default=0)
    stop = _STOP.search(reading.text, figure.end)
    ends = stop.start() if stop else len(reading.text)
    return {other.value for other in reading.figures if is_year(other) and begins <= other.start < ends}
