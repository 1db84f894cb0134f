"""Binding: a true figure of the wrong thing is a lie; figures, dates and labels held against the quotes they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.answering.alignment import Aligned, Reading, Word
from kb.language.figures import LABEL_BEFORE, Figure, FigureKind, find_figures, same_figure
from kb.language.polarity import Bound, Side, bound_of, side_of

RIVAL_LEAD = 1.25
"""How much better than its own place another figure's must fit before a figure counts as bound to the wrong thing."""
REACH = 9
"""Words around a figure that tell what it measures."""
_PAIRED = re.compile(
    r"^[^\d.;:]{0,40}?\b(?:su|sui|sulle|di|dei|degli|delle|del)\s+(?:un\s+totale\s+di\s+)?$", re.IGNORECASE
)


def find_figure_fault(aligned: Aligned, known: str) -> str | None:
    """ "figure" where one is not in the quotes, "quantifier" where its bound is another, "binding" where its thing is."""
    for figure in aligned.claim.figures:
        if label := LABEL_BEFORE.search(aligned.claim.text[: figure.start]):
            if not _is_labelled(label.group(), figure, [*(s.text for s in aligned.sources), known]):
                return "figure"
        elif fault := _measured_fault(figure, aligned, known):
            return fault
    return None


def _is_labelled(label: str, figure: Figure, texts: Iterable[str]) -> bool:
    """True when the same label stands before the same number: "Driver 3", "Missione 4" also as "M4"."""
    word = re.sub(r"\W", "", label).lower()
    number = re.escape(figure.text.strip())
    form = rf"\b{word[:5]}\w*\.?\s*(?:n\.\s*)?(?:\d+\s*(?:,|e|ed|-)\s*)*{number}\b"
    if word.startswith("mission"):
        form += rf"|\bM\s?{number}\b"
    if word.startswith("art"):
        form += rf"|\bart\w*\.?\s*{number}\b"
    if any(re.search(form, text, re.IGNORECASE) for text in texts):
        return True
    return word.startswith("driver") and figure.text.isdigit() is False and any(
        same_figure(figure, other) for text in texts for other in find_figures(text)
    )


def _measured_fault(figure: Figure, aligned: Aligned, known: str) -> str | None:
    kinds = {other.kind for other in aligned.claim.figures if other != figure}
    held = [
        (source, other) for source in aligned.sources for other in source.figures if _is_same(figure, other, kinds)
    ]
    if not held:
        return None if _is_year(figure) and _stands_in(figure, known) else "figure"
    agreeing = [(source, other) for source, other in held if _agrees(figure, aligned.claim, other, source)]
    if not agreeing:
        return "quantifier"
    if figure.kind is FigureKind.LAW or _is_paired(figure, aligned.claim):
        return None
    return "binding" if _is_misbound(figure, aligned) else None


def _is_same(figure: Figure, other: Figure, kinds: set[FigureKind]) -> bool:
    """Also true for a bare number after one of the other's kind: "200 euro l'anno o 22 al mese"."""
    if same_figure(figure, other):
        return True
    bare = figure.kind is FigureKind.NUMBER and other.kind in (FigureKind.AMOUNT, FigureKind.PERCENT)
    return bare and other.kind in kinds and figure.value == other.value


def _stands_in(figure: Figure, text: str) -> bool:
    return any(same_figure(figure, other) for other in find_figures(text))


def _agrees(figure: Figure, claim: Reading, other: Figure, source: Reading) -> bool:
    """True when the figure holds in the claim as it does in the source: exactly, at least, at most, from, until."""
    if _is_year(figure) or figure.kind is FigureKind.DATE:
        return _sides_agree(side_of(claim.text, figure), side_of(source.text, other))
    if figure.kind in (FigureKind.LAW, FigureKind.ARTICLE):
        return True
    mine = bound_of(claim.text, figure, list(claim.figures))
    theirs = bound_of(source.text, other, list(source.figures))
    if theirs is Bound.RANGE:
        low = _is_low(other, source)
        return mine is Bound.RANGE or (mine is Bound.LEAST and low) or (mine is Bound.MOST and not low)
    return mine is theirs or (mine is Bound.EXACT and theirs is Bound.ABOUT) or mine is Bound.RANGE


def _sides_agree(mine: Side, theirs: Side) -> bool:
    return mine is theirs or mine is Side.AT


def _is_low(figure: Figure, source: Reading) -> bool:
    near = [f for f in source.figures if abs(f.start - figure.start) < 40 and f.kind is figure.kind]
    return float(figure.value) <= min(float(other.value) for other in near)


def _is_year(figure: Figure) -> bool:
    return figure.kind is FigureKind.NUMBER and re.fullmatch(r"(?:1[89]|20|21)\d\d", figure.text.strip()) is not None


def _is_paired(figure: Figure, claim: Reading) -> bool:
    """True for the second of "70 su 133", whose thing is the first's."""
    before = [other for other in claim.figures if other.end <= figure.start]
    return bool(before) and _PAIRED.match(claim.text[before[-1].end : figure.start]) is not None


def _is_misbound(figure: Figure, aligned: Aligned) -> bool:
    """True when what the claim says around a figure stands, in the quotes, around another figure of the kind."""
    word = next(word for word in aligned.claim.words if word.figure == figure)
    own, rival = 0.0, 0.0
    for number, source in enumerate(aligned.sources):
        for other in source.words:
            if other.figure is None or _is_label(other, source):
                continue
            same = other.figure.value == figure.value or same_figure(figure, other.figure)
            if not same and other.figure.kind is not figure.kind:
                continue
            fits = fit(word, other, number, aligned, figures=False)
            if same:
                own = max(own, fits)
            elif not _is_paired(other.figure, source) or other.figure.kind is not FigureKind.NUMBER:
                rival = max(rival, fits)
    return rival > own * RIVAL_LEAD


def _is_label(word: Word, source: Reading) -> bool:
    return LABEL_BEFORE.search(source.text[: word.start]) is not None


def fit(word: Word, other: Word, source: int, aligned: Aligned, *, figures: bool = True) -> float:
    """How far what stands around a word of the claim also stands around a word of a source; larger is nearer."""
    return sum(votes(word, other, source, aligned, figures=figures).values())


def votes(word: Word, other: Word, source: int, aligned: Aligned, *, figures: bool = True) -> dict[int, float]:
    """What each word around a word of the claim, by its place, gives to one of a source: the nearer, the more."""
    found = {}
    for near in _around(word, aligned.claim.words, figures=figures):
        closest = [
            place.nearness / _distance(place.word, other)
            for place in aligned.of(near)
            if place.source == source and place.word is not other
        ]
        found[near.at] = max(closest, default=0.0) / _distance(near, word)
    return found


def _around(word: Word, words: Sequence[Word], *, figures: bool) -> list[Word]:
    return [
        near
        for near in words
        if near is not word and abs(near.at - word.at) <= REACH and (figures or near.figure is None)
    ]


def _distance(one: Word, other: Word) -> float:
    return 1.0 + abs(one.at - other.at) / 2 + abs(one.clause - other.clause)
