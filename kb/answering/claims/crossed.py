"""Crossed: two pairs of a contrast joined the wrong way round: "A ha X, mentre B ha Y" where A has Y and B has X."""

from __future__ import annotations

import re
from itertools import combinations

from kb.answering.claims.alignment import Aligned, Word
from kb.language.kinship import DERIVED

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


def _only_place(word: Word, aligned: Aligned) -> Place | None:
    places = {(place.source, place.word.clause) for place in aligned.best(word) if place.nearness >= DERIVED}
    return next(iter(places)) if len(places) == 1 and not word.light else None


def _cross(one: list[Place], other: list[Place]) -> bool:
    """True when two sides have words of the same two places."""
    return len(set(one) & set(other)) > 1
