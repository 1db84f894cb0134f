"""Crossed: two pairs of a contrast joined the wrong way round: "A ha X, mentre B ha Y" where A has Y and B has X."""

from __future__ import annotations

import re
from itertools import combinations

from kb.answering.claims.alignment import Aligned, Word
from kb.answering.claims.novelty import is_wide
from kb.answering.claims.provisos import SELF
from kb.language.kinship import DERIVED
from kb.language.words import fold

LEAST_OF_EACH = 2
"""Telling words of a clause that only one of two quotes has, at least, for it to be merged of both."""
_CONTRAST = re.compile(r"\b(?:mentre|invece|al contrario|viceversa)\b|;", re.IGNORECASE)

Place = tuple[int, int]
"""A quote's number, and a clause of it."""


def is_crossed(aligned: Aligned) -> bool:
    """
    True for a contrast of which each side joins what the quotes have on two sides, both the wrong way round.

    Only words that the quotes have in one clause alone tell; a contrast is shown by "mentre", "invece" or a semicolon.
    """
    if not _CONTRAST.search(aligned.claim.text):
        return False
    sides: dict[int, list[Place]] = {}
    for word in aligned.claim.words:
        if (place := _only_place(word, aligned)) is not None:
            sides.setdefault(word.clause, []).append(place)
    return any(_cross(one, other) for one, other in combinations(sides.values(), 2))


def is_merged(aligned: Aligned) -> bool:
    """
    True for one clause made of what two quotes say apart: two telling words or more that only the one has, of each.

    Two sentences may be told in one, but then in clauses of their own, with an "e" or a comma between them.
    """
    found: dict[tuple[int, int], int] = {}
    for word in aligned.claim.words:
        homes = {place.source for place in aligned.of(word)}
        if len(homes) == 1 and not (word.light or word.figure or is_wide(word) or fold(word.text) in SELF):
            key = (word.clause, next(iter(homes)))
            found[key] = found.get(key, 0) + 1
    rich: dict[int, list[int]] = {}
    for (clause, source), count in found.items():
        if count >= LEAST_OF_EACH:
            rich.setdefault(clause, []).append(source)
    return any(len(homes) > 1 and not _are_linked(homes, aligned) for homes in rich.values())


def _are_linked(homes: list[int], aligned: Aligned) -> bool:
    """True for quotes that both say what the claim speaks of: "le imprese che …": "l’impresa riceve …"."""
    return any(
        set(homes) <= {place.source for place in aligned.of(word) if place.nearness >= DERIVED}
        for word in aligned.claim.words
        if not (word.light or word.figure or is_wide(word))
    )


def _only_place(word: Word, aligned: Aligned) -> Place | None:
    places = {(place.source, place.word.clause) for place in aligned.best(word) if place.nearness >= DERIVED}
    return next(iter(places)) if len(places) == 1 and not word.light else None


def _cross(one: list[Place], other: list[Place]) -> bool:
    """True when two sides have words of the same two places."""
    return len(set(one) & set(other)) > 1
