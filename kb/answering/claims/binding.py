"""Binding: a true figure of the wrong thing is a lie; figures, dates and labels held against their quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.answering.claims.alignment import Aligned, Reading, Word
from kb.answering.claims.bounds import RANGE_CHARS, agrees, is_year
from kb.answering.claims.labels import is_label, is_labelled, label_before
from kb.answering.claims.provisos import SELF, TIMES
from kb.answering.claims.written import is_written
from kb.language.figures import Figure, FigureKind, find_figures, is_among, same_figure
from kb.language.polarity import Bound, bound_of
from kb.language.words import fold

RIVAL_LEAD = 1.25
"""How much better than its own place another figure's must fit before a figure counts as bound to the wrong thing."""
LEAST_FIT = 0.1
"""How well another figure's place must fit, at least: what stands far off tells nothing."""
REACH = 9
"""Words around a figure that tell what it measures."""
CAPITAL_WEIGHT = 2.5
"""What a name counts among the words that only one figure has with it."""
CLAUSE_APART = 6
"""What a clause between counts, in words, when a word is given to the nearest figure."""
COUNTED = 3
"""Words after a figure in which what it counts stands, at most."""
AROUND, OTHERS = 3, 2
"""Words around a number that may name what it counts; words beyond them that say more of it, at least."""
TOGETHER = 8
"""Words apart, at most, for two figures of a clause to be said of one thing."""
ALIKE = 3
"""Words right around a figure, of four, that stand so around its place in a quote where it is surely bound to it."""
LEAST_LEAD = 1.0
"""Words that only the other figure has with it, beyond those that only its own has, for it to be the one meant."""
ELLIPSIS = 2.0
"""How many more where the quote says "quello" for a noun that it does not repeat."""
_ELLIPTIC = re.compile(r"\bquell[oaie]\s+(?!che\b|non\b|d)\w", re.IGNORECASE)
_BOUNDING = re.compile(r"^(?:compres\w|almeno|massim\w|minim\w|fino|pari|circa|tra|fra|total\w)", re.IGNORECASE)
_COUNTING = re.compile(r"\b(?:sono|erano|saranno|conta|contano|ammontano a)\s+$|(?:^|\s)[èÈ]\s+$", re.IGNORECASE)
_DATED = re.compile(r"\b(?:nel|dal|del|al|entro il|fino al|anno|entro|dopo il|prima del|di|a)\s*$", re.IGNORECASE)
_ALONE = re.compile(
    r"\s*(?:$|[,;.)]|(?:se|sono|erano|saranno|è|vengono|hanno|si|ne|e|per|in|nel|nella|nei|nelle|a|al|alle)\s)",
    re.IGNORECASE,
)
"""After a number that leaves out what it counts, as the number before it has named that."""
_IF_THEN = re.compile(r"\s*(?:\w+\s+)?(?:se|quando|qualora)\s", re.IGNORECASE)
"""After a number of which the clause that follows tells when it holds: "entro 48 ore, 24 se il guasto …"."""
_FROM_TO = re.compile(r"\s*(?:a|al|ai|alle)\s+", re.IGNORECASE)
"""Between what was and what is: "sale da 4,80 a 5,20 euro"."""
_RANGED = re.compile(r"^\s*(?:[-–—]|e|ed|a|ai|al|alle)(?:\s+(?:il|l['’]|i|le))?\s*$", re.IGNORECASE)
_PAIRED = re.compile(
    r"^[^\d.;:]{0,40}?\b(?:su|sui|sulle|di|dei|degli|delle|del)\s+(?:un\s+totale\s+di\s+)?$", re.IGNORECASE
)


def find_figure_fault(aligned: Aligned, known: str) -> str | None:
    """ "figure" for one that the quotes lack, "quantifier" where its bound is another, "binding" where its thing is."""
    if _repeats_one(aligned):
        return "figure"
    for figure in aligned.claim.figures:
        if label := label_before(aligned.claim.text, figure.start):
            if not is_labelled(label.group(), figure, [*(s.text for s in aligned.sources), known]):
                return "figure"
        elif fault := _measured_fault(figure, aligned, known):
            return fault
    return None


