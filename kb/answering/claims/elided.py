"""Elided: what a text leaves to the words before: "210 euro, ridotta a 150", "rispetto all'anno prima"; written out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.answering.claims.bounds import is_year
from kb.answering.claims.labels import label_before
from kb.language.figures import Figure, FigureKind, find_figures

_UNITS = {FigureKind.AMOUNT: " euro", FigureKind.PERCENT: " per cento"}
_STOP = re.compile(r"[.?!]\s")
_BARE = re.compile(
    r"\s*(?:$|[,;.)]|(?:a|al|alla|ai|alle|per|in|nel|nella|nei|negli|nelle|se|e|ed|o|contro|finanziat\w)\s|(?:all|nell)['’]"
    r"|dell['’]anno\b)",
    re.IGNORECASE,
)
"""After a number that counts nothing named: "a 150 per il secondo figlio", "il restante 30."."""
_OF_SOMETHING = re.compile(
    r"(?:\b(?:alle|dalle|delle|ore|le|over|under|anni|entro|fino al|numero|n\.|tel\.)\s*|\d[.,/:]|\+)$", re.IGNORECASE
)
"""Before an hour, an age, a day, a telephone number."""
_SHARE = re.compile(r"\b(?:il|al|dal|del|restante|altro|rimanente)\s*$|\b(?:all|dall|dell|l)['’]\s*$", re.IGNORECASE)
"""Before a number that may be a percentage: "contro il 64"."""
_OPENS = re.compile(r"\b(?:da|dal|dai|tra|fra)(?:\s+(?:il|i))?\s*$", re.IGNORECASE)
_JOINS = re.compile(r"\s*(?:a|al|ai|e|ed|e il)\s*$", re.IGNORECASE)
_MANY = re.compile(r"(?:milion[ei]|miliard[oi]|mila)$", re.IGNORECASE)
_MILLIONS = re.compile(r"(milion[ei]|miliard[oi])", re.IGNORECASE)
_YEAR_BEFORE = re.compile(
    r"\b(?P<of>dell|all|dall|nell|sull|l|un)['’]?\s?anno (?:precedente|prima|passato)\b", re.IGNORECASE
)
_OF_YEAR = {"dell": "del", "all": "al", "dall": "dal", "nell": "nel", "sull": "sul", "l": "il", "un": "il"}


def write_units(text: str) -> str:
    """The text with " euro" or " per cento" after each number that has it only by one before it or by its range."""
    found = sorted(_elided(text), reverse=True)
    for place, unit in found:
        text = text[:place] + unit + text[place:]
    return text


def write_years(text: str) -> str:
    """The text with "l'anno precedente" as a year, where it names one year alone."""
    years = {figure.value for figure in find_figures(text) if is_year(figure)}
    if len(years) != 1:
        return text
    before = str(int(next(iter(years))) - 1)
    return _YEAR_BEFORE.sub(lambda match: f"{_OF_YEAR[match['of'].lower()]} {before}", text)


def names_year_before(text: str) -> bool:
    """True for a text with "l'anno precedente" in it."""
    return _YEAR_BEFORE.search(text) is not None


def _elided(text: str) -> Iterator[tuple[int, str]]:
    """Where a unit is left out, and which."""
    figures = find_figures(text)
    for at, figure in enumerate(figures):
        if figure.kind is not FigureKind.NUMBER or is_year(figure) or not _is_bare(figure, text):
            continue
        after = figures[at + 1] if at + 1 < len(figures) else None
        if after is not None and _opens_range(figure, after, text):
            yield figure.end, _UNITS[after.kind]
        elif unit := _unit_before(figure, figures[:at], text):
            yield figure.end, unit


def _is_bare(figure: Figure, text: str) -> bool:
    before = text[: figure.start]
    if not figure.text[:1].isdigit() or _OF_SOMETHING.search(before) or label_before(text, figure.start):
        return False
    return _BARE.match(text, figure.end) is not None


def _counts(figure: Figure, text: str) -> bool:
    """True for a number in digits that counts something named."""
    return figure.text[:1].isdigit() and not is_year(figure) and _BARE.match(text, figure.end) is None


def _opens_range(figure: Figure, after: Figure, text: str) -> bool:
    joined = _JOINS.match(text[figure.end : after.start])
    return after.kind in _UNITS and joined is not None and _OPENS.search(text[: figure.start]) is not None


def _unit_before(figure: Figure, figures: list[Figure], text: str) -> str:
    """The unit of the last figure of its sentence that has one, where this may be one more of the kind."""
    measured = [other for other in figures if other.kind in _UNITS]
    if not measured or _STOP.search(text[measured[-1].end : figure.start]):
        return ""
    if any(other.start > measured[-1].start and _counts(other, text) for other in figures):
        return ""  # "500 euro al mese per 6 mesi, 12 se …"
    kind = measured[-1].kind
    share = _SHARE.search(text[: figure.start]) is not None
    if kind is FigureKind.PERCENT:
        return _UNITS[kind] if share and float(figure.value) <= 100 else ""
    if _MANY.search(figure.text.strip()):
        return " di euro"
    if (many := _MILLIONS.search(measured[-1].text)) and float(figure.value) < 1000:
        return f" {many[1]} di euro"  # "2,4 milioni di euro, rispetto ai 3,1"
    return "" if share else _UNITS[kind]
