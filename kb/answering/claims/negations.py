"""Negations: a "non" that the quotes don't have, or that the claim leaves out."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Place
from kb.answering.claims.novelty import is_wide
from kb.answering.claims.opposites import is_opposed
from kb.answering.claims.provisos import DENYING
from kb.answering.claims.turned import Turned, governed, is_governed, text_of
from kb.language.polarity import Mark, MarkKind

GOVERNED = 4
"""Words that a negation governs, at most."""
_MODAL = re.compile(r"(?:pu|poss|pot|dev|dov|vuol|vogl|vol|vien|veng|va|vann|sar|stat|avr)[aeiou]?$")


def turns_negation(turned: Turned) -> bool:
    """True when the claim denies what the quotes say, or says what they deny."""
    return _claims_a_negation(turned) or _loses_a_negation(turned)


def _claims_a_negation(turned: Turned) -> bool:
    """A "non" of the claim on what the quotes say without it."""
    return any(_denies_what_is_said(mark, turned) for mark in _unlicensed(turned))


def _unlicensed(turned: Turned) -> list[Mark]:
    """The negations of the claim that no quote has on the same words."""
    claim = turned.aligned.claim
    return [
        mark
        for mark in turned.mine(MarkKind.NEGATION)
        if not _is_second(mark, turned)
        and (words := governed(mark, claim, reach=GOVERNED))
        and not _licences(mark, turned)
        and not is_opposed(words[0], turned, denied=True)
    ]


def _is_second(mark: Mark, turned: Turned) -> bool:
    """True for the "nulla" of "non si paga nulla", which denies nothing more."""
    first = [other for other in turned.mine(MarkKind.NEGATION) if other.end <= mark.start]
    between = turned.aligned.claim.text[first[-1].end : mark.start] if first else ","
    return text_of(mark, turned.aligned.claim) != "né" and not re.search(r"[,;:.]|\bche\b", between)


def _denies_what_is_said(mark: Mark, turned: Turned) -> bool:
    words = [word for word in governed(mark, turned.aligned.claim, reach=GOVERNED) if not word.light]
    return any(turned.aligned.is_said(word) for word in words[:2])


def _licences(mark: Mark, turned: Turned) -> list[tuple[int, Mark]]:
    """The negations of the quotes that stand on the words of one of the claim's."""
    words = [word for word in governed(mark, turned.aligned.claim, reach=GOVERNED) if not _MODAL.match(word.stem)]
    # What is denied is the first word; only where no quote says it, or has it for a verb of every use, may a later one
    # tell.
    wide = bool(words) and (not turned.aligned.is_said(words[0]) or words[0].light or is_wide(words[0]))
    denied = words if wide else words[:1]
    places = [place for word in denied for place in turned.aligned.best(word)]
    theirs = turned.theirs(MarkKind.NEGATION)
    if text_of(mark, turned.aligned.claim) == "né":
        return [one for one in theirs if any(_stands_under(place, one, turned) for place in places)]
    return [one for one in theirs if any(is_governed(place, [one], turned, GOVERNED) for place in places)]


def _stands_under(place: Place, negation: tuple[int, Mark], turned: Turned) -> bool:
    """True for a word after a negation in the same sentence of a quote, in whichever clause: "né" goes on a list."""
    number, mark = negation
    between = turned.aligned.sources[number].text[mark.end : place.word.start]
    return number == place.source and place.word.start >= mark.end and not re.search(r"[.;:]", between)


def _loses_a_negation(turned: Turned) -> bool:
    """A "non" of a quote on words that the claim says without it."""
    mine = turned.mine(MarkKind.NEGATION, MarkKind.NOT_ONLY)
    covered = [word for mark in mine for word in governed(mark, turned.aligned.claim, reach=GOVERNED + 1, back=1)]
    if DENYING.search(turned.aligned.claim.text):
        return False
    kept = [one for mark in turned.mine(MarkKind.NEGATION) for one in _licences(mark, turned)]
    for number, mark in turned.theirs(MarkKind.NEGATION):
        first = governed(mark, turned.aligned.sources[number], reach=2)
        heads = [word for word in first if not _MODAL.match(word.stem)][:1]
        if (number, mark) in kept:
            continue
        for word in turned.aligned.claim.words:
            best = turned.aligned.best(word)
            if word not in covered and best and all(p.source == number and p.word in heads for p in best):
                return True
    return False
