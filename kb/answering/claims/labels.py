"""Labels: what a quote says of Missione 1 is not said of Missione 5, though another quote names that one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.answering.claims.alignment import Reading, Word
from kb.answering.weighing.weights import stems_of
from kb.language.figures import LABEL_BEFORE, Figure

_LABEL = re.compile(r"\b(?:mission[ei]\s+|m)(\d)\b|\b(?P<sttm>sttm)\s*(\d)\b", re.IGNORECASE)

_NAMED_BY_NUMBER = re.compile(
    r"\b(?:linea|bus|tram|via|zona|sala|municipio|distretto|classe|categoria|livello|volume|sezione|titolo|lotto)\s*$",
    re.IGNORECASE,
)
_TWO_NAMES = re.compile(r"\bmissione\s+(\d)\s*\(m(?!\1)\d\)", re.IGNORECASE)
"""Missione 5 (M1): two names of one thing that differ."""


def is_mislabelled(claim: str, sources: Sequence[str]) -> bool:
    """
    True when the source nearest to the claim speaks of another Missione or STTM alone.

    Nearest is the one that shares most stems with it, labels left out. A claim about several of a kind says nothing
    here: each of its numbers must stand in a quote, which kb.answering.claims.binding sees to.
    """
    mine = _labels(claim)
    if _TWO_NAMES.search(claim):
        return True
    said = _unlabelled(claim)
    nearest = max(sources, key=lambda one: len(said & _unlabelled(one)), default="")
    theirs = _labels(nearest)
    return any(_is_other(kind, number, mine, theirs) for kind, number in mine)


def _is_other(kind: str, number: str, mine: set[tuple[str, str]], theirs: set[tuple[str, str]]) -> bool:
    alone = len({n for k, n in mine if k == kind}) == 1
    rivals = {n for k, n in theirs if k == kind}
    return alone and bool(rivals) and number not in rivals


def _labels(text: str) -> set[tuple[str, str]]:
    return {("sttm", m[3]) if m["sttm"] else ("mission", m[1]) for m in _LABEL.finditer(text)}


def _unlabelled(text: str) -> frozenset[str]:
    return stems_of(_LABEL.sub(" ", text))


def label_before(text: str, start: int) -> re.Match[str] | None:
    """The word before a number that only names a thing: "Driver 3", "linea 7"."""
    return LABEL_BEFORE.search(text[:start]) or _NAMED_BY_NUMBER.search(text[:start])


def is_labelled(label: str, figure: Figure, texts: Iterable[str]) -> bool:
    """True when the same label stands before the same number: "Driver 3", "Missione 4" also as "M4"."""
    word = re.sub(r"\W", "", label).lower()
    number = re.escape(figure.text.strip())
    form = rf"\b{word[:5]}\w*\.?\s*(?:n\.\s*|[a-zà-ù]{{5,}}\s+)?(?:\d+\s*(?:,|e|ed|-)\s*)*{number}\b"
    if word.startswith("mission"):
        form += rf"|\bM\s?{number}\b"
    if word.startswith("art"):
        form += rf"|\bart\w*\.?\s*{number}\b"
    if any(re.search(form, text, re.IGNORECASE) for text in texts):
        return True
    in_digits = rf"\bdriver\s*(?:n\.\s*)?{re.escape(figure.value)}\b"  # "Driver tre"
    in_words = rf"\b(?:{re.escape(figure.text.strip())}|{re.escape(figure.value)})\s+driver\b"
    return word.startswith("driver") and any(
        re.search(f"{in_digits}|{in_words}", text, re.IGNORECASE) for text in texts
    )


def is_label(word: Word, source: Reading) -> bool:
    """True for a number of a quote that only names a thing."""
    return label_before(source.text, word.start) is not None