def _repeats_one(aligned: Aligned) -> bool:
    """True for "133 su 133" or "tra il 30% e il 30%" where no quote has the figure twice."""
    for one, other in pairwise(aligned.claim.figures):
        between = aligned.claim.text[one.end : other.start]
        joined = _PAIRED.match(between) or _RANGED.match(between)
        if not joined or one.value != other.value or one.start == other.start:
            continue
        if not any(sum(figure.value == one.value for figure in source.figures) > 1 for source in aligned.sources):
            return True
    return False


def _measured_fault(figure: Figure, aligned: Aligned, known: str) -> str | None:
    kinds = {other.kind for other in aligned.claim.figures if other != figure}
    held = [
        (source, other)
        for source in aligned.sources
        for other in source.figures
        if _is_same(figure, other, kinds) and not _only_names(figure, aligned.claim, other, source)
    ]
    if not held:
        return None if _is_edition(figure, aligned, known) or is_written(figure, aligned) else "figure"
    agreeing = [(source, other) for source, other in held if agrees(figure, aligned.claim, other, source)]
    if not agreeing:
        return "quantifier"
    if _is_paired(figure, aligned.claim):
        return None
    return "binding" if _is_misbound(figure, aligned) else None


def _only_names(figure: Figure, claim: Reading, other: Figure, source: Reading) -> bool:
    """True for a figure of a quote that counts nothing, as in "Driver 8" or "dal 2018", where the claim's does."""
    if figure.kind is FigureKind.NUMBER and label_before(source.text, other.start):
        return True
    return (
        is_year(other)
        and _COUNTING.search(claim.text[: figure.start]) is not None
        and bool(_DATED.search(source.text[: other.start]))
    )


def _is_same(figure: Figure, other: Figure, kinds: set[FigureKind]) -> bool:
    """Also true for a bare number after one of the other's kind: "200 euro l'anno o 22 al mese"."""
    if same_figure(figure, other):
        return True
    bare = figure.kind is FigureKind.NUMBER and other.kind in (FigureKind.AMOUNT, FigureKind.PERCENT)
    return bare and other.kind in kinds and figure.value == other.value


def _is_edition(figure: Figure, aligned: Aligned, known: str) -> bool:
    """True for a year that a title over the quotes has, where no quote has a year of its own."""
    years = any(is_year(other) for source in aligned.sources for other in source.figures)
    return is_year(figure) and not years and _stands_in(figure, known)


def _stands_in(figure: Figure, text: str) -> bool:
    return is_among(figure, find_figures(text))


def is_whole(word: Word, reading: Reading) -> bool:
    """True for the second of "70 su 133", which is no number of what the first is."""
    if word.figure is None or not _is_paired(word.figure, reading):
        return False
    before = [other for other in reading.figures if other.end <= word.figure.start][-1]
    return (
        before.text.strip().isdigit()
        and word.figure.text.strip().isdigit()
        and int(before.text) < int(word.figure.text)
    )


def _is_paired(figure: Figure, claim: Reading) -> bool:
    """True for the second of "70 su 133", whose thing is the first's."""
    before = [other for other in claim.figures if other.end <= figure.start]
    return bool(before) and _PAIRED.match(claim.text[before[-1].end : figure.start]) is not None


def _is_misbound(figure: Figure, aligned: Aligned) -> bool:
    """
    True when what the claim says of a figure stands, in the quotes, with another figure of the kind.

    First by the words that only one of the two figures has with it, then by how near the words stand.
    """
    word = next(word for word in aligned.claim.words if word.figure == figure)
    own, rivals = _candidates(figure, aligned)
    if not own or not rivals or any(_stand_alike(word, one, number, aligned) for number, one in own):
        return False
    if _counts_another(word, own, rivals, aligned):
        return True
    said = _said_of(word, aligned)
    if _stands_alone(own, aligned):
        said = [one for one in said if one.at != word.at + 1]
    if not said:
        return False
    return _is_outvoted(word, said, own, rivals, aligned)


