"""Bounds: "almeno 20" is not "al massimo 20", nor "fino al 2030" "dal 2030"; held against a quote."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Reading
from kb.answering.claims.provisos import DENYING
from kb.language.figures import Figure, FigureKind
from kb.language.polarity import Bound, MarkKind, Side, bound_of, find_marks, side_of

RANGE_CHARS = 40
"""Characters between the ends of a range, at most."""
_BEFORE = re.compile(r"\bprima\s+(?:d\w+|che\b[^,;.]{0,25})\s*$", re.IGNORECASE)
ELSE = re.compile(r"\b(?:altriment\w*|pena\b|decad\w+|revoc\w+|in caso contrario)", re.IGNORECASE)
"""After "almeno tre anni": what then happens to whoever stops "prima di tre anni"."""
_FROM = re.compile(r"\bda(?:i|gli|lle|ll['’])\s*$", re.IGNORECASE)
_AGE = re.compile(r"^\s*(?:ann[oi]|mes[ei])\b(?!\s+(?:a|ai|agli|alle|fino)\b)", re.IGNORECASE)
"""After the figure from which an age is counted upwards."""
_TIME = re.compile(r"\s*(?:minut|or[ae]\b|giorn|settiman|mes[ei]\b|ann[oi]\b)", re.IGNORECASE)
_AFTER = re.compile(
    r"\b(?:dopo|trascors[oaie]|passat[oaie]|decors[oaie]|a distanza di|al termine d\w+|allo scadere d\w+|"
    r"finit[oaie])(?:\s+(?:altr[ie]|i|gli|le|primi|prime|più di|almeno|circa|dei|degli|delle))*\s*$",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:in|nel giro di|ha|hanno|avrà|avranno)\s+$", re.IGNORECASE)
"""Before a time in which something is done, at most."""
_UNDONE_FOR = re.compile(r"\s*\w+\s+senza\b", re.IGNORECASE)
_THEN = re.compile(r"\b(?:poi|oltre|dopo|superat\w|dal \w+ in poi)\b", re.IGNORECASE)
"""After a limit: what holds beyond it."""
_LOST = re.compile(r"\b(?:perd|decad|scad|tardi|ritard)\w*", re.IGNORECASE)
_LASTING = re.compile(r"\bper\s+$", re.IGNORECASE)
_STOP = re.compile(r"[.;:](?:\s|$)")
_COMPLEMENTS = {
    Bound.LESS: Bound.LEAST,
    Bound.LEAST: Bound.LESS,
    Bound.MORE: Bound.MOST,
    Bound.MOST: Bound.MORE,
}
"""What is denied below a figure holds from it up, and the reverse."""


def agrees(figure: Figure, claim: Reading, other: Figure, source: Reading) -> bool:
    """True when the figure holds in the claim as it does in the source: exactly, at least, at most, from, until."""
    if is_year(figure) or figure.kind is FigureKind.DATE:
        return _sides_agree(side_of(claim.text, figure), side_of(source.text, other))
    if figure.kind in (FigureKind.LAW, FigureKind.ARTICLE):
        return True
    if _turns_after(figure, claim, other, source):
        return False
    mine = bound_of(claim.text, figure, list(claim.figures))
    theirs = bound_of(source.text, other, list(source.figures))
    if theirs is Bound.RANGE:
        low = _is_low(other, source)
        return mine is Bound.RANGE or (mine is Bound.LEAST and low) or (mine is Bound.MOST and not low)
    if theirs is Bound.LEAST and _BEFORE.search(claim.text[: figure.start]):
        return ELSE.search(source.text[other.end :]) is not None
    if mine is theirs or (mine is Bound.EXACT and theirs is Bound.ABOUT) or mine is Bound.RANGE:
        return True
    if {mine, theirs} == {Bound.LEAST, Bound.EXACT}:
        return _begins(source.text, other) if mine is Bound.LEAST else _begins(claim.text, figure)
    told = theirs is Bound.MOST and _is_limit_told(mine, figure, claim, source.text[other.end :])
    return told or (_COMPLEMENTS.get(mine) is theirs and _denies(claim.text, figure) != _denies(source.text, other))


def _is_limit_told(mine: Bound, figure: Figure, claim: Reading, after: str) -> bool:
    """True for "conclude in due giorni" of "entro due giorni", and for what a quote says beyond its limit too."""
    if mine is Bound.MORE:
        return _THEN.search(after) is not None
    timed = _TIME.match(claim.text[figure.end :]) is not None
    return mine is Bound.EXACT and timed and _WITHIN.search(claim.text[: figure.start]) is not None


def _turns_after(figure: Figure, reading: Reading, other: Figure, beside: Reading) -> bool:
    """True for a time after which something comes in the one text, and which it lasts in the other."""
    if not _TIME.match(reading.text[figure.end :]):
        return False
    mine, theirs = reading.text[: figure.start], beside.text[: other.start]
    if _UNDONE_FOR.match(reading.text, figure.end) or _UNDONE_FOR.match(beside.text, other.end):
        return False  # "dopo tre mesi senza pagare": who does not pay for three months
    if _denies(reading.text, figure) != _denies(beside.text, other) or _LOST.search(reading.text):
        return False  # what is denied for a time holds after it
    turned = (_AFTER.search(mine) and _LASTING.search(theirs)) or (_LASTING.search(mine) and _AFTER.search(theirs))
    return bool(turned)


def _begins(text: str, figure: Figure) -> bool:
    """True for the figure of "dai 12 anni", from which something holds upwards."""
    return _FROM.search(text[: figure.start]) is not None and _AGE.match(text[figure.end :]) is not None


def _denies(text: str, figure: Figure) -> bool:
    """True where the sentence of a figure denies something: "sotto i 200 euro non si paga"."""
    begins = max((stop.end() for stop in _STOP.finditer(text, 0, figure.start)), default=0)
    stop = _STOP.search(text, figure.end)
    sentence = text[begins : stop.start() if stop else len(text)]
    return DENYING.search(sentence) is not None or any(mark.kind is MarkKind.NEGATION for mark in find_marks(sentence))


def _sides_agree(mine: Side, theirs: Side) -> bool:
    return mine is theirs or mine is Side.AT


def _is_low(figure: Figure, source: Reading) -> bool:
    kinds = (figure.kind, FigureKind.NUMBER)  # "da 300 a 1.500 euro"
    near = [f for f in source.figures if abs(f.start - figure.start) < RANGE_CHARS and f.kind in kinds]
    return float(figure.value) <= min(float(other.value) for other in near)


def is_year(figure: Figure) -> bool:
    """True for a number that can only be a year."""
    return figure.kind is FigureKind.NUMBER and re.fullmatch(r"(?:1[89]|20|21)\d\d", figure.text.strip()) is not None
