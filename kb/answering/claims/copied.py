"""Copied: a claim that is a stretch of its quote, word for word, but for how it opens."""

from __future__ import annotations

from kb.answering.claims.alignment import Aligned, Word
from kb.language.kinship import SAME
from kb.language.words import tokenize

LEAST_SHARE = 0.8
"""The share of a claim's words that stand in one row in a quote."""
ARTICLES = frozenset("il lo la i gli le l un uno una".split())
LEAST_WORDS = 8
"""Words in such a row, at least: fewer may be a row by chance."""


def is_copied(aligned: Aligned) -> bool:
    """
    True for a claim that but for its opening is a stretch of one quote, figures and names among it.

    What opens it may be said in other words ("Le politiche energetiche" for "Tali politiche"), but is no name or figure
    that the stretch lacks.
    """
    mine = tokenize(aligned.claim.text)
    length = max((_row_to_the_end(mine, tokenize(source.text)) for source in aligned.sources), default=0)
    if length < LEAST_WORDS or length < LEAST_SHARE * len(mine):
        return False
    opening = set(mine[: len(mine) - length])
    words = [word for word in aligned.claim.words if set(tokenize(word.text)) & opening]
    return not any(
        word.figure is not None or (word.is_capital and word.start > 0) or _is_someone_else(word, aligned)
        for word in words
    )


def _is_someone_else(word: Word, aligned: Aligned) -> bool:
    """True for a word of the claim's opening that a quote has with an article of its own: "l’inquilino"."""
    return any(place.nearness == SAME and set(place.word.before.split()) & ARTICLES for place in aligned.of(word))


def _row_to_the_end(mine: list[str], theirs: list[str]) -> int:
    """How many of the last words stand in a row in a quote."""
    best = 0
    for end in range(1, len(theirs) + 1):
        length = 0
        while length < min(len(mine), end) and mine[-1 - length] == theirs[end - 1 - length]:
            length += 1
        best = max(best, length)
    return best