def _is_outvoted(
    word: Word,
    said: list[Word],
    own: list[tuple[int, Word]],
    rivals: list[tuple[int, Word]],
    aligned: Aligned,
) -> bool:
    """True when another figure of the quotes has more of what the claim says of one, or has it nearer."""
    mine = set().union(*(_shared(said, other, number, aligned) for number, other in own))
    for number, other in rivals:
        theirs = _shared(said, other, number, aligned)
        only_mine, only_theirs = _total(mine - theirs, aligned), _total(theirs - mine, aligned)
        leads = LEAST_LEAD + (ELLIPSIS if _ELLIPTIC.search(aligned.sources[number].text) else 0.0)
        if only_theirs >= only_mine + leads:
            return True
        if only_mine > only_theirs or only_mine >= max(only_theirs, 1.0) or not theirs:
            continue
        closest = max(fit(word, one, n, aligned, figures=False) for n, one in own)
        if fit(word, other, number, aligned, figures=False) > max(closest * RIVAL_LEAD, LEAST_FIT):
            return True
    return False


def _stands_alone(places: list[tuple[int, Word]], aligned: Aligned) -> bool:
    """True for a number that the quotes give without what it counts: "143 donne …; 17 sono state ospitate"."""
    return all(_ALONE.match(aligned.sources[number].text, one.end) for number, one in places)


def _stand_alike(figure: Word, own: Word, source: int, aligned: Aligned) -> bool:
    """True where the words right before and after a figure are those around it in a quote, in their places."""
    around = [word for word in aligned.claim.words if 0 < abs(word.at - figure.at) <= AROUND - 1]
    alike = [
        word
        for word in around
        if any(p.source == source and p.word.at - own.at == word.at - figure.at for p in aligned.best(word))
    ]
    return len(alike) >= ALIKE


def _counts_another(
    figure: Word, own: list[tuple[int, Word]], rivals: list[tuple[int, Word]], aligned: Aligned
) -> bool:
    """True when the noun right after a figure stands, in the quotes, right after another and nowhere after its own."""
    noun = next((word for word in aligned.claim.words if word.at == figure.at + 1 and not word.preposition), None)
    if noun is None or noun.light or noun.figure is not None:
        return False
    if _stands_alone(own, aligned):
        return False
    places = aligned.best(noun)
    follows_own = any(p.source == n and 0 < p.word.at - one.at <= COUNTED for p in places for n, one in own)
    return not follows_own and any(p.source == n and p.word.at - one.at == 1 for p in places for n, one in rivals)


def _candidates(figure: Figure, aligned: Aligned) -> tuple[list[tuple[int, Word]], list[tuple[int, Word]]]:
    """The places of a figure in the quotes, and those of other figures of its kind, each with the quote's number."""
    own: list[tuple[int, Word]] = []
    rivals: list[tuple[int, Word]] = []
    whole = _whole_of(figure, aligned.claim)
    for number, source in enumerate(aligned.sources):
        for other in source.words:
            if other.figure is None or is_label(other, source):
                continue
            if other.figure.value == figure.value or same_figure(figure, other.figure):
                own.append((number, other))
            elif whole is not None and other.figure.value == whole.value:
                continue
            elif _are_alike(figure, other.figure) and not _is_with(figure, other.figure, source):
                rivals.append((number, other))
    return own, rivals


def _whole_of(figure: Figure, claim: Reading) -> Figure | None:
    """The second of "70 su 133" for the first."""
    after = [other for other in claim.figures if other.start >= figure.end][:1]
    return next((other for other in after if _is_paired(other, claim)), None)


def _are_alike(one: Figure, other: Figure) -> bool:
    if one.kind is FigureKind.ARTICLE and one.value.split()[0] != other.value.split()[0]:
        return False
    return one.kind is other.kind and is_year(one) is is_year(other)


def _said_of(figure: Word, reading: Aligned) -> list[Word]:
    """The words of the claim that speak of a figure: those nearer to it than to any other."""
    words = reading.claim.words
    figures = _groups(reading.claim)
    return [
        word
        for word in words
        if word.figure is None
        and not _BOUNDING.search(word.text)
        and not (fold(word.text) in TIMES and word.at != figure.at + 1)
        and figure.start in figures[_nearest(word, words, figures)]
    ]


