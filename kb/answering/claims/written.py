"""Written: how figures stand in a text: "metà" for 50%, "sei su dieci" for 60%, a point for a comma, bare digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from kb.answering.claims.alignment import Aligned, Reading
from kb.language.figures import Figure, FigureKind, find_figures

_SHARES = {"50": r"\bmetà\b", "25": r"\bun quarto\b", "75": r"\btre quarti\b", "20": r"\bun quinto\b"}
"""Percentages → how they are written in words."""
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_OUT_OF = re.compile(r"\s+(?:\w+\s+)?su\s+", re.IGNORECASE)


def is_written(figure: Figure, aligned: Aligned) -> bool:
    """True for a decimal that a quote writes with a point for a comma or the reverse, and for "metà" written as 50%."""
    share = _SHARES.get(figure.value) if figure.kind is FigureKind.PERCENT else None
    if share and any(re.search(share, source.text, re.IGNORECASE) for source in aligned.sources):
        return True
    if figure.kind is FigureKind.PERCENT and any(_has_share(figure, source) for source in aligned.sources):
        return True
    mine = re.search(r"\d+[.,]\d{1,2}(?!\d)", figure.text)
    unit = figure.text[-1] if figure.text[-1] in "%€" else ""
    form = re.escape(mine.group()).replace(",", "[.,]").replace(r"\.", "[.,]") + rf"\s*{unit}" if mine else ""
    return bool(mine) and any(
        re.search(rf"(?<![\d.,]){form}(?![\d]|[.,]\d)", source.text) for source in aligned.sources
    )


def _has_share(figure: Figure, source: Reading) -> bool:
    """True for a percentage that a quote gives as "sei su dieci"."""
    return any(
        _OUT_OF.fullmatch(source.text[part.end : whole.start]) is not None
        and part.value.isdigit()
        and whole.value.isdigit()
        and 0 < int(part.value) < int(whole.value)
        and float(figure.value) * int(whole.value) == 100 * int(part.value)
        for part, whole in pairwise(source.figures)
    )


def find_stray_digits(claim: str, texts: Iterable[str]) -> list[str]:
    """The numbers of a claim that are read as no figure and stand in none of the texts: hours, codes, "2016/679"."""
    read = [(figure.start, figure.end) for figure in find_figures(claim)]
    known = {_unpointed(number) for text in texts for number in _DIGITS.findall(text)}
    return [
        match.group()
        for match in _DIGITS.finditer(claim)
        if not any(a <= match.start() < b for a, b in read) and _unpointed(match.group()) not in known
    ]


def _unpointed(number: str) -> str:
    return number.replace(":", ".").replace(",", ".")
