"""Shares: "oltre la metà" where a quote gives the numbers: "70 su 133", "il 40 per cento"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.answering.claims.alignment import Reading
from kb.answering.claims.binding import is_whole
from kb.answering.claims.turned import Turned, governed
from kb.language.figures import FigureKind
from kb.language.polarity import Mark, MarkKind

HALF = 0.5
ROUNDING, ABOUT = 0.004, 0.06
_ABOUT = re.compile(r"\b(?:quasi|circa|intorno alla?)(?:\s+la|\s+il)?\s*$", re.IGNORECASE)
_EXACT = {"metà": 0.5, "un terzo": 1 / 3, "due terzi": 2 / 3, "un quarto": 0.25, "tre quarti": 0.75}
_MORE = re.compile(r"\b(?:oltre|più del?)(?:\s+la|la|l)?\s*$", re.IGNORECASE)
_MOSTLY = re.compile(
    r"\b(?:soprattutto|in prevalenza|prevalente\w*|perlopiù|per lo più|in gran parte)\b", re.IGNORECASE
)
_LESS = re.compile(r"\b(?:meno del?|nemmeno|neanche)(?:\s+la|la|l)?\s*$", re.IGNORECASE)


def holds_by_number(mark: Mark, turned: Turned) -> bool:
    """True for a "più della metà" or "meno della metà" that a share of the quotes bears out."""
    text = turned.aligned.claim.text
    word, before = text[mark.start : mark.end].lower(), text[: mark.start]
    shares = [share for source in turned.aligned.sources for share in _shares(source)]
    if mark.kind is MarkKind.ALL:
        return word.startswith("tutt") and _is_hundred(mark, turned)
    exact = _EXACT.get(word)
    if exact is not None and _ABOUT.search(before):
        return any(abs(share - exact) < ABOUT for share in shares)
    if exact is not None and not (_MORE.search(before) or _LESS.search(before)):
        return any(abs(share - exact) < ROUNDING for share in shares)
    if word != "metà":
        most = word.startswith(("maggior part", "maggioranza"))
        return most and (any(share > HALF for share in shares) or _is_mostly(mark, turned))
    if _MORE.search(before):
        return any(share > HALF for share in shares)
    return bool(_LESS.search(before)) and any(share < HALF for share in shares)


def _is_hundred(mark: Mark, turned: Turned) -> bool:
    """True where a quote has "il 100 per cento" right before the noun of a "tutti"."""
    nouns = [word for word in governed(mark, turned.aligned.claim, reach=2) if not word.light][:1]
    for place in (place for noun in nouns for place in turned.aligned.best(noun)):
        before = [
            word.figure for word in turned.aligned.sources[place.source].words if 0 < place.word.at - word.at <= 2
        ]
        if any(figure and figure.kind is FigureKind.PERCENT and figure.value == "100" for figure in before):
            return True
    return False


def _is_mostly(mark: Mark, turned: Turned) -> bool:
    """True where a quote says "soprattutto" in a sentence of the share's own words."""
    words = [word for word in governed(mark, turned.aligned.claim, reach=3) if not word.light]
    homes = {place.source for word in words for place in turned.aligned.best(word)}
    return any(_MOSTLY.search(turned.aligned.sources[home].text) for home in homes)


def _shares(reading: Reading) -> Iterator[float]:
    """The percentages of a quote, and its "70 su 133", as parts of one."""
    figures = [word for word in reading.words if word.figure is not None]
    for at, word in enumerate(figures):
        if word.figure is not None and word.figure.kind is FigureKind.PERCENT:
            yield float(word.figure.value) / 100
        elif at and is_whole(word, reading):
            yield int(figures[at - 1].text) / int(word.text)