def _shared(said: Sequence[Word], figure: Word, source: int, aligned: Aligned) -> set[int]:
    """The places in the claim of the words that a quote says of a figure too; what comes before all is said of all."""
    words = aligned.sources[source].words
    figures = _groups(aligned.sources[source])
    first = min(figures)
    return {
        word.at
        for word in said
        if any(
            place.source == source
            and place.word.negated == word.negated
            and (
                place.word.start < first
                or _is_of(place.word, figure, words, figures)
                or _is_when(place.word, figure, aligned.sources[source])
            )
            for place in aligned.of(word)
        )
    }


def _groups(reading: Reading) -> dict[int, set[int]]:
    """Each figure that is no label, by where it begins, with those of its group: the two ends of a range are one."""
    figures = list(reading.figures)
    starts = [word.start for word in reading.words if word.figure and not is_label(word, reading)]
    ranged = {f.start for f in figures if bound_of(reading.text, f, figures) is Bound.RANGE}
    return {
        one: {one} | {other for other in starts if {one, other} <= ranged and abs(one - other) < RANGE_CHARS}
        for one in starts
    }


def _nearest(word: Word, words: Sequence[Word], figures: dict[int, set[int]]) -> int:
    counted = [other for other in words if other.start in figures]
    return min(
        counted,
        key=lambda other: (abs(other.at - word.at) / 2 + CLAUSE_APART * abs(other.clause - word.clause), other.at),
    ).start


def _is_of(word: Word, figure: Word, words: Sequence[Word], figures: dict[int, set[int]]) -> bool:
    """True for a word that goes with a figure: nearer to it than to others, and not in a clause that comes after it."""
    nearest = _nearest(word, words, figures)
    return figure.start in figures[nearest] and (
        word.start < nearest or any(other.start == nearest and other.clause == word.clause for other in words)
    )


def _is_when(word: Word, figure: Word, source: Reading) -> bool:
    """True for a word of the clause that tells when a number right before it holds."""
    return word.clause == figure.clause + 1 and _IF_THEN.match(source.text, figure.end) is not None


def _total(places: set[int], aligned: Aligned) -> float:
    """The weight of some words of the claim; one with a capital tells most."""
    said = [word for word in aligned.claim.words if word.at in places]
    return sum(0.25 if word.light else CAPITAL_WEIGHT if word.is_capital and word.at else 1.0 for word in said)


def _is_with(figure: Figure, other: Figure, source: Reading) -> bool:
    """True for the other end of a figure's range, and for the whole of "70 su 133"."""
    if other.kind is FigureKind.NUMBER and _is_paired(other, source):
        return True
    if any(
        _FROM_TO.fullmatch(source.text[other.end : one.start]) for one in source.figures if same_figure(figure, one)
    ):
        return True
    figures = list(source.figures)
    own = [one for one in figures if same_figure(figure, one)]
    return bound_of(source.text, other, figures) is Bound.RANGE and any(
        bound_of(source.text, one, figures) is Bound.RANGE and abs(one.start - other.start) < RANGE_CHARS for one in own
    )


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
            if place.source == source and place.word is not other and place.word.negated == near.negated
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


def mixes_figures(aligned: Aligned) -> bool:
    """True for two figures of one clause of a claim that no quote has together."""
    figures = [word for word in aligned.claim.words if word.figure is not None]
    for one, other in pairwise(figures):
        mine, theirs = ({place.source for place in aligned.of(word)} for word in (one, other))
        near = one.clause == other.clause and other.at - one.at <= TOGETHER
        if mine and theirs and not mine & theirs and near:
            return True
    return False


def takes_the_whole(aligned: Aligned) -> bool:
    """True for "133" said of what the quote says of "70 su 133"."""
    claim = aligned.claim
    for word in claim.words:
        places = [place for place in aligned.of(word) if word.figure is not None]
        if not places or not all(is_whole(place.word, aligned.sources[place.source]) for place in places):
            continue
        telling = [one for one in claim.words if not one.light and one.figure is None and fold(one.text) not in SELF]
        others = [one for one in telling if abs(one.at - word.at) > AROUND and aligned.is_said(one)]
        if len(claim.figures) == 1 and len(others) >= OTHERS:
            return True
    return False
