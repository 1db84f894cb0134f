"""Durations: a year is twelve months, a day 24 hours: the same time in another unit, written as its quote writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kb.language.figures import number_words
from kb.language.words import fold

_DAYS = {"ora": (1 / 24,), "giorno": (1,), "settimana": (7,), "mese": (30, 31), "anno": (365, 360, 366)}
"""Units → how many days they may have."""
_MINUTES = {"minuto": 1, "ora": 60}
_UNIT = re.compile(
    r"\b(?P<count>\d{1,3}|[a-zà-ù]+|un['’])\s?(?P<unit>minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi])\b",
    re.IGNORECASE,
)
_UNITS = {"minut": "minuto", "or": "ora", "giorn": "giorno", "settiman": "settimana", "mes": "mese", "ann": "anno"}
_HALF = re.compile(r"\bmezz['’]ora\b|\bmezza ora\b", re.IGNORECASE)
_ONE = frozenset(("un", "una", "uno"))


def write_durations(claim: str, sources: Sequence[str]) -> str:
    """The claim, each time that the quotes have in another unit alone as they write it ("24 ore" for "un giorno")."""
    theirs = [(*found[2:], source[found[0] : found[1]]) for source in sources for found in _durations(source)]
    for start, end, count, unit in sorted(_durations(claim), reverse=True):
        if any(re.search(rf"\b{unit[:-1]}\w?\b", source, re.IGNORECASE) for source in sources):
            continue  # a quote speaks in this unit too
        same = next((text for other, kind, text in theirs if _are_equal(count, unit, other, kind)), None)
        if same is not None:
            claim = claim[:start] + same + claim[end:]
    return claim


def _durations(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Where each duration stands, how many it is and of which unit."""
    for match in _HALF.finditer(text):
        yield match.start(), match.end(), 30, "minuto"
    for match in _UNIT.finditer(text):
        count = _count(match["count"])
        if count:
            yield match.start(), match.end(), count, _UNITS[match["unit"][:-1].lower()]


@lru_cache(maxsize=500)
def _count(text: str) -> int:
    folded = fold(text).strip("'’")
    return 1 if folded in _ONE else int(folded) if folded.isdigit() else number_words().get(folded, 0)


def _are_equal(count: int, unit: str, other: int, kind: str) -> bool:
    """True for one time in two units: 12 months and a year, 30 days and a month, 60 minutes and an hour."""
    if unit == kind:
        return False
    if {unit, kind} == {"mese", "anno"}:
        months, years = (count, other) if unit == "mese" else (other, count)
        return months == 12 * years
    if "minuto" in (unit, kind):
        return count * _MINUTES.get(unit, 0) == other * _MINUTES.get(kind, 0) > 0
    mine = {count * days for days in _DAYS[unit]}
    return any(other * days == one for days in _DAYS[kind] for one in mine)
